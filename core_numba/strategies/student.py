"""Student's t cut off at its tails: what `measures.StudentT` needs of it.

The partial mean of e^(s T) has no closed form. The density is smooth in v = asinh(T), so
Gauss-Legendre panels of equal width in v reach nearly full accuracy for any degrees of freedom.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from core_numba.arrays import Floats

_PANELS: Final = 96
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)


def below(relative: Floats, scale: float, freedom: float, tail: float) -> tuple[Floats, Floats]:
    """P(X <= relative) and E[X; X <= relative] of X = e^(m + scale T) with mean 1."""
    from scipy.special import gammaln, stdtr, stdtrit  # noqa: PLC0415

    if not np.isfinite(scale):
        return np.full_like(relative, np.nan), np.full_like(relative, np.nan)
    if scale == 0.0:
        certain = np.where(relative >= 1.0, 1.0, np.where(np.isnan(relative), np.nan, 0.0))
        return certain, certain
    constant = gammaln((freedom + 1) / 2) - gammaln(freedom / 2) - 0.5 * np.log(freedom * np.pi)
    least = float(stdtrit(freedom, tail))

    def integral(start: Floats, end: Floats) -> Floats:
        half = 0.5 * (end - start)
        v = (0.5 * (end + start))[:, None] + half[:, None] * _NODES
        t = np.sinh(v)
        power = -0.5 * (freedom + 1) * np.log1p(t * t / freedom)
        return np.asarray(half * ((np.exp(constant + power + scale * t) * np.cosh(v)) @ _WEIGHTS))

    edges = np.linspace(np.arcsinh(least), -np.arcsinh(least), _PANELS + 1)
    sums = np.concatenate([[0.0], np.cumsum(integral(edges[:-1], edges[1:]))])
    centre = -np.log(sums[-1] / (1.0 - 2.0 * tail))
    with np.errstate(divide="ignore"):
        t = np.clip((np.log(relative) - centre) / scale, least, -least)
    v = np.clip(np.arcsinh(t), edges[0], edges[-1])
    panel = np.clip(np.searchsorted(edges, v, side="right") - 1, 0, _PANELS - 1)
    partial = (sums[panel] + integral(edges[panel], v)) / sums[-1]
    probability = np.clip((stdtr(freedom, t) - tail) / (1.0 - 2.0 * tail), 0.0, 1.0)
    return probability, partial
