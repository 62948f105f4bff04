"""Bachelier's formula in NumPy: see `core_numba/bachelier.py`."""

from __future__ import annotations

import numpy as np

from core_numba.plain.normal import Floats, norm_cdf, norm_pdf


def bachelier(  # noqa: PLR0917 - a kernel's arrays
    f: Floats,
    k: Floats,
    t: Floats,
    r: Floats,
    v: Floats,
    sign: Floats,
    *out: Floats,
) -> None:
    ok = np.isfinite(f) & np.isfinite(k) & np.isfinite(t) & np.isfinite(r) & np.isfinite(v)
    ok &= (t >= 0) & (v >= 0) & (np.abs(sign) == 1)
    with np.errstate(all="ignore"):
        root = np.sqrt(np.maximum(t, 0.0))
        deviation, gap, df = v * root, f - k, np.exp(-r * t)
        d = np.where(
            deviation > 0, gap / deviation, np.where(gap == 0, 0.0, np.copysign(np.inf, gap))
        )
        density = np.where(deviation > 0, norm_pdf(d), 0.0)
        alive = density > 0
        outside = deviation * density - np.abs(gap) * norm_cdf(-np.abs(d))
        value = df * (np.where(alive, np.maximum(outside, 0), 0) + np.maximum(sign * gap, 0.0))
        results = (
            value,
            sign * df * norm_cdf(sign * d),
            np.where(alive, df * density / deviation, 0.0),
            np.where(t > 0, r * value, 0.0) - np.where(alive, 0.5 * df * v * density / root, 0.0),
            df * density * root,
            -t * value,
        )
    for array, found in zip(out, results, strict=True):
        array[:] = np.where(ok, found, np.nan)
