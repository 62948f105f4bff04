"""What positions make together is answered with. Signs are the holder's; money is USD in cents."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import Field

from connectors.base import Result
from connectors.portfolio.shapes import Structure, strategy_label


class CombinedRow(Result):
    """One strategy held.

    `net_cost` is what was paid for all legs, fees included (negative: received). `max_profit` and
    `max_loss` are positive dollars at the first expiration of its options, None where there is no
    limit or it cannot be told (`basis` says which); `break_evens` the prices there at which nothing
    is won or lost. Delta is in shares, theta in dollars a day, vega in dollars a point. What needs
    a price is None when a leg has none.
    """

    symbol: str
    structure: Structure
    description: str
    units: Decimal = Field(json_schema_extra={"unit": "count"})
    legs: str
    instruments: tuple[str, ...]
    expiration: date | None
    days_left: int | None
    net_cost: Decimal
    value: Decimal | None
    unrealized: Decimal | None
    max_profit: Decimal | None
    max_loss: Decimal | None
    profit_unlimited: bool
    loss_unlimited: bool
    break_evens: tuple[Decimal, ...]
    basis: str
    delta: float | None
    gamma: float | None
    theta: float | None
    vega: float | None

    @property
    def strategy(self) -> str:
        """The strategy's name as a person reads it."""
        return strategy_label(self.structure.value)

    @property
    def profit_words(self) -> str | None:
        return _limit(self.max_profit, unlimited=self.profit_unlimited)

    @property
    def loss_words(self) -> str | None:
        return _limit(self.max_loss, unlimited=self.loss_unlimited)


def _limit(amount: Decimal | None, *, unlimited: bool) -> str | None:
    """An amount that may have no bound, in words."""
    if unlimited:
        return "unlimited"
    return None if amount is None else f"${amount:,.2f}"


class CombinedPositions(Result):
    """`combined` counts strategies of several legs, `single` what stands alone."""

    combined: int = Field(title="Strategies of several legs")
    single: int = Field(title="Single positions")
    rows: tuple[CombinedRow, ...] = Field(title="By strategy")
    unpriced: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
