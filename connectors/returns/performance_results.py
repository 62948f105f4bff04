"""What the performance feature answers. `_pct` is a number of percent; money is USD in cents.

Figures that could not be had are None, never zero. `low`/`high` bound 95 % confidence intervals.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import Field

from connectors.base import Result


class Metrics(Result):
    """Of the period. Returns are time-weighted unless said; ratios are annual, risk-free zero."""

    start_date: date = Field(title="From the close of")
    end_date: date = Field(title="To the close of")
    sessions: int
    total_return_pct: float = Field(title="Return (time-weighted)")
    annual_return_pct: float | None = Field(title="A year, compounded")
    money_weighted_pct: float | None = Field(title="Money-weighted return a year")
    profit: Decimal = Field(title="Change of value without deposits")
    volatility_pct: float | None = Field(title="Volatility a year")
    sharpe: float | None = Field(title="Sharpe ratio")
    sharpe_low: float | None = Field(title="Sharpe ratio, low end (95 %)")
    sharpe_high: float | None = Field(title="Sharpe ratio, high end (95 %)")
    sortino: float | None = Field(title="Sortino ratio")
    calmar: float | None = Field(title="Calmar ratio")
    max_drawdown_pct: float = Field(title="Greatest drawdown")
    longest_drawdown_days: int = Field(
        title="Longest drawdown, days", json_schema_extra={"unit": "days"}
    )
    trades: int = Field(title="Closed trades")
    win_rate_pct: float | None = Field(title="Won")
    win_rate_low_pct: float | None = Field(title="Won, low end (95 %)")
    win_rate_high_pct: float | None = Field(title="Won, high end (95 %)")
    expectancy: Decimal | None = Field(title="Mean profit of a trade")
    expectancy_low: Decimal | None = Field(title="Mean profit, low end (95 %)")
    expectancy_high: Decimal | None = Field(title="Mean profit, high end (95 %)")
    profit_factor: float | None = Field(title="Profit factor")
    payoff_ratio: float | None = Field(title="Mean win by mean loss")
    longest_losing_streak: int | None = Field(title="Longest losing streak, trades")
    warnings: tuple[str, ...] = ()


class MonthReturn(Result):
    year: int = Field(json_schema_extra={"unit": "text"})
    month: str
    return_pct: float = Field(title="Return")
    profit: Decimal


class MonthlyReturns(Result):
    months: int = Field(title="Months")
    positive: int = Field(title="Months with a gain")
    best_pct: float = Field(title="Best month")
    worst_pct: float = Field(title="Worst month")
    rows: tuple[MonthReturn, ...] = Field(title="Months")


class TradeGroup(Result):
    """Closed trades of one kind; the greatest profit first."""

    name: str
    trades: int
    wins: int
    win_rate_pct: float
    win_rate_low_pct: float
    win_rate_high_pct: float
    realized: Decimal = Field(title="Profit")
    fees: Decimal
    average: Decimal
    best: Decimal
    worst: Decimal
    days_held: float = Field(title="Mean days held", json_schema_extra={"unit": "number"})


class TradeGroups(Result):
    by: str = Field(title="Grouped by")
    trades: int
    realized: Decimal = Field(title="Profit of all")
    rows: tuple[TradeGroup, ...] = Field(title="Groups")


class DrawdownRow(Result):
    peak: date
    trough: date
    recovered: date | None
    depth_pct: float
    days: int


class Drawdowns(Result):
    count: int
    max_drawdown_pct: float = Field(title="Greatest")
    now_pct: float = Field(title="Now below the peak by")
    rows: tuple[DrawdownRow, ...] = Field(title="Drawdowns, deepest first")


class BenchmarkComparison(Result):
    """Beside the benchmark's closes on the same days, price only. Alpha is annual (Jensen)."""

    benchmark: str
    start_date: date
    end_date: date
    account_return_pct: float = Field(title="Your return (time-weighted)")
    benchmark_return_pct: float = Field(title="The benchmark's")
    difference_pct: float = Field(title="Difference")
    money_weighted_pct: float | None = Field(title="Your money-weighted return a year")
    correlation: float | None
    beta: float | None
    alpha_pct: float | None = Field(title="Alpha a year")
    tracking_error_pct: float | None = Field(title="Tracking error a year")
    account_drawdown_pct: float = Field(title="Your greatest drawdown")
    benchmark_drawdown_pct: float = Field(title="The benchmark's greatest drawdown")
    sessions: int
    warnings: tuple[str, ...] = ()
