"""What volume says: OBV, volume-weighted mean prices, volume by price."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.indicators.rolling import rolling_sum
from core_numba.indicators.series import bars, lines, whole
from core_numba.jit.kernel import Kernel
from core_numba.plain.indicators import volume as plain

_OBV: Final = Kernel("indicators.volume", plain.obv)
_VWAP: Final = Kernel("indicators.volume", plain.vwap)
_PROFILE: Final = Kernel("indicators.volume", plain.volume_profile)


def obv(close: npt.ArrayLike, volume: npt.ArrayLike) -> Floats:
    """On-balance volume (Granville 1963), begun with the first bar's volume as in TA-Lib."""
    return lines(_OBV, bars(close, volume), 1)[0]


def vwap(price: npt.ArrayLike, volume: npt.ArrayLike, session: npt.ArrayLike) -> Floats:
    """Mean price by volume since its session began; the price is usually the typical one.

    `session` is a whole number per bar, such as the day; another number begins a new session. NaN
    while no volume was traded, and from a bar without a number on to the end of its session.
    """
    p, v = bars(price, volume)
    days = np.ascontiguousarray(np.broadcast_to(np.asarray(session), p.shape).astype(np.int64))
    return lines(_VWAP, [p, v, days], 1)[0]


def rolling_vwap(price: npt.ArrayLike, volume: npt.ArrayLike, window: int) -> Floats:
    """Mean price by volume of the last `window` bars; NaN where these have no volume."""
    p, v = bars(price, volume)
    with np.errstate(invalid="ignore", divide="ignore"):
        return rolling_sum(p * v, window) / rolling_sum(v, window)


class Profile(NamedTuple):
    """Volume by price. `edges` has one more element than `volumes`."""

    edges: Floats
    volumes: Floats
    point_of_control: float
    """Middle of the bin with the most volume; of equal ones the lowest."""
    value_low: float
    value_high: float


def volume_profile(
    high: npt.ArrayLike, low: npt.ArrayLike, volume: npt.ArrayLike, *,
    bins: int = 24, value_share: float = 0.7,
) -> Profile:  # fmt: skip
    """Volume of each bar, laid evenly over its range, in `bins` of equal width.

    The value area grows from the point of control by its fuller neighbour (the upper one where
    they are equal) until it holds `value_share` of the volume (Steidlmayer's market profile, bin
    by bin). Bars that are not finite, or whose high is below their low, add nothing. All prices
    are NaN where there is no volume.
    """
    bins = whole("bins", bins)
    if not 0.0 < value_share <= 1.0:
        raise ValueError(f"value_share is {value_share}; give a share above 0 and up to 1.")
    h, l, v = (each.reshape(-1) for each in bars(high, low, volume))  # noqa: E741
    good = np.isfinite(h) & np.isfinite(l) & np.isfinite(v) & (h >= l)
    volumes = np.zeros(bins)
    if not good.any():
        return Profile(np.full(bins + 1, np.nan), volumes, np.nan, np.nan, np.nan)
    least, most = float(l[good].min()), float(h[good].max())
    if most == least:
        least, most = least - 0.5 * abs(least) - 0.5, most + 0.5 * abs(most) + 0.5
    width = (most - least) / bins
    _PROFILE(h, l, v, least, width, volumes)
    edges: Floats = least + width * np.arange(bins + 1, dtype=np.float64)
    total = float(volumes.sum())
    if not total > 0.0:
        return Profile(edges, volumes, np.nan, np.nan, np.nan)
    peak = int(volumes.argmax())
    first, last = _value_area(volumes, peak, value_share * total)
    middle = 0.5 * float(edges[peak] + edges[peak + 1])
    return Profile(edges, volumes, middle, float(edges[first]), float(edges[last + 1]))


def _value_area(volumes: Floats, peak: int, wanted: float) -> tuple[int, int]:
    first = last = peak
    held = float(volumes[peak])
    while held < wanted and (first > 0 or last < volumes.size - 1):
        below = volumes[first - 1] if first > 0 else -np.inf
        above = volumes[last + 1] if last < volumes.size - 1 else -np.inf
        if above >= below:
            last += 1
            held += float(above)
        else:
            first -= 1
            held += float(below)
    return first, last
