"""What the stock database answers. `_pct` is a number of percent; None is not known, never zero."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from pydantic import Field

from connectors.base import Result


class SectorRow(Result):
    sector: str
    count: int = Field(title="Companies")


class MissingRow(Result):
    figure: str
    count: int = Field(title="Companies without it")
    why: str


class StockStats(Result):
    """`oldest` and `newest` are of the figures; `untaken` companies have none yet."""

    count: int = Field(title="Companies followed")
    sectors: int
    oldest: datetime | None = Field(title="Oldest figures of")
    newest: datetime | None = Field(title="Newest figures of")
    current: int = Field(title="With figures of now")
    untaken: int = Field(title="Without figures yet")
    by_sector: tuple[SectorRow, ...] = Field(title="By sector")
    missing: tuple[MissingRow, ...] = Field(title="Not known")


class StockRow(Result):
    symbol: str
    name: str
    sector: str
    price: Decimal
    change_pct: float | None = Field(title="Today")
    market_cap: float | None = Field(title="Market cap, bn")
    volume: int | None
    iv_rank: float | None = Field(title="IV rank")
    iv_pct: float | None = Field(title="IV, 30 days")
    rsi: float | None = Field(title="RSI")
    sma50: str = Field(title="50-day average")
    sma200: str = Field(title="200-day average")
    from_high_pct: float | None = Field(title="Under year's high")
    from_low_pct: float | None = Field(title="Over year's low")
    pe: float | None = Field(title="P/E")
    yield_pct: float | None = Field(title="Dividend yield")
    rating: float | None = Field(default=None, title="Rating, where it was asked for")
    as_of: date = Field(title="Figures of")


class Screened(Result):
    """Companies that pass every filter."""

    looked_at: int = Field(title="Companies looked at")
    passed: int = Field(title="Within your limits")
    rows: tuple[StockRow, ...] = Field(title="Companies")
    warnings: tuple[str, ...] = ()


class AddedRow(Result):
    symbol: str
    name: str
    result: str


class Added(Result):
    added: int
    there_before: int = Field(title="Followed before")
    unknown: int = Field(title="Not known to the market")
    followed: int = Field(title="Companies followed now")
    rows: tuple[AddedRow, ...] = Field(title="One by one")


class Refreshed(Result):
    taken: int = Field(title="Companies with new figures")
    left: int = Field(title="Not reached in time")
    unpriced: int = Field(title="Without a price")
    seconds: float
    warnings: tuple[str, ...] = ()
