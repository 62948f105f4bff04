"""Raw SVI smiles fitted to the quotes of all expirations of one underlying, without arbitrage.

Quasi-explicit (Zeliade Systems, 'Quasi-explicit calibration of Gatheral's SVI model', 2009): for
a bend m and width sigma the level and the two wing slopes solve a small least-squares problem
exactly, so that only m and sigma are searched for. Enforced: wings within Lee's bound and no
flatter than the expiration before (by bounds of the inner problem), Durrleman's g >= 0 and total
variance that does not fall with time (a penalty during the search, then the smile is raised by
the least that removes what is left).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.jit.kernel import Kernel
from core_numba.plain.surfaces import calibration as plain
from core_numba.surfaces.svi import RawSVI

FIT = Kernel("surfaces.calibration", plain.fit)


class Calibration(NamedTuple):
    """Per expiration: the smile and how good it is.

    `parameters` is (expirations, 5): a, b, rho, m, sigma, NaN where fewer than five quotes were
    usable. `error` is the weighted root mean square in total variance, `least_density` the least g
    on the test grid, `calendar_gap` the least rise in total variance since the expiration before
    (infinite for the first); neither is negative.
    """

    parameters: Floats
    error: Floats
    least_density: Floats
    calendar_gap: Floats

    def smile(self, expiration: int) -> RawSVI:
        return RawSVI(*self.parameters[expiration].tolist())


def quote_weights(
    volatility: npt.ArrayLike, years: npt.ArrayLike, vega: npt.ArrayLike, spread: npt.ArrayLike
) -> Floats:
    """Weights that count errors of total variance in bid-ask spreads of the price.

    A price off by one `spread` is a volatility off by spread / vega (vega per unit of volatility)
    and a total variance off by 2 volatility years times that; the weight is one over its square.
    Zero, so that the quote is left out, where anything is not positive or not finite.
    """
    v, t, vg, s = (np.asarray(x, dtype=np.float64) for x in (volatility, years, vega, spread))
    with np.errstate(all="ignore"):
        weight = (vg / (2.0 * v * t * s)) ** 2
        usable = (v > 0) & (t > 0) & (vg > 0) & (s > 0) & np.isfinite(weight)
    return np.where(usable, weight, 0.0)


def fit(
    log_moneyness: Sequence[npt.ArrayLike],
    total_variance: Sequence[npt.ArrayLike],
    weights: Sequence[npt.ArrayLike] | None = None,
    *,
    robust: bool = True,
) -> Calibration:
    """Fit one smile per expiration, in order of time; each argument has one array per expiration.

    Quotes that are not finite, or whose variance or weight is not positive, are left out. `robust`
    fits twice more, each quote weighted down by Tukey's bisquare of its error (beyond 4.7 median
    deviations to nothing): stale quotes do not bend the smile. `ValueError` when the arguments do
    not have equal lengths.
    """
    parts = [[np.ravel(np.asarray(x, dtype=np.float64)) for x in log_moneyness],
             [np.ravel(np.asarray(x, dtype=np.float64)) for x in total_variance]]  # fmt: skip
    parts.append(
        [np.ones_like(x) for x in parts[0]]
        if weights is None
        else [np.ravel(np.asarray(x, dtype=np.float64)) for x in weights]
    )
    sizes = [[len(x) for x in part] for part in parts]
    if sizes[0] != sizes[1] or sizes[0] != sizes[2]:
        raise ValueError("Each expiration needs as many moneynesses as variances and weights.")
    n = len(sizes[0])
    bounds = np.concatenate([[0], np.cumsum(sizes[0])]).astype(np.int64)
    k, w, weight = (np.concatenate([*part, np.empty(0)]) for part in parts)
    parameters, quality = np.empty((n, 5)), np.empty((n, 3))
    begin, end = np.ascontiguousarray(bounds[:-1]), np.ascontiguousarray(bounds[1:])
    FIT(k, w, weight, begin, end, int(robust), parameters, quality)
    return Calibration(parameters, *np.ascontiguousarray(quality.T))
