"""A volatility surface: implied volatility at any strike and date from fitted smiles.

Between two expirations total variance is linear in time at constant forward log-moneyness
k = ln(strike / forward), which adds no calendar arbitrage. Before the first and after the last the
volatility at a k is flat. Refuses expirations out of order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats, flat
from core_numba.jit.kernel import Kernel
from core_numba.plain.surfaces import surface as plain

INTERPOLATE = Kernel("surfaces.surface", plain.interpolate)


class Interpolated(NamedTuple):
    """Total variance w, and the volatility sqrt(w / years)."""

    total_variance: Floats
    volatility: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """`years` and `forwards` per expiration, and `smiles` (expirations, 5): a, b, rho, m, sigma.

    Make it by `Surface.of`, which leaves out expirations without a smile.
    """

    years: Floats
    forwards: Floats
    smiles: Floats

    @classmethod
    def of(cls, years: npt.ArrayLike, forwards: npt.ArrayLike, smiles: npt.ArrayLike) -> Surface:
        """`ValueError` for times that do not rise from above zero, or without any smile."""
        t, f, p = (np.asarray(x, dtype=np.float64) for x in (years, forwards, smiles))
        if t.ndim != 1 or f.shape != t.shape or p.shape != (len(t), 5):
            raise ValueError("Give one time, one forward and five SVI parameters per expiration.")
        kept = np.isfinite(p).all(axis=1) & np.isfinite(f) & (f > 0.0)
        t, f, p = t[kept], f[kept], p[kept]
        if not t.size:
            raise ValueError("A surface needs at least one fitted expiration.")
        if not t[0] > 0.0 or not (np.diff(t) > 0.0).all():
            raise ValueError("Expirations must be positive and rise.")
        return cls(np.ascontiguousarray(t), np.ascontiguousarray(f), np.ascontiguousarray(p))

    def forward(self, years: npt.ArrayLike) -> Floats:
        """ln forward linear in time between expirations, the nearest pair's slope outside."""
        t, logs = np.asarray(years, dtype=np.float64), np.log(self.forwards)
        if len(self.years) == 1:
            return np.full(t.shape, self.forwards[0])
        i = np.clip(np.searchsorted(self.years, t) - 1, 0, len(self.years) - 2)
        slope = np.diff(logs)[i] / np.diff(self.years)[i]
        return np.asarray(np.exp(logs[i] + slope * (t - self.years[i])))

    def at_moneyness(self, k: npt.ArrayLike, years: npt.ArrayLike) -> Interpolated:
        """At k = ln(strike / forward). NaN for negative or NaN years; at zero, w = 0."""
        shape, (at, t) = flat(k, years)
        w, v = np.empty_like(at), np.empty_like(at)
        smiles = np.ascontiguousarray(self.smiles.T)
        INTERPOLATE.split(len(at), at, t, self.years, smiles, w, v)
        return Interpolated(w.reshape(shape), v.reshape(shape))

    def volatility(
        self, strike: npt.ArrayLike, years: npt.ArrayLike, forward: npt.ArrayLike | None = None
    ) -> Floats:
        """Implied volatility of a strike; the surface's own forward when none is given."""
        ahead = self.forward(years) if forward is None else np.asarray(forward, dtype=np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            k = np.log(np.asarray(strike, dtype=np.float64) / ahead)
        return self.at_moneyness(np.where(np.isfinite(k), k, np.nan), years).volatility
