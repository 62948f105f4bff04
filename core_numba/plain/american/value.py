"""Value and spot Greeks of American puts whose boundary is known, in NumPy."""

from __future__ import annotations

import numpy as np

from core_numba.arrays import Floats
from core_numba.normal import norm_cdf, norm_pdf


def value(  # noqa: PLR0917 - the kernel's arguments
    x: Floats,
    rho: Floats,
    kappa: Floats,
    v: Floats,
    squares: Floats,
    sines: Floats,
    weights: Floats,
    interpolate: Floats,
    greeks: bool,  # noqa: FBT001 - the kernel's arguments have places
    values: Floats,
    deltas: Floats,
    gammas: Floats,
) -> None:
    """Per unit of strike: the European put and the income of exercise over the life of the option.

    `x` is ln(S / K), `squares` (N, n) what `boundary` made, the rule what `schemes` made: a rule
    without points gives the European value. Deltas and gammas are by S / K.
    """
    with np.errstate(all="ignore"):
        drift = (rho - kappa) / v + 0.5 * v
        limit = np.where(kappa > rho, np.log(rho / np.where(kappa > rho, kappa, 1.0)), 0.0)
        spot = np.exp(x)
        d1 = x / v + drift
        dq = np.exp(-kappa)
        out = np.exp(-rho) * norm_cdf(v - d1) - spot * dq * norm_cdf(-d1)
        delta, gamma = -dq * norm_cdf(-d1), dq * norm_pdf(d1) / v
        for p in range(sines.size):
            e, weight = sines[p], weights[p]
            edge = limit - np.sqrt(np.maximum(squares @ interpolate[p], 0.0))
            d1 = (x - edge) / (v * e) + drift * e
            dq = np.exp(-kappa * e * e)
            n1, density = norm_cdf(-d1), norm_pdf(d1)
            n2 = np.exp(-rho * e * e) * norm_cdf(v * e - d1)
            out += weight * (rho * n2 - spot * kappa * dq * n1)
            gain = (rho * np.exp(-edge) - kappa) / (v * e)
            delta -= weight * dq * (kappa * n1 + gain * density)
            gamma += weight * dq * density / (v * e) * (kappa + gain * d1)
        taken = x <= limit - np.sqrt(squares[:, -1])
        values[:] = np.where(taken, 1.0 - spot, np.maximum(out, 1.0 - spot))
        if greeks:
            deltas[:] = np.where(taken, -1.0, np.minimum(delta, 0.0))
            gammas[:] = np.where(taken, 0.0, np.maximum(gamma, 0.0) / spot)
