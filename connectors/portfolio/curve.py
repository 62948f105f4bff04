"""What the equity curve says: the change of a day or a period, the greatest fall."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from connectors.portfolio.account_results import Balance, CurvePoint, EquityCurve
from mfa.kernel.account import AccountSnapshot, EquityPoint
from mfa.kernel.money import ZERO


def last_before(points: Iterable[EquityPoint], day: date) -> EquityPoint | None:
    """The latest point strictly before `day`."""
    return max((p for p in points if p.day < day), key=lambda p: p.day, default=None)


def profit(point: EquityPoint | None) -> Decimal:
    """Equity less net deposits; nothing before the account began."""
    return ZERO if point is None else point.equity - point.deposits


def balance(
    now: AccountSnapshot, before: EquityPoint | None, warnings: tuple[str, ...] = ()
) -> Balance:
    """`before` is the last close before today; deposits since then are not a gain."""
    change = None if before is None else now.equity - now.deposits - profit(before)
    percent = None
    if before is not None and change is not None and before.equity > 0:
        percent = 100.0 * float(change / before.equity)
    return Balance(
        cash=now.cash,
        positions_value=now.positions_value,
        equity=now.equity,
        buying_power=now.buying_power,
        collateral=now.collateral,
        deposits=now.deposits,
        day_change=change,
        day_change_pct=percent,
        previous_close_day=before and before.day,
        previous_close_equity=before and before.equity,
        warnings=warnings,
    )


def curve(points: Sequence[EquityPoint], now: EquityPoint | None) -> EquityCurve:
    """The curve of at least one point; `now` follows as the last where it is not yet a close."""
    shown = [_point(point, at_close=True) for point in sorted(points, key=lambda p: p.day)]
    if now is not None:
        shown.append(_point(now, at_close=False))
    return EquityCurve(
        points=tuple(shown),
        change=shown[-1].profit - shown[0].profit,
        highest=max(point.equity for point in shown),
        lowest=min(point.equity for point in shown),
        max_drawdown_pct=max_drawdown_pct(shown),
    )


def max_drawdown_pct(points: Iterable[CurvePoint]) -> float:
    """The greatest fall of equity from a peak before it, percent of that peak.

    Deposits and withdrawals raise and lower the peak with them, so that neither counts as profit or
    fall: the peak is carried as profit above today's deposits.
    """
    worst, peak = 0.0, None
    for point in points:
        peak = point.profit if peak is None else max(peak, point.profit)
        top = peak + point.deposits
        if top > 0:
            worst = max(worst, 100.0 * float((top - point.equity) / top))
    return worst


def _point(point: EquityPoint, *, at_close: bool) -> CurvePoint:
    return CurvePoint(
        day=point.day,
        equity=point.equity,
        cash=point.cash,
        deposits=point.deposits,
        profit=profit(point),
        at_close=at_close,
    )
