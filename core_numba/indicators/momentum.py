"""Oscillators: where the close stands in what the last bars made of it."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.indicators.averages import SUM
from core_numba.indicators.series import bars, lines, whole
from core_numba.jit.kernel import Kernel
from core_numba.plain.indicators import oscillators, smoothing

_RSI: Final = Kernel("indicators.smoothing", smoothing.rsi)
_POSITION: Final = Kernel("indicators.oscillators", oscillators.range_position)
_CCI: Final = Kernel("indicators.oscillators", oscillators.cci)


def rsi(x: npt.ArrayLike, period: int = 14) -> Floats:
    """Wilder's relative strength index, 0 to 100. First value at bar `period`."""
    return lines(_RSI, bars(x), 1, whole("period", period, 2))[0]


class Stochastic(NamedTuple):
    """%K and its average %D, 0 to 100."""

    k: Floats
    d: Floats


def stochastic(
    high: npt.ArrayLike, low: npt.ArrayLike, close: npt.ArrayLike, *,
    fast_k: int = 5, slow_k: int = 3, slow_d: int = 3,
) -> Stochastic:  # fmt: skip
    """Slow stochastic: fast %K averaged over `slow_k` bars, and that over `slow_d` bars.

    Both lines begin at bar fast_k + slow_k + slow_d - 3, as in TA-Lib's STOCH.
    """
    fast, slow_k = whole("fast_k", fast_k), whole("slow_k", slow_k)
    position = lines(_POSITION, bars(high, low, close), 1, fast, False)
    slow = lines(SUM, position, 1, slow_k, 1.0 / slow_k)[0]
    return _with_average(slow, fast + slow_k - 2, whole("slow_d", slow_d))


def stochastic_fast(
    high: npt.ArrayLike, low: npt.ArrayLike, close: npt.ArrayLike, *,
    fast_k: int = 5, fast_d: int = 3,
) -> Stochastic:  # fmt: skip
    """%K: the close from the lowest low (0) to the highest high (100) of `fast_k` bars; 0 if equal.

    Both lines begin at bar fast_k + fast_d - 2, as in TA-Lib's STOCHF.
    """
    fast = whole("fast_k", fast_k)
    position = lines(_POSITION, bars(high, low, close), 1, fast, False)[0]
    return _with_average(position, fast - 1, whole("fast_d", fast_d))


def _with_average(k: Floats, lead: int, period: int) -> Stochastic:
    d = lines(SUM, [k], 1, period, 1.0 / period)[0]
    k[..., lead : lead + period - 1] = float("nan")
    return Stochastic(k, d)


def williams_r(
    high: npt.ArrayLike, low: npt.ArrayLike, close: npt.ArrayLike, period: int = 14
) -> Floats:
    """Williams %R, -100 (lowest) to 0 (highest); 0 where there is no range."""
    period = whole("period", period)
    return lines(_POSITION, bars(high, low, close), 1, period, True)[0]


def cci(high: npt.ArrayLike, low: npt.ArrayLike, close: npt.ArrayLike, period: int = 14) -> Floats:
    """Commodity channel index (Lambert 1980) of the typical price (high + low + close) / 3."""
    return lines(_CCI, bars(high, low, close), 1, whole("period", period, 2))[0]
