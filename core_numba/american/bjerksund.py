"""Bjerksund and Stensland's closed forms: one flat boundary (1993), or two of them (2002).

A flat boundary is a strategy that anyone could follow, so both are lower bounds, within about 1e-3
of the price. Formulas as in Haug (2007, 3.3), per unit of strike so that no power overflows early.
In NumPy: a check of the engine, and no quicker than it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.american.engine import cases, european
from core_numba.american.puts import as_puts, certain
from core_numba.arrays import Floats, flat
from core_numba.normal import norm_cdf

_GOLDEN: Final = 0.5 * (np.sqrt(5.0) - 1.0)
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(40)


class _Call(NamedTuple):
    """Calls per unit of strike."""

    spot: Floats
    years: Floats
    rate: Floats
    carry: Floats
    volatility: Floats


def bjerksund_stensland(  # noqa: PLR0917 - an option's own seven numbers, in their usual order
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    volatility: npt.ArrayLike,
    sign: npt.ArrayLike,
    *,
    year: int = 2002,
) -> Floats:
    """The approximation of `year` 1993 or 2002. Not for options with two exercise boundaries: NaN.

    Never below the European value or the value of exercise. NaN also for invalid options.
    """
    if year not in {1993, 2002}:
        raise ValueError(f"year is {year}; it can be 1993 or 2002.")
    shape, inputs = flat(spot, strike, years, rate, dividend_yield, volatility, sign)
    puts = as_puts(*inputs)
    x, rho, kappa, v = puts.normalised()
    which = cases(puts, rho, kappa, v)
    out = np.full(x.size, np.nan)
    sure = certain(puts.take(which.certain))
    out[which.certain] = sure.value
    plain = which.european | which.single
    at = np.flatnonzero(plain)
    if at.size:
        floor = european(x[at], rho[at], kappa[at], v[at]).value * puts.strike[at]
        out[at] = np.maximum(floor, puts.strike[at] - puts.spot[at])
    at = np.flatnonzero(which.single)
    if at.size:
        # The put's call: strike and spot, rate and yield exchanged.
        s, k, t, r, q, sigma = (a[at] for a in puts[:6])
        call = _Call(k / s, t, q, q - r, sigma)
        with np.errstate(all="ignore"):
            found = s * (_two_steps(call) if year == 2002 else _one_step(call))
        out[at] = np.fmax(out[at], found)
    return out.reshape(shape)


def bivariate_normal(x: Floats, y: Floats, correlation: float) -> Floats:
    """P(X <= x, Y <= y) for a correlation of at most 0.9 (Drezner and Wesolowsky's integral)."""
    end = np.arcsin(correlation)
    total = np.zeros_like(x)
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        angle = 0.5 * end * (1.0 + node)
        sine, square = np.sin(angle), np.cos(angle) ** 2
        total += weight * np.exp(-(x * x + y * y - 2.0 * x * y * sine) / (2.0 * square))
    return np.asarray(norm_cdf(x) * norm_cdf(y) + total * end / (4.0 * np.pi))


def _boundary_terms(c: _Call) -> tuple[Floats, Floats, Floats]:
    """beta, the perpetual boundary and the boundary just before expiry."""
    ratio = c.carry / c.volatility**2
    beta = 0.5 - ratio + np.sqrt((ratio - 0.5) ** 2 + 2.0 * c.rate / c.volatility**2)
    dividend = c.rate - c.carry
    return beta, beta / (beta - 1.0), np.maximum(1.0, c.rate / dividend)


def _phi(c: _Call, years: Floats, gamma: Floats | float, h: Floats, i: Floats) -> Floats:
    """Without its factor S^gamma."""
    s2 = c.volatility**2
    sd = c.volatility * np.sqrt(years)
    growth = np.exp((-c.rate + gamma * c.carry + 0.5 * gamma * (gamma - 1.0) * s2) * years)
    kappa = 2.0 * c.carry / s2 + 2.0 * gamma - 1.0
    d = -(np.log(c.spot / h) + (c.carry + (gamma - 0.5) * s2) * years) / sd
    ratio = np.log(i / c.spot)
    mirrored = norm_cdf(d - 2.0 * ratio / sd)
    return np.asarray(growth * (norm_cdf(d) - _scaled(kappa * ratio, mirrored)))


def _scaled(exponent: Floats, probability: Floats) -> Floats:
    """e^exponent times a probability, zero where that is zero however large the factor."""
    return np.where(probability > 0.0, np.exp(exponent) * probability, 0.0)


def _one_step(c: _Call) -> Floats:
    beta, top, start = _boundary_terms(c)
    spread = -(c.carry * c.years + 2.0 * c.volatility * np.sqrt(c.years)) * start / (top - start)
    i = start + (top - start) * -np.expm1(spread)
    s, t, one = c.spot, c.years, np.ones_like(c.spot)
    share = (i - 1.0) * (s / i) ** beta
    value = share * (1.0 - _phi(c, t, beta, i, i))
    value += s * (_phi(c, t, 1.0, i, i) - _phi(c, t, 1.0, one, i))
    value -= _phi(c, t, 0.0, i, i) - _phi(c, t, 0.0, one, i)
    return np.where(s >= i, s - 1.0, value)


def _psi(  # noqa: PLR0917 - as the formula has it
    c: _Call, gamma: Floats | float, h: Floats, i2: Floats, i1: Floats, first: Floats
) -> Floats:
    """Without its factor S^gamma."""
    s2, s = c.volatility**2, c.spot
    drift = c.carry + (gamma - 0.5) * s2
    sd1, sd2 = c.volatility * np.sqrt(first), c.volatility * np.sqrt(c.years)
    a, b = np.log(s / i1), np.log(i2 * i2 / (s * i1))
    e1, e2 = (a + drift * first) / sd1, (b + drift * first) / sd1
    e3, e4 = (a - drift * first) / sd1, (b - drift * first) / sd1
    ends = (s / h, i2 * i2 / (s * h), i1 * i1 / (s * h), s * i1 * i1 / (h * i2 * i2))
    f1, f2, f3, f4 = ((np.log(end) + drift * c.years) / sd2 for end in ends)
    rho = float(np.sqrt(_GOLDEN))
    kappa = 2.0 * c.carry / s2 + 2.0 * gamma - 1.0
    growth = np.exp((-c.rate + gamma * c.carry + 0.5 * gamma * (gamma - 1.0) * s2) * c.years)
    return np.asarray(
        growth
        * (
            bivariate_normal(-e1, -f1, rho)
            - _scaled(kappa * np.log(i2 / s), bivariate_normal(-e2, -f2, rho))
            - _scaled(kappa * np.log(i1 / s), bivariate_normal(-e3, -f3, -rho))
            + _scaled(kappa * np.log(i1 / i2), bivariate_normal(-e4, -f4, -rho))
        )
    )


def _two_steps(c: _Call) -> Floats:
    beta, top, start = _boundary_terms(c)
    first = _GOLDEN * c.years

    def level(years: Floats) -> Floats:
        speed = -(c.carry * years + 2.0 * c.volatility * np.sqrt(years))
        return np.asarray(start + (top - start) * -np.expm1(speed / ((top - start) * start)))

    i1, i2 = level(first), level(c.years)
    s, one = c.spot, np.ones_like(c.spot)
    share1, share2 = (i1 - 1.0) * (s / i1) ** beta, (i2 - 1.0) * (s / i2) ** beta
    value = share2 * (1.0 - _phi(c, first, beta, i2, i2))
    value += s * (_phi(c, first, 1.0, i2, i2) - _phi(c, first, 1.0, i1, i2))
    value -= _phi(c, first, 0.0, i2, i2) - _phi(c, first, 0.0, i1, i2)
    value += share1 * (_phi(c, first, beta, i1, i2) - _psi(c, beta, i1, i2, i1, first))
    value += s * (_psi(c, 1.0, i1, i2, i1, first) - _psi(c, 1.0, one, i2, i1, first))
    value -= _psi(c, 0.0, i1, i2, i1, first) - _psi(c, 0.0, one, i2, i1, first)
    return np.where(s >= i2, s - 1.0, value)
