"""Measures: how the spot may be distributed at a date.

Each says, for a level x, the probability and the partial mean E[S; S <= x] below it; payoffs made
of line segments need no more. Parameters are one number or one per strategy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats, flat
from core_numba.jit.kernel import Kernel
from core_numba.plain.strategies import lognormal as plain
from core_numba.strategies import student

LOGNORMAL = Kernel("strategies.lognormal", plain.lognormal_below)


class Below(NamedTuple):
    """P(S <= x), P(S < x) and E[S; S <= x]."""

    probability: Floats
    strictly: Floats
    partial: Floats


class Measure(Protocol):
    """What `expectation` asks of a distribution."""

    @property
    def mean(self) -> Floats: ...

    def below(self, x: Floats, owner: npt.NDArray[np.int64]) -> Below:
        """At levels `x`, each of the strategy `owner`."""
        ...


def _of(values: Floats, owner: npt.NDArray[np.int64]) -> Floats:
    each = np.broadcast_to(values, owner.shape) if values.size == 1 else values[owner]
    return np.ascontiguousarray(each)


@dataclass(frozen=True, slots=True, eq=False)
class Lognormal:
    """ln S normal with variance `volatility`^2 `years` and mean of S `spot` e^(rate - dividend).

    In closed form. Zero volatility or years: certainly the mean. NaN for negative ones.
    """

    spot: npt.ArrayLike
    years: npt.ArrayLike
    volatility: npt.ArrayLike
    rate: npt.ArrayLike = 0.0
    dividend: npt.ArrayLike = 0.0

    @property
    def mean(self) -> Floats:
        shape, (s, t, r, q) = flat(self.spot, self.years, self.rate, self.dividend)
        return np.asarray(s * np.exp((r - q) * t)).reshape(shape)

    def below(self, x: Floats, owner: npt.NDArray[np.int64]) -> Below:
        _, (mean, t, v) = flat(self.mean, self.years, self.volatility)
        with np.errstate(invalid="ignore", divide="ignore"):
            deviation = np.where(v >= 0.0, v * np.sqrt(t), np.nan)
            centre = np.log(mean) - 0.5 * deviation * deviation
        parts = [_of(each, owner) for each in (centre, deviation, mean)]
        probability, partial = np.empty_like(x), np.empty_like(x)
        LOGNORMAL.split(len(x), x, *parts, probability, partial)
        strictly = np.where((parts[1] == 0.0) & (x == parts[2]), 0.0, probability)
        return Below(probability, strictly, partial)


@dataclass(frozen=True, slots=True, eq=False)
class StudentT:
    """ln S = m + s T, T Student's t with `freedom` > 2, cut off where either tail holds `tail`.

    e^T has no mean: the density's tails fall slower than e^T grows. So T is cut off, symmetrically
    at its `tail` quantiles, and its density divided by 1 - 2 `tail`. s is
    `volatility` sqrt(years (freedom - 2) / freedom), which gives ln S, before the cut, the variance
    `volatility`^2 `years`; m makes the mean of S `spot` e^((rate - dividend) years). The partial
    mean is integrated numerically, to about 1e-12 of the mean.
    """

    spot: npt.ArrayLike
    years: npt.ArrayLike
    volatility: npt.ArrayLike
    freedom: npt.ArrayLike = 4.0
    rate: npt.ArrayLike = 0.0
    dividend: npt.ArrayLike = 0.0
    tail: float = 1e-5

    def __post_init__(self) -> None:
        if not (np.asarray(self.freedom, dtype=np.float64) > 2.0).all():
            raise ValueError("Student's t needs more than 2 degrees of freedom to have a variance.")
        if not 0.0 < self.tail <= 0.05:
            raise ValueError("The probability cut off each tail must lie in (0, 0.05].")

    @property
    def mean(self) -> Floats:
        return Lognormal(self.spot, self.years, 0.0, self.rate, self.dividend).mean

    def below(self, x: Floats, owner: npt.NDArray[np.int64]) -> Below:
        _, (mean, t, v, nu) = flat(self.mean, self.years, self.volatility, self.freedom)
        with np.errstate(invalid="ignore"):
            scale = np.where(v >= 0.0, v * np.sqrt(t * (nu - 2.0) / nu), np.nan)
        probability, partial = np.full_like(x, np.nan), np.full_like(x, np.nan)
        kinds, which = np.unique(np.stack([scale, nu]), axis=1, return_inverse=True)
        group = _of(which.reshape(-1).astype(np.float64), owner)
        relative = x / _of(mean, owner)
        for g in range(kinds.shape[1]):
            here = group == g
            found = student.below(relative[here], kinds[0, g], kinds[1, g], self.tail)
            probability[here], partial[here] = found
        partial *= _of(mean, owner)
        certain = _of(scale, owner) == 0.0
        strictly = np.where(certain & (relative == 1.0), 0.0, probability)
        return Below(probability, strictly, partial)


@dataclass(frozen=True, slots=True, eq=False)
class Empirical:
    """S = `spot` (1 + r), r equally likely each of `returns` (simple returns over the period)."""

    spot: npt.ArrayLike
    returns: npt.ArrayLike
    _growth: Floats = field(init=False)

    def __post_init__(self) -> None:
        growth = np.sort(1.0 + np.asarray(self.returns, dtype=np.float64).reshape(-1))
        if not growth.size or not np.isfinite(growth).all() or growth[0] < 0.0:
            raise ValueError("Returns must be finite, at least -1, and at least one.")
        object.__setattr__(self, "_growth", growth)

    @property
    def mean(self) -> Floats:
        return np.asarray(np.asarray(self.spot, dtype=np.float64) * self._growth.mean())

    def below(self, x: Floats, owner: npt.NDArray[np.int64]) -> Below:
        sums = np.concatenate([[0.0], np.cumsum(self._growth)]) / len(self._growth)
        sums[-1] = self._growth.mean()
        spot = _of(np.asarray(self.spot, dtype=np.float64).reshape(-1), owner)
        right, left = np.zeros(len(x), np.int64), np.zeros(len(x), np.int64)
        for each in np.unique(spot[~np.isnan(spot)]):
            here = spot == each
            outcomes = each * self._growth
            right[here] = np.searchsorted(outcomes, x[here], side="right")
            left[here] = np.searchsorted(outcomes, x[here], side="left")
        known = np.where(np.isnan(spot), np.nan, 1.0)
        count = len(self._growth)
        return Below(right / count * known, left / count * known, sums[right] * spot)
