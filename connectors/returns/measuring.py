"""From returns and trades to the figures of an answer."""

from __future__ import annotations

import calendar
import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

import numpy as np

from connectors.returns.intervals import of_mean, of_share, of_sharpe
from connectors.returns.performance_results import (
    BenchmarkComparison,
    DrawdownRow,
    Drawdowns,
    Metrics,
    MonthlyReturns,
    MonthReturn,
    TradeGroup,
    TradeGroups,
)
from connectors.returns.series import (
    Drawdown,
    ReturnSeries,
    drawdowns,
    money_weighted,
    monthly,
)
from core_numba.arrays import Floats
from core_numba.performance import curve_metrics, trade_statistics
from mfa.kernel.account import ClosedTrade
from mfa.kernel.money import ZERO, cents

SESSIONS: Final = 252.0
LEAST_SESSIONS: Final = 20
"""Returns below which a year's figure would be an extrapolation from days."""
LEAST_TRADES: Final = 2


def metrics(series: ReturnSeries, trades: Sequence[ClosedTrade]) -> Metrics:
    """Figures per year are left out below `LEAST_SESSIONS`, with a warning."""
    curve = curve_metrics(series.growth, periods_per_year=SESSIONS)
    enough = len(series.days) >= LEAST_SESSIONS
    sharpe = _number(curve.sharpe) if enough else None
    reach = of_sharpe(sharpe, len(series.days), SESSIONS) if sharpe is not None else None
    rate = money_weighted(series) if enough else None
    falls = drawdowns(series)
    profits = [float(trade.realized) for trade in trades]
    won = sum(profit > 0 for profit in profits)
    share, mean = of_share(won, len(profits)), of_mean(profits)
    statistics = trade_statistics(profits) if profits else None
    few = f"{len(series.days)} sessions are too few for figures a year: it takes {LEAST_SESSIONS}."
    return Metrics(
        start_date=series.start,
        end_date=series.days[-1],
        sessions=len(series.days),
        total_return_pct=100.0 * series.total,
        annual_return_pct=_percent(curve.annual_return) if enough else None,
        money_weighted_pct=100.0 * rate if rate is not None else None,
        profit=profit(series),
        volatility_pct=_percent(curve.volatility) if enough else None,
        sharpe=sharpe,
        sharpe_low=reach.low if reach else None,
        sharpe_high=reach.high if reach else None,
        sortino=_number(curve.sortino) if enough else None,
        calmar=_number(curve.calmar) if enough else None,
        max_drawdown_pct=100.0 * falls[0].depth if falls else 0.0,
        longest_drawdown_days=max((each.days for each in falls), default=0),
        trades=len(profits),
        win_rate_pct=100.0 * won / len(profits) if profits else None,
        win_rate_low_pct=100.0 * share.low if share else None,
        win_rate_high_pct=100.0 * share.high if share else None,
        expectancy=cents(float(statistics.expectancy)) if statistics else None,
        expectancy_low=cents(mean.low) if mean else None,
        expectancy_high=cents(mean.high) if mean else None,
        profit_factor=_number(statistics.profit_factor) if statistics else None,
        payoff_ratio=_number(statistics.payoff_ratio) if statistics else None,
        longest_losing_streak=int(statistics.longest_losing_streak) if statistics else None,
        warnings=() if enough else (few,),
    )


def profit(series: ReturnSeries) -> Decimal:
    """Change of equity that is not a flow."""
    return cents(float(series.equity[-1]) - series.base - float(series.flows.sum()))


def months(series: ReturnSeries) -> MonthlyReturns:
    """The latest month first."""
    before = np.concatenate(([series.base], series.equity[:-1]))
    gains = series.equity - before - series.flows
    rows = [
        MonthReturn(
            year=year,
            month=calendar.month_name[month],
            return_pct=100.0 * value,
            profit=cents(
                sum(
                    gain
                    for day, gain in zip(series.days, gains.tolist(), strict=True)
                    if (day.year, day.month) == (year, month)
                )
            ),
        )
        for year, month, value in monthly(series)
    ]
    returns = [row.return_pct for row in rows]
    return MonthlyReturns(
        months=len(rows),
        positive=sum(value > 0 for value in returns),
        best_pct=max(returns),
        worst_pct=min(returns),
        rows=tuple(reversed(rows)),
    )


