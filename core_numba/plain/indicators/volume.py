"""OBV, VWAP of a session and volume by price; as streams, and over arrays."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.plain.indicators.windows import quotient


class Obv:
    """Volume of rising closes less that of falling ones, begun with the first bar's."""

    def __init__(self) -> None:
        self._total, self._before = 0.0, math.nan

    def update(self, close: float, volume: float) -> float:
        if not (math.isfinite(close) and math.isfinite(volume)):
            self._before = math.nan
            return math.nan
        if math.isnan(self._before):
            self._total = volume
        elif close > self._before:
            self._total += volume
        elif close < self._before:
            self._total -= volume
        self._before = close
        return self._total


class SessionVwap:
    """Mean price by volume since the session began. A bar without a number spoils its session."""

    def __init__(self) -> None:
        self._money = self._shares = 0.0
        self._session: int | None = None

    def update(self, price: float, volume: float, session: int) -> float:
        if session != self._session:
            self._money, self._shares, self._session = 0.0, 0.0, session
        self._money += price * volume
        self._shares += volume
        return quotient(self._money, self._shares)


class VolumeProfile:
    """Volume by price, laid evenly over the range of its bar; one without numbers adds none."""

    def __init__(self, least: float, width: float, bins: int) -> None:
        self._least, self._width = least, width
        self.volumes: Floats = np.zeros(bins)

    def update(self, high: float, low: float, volume: float) -> None:
        if not (math.isfinite(high - low) and math.isfinite(volume) and high >= low):
            return
        first, final = self._bin(low), self._bin(high)
        if first == final:
            self.volumes[first] += volume
            return
        each = volume / (high - low)
        for k in range(first, final + 1):
            floor = low if k == first else self._least + k * self._width
            ceiling = high if k == final else self._least + (k + 1) * self._width
            self.volumes[k] += each * (ceiling - floor)

    def _bin(self, price: float) -> int:
        place = math.floor((price - self._least) / self._width)
        return min(max(place, 0), self.volumes.size - 1)


def obv(close: Floats, volume: Floats, out: Floats) -> None:
    stream = Obv()
    for i in range(close.size):
        out[i] = stream.update(float(close[i]), float(volume[i]))


def vwap(price: Floats, volume: Floats, session: npt.NDArray[np.int64], out: Floats) -> None:
    stream = SessionVwap()
    for i in range(price.size):
        out[i] = stream.update(float(price[i]), float(volume[i]), int(session[i]))


def volume_profile(  # noqa: PLR0917
    high: Floats, low: Floats, volume: Floats, least: float, width: float, out: Floats
) -> None:
    stream = VolumeProfile(least, width, out.size)
    stream.volumes = out
    for i in range(volume.size):
        stream.update(float(high[i]), float(low[i]), float(volume[i]))
