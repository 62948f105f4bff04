"""Everything about one position, put together from its value, its terms and the events ahead."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from connectors.base import Sources
from connectors.portfolio.assignment import probability_in_the_money
from connectors.portfolio.events import Ahead
from connectors.portfolio.obligations import extremes, obligation
from connectors.portfolio.position_results import PositionDetail
from connectors.portfolio.rows import position_row
from connectors.portfolio.valuation import Priced, Unpriced
from mfa.kernel.account import Position
from mfa.kernel.market import OptionQuote
from mfa.kernel.outcome import Provenance


class Detailing:
    """Details of one answer's positions among all that are `held`."""

    def __init__(self, sources: Sources, held: Sequence[Position]) -> None:
        self._today, self._now = sources.clock.today(), sources.clock.now()
        self._held = held
        self._ahead = Ahead(sources)

    @property
    def warnings(self) -> tuple[str, ...]:
        return self._ahead.warnings

    @property
    def inputs(self) -> tuple[Provenance, ...]:
        return self._ahead.inputs

    def detail(self, entry: Priced | Unpriced) -> PositionDetail:
        position = entry.position
        limits = extremes(position)
        demand = obligation(position, shares_held(self._held, position.symbol))
        expiration = position.option.expiration if position.option is not None else None
        quote = entry.quote if isinstance(entry, Priced) else None
        chance = (
            probability_in_the_money(quote, self._now) if isinstance(quote, OptionQuote) else None
        )
        return PositionDetail(
            position=position_row(entry, today=self._today, held=self._held),
            break_even=limits.break_even,
            max_profit=limits.max_profit,
            max_loss=limits.max_loss,
            probability_in_the_money=chance,
            next_earnings=self._ahead.earnings(position.symbol, expiration),
            ex_dividend=self._ahead.ex_dividend(position.symbol, expiration),
            obligation=demand and demand.words,
            assignment_cash=demand and demand.cash,
            assignment_shares=demand and demand.shares,
        )


def shares_held(positions: Sequence[Position], symbol: str) -> Decimal:
    """Shares of the symbol, net of any sold short."""
    held = (p.quantity for p in positions if p.option is None and p.symbol == symbol)
    return sum(held, Decimal(0))
