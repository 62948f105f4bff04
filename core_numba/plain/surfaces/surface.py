"""Total variance between fitted smiles."""

from __future__ import annotations

import numpy as np

from core_numba.arrays import Floats


def interpolate(  # noqa: PLR0917 - arrays by position
    k: Floats, years: Floats, times: Floats, smiles: Floats, variance: Floats, volatility: Floats
) -> None:
    """See `core_numba.surfaces.surface.Surface.total_variance`; `smiles` is (5, expirations)."""
    a, b, rho, m, sigma = smiles[:, :, None]
    x = k - m
    w = a + b * (rho * x + np.sqrt(x * x + sigma * sigma))
    each = np.arange(len(k))
    t = np.where(years >= 0.0, years, np.nan)
    late = np.minimum(np.searchsorted(times, years, side="left"), len(times) - 1)
    early = np.where(years > times[-1], late, np.maximum(late - 1, 0))
    w0, w1 = w[early, each], w[late, each]
    t0, t1 = times[early], times[late]
    inside = early != late
    share = np.where(inside, (t - t0) / np.where(inside, t1 - t0, 1.0), 0.0)
    between = w0 + (w1 - w0) * share
    outside = w1 * (t / t1)
    variance[:] = np.where(inside, between, outside)
    steady = np.sqrt(w1 / t1) * np.where(np.isnan(t), np.nan, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        volatility[:] = np.where(inside, np.sqrt(between / t), steady)
