"""Statistics of the last bars."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.indicators.averages import SUM, sma
from core_numba.indicators.series import bars, lines, whole
from core_numba.jit.kernel import Kernel
from core_numba.plain.indicators import moments, order, windows

_EXTREME: Final = Kernel("indicators.windows", windows.window_extreme)
_SPREAD: Final = Kernel("indicators.moments", moments.window_spread)
_SHAPE: Final = Kernel("indicators.moments", moments.window_shape)
_ORDER: Final = Kernel("indicators.order", order.window_order)


def rolling_sum(x: npt.ArrayLike, window: int) -> Floats:
    """Sum of the last `window` bars, in pairs: the error grows with log2(window) alone."""
    return lines(SUM, bars(x), 1, whole("window", window), 1.0)[0]


rolling_mean = sma


def rolling_var(x: npt.ArrayLike, window: int, *, ddof: int = 0) -> Floats:
    """Variance; `ddof` 0 of a population (TA-Lib's VAR), 1 of a sample."""
    return _spread(x, window, ddof, root=False, only=1)[1]


def rolling_std(x: npt.ArrayLike, window: int, *, ddof: int = 0) -> Floats:
    """Standard deviation; `ddof` 0 of a population (TA-Lib's STDDEV), 1 of a sample."""
    return _spread(x, window, ddof, root=True, only=1)[1]


def zscore(x: npt.ArrayLike, window: int, *, ddof: int = 0) -> Floats:
    """Distance of the last bar from the mean, in standard deviations; NaN where these are zero."""
    (series,) = bars(x)
    mean, deviation = _spread(series, window, ddof, root=True)
    with np.errstate(invalid="ignore"):
        return (series - mean) / deviation


def _spread(
    x: npt.ArrayLike, window: int, ddof: int, *, root: bool, only: int | None = None
) -> list[Floats]:
    ddof = whole("ddof", ddof, 0)
    window = whole("window", window, ddof + 1)
    return lines(_SPREAD, bars(x), 2, window, float(window - ddof), root, only=only)


def rolling_min(x: npt.ArrayLike, window: int) -> Floats:
    """Lowest of the last `window` bars; NaN where one of them is."""
    return lines(_EXTREME, bars(x), 1, whole("window", window), False)[0]


def rolling_max(x: npt.ArrayLike, window: int) -> Floats:
    """Highest of the last `window` bars; NaN where one of them is."""
    return lines(_EXTREME, bars(x), 1, whole("window", window), True)[0]


def rolling_quantile(x: npt.ArrayLike, window: int, share: float) -> Floats:
    """The `share` quantile (0 lowest, 1 highest), linear between the two nearest bars."""
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"share is {share}; give a number from 0 to 1.")
    return lines(_ORDER, bars(x), 1, whole("window", window), float(share), False)[0]


def rolling_median(x: npt.ArrayLike, window: int) -> Floats:
    """The median of the last `window` bars."""
    return rolling_quantile(x, window, 0.5)


def rolling_rank(x: npt.ArrayLike, window: int) -> Floats:
    """Rank of the last bar in its window: 1 lowest, `window` highest, equal ones their mean."""
    return lines(_ORDER, bars(x), 1, whole("window", window), 0.5, True)[0]


class Shape(NamedTuple):
    """Skewness, and kurtosis beyond the normal distribution's."""

    skewness: Floats
    kurtosis: Floats


def rolling_shape(x: npt.ArrayLike, window: int) -> Shape:
    """Sample skewness and excess kurtosis (scipy.stats with bias=False); NaN in a flat window."""
    return Shape(*lines(_SHAPE, bars(x), 2, whole("window", window, 4)))
