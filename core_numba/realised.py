"""Realised volatility from daily bars, by moving windows, and exponentially weighted variance.

Each estimator says what it assumes of drift and of gaps between the close and the next open.
Results are annual volatilities with NaN until the first full window; a bar that is not positive, or
NaN, makes the windows that hold it NaN. Days are the first axis.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.jit.kernel import Kernel
from core_numba.plain import realised as plain

TRADING_DAYS: Final = 252
_SEED_DAYS: Final = 60

MOMENTS = Kernel("realised", plain.window_moments)


def ewma_variance(returns: Floats, *, half_life: float) -> Floats:
    """Annualised exponentially weighted variance of daily log returns (zero mean).

    `returns` is (days, series); row i of the result uses rows 0..i only. The first 60 rows seed the
    recursion with their own mean square, so nothing before row 60 is meaningful.
    """
    squares = np.asarray(returns, dtype=np.float64) ** 2
    weight = 0.5 ** (1.0 / half_life)
    out = np.empty_like(squares)
    state = squares[:_SEED_DAYS].mean(axis=0)
    for i in range(len(squares)):
        state = weight * state + (1.0 - weight) * squares[i]
        out[i] = state
    return out * TRADING_DAYS


def close_to_close(
    close: npt.ArrayLike, *, window: int = 20, drift: bool = True, days: float = TRADING_DAYS
) -> Floats:
    """From `window` daily log returns, so from `window` + 1 closes.

    With `drift` their sample variance (over window - 1), else their mean square, which assumes
    that the mean return is zero.
    """
    logs = _logs(close)
    moves = np.full_like(logs, np.nan)
    moves[1:] = np.diff(logs, axis=0)
    if drift:
        return _annual(_moments(moves, window, least=2)[1], days)
    return _annual(_moments(moves * moves, window)[0], days)


def parkinson(
    high: npt.ArrayLike, low: npt.ArrayLike, *, window: int = 20, days: float = TRADING_DAYS
) -> Floats:
    """Mean of ln(high / low)^2 / (4 ln 2): no drift, no overnight gap. Parkinson (1980)."""
    reach = _logs(high) - _logs(low)
    return _annual(_moments(reach * reach, window)[0] / (4.0 * np.log(2.0)), days)


def garman_klass(
    open_: npt.ArrayLike,
    high: npt.ArrayLike,
    low: npt.ArrayLike,
    close: npt.ArrayLike,
    *,
    window: int = 20,
    days: float = TRADING_DAYS,
) -> Floats:
    """Mean of ln(h/l)^2 / 2 - (2 ln 2 - 1) ln(c/o)^2: no drift, no gap. Garman, Klass (1980)."""
    o, h, low_, c = (_logs(x) for x in (open_, high, low, close))
    term = 0.5 * (h - low_) ** 2 - (2.0 * np.log(2.0) - 1.0) * (c - o) ** 2
    return _annual(_moments(term, window)[0], days)


def rogers_satchell(
    open_: npt.ArrayLike,
    high: npt.ArrayLike,
    low: npt.ArrayLike,
    close: npt.ArrayLike,
    *,
    window: int = 20,
    days: float = TRADING_DAYS,
) -> Floats:
    """Mean of ln(h/c) ln(h/o) + ln(l/c) ln(l/o): any drift, no gap. Rogers, Satchell (1991)."""
    return _annual(_moments(_rogers_satchell(open_, high, low, close), window)[0], days)


def yang_zhang(
    open_: npt.ArrayLike,
    high: npt.ArrayLike,
    low: npt.ArrayLike,
    close: npt.ArrayLike,
    *,
    window: int = 20,
    days: float = TRADING_DAYS,
) -> Floats:
    """Any drift and gaps: overnight variance + k open-to-close variance + (1 - k) Rogers-Satchell.

    Yang and Zhang (2000), k = 0.34 / (1.34 + (n + 1) / (n - 1)); both variances over n - 1.
    `window` bars need the close before the first.
    """
    o, c = _logs(open_), _logs(close)
    gap = np.full_like(o, np.nan)
    gap[1:] = o[1:] - c[:-1]
    overnight = _moments(gap, window, least=2)[1]
    session = _moments(c - o, window, least=2)[1]
    range_ = _moments(_rogers_satchell(open_, high, low, close), window)[0]
    k = 0.34 / (1.34 + (window + 1.0) / (window - 1.0))
    return _annual(overnight + k * session + (1.0 - k) * range_, days)


def _rogers_satchell(
    open_: npt.ArrayLike, high: npt.ArrayLike, low: npt.ArrayLike, close: npt.ArrayLike
) -> Floats:
    o, h, low_, c = (_logs(x) for x in (open_, high, low, close))
    return np.asarray((h - c) * (h - o) + (low_ - c) * (low_ - o))


def _logs(price: npt.ArrayLike) -> Floats:
    values = np.asarray(price, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(values)
    return np.asarray(np.where(np.isfinite(logs), logs, np.nan))


def _moments(values: Floats, window: int, *, least: int = 1) -> tuple[Floats, Floats]:
    if window < least:
        raise ValueError(f"The window must be at least {least} days.")
    rows = np.ascontiguousarray(values.reshape(len(values), -1).T)
    mean, variance = np.empty_like(rows), np.empty_like(rows)
    MOMENTS(rows, window, mean, variance)
    return mean.T.reshape(values.shape), variance.T.reshape(values.shape)


def _annual(variance: Floats, days: float) -> Floats:
    return np.asarray(np.sqrt(np.maximum(variance, 0.0) * days))