def grouped(
    trades: Sequence[ClosedTrade], by: str, name_of: Callable[[ClosedTrade], str]
) -> TradeGroups:
    """At least one trade; groups by profit, the greatest first."""
    groups: dict[str, list[ClosedTrade]] = {}
    for trade in trades:
        groups.setdefault(name_of(trade), []).append(trade)
    rows = sorted(
        (_group(name, members) for name, members in groups.items()),
        key=lambda row: (-row.realized, row.name),
    )
    return TradeGroups(
        by=by,
        trades=len(trades),
        realized=sum((trade.realized for trade in trades), ZERO),
        rows=tuple(rows),
    )


def falls(series: ReturnSeries, *, limit: int) -> Drawdowns:
    found = drawdowns(series)
    now = float(1.0 - series.growth[-1] / series.growth.max())
    return Drawdowns(
        count=len(found),
        max_drawdown_pct=100.0 * found[0].depth if found else 0.0,
        now_pct=100.0 * now,
        rows=tuple(_fall(each) for each in found[:limit]),
    )


def compared(
    name: str, series: ReturnSeries, benchmark: Floats, warnings: tuple[str, ...]
) -> BenchmarkComparison:
    """`benchmark` are its closes on the series' start and days."""
    theirs = np.diff(benchmark) / benchmark[:-1]
    ours = series.returns
    enough = len(ours) >= LEAST_SESSIONS and float(theirs.std()) > 0.0 and float(ours.std()) > 0.0
    beta = alpha = correlation = tracking = None
    if enough:
        covariance = np.cov(ours, theirs, ddof=1)
        beta = float(covariance[0, 1] / covariance[1, 1])
        alpha = float(ours.mean() - beta * theirs.mean()) * SESSIONS
        correlation = float(np.corrcoef(ours, theirs)[0, 1])
        tracking = float((ours - theirs).std(ddof=1)) * math.sqrt(SESSIONS)
    rate = money_weighted(series) if len(ours) >= LEAST_SESSIONS else None
    total = float(benchmark[-1] / benchmark[0] - 1.0)
    return BenchmarkComparison(
        benchmark=name,
        start_date=series.start,
        end_date=series.days[-1],
        account_return_pct=100.0 * series.total,
        benchmark_return_pct=100.0 * total,
        difference_pct=100.0 * (series.total - total),
        money_weighted_pct=100.0 * rate if rate is not None else None,
        correlation=correlation,
        beta=beta,
        alpha_pct=100.0 * alpha if alpha is not None else None,
        tracking_error_pct=100.0 * tracking if tracking is not None else None,
        account_drawdown_pct=_deepest(series.growth),
        benchmark_drawdown_pct=_deepest(benchmark),
        sessions=len(ours),
        warnings=warnings,
    )


def _deepest(curve: Floats) -> float:
    return float(100.0 * (1.0 - curve / np.maximum.accumulate(curve)).max())


def _group(name: str, members: Sequence[ClosedTrade]) -> TradeGroup:
    results = [trade.realized for trade in members]
    wins, total = sum(result > 0 for result in results), sum(results, ZERO)
    share = of_share(wins, len(results))
    held = [(trade.closed_at - trade.opened_at).total_seconds() / 86400.0 for trade in members]
    return TradeGroup(
        name=name,
        trades=len(members),
        wins=wins,
        win_rate_pct=100.0 * wins / len(members),
        win_rate_low_pct=100.0 * share.low if share else 0.0,
        win_rate_high_pct=100.0 * share.high if share else 100.0,
        realized=total,
        fees=sum((trade.fees for trade in members), ZERO),
        average=cents(total / len(members)),
        best=max(results),
        worst=min(results),
        days_held=sum(held) / len(held),
    )


def _fall(each: Drawdown) -> DrawdownRow:
    return DrawdownRow(
        peak=each.peak,
        trough=each.trough,
        recovered=each.recovered,
        depth_pct=100.0 * each.depth,
        days=each.days,
    )


def _number(value: float | Floats) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None


def _percent(value: float | Floats) -> float | None:
    number = _number(value)
    return None if number is None else 100.0 * number
