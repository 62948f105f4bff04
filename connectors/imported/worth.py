"""What the holdings are worth now, with what has no price at its cost and named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from connectors.portfolio.valuation import Priced, Unpriced, value_positions
from mfa.kernel.account import Position
from mfa.kernel.market import MarketSource
from mfa.kernel.money import ZERO
from mfa.kernel.outcome import Failed, Provenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """`value` holds what has no price at what it cost, so that it is neither gain nor loss;
    `unrealized` is of what has one. `underlyings` are USD per share."""

    value: Decimal
    unrealized: Decimal
    underlyings: Mapping[str, Decimal]
    notes: tuple[str, ...]
    inputs: tuple[Provenance, ...]


def marked_now(market: MarketSource, held: Sequence[Position]) -> Marked | Failed:
    """Everything at the middle of its market. `Failed` where the market answered for nothing."""
    valuation = value_positions(market, held)
    if held and not valuation.priced:
        failed = _failure(market, held[0])
        if failed is not None:
            return failed
    value = unrealized = ZERO
    notes = []
    for each in valuation.entries:
        if isinstance(each, Priced):
            value += each.value
            unrealized += each.unrealized
        elif isinstance(each, Unpriced):
            value += each.position.cost_basis
            notes.append(f"{each.position.instrument} stands at what it cost: {each.reason}")
    return Marked(
        value=value,
        unrealized=unrealized,
        underlyings={each.position.symbol: each.underlying for each in valuation.priced},
        notes=tuple(notes),
        inputs=valuation.inputs,
    )


def _failure(market: MarketSource, position: Position) -> Failed | None:
    """The market's failure, where it is one rather than an answer that there is no price."""
    option = position.option
    asked = market.quote(position.symbol) if option is None else market.option_quote(option)
    if not isinstance(asked, Failed):
        return None
    told = f"Nothing that the imported account holds could be priced. {asked.message}"
    return replace(asked, message=told)
