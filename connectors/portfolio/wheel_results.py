"""What a wheel is answered with. Money is USD in cents; `_pct` is a number of percent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from connectors.base import Result


class WheelState(StrEnum):
    SELLING_PUTS = "selling puts"
    HOLDING = "holding shares"
    PARTLY_COVERED = "partly covered"
    COVERED = "covered"
    """Every round lot has a call sold against it."""
    IDLE = "idle"
    """Nothing of it is open now."""


class WheelCycle(Result):
    """From the first put until the shares are gone again; `ended` is None for the one running.

    `premium` is what was received for puts and calls, `kept` what is left of it after buying back
    and fees. `total` = options + shares + dividends, open ones at their mark. `capital` is the most
    tied up at a time (a put's strike, the cost of shares); `annual_pct` is the total over the
    capital and the days it was tied up, simple, per 365 days; None before thirty days.
    """

    symbol: str
    cycle: int
    started: date
    ended: date | None
    puts_sold: int
    puts_assigned: int
    calls_sold: int
    calls_assigned: int = Field(title="Called away")
    premium: Decimal = Field(title="Premium received")
    kept: Decimal = Field(title="Of it kept")
    shares_result: Decimal | None = Field(title="From the shares")
    dividends: Decimal | None
    total: Decimal | None
    capital: Decimal = Field(title="Capital at most")
    return_pct: float | None = Field(title="Return")
    annual_pct: float | None = Field(title="A year")


class WheelRow(Result):
    """The wheel on one symbol, over all its cycles.

    `assigned_basis` is what the shares held cost each; `adjusted_basis` the same less premium kept
    and dividends of the running cycle.
    """

    symbol: str
    state: WheelState
    shares: Decimal = Field(json_schema_extra={"unit": "shares"})
    short_puts: int
    short_calls: int
    price: Decimal | None
    assigned_basis: Decimal | None = Field(title="Assigned at")
    adjusted_basis: Decimal | None
    next_expiration: date | None
    cycles_completed: int = Field(title="Cycles completed")
    puts_sold: int
    puts_assigned: int
    calls_sold: int
    calls_assigned: int = Field(title="Called away")
    premium: Decimal = Field(title="Premium received")
    kept: Decimal = Field(title="Of it kept")
    shares_result: Decimal | None = Field(title="From the shares")
    dividends: Decimal | None
    total: Decimal | None = Field(title="Total return")
    return_pct: float | None = Field(title="Of the capital")
    annual_pct: float | None = Field(title="A year")


class WheelStatus(Result):
    symbols: int
    total: Decimal | None = Field(title="Total return of all wheels")
    premium: Decimal = Field(title="Premium received")
    rows: tuple[WheelRow, ...] = Field(title="Wheels")
    cycles: tuple[WheelCycle, ...] = Field(title="Cycles, the latest first")
    unpriced: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
