"""OBV, VWAP and volume by price: see `core_numba.plain.indicators.volume`."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.jit.exact import compiled_exactly


@compiled_exactly("void(f8[::1], f8[::1], f8[::1])")
def obv(close: Floats, volume: Floats, out: Floats) -> None:
    total, before = 0.0, np.nan
    for i in range(close.size):
        price, size = close[i], volume[i]
        signed = size if price > before else 0.0
        signed = -size if price < before else signed
        first = before != before  # noqa: PLR0124 - the test for NaN
        total = size if first else total + signed
        gap = (price - price) + (size - size) != 0.0
        before = np.nan if gap else price
        out[i] = np.nan if gap else total


@compiled_exactly("void(f8[::1], f8[::1], i8[::1], f8[::1])")
def vwap(price: Floats, volume: Floats, session: npt.NDArray[np.int64], out: Floats) -> None:
    money, shares = 0.0, 0.0
    for i in range(price.size):
        if i > 0 and session[i] != session[i - 1]:
            money, shares = 0.0, 0.0
        money += price[i] * volume[i]
        shares += volume[i]
        out[i] = money / shares


@compiled_exactly("void(f8[::1], f8[::1], f8[::1], f8, f8, f8[::1])")
def volume_profile(  # noqa: PLR0917
    high: Floats, low: Floats, volume: Floats, least: float, width: float, out: Floats
) -> None:
    last = out.size - 1
    for i in range(volume.size):
        top, bottom, size = high[i], low[i], volume[i]
        span = top - bottom
        if not ((span - span) + (size - size) == 0.0 and span >= 0.0):
            continue
        first = min(max(int(np.floor((bottom - least) / width)), 0), last)
        final = min(max(int(np.floor((top - least) / width)), 0), last)
        if first == final:
            out[first] += size
            continue
        each = size / span
        for k in range(first, final + 1):
            floor = bottom if k == first else least + k * width
            ceiling = top if k == final else least + (k + 1) * width
            out[k] += each * (ceiling - floor)
