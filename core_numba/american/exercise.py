"""Where and when to exercise: the boundary as a function of the time left, and of today."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core_numba.american.engine import boundaries, cases
from core_numba.american.puts import Puts, as_puts
from core_numba.american.schemes import Scheme, interpolation, scheme_of
from core_numba.arrays import Floats, flat


def exercise_boundary(  # noqa: PLR0917 - an option's own seven numbers, in their usual order
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    volatility: npt.ArrayLike,
    sign: npt.ArrayLike,
    left: npt.ArrayLike,
    *,
    accuracy: str | Scheme = "precise",
) -> Floats:
    """The spot at which exercise becomes best, with each time of `left` to expiry (years).

    A put is exercised at and below it, a call at and above it. Shape: that of the options with one
    more axis for `left` (a vector). Zero time left gives the limit before expiry, K min(1, r / q)
    for puts. Where early exercise is never best: 0 for puts, infinity for calls. NaN for more time
    than the option has, for two boundaries, a volatility or life of zero, and invalid options.
    """
    times = np.atleast_1d(np.asarray(left, dtype=np.float64))
    if times.ndim != 1:
        raise ValueError("left must be a vector of times to expiry.")
    shape, (k, t, r, q, v, side) = flat(strike, years, rate, dividend_yield, volatility, sign)
    puts = as_puts(k, k, t, r, q, v, side)
    scheme = scheme_of(accuracy)
    _, rho, kappa, sd = puts.normalised()
    which = cases(puts, rho, kappa, sd)
    out = np.full((k.size, times.size), np.nan)
    out[which.european] = 0.0
    at = np.flatnonzero(which.single)
    if at.size:
        out[at] = _ratios(rho[at], kappa[at], sd[at], t[at], times, scheme)
    with np.errstate(divide="ignore"):
        spot = np.where(puts.call[:, None], k[:, None] / out, k[:, None] * out)
    spot[~((times >= 0.0) & (times <= t[:, None]))] = np.nan
    return np.asarray(spot).reshape((*shape, times.size))


def _ratios(  # noqa: PLR0917 - private
    rho: Floats, kappa: Floats, v: Floats, years: Floats, times: Floats, scheme: Scheme
) -> Floats:
    """B / K of puts, (N, times)."""
    squares, _ = boundaries(rho, kappa, v, scheme)
    limit = np.where(kappa > rho, rho / np.where(kappa > rho, kappa, 1.0), 1.0)
    share = np.sqrt(np.clip(times / years[:, None], 0.0, 1.0))
    matrix = interpolation(scheme.nodes, share)
    found = np.einsum("atn,an->at", matrix, squares)
    return np.asarray(limit[:, None] * np.exp(-np.sqrt(np.maximum(found, 0.0))))


def exercise_now(  # noqa: PLR0917 - an option's own seven numbers, in their usual order
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    volatility: npt.ArrayLike,
    sign: npt.ArrayLike,
    *,
    accuracy: str | Scheme = "precise",
) -> npt.NDArray[np.bool_]:
    """Whether the option is best exercised at once. False where that is not known."""
    shape, inputs = flat(spot, strike, years, rate, dividend_yield, volatility, sign)
    puts: Puts = as_puts(*inputs)
    scheme = scheme_of(accuracy)
    x, rho, kappa, sd = puts.normalised()
    at = np.flatnonzero(cases(puts, rho, kappa, sd).single)
    out = np.zeros(x.size, dtype=np.bool_)
    if at.size:
        squares, _ = boundaries(rho[at], kappa[at], sd[at], scheme)
        limit = np.where(kappa > rho, np.log(rho / np.where(kappa > rho, kappa, 1.0)), 0.0)[at]
        out[at] = x[at] <= limit - np.sqrt(squares[:, -1])
    return out.reshape(shape)
