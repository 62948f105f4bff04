"""True range, its average, and Wilder's directional movement."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.indicators.series import bars, lines, whole
from core_numba.jit.kernel import Kernel
from core_numba.plain.indicators import ranges

_ATR: Final = Kernel("indicators.ranges", ranges.atr)
_ADX: Final = Kernel("indicators.ranges", ranges.adx)


def true_range(high: npt.ArrayLike, low: npt.ArrayLike, close: npt.ArrayLike) -> Floats:
    """Range of each bar together with the close before it. The first bar has none: NaN."""
    h, l, c = bars(high, low, close)  # noqa: E741 - the usual letters
    out = np.full_like(c, np.nan)
    out[..., 1:] = np.maximum(h[..., 1:], c[..., :-1]) - np.minimum(l[..., 1:], c[..., :-1])
    return out


def atr(high: npt.ArrayLike, low: npt.ArrayLike, close: npt.ArrayLike, period: int = 14) -> Floats:
    """Average true range by Wilder's smoothing. First value, a mean, at bar `period`."""
    return lines(_ATR, bars(high, low, close), 1, whole("period", period))[0]


class Adx(NamedTuple):
    """The average directional index, and the two directional indicators, 0 to 100 each."""

    adx: Floats
    plus: Floats
    minus: Floats


def adx(high: npt.ArrayLike, low: npt.ArrayLike, close: npt.ArrayLike, period: int = 14) -> Adx:
    """ADX from bar 2 period - 1 on, +DI and -DI from bar `period` on (Wilder 1978).

    Where neither indicator has moved at all, ADX stays as it was.
    """
    return Adx(*lines(_ADX, bars(high, low, close), 3, whole("period", period, 2)))
