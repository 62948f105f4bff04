"""What the premium scanner answers. Money is USD of one trade; `_pct` is a number of percent."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from pydantic import Field

from connectors.base import Result


class PremiumRow(Result):
    """One trade. `premium` is negative where it is paid; `max_loss` None has no bound; `expected`
    is the profit at expiration if the stock moves as in the last year, without a trend."""

    symbol: str
    strategy: str
    trade: str
    score: float
    premium: Decimal = Field(title="Received")
    capital: Decimal
    annual_pct: float = Field(title="A year if it stays")
    chance_pct: float = Field(title="Chance of profit")
    break_evens: str = Field(title="Profit")
    expected: Decimal | None = Field(title="Expected at last year's volatility")
    max_loss: Decimal | None = Field(title="Most to lose")
    risk: str
    return_pct: float = Field(title="Return if it stays")
    expiration: date
    days: int
    price: Decimal = Field(title="Stock")
    delta: float = Field(title="Delta of the first leg")
    iv_pct: float = Field(title="IV")
    iv_rank: float | None = Field(title="IV rank")
    open_interest: int = Field(title="Open interest, thinnest leg")
    earnings: date | None = Field(title="Next report")
    label: str


class Premiums(Result):
    """The best first, by what was asked for."""

    ranked_by: str = Field(title="Ranked by")
    looked_at: int = Field(title="Contracts looked at")
    built: int = Field(title="Trades built")
    passed: int = Field(title="Within your limits")
    companies: int
    rows: tuple[PremiumRow, ...] = Field(title="Best first")
    warnings: tuple[str, ...] = ()


class SavedScanRow(Result):
    name: str
    strategy: str
    limits: str
    saved_at: datetime
    runs: int
    last_run: datetime | None
    last_best: str | None = Field(title="Best then")


class SavedScans(Result):
    count: int
    rows: tuple[SavedScanRow, ...] = Field(title="Saved scans")


class RunRow(Result):
    day: date = Field(title="Market's day")
    ran_at: datetime
    mode: str
    passed: int = Field(title="Within its limits")
    best: str
    best_score: float | None
    best_annual_pct: float | None = Field(title="Best's annual return")
    trades: str = Field(title="The next")


class ScanHistory(Result):
    name: str
    runs: int
    rows: tuple[RunRow, ...] = Field(title="Runs, latest first")
