"""What the earnings feature answers. `_pct` is a number of percent of the price; money is USD."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import Field

from connectors.base import Result
from mfa.kernel.symbols import OptionType


class ReportDate(Result):
    """The next report of one company and what its options expect of it."""

    symbol: str
    report_day: date
    timing: str
    days_away: int = Field(title="Days away", json_schema_extra={"unit": "days"})
    price: Decimal | None
    expected_move_pct: float | None = Field(title="Expected move by the straddle")
    expected_move: Decimal | None = Field(title="The same in dollars a share")
    straddle_expiration: date | None
    warnings: tuple[str, ...] = ()


class UpcomingReport(Result):
    symbol: str
    company: str
    report_day: date
    timing: str
    days_away: int = Field(json_schema_extra={"unit": "days"})
    held: bool


class UpcomingReports(Result):
    """Reports on the days from `start_date` to `end_date`, the next first."""

    start_date: date
    end_date: date
    count: int
    rows: tuple[UpcomingReport, ...] = Field(title="Reports ahead")
    warnings: tuple[str, ...] = ()


class PositionReport(Result):
    """An option that is still open when its company reports.

    `distance_pct` is how far the price is from the strike, positive when out of the money;
    `inside_move` whether the move expected by the straddle reaches the strike.
    """

    symbol: str
    position: str
    quantity: Decimal = Field(json_schema_extra={"unit": "count"})
    option_type: OptionType
    strike: Decimal
    expiration: date
    report_day: date
    timing: str
    days_away: int = Field(json_schema_extra={"unit": "days"})
    distance_pct: float | None
    expected_move_pct: float | None
    inside_move: bool | None


class PositionReports(Result):
    """Options held over their company's next report; `checked` counts all options held."""

    checked: int = Field(title="Option positions checked")
    at_risk: int = Field(title="Open when their company reports")
    rows: tuple[PositionReport, ...] = Field(title="Positions with earnings before they expire")
    warnings: tuple[str, ...] = ()


class PastReport(Result):
    report_day: date
    timing: str
    before: Decimal = Field(title="Close before")
    after: Decimal = Field(title="Close after")
    move_pct: float = Field(title="Move %")


class MoveComparison(Result):
    """The move that options expect now beside the moves that past reports made."""

    symbol: str
    report_day: date | None
    timing: str | None
    price: Decimal | None
    straddle: Decimal | None = Field(title="Straddle a share")
    straddle_expiration: date | None
    straddle_pct: float | None = Field(title="Expected move by the straddle")
    event_pct: float | None = Field(title="Of the report alone, one standard deviation")
    reports: int = Field(title="Past reports")
    mean_move_pct: float | None = Field(title="Mean past move, either way")
    median_move_pct: float | None = Field(title="Median past move, either way")
    largest_move_pct: float | None = Field(title="Largest past move")
    beyond_straddle: int | None = Field(title="Past moves larger than the straddle")
    rows: tuple[PastReport, ...] = Field(title="Past reports")
    warnings: tuple[str, ...] = ()
