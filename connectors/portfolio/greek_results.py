"""What the account's Greeks, its expirations and the ways to roll are answered with.

Greeks are the holder's: multiplied by contracts and contract size. `delta` is in shares, `gamma` in
shares per dollar, `theta` in dollars a calendar day, `vega` in dollars a volatility point.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import Field

from connectors.base import Result


class SymbolGreeks(Result):
    symbol: str
    positions: int
    delta: float
    delta_dollars: Decimal = Field(title="Delta in dollars")
    beta: float | None
    beta_dollars: Decimal | None = Field(title="Beta-weighted, in dollars")
    gamma: float
    theta: float = Field(json_schema_extra={"unit": "usd_per_day"})
    vega: float = Field(json_schema_extra={"unit": "usd"})


class PositionGreeks(Result):
    position: str
    symbol: str
    quantity: Decimal = Field(json_schema_extra={"unit": "count"})
    delta: float
    delta_dollars: Decimal = Field(title="Delta in dollars")
    beta_dollars: Decimal | None = Field(title="Beta-weighted, in dollars")
    gamma: float
    theta: float = Field(json_schema_extra={"unit": "usd_per_day"})
    vega: float = Field(json_schema_extra={"unit": "usd"})


class AccountGreeks(Result):
    """`beta_delta` is the beta-weighted delta in units of the benchmark: what it would be to hold
    so many of it."""

    delta_dollars: Decimal = Field(title="Delta in dollars")
    beta_dollars: Decimal | None = Field(title="Beta-weighted delta in dollars")
    beta_delta: float | None = Field(title="The same in units of the benchmark")
    benchmark: str
    gamma_dollars: Decimal = Field(title="Delta dollars gained by a rise of 1 %")
    theta_per_day: float = Field(title="Theta")
    vega: float = Field(title="Vega, a point", json_schema_extra={"unit": "usd"})
    share_pct: float | None = Field(title="Delta dollars of equity")
    rows: tuple[SymbolGreeks, ...] = Field(title="By symbol")
    positions: tuple[PositionGreeks, ...] = Field(title="By position")
    unpriced: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class ExpirationGroup(Result):
    """What ends on one day. `at_assignment` is the cash that all short puts would take."""

    expiration: date
    days: int
    positions: int
    contracts: int
    value: Decimal
    theta: float = Field(json_schema_extra={"unit": "usd_per_day"})
    delta_dollars: Decimal = Field(title="Delta in dollars")
    in_the_money: int = Field(title="Short and in the money")
    at_assignment: Decimal = Field(title="Cash if all short puts are assigned")
    options: str


class Expirations(Result):
    rows: tuple[ExpirationGroup, ...] = Field(title="By expiration")
    unpriced: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class RollCandidate(Result):
    """Buying back at the ask and selling the later one at the bid. `credit` is per share, in
    dollars for all contracts in `credit_all`; negative is a debit."""

    position: str
    to: str
    contracts: int
    expiration: date
    strike: Decimal
    credit: Decimal = Field(title="Credit a share")
    credit_all: Decimal = Field(title="Credit in all")
    days_added: int
    credit_per_day: float = Field(title="Credit a day", json_schema_extra={"unit": "usd_per_day"})
    break_even: Decimal = Field(title="New break-even")
    closer: Decimal = Field(title="Strike moved out of the money by")


class Rolls(Result):
    """The most credit a day first, for each position."""

    positions: int = Field(title="Short options looked at")
    rows: tuple[RollCandidate, ...] = Field(title="Ways to roll")
    warnings: tuple[str, ...] = ()
