"""How well it went: returns, ratios with their confidence intervals, months, groups, drawdowns.

Returns are time-weighted, so that a deposit is no gain; the money-weighted rate stands beside.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

import numpy as np
from pydantic import Field

from connectors.base import (
    MEDIUM_TTL,
    VALUED_HOLDINGS,
    DataConnector,
    DataSourceType,
    QueryContext,
    query,
)
from connectors.portfolio.params import Period, TradeFilter
from connectors.portfolio.shapes import strategy_label
from connectors.portfolio.trades import matching
from connectors.returns.measuring import compared, falls, grouped, metrics, months
from connectors.returns.performance_results import (
    BenchmarkComparison,
    Drawdowns,
    Metrics,
    MonthlyReturns,
    TradeGroups,
)
from connectors.returns.series import ReturnSeries, return_series
from mfa.kernel.account import ClosedTrade
from mfa.kernel.outcome import Absent, Failed, Found, Outcome, derived

_TOO_SHORT: Final = Absent(
    "There are too few days of the account's value in that period to measure a return."
)


class DrawdownParams(Period):
    limit: int = Field(default=10, ge=1, le=1000, description="Rows to show, the deepest first.")


class BenchmarkParams(Period):
    benchmark: str | None = Field(
        default=None, min_length=1, max_length=12, description="Its symbol; none means the market."
    )


class Performance(DataConnector):
    name = "performance"
    description = "Returns, risk-adjusted ratios, months, results by strategy and symbol."
    source_type = DataSourceType.COMPUTED

    @query(
        description="Return (time- and money-weighted), volatility, Sharpe, Sortino, Calmar,"
        " drawdown, win rate, expectancy and profit factor, with 95 % confidence intervals.",
        examples=("How is my performance?", "My win rate and Sharpe ratio this year"),
        cache=MEDIUM_TTL,
        depends=VALUED_HOLDINGS,
    )
    def get_metrics(self, params: TradeFilter, context: QueryContext) -> Outcome[Metrics]:
        del context
        series = self._series(params)
        if not isinstance(series, Found):
            return series
        trades = self._trades(params)
        if isinstance(trades, Failed):
            return trades
        closed = trades.value if isinstance(trades, Found) else ()
        inputs = [series.provenance]
        if isinstance(trades, Found):
            inputs.append(trades.provenance)
        value = metrics(series.value, matching(closed, params))
        return Found(value, derived("performance.get_metrics", *inputs))

    @query(
        description="The return and profit of each month.",
        examples=("Monthly returns", "Which was my best month?"),
        cache=MEDIUM_TTL,
        depends=VALUED_HOLDINGS,
    )
    def monthly_returns(self, params: Period, context: QueryContext) -> Outcome[MonthlyReturns]:
        del context
        series = self._series(params)
        if not isinstance(series, Found):
            return series
        source = derived("performance.monthly_returns", series.provenance)
        return Found(months(series.value), source)

    @query(
        description="Closed trades by strategy: profit, win rate with its confidence interval.",
        examples=("Which strategy works best for me?", "Profit by strategy"),
        cache=MEDIUM_TTL,
        depends=VALUED_HOLDINGS,
    )
    def by_strategy(self, params: TradeFilter, context: QueryContext) -> Outcome[TradeGroups]:
        del context
        return self._grouped(params, "strategy", lambda trade: strategy_label(trade.strategy))

    @query(
        description="Closed trades by symbol: profit, win rate with its confidence interval.",
        examples=("Which stock made me the most?", "Results by symbol"),
        cache=MEDIUM_TTL,
        depends=VALUED_HOLDINGS,
    )
    def by_symbol(self, params: TradeFilter, context: QueryContext) -> Outcome[TradeGroups]:
        del context
        return self._grouped(params, "symbol", lambda trade: trade.symbol)

    @query(
        description="Stretches below an earlier peak: depth, trough, recovery, days.",
        examples=("My worst drawdowns", "How long was my longest drawdown?"),
        cache=MEDIUM_TTL,
        depends=VALUED_HOLDINGS,
    )
    def drawdowns(self, params: DrawdownParams, context: QueryContext) -> Outcome[Drawdowns]:
        del context
        series = self._series(params)
        if not isinstance(series, Found):
            return series
        value = falls(series.value, limit=params.limit)
        return Found(value, derived("performance.drawdowns", series.provenance))

    @query(
        description="The account beside a benchmark: returns, beta, alpha, correlation, tracking"
        " error.",
        examples=("Am I beating the market?", "Compare me with the S&P 500"),
        cache=MEDIUM_TTL,
        depends=VALUED_HOLDINGS,
    )
    def benchmark(
        self, params: BenchmarkParams, context: QueryContext
    ) -> Outcome[BenchmarkComparison]:
        del context
        series = self._series(params)
        if not isinstance(series, Found):
            return series
        mine, name = series.value, (params.benchmark or self.sources.benchmark).upper()
        closes = self.sources.market.daily_closes(name, mine.start, mine.days[-1])
        if not isinstance(closes, Found):
            return closes
        known = {close.day: float(close.close) for close in closes.value}
        days = [mine.start, *mine.days]
        missing = [day for day in days if day not in known]
        if missing:
            return Absent(f"{name} has no close of {_day(missing[0])}, so it cannot be compared.")
        value = compared(name, mine, np.array([known[day] for day in days]), ())
        return Found(value, derived("performance.benchmark", series.provenance, closes.provenance))

    def _series(self, period: Period) -> Outcome[ReturnSeries]:
        """The account's returns in the period; its base is the close before."""
        curve = self.sources.account.equity_curve(end=period.end_date)
        if not isinstance(curve, Found):
            return curve
        series = return_series(curve.value, start=period.start_date, end=period.end_date)
        return _TOO_SHORT if series is None else Found(series, curve.provenance)

    def _trades(self, period: Period) -> Outcome[tuple[ClosedTrade, ...]]:
        return self.sources.account.closed_trades(start=period.start_date, end=period.end_date)

    def _grouped(
        self, wanted: TradeFilter, by: str, name_of: Callable[[ClosedTrade], str]
    ) -> Outcome[TradeGroups]:
        trades = self._trades(wanted)
        if not isinstance(trades, Found):
            return trades
        chosen = matching(trades.value, wanted)
        if not chosen:
            return Absent(f"No trades were closed {wanted.words}".rstrip() + ".")
        value = grouped(chosen, by, name_of)
        return Found(value, derived(f"performance.by_{by}", trades.provenance))


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
