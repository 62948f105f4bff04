"""Binomial prices: Leisen and Reimer (1996), extrapolated. A check of the engine, and its refuge.

It makes no assumption about the exercise region, so it is right where the engine is not at home:
two boundaries (negative rates) and boundaries that no polynomial resolves. Slower by three orders
of magnitude; the error falls with the number of steps, about 1e-5 of the strike at 500.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from core_numba.american.puts import as_puts
from core_numba.arrays import Floats, flat
from core_numba.jit.kernel import Kernel
from core_numba.plain.american import lattice as plain

_LATTICE: Final = Kernel("american.lattice", plain.lattice)


def binomial(  # noqa: PLR0917 - an option's own seven numbers, in their usual order
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    volatility: npt.ArrayLike,
    sign: npt.ArrayLike,
    *,
    steps: int = 501,
    early: bool = True,
    extrapolate: bool = True,
) -> Floats:
    """American (or, with `early` false, European) values on a lattice of `steps` steps.

    `steps` must be odd. `extrapolate` adds a lattice of twice the steps and removes the error of
    first order. NaN where spot, strike, years and volatility are not all positive and finite.
    """
    if steps < 3 or steps % 2 == 0:
        raise ValueError(f"steps is {steps}; it must be odd and at least 3.")
    shape, inputs = flat(spot, strike, years, rate, dividend_yield, volatility, sign)
    puts = as_puts(*inputs)
    good = puts.valid & (puts.spot > 0) & (puts.strike > 0) & (puts.years > 0)
    good &= puts.volatility > 0
    out = np.full(good.size, np.nan)
    at = np.flatnonzero(good)
    x, rho, kappa, v = (a[at] for a in puts.normalised())
    out[at] = puts.strike[at] * lattice_values(x, rho, kappa, v, steps, early, extrapolate)
    return out.reshape(shape)


def lattice_values(  # noqa: PLR0917 - private to the package
    x: Floats,
    rho: Floats,
    kappa: Floats,
    v: Floats,
    steps: int,
    early: bool = True,  # noqa: FBT001, FBT002 - private to the package
    extrapolate: bool = True,  # noqa: FBT001, FBT002 - private to the package
) -> Floats:
    """Puts per unit of strike."""
    coarse = np.empty(x.size)
    _LATTICE.split(x.size, x, rho, kappa, v, steps, early, coarse)
    if not extrapolate:
        return coarse
    twice = 2 * steps + 1
    fine = np.empty(x.size)
    _LATTICE.split(x.size, x, rho, kappa, v, twice, early, fine)
    found = (twice * fine - steps * coarse) / (twice - steps)
    return np.maximum(found, -np.expm1(x)) if early else found
