"""Where today's implied volatility stands in its own past."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats


def iv_rank(
    history: npt.ArrayLike, now: npt.ArrayLike | None = None, *, window: int = 252
) -> Floats:
    """(now - min) / (max - min) over the last `window` days of `history`.

    `history` is (days,) or (days, series); `now` is the last day of `history` unless given; outside the past range the rank is below 0 or
    above 1. NaN where the range is empty or zero; missing days are left out.
    """  # noqa: E501
    past, today = _past(history, now, window)
    low = np.where(np.isnan(past), np.inf, past).min(axis=0)
    high = np.where(np.isnan(past), -np.inf, past).max(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(high > low, (today - low) / (high - low), np.nan))


def iv_percentile(
    history: npt.ArrayLike, now: npt.ArrayLike | None = None, *, window: int = 252
) -> Floats:
    """The share of the last `window` days whose volatility was strictly below `now`, 0 to 1.

    As in `iv_rank`; NaN where `now` is NaN or no day is left.
    """
    past, today = _past(history, now, window)
    known = (~np.isnan(past)).sum(axis=0)
    below = (past < today).sum(axis=0)
    share = below / np.where(known > 0, known, 1)
    return np.asarray(np.where((known > 0) & ~np.isnan(today), share, np.nan))


def _past(history: npt.ArrayLike, now: npt.ArrayLike | None, window: int) -> tuple[Floats, Floats]:
    past = np.asarray(history, dtype=np.float64)
    if window < 1 or past.ndim not in {1, 2} or not len(past):
        raise ValueError("Give at least one day of history and a window of at least one day.")
    past = past[-window:]
    return past, past[-1] if now is None else np.asarray(now, dtype=np.float64)
