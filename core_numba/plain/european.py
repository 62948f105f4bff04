"""European options in the forward (Black 1976) form, and Black-Scholes-Merton on top of it.

Undiscounted value of a call on a forward F with strike K and total standard deviation
s = volatility * sqrt(T): F N(d1) - K N(d2), d1 = ln(F/K)/s + s/2, d2 = d1 - s. Dividends of any
kind enter through the forward. `sign` is +1 for calls and -1 for puts.

Nothing here guesses: a negative forward, strike or deviation gives NaN. The functions that return
values came first and their arithmetic stays as it is, because recorded markets were made with it;
`price`, `greeks` and `all_greeks` are the oracles of the kernels of the same names.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.plain.normal import Floats, norm_cdf, norm_pdf


class BlackTerms(NamedTuple):
    """Undiscounted value and the parts from which every Greek is made."""

    value: Floats
    in_the_money: Floats
    """N(sign * d2): probability, under the pricing measure, of finishing in the money."""
    forward_delta: Floats
    """sign * N(sign * d1): derivative of the undiscounted value by the forward."""
    density: Floats
    """n(d1)."""


def black(
    forward: npt.ArrayLike, strike: npt.ArrayLike, deviation: npt.ArrayLike, sign: npt.ArrayLike
) -> BlackTerms:
    """Black's formula. The out-of-the-money side is computed, the other follows by parity.

    A deviation of zero is the limit: intrinsic value on the forward, Greeks of that payoff.
    """
    f, k, s, side = np.broadcast_arrays(
        *(np.asarray(a, dtype=np.float64) for a in (forward, strike, deviation, sign))
    )
    bad = ~((f > 0) & (k > 0) & (s >= 0))
    with np.errstate(divide="ignore", invalid="ignore"):
        log_ratio = np.log(f / k)
        d1 = np.where(s > 0, log_ratio / s + 0.5 * s, np.copysign(np.inf, log_ratio))
        d1 = np.where((s == 0) & (f == k), 0.0, d1)
        d2 = np.where(s > 0, d1 - s, d1)
        outer = np.where(f > k, -1.0, 1.0)
        n1, n2 = norm_cdf(outer * d1), norm_cdf(outer * d2)
        outside = outer * (f * n1 - k * n2)
    same = side == outer
    value = np.where(same, outside, outside + np.abs(f - k))
    in_the_money = np.where(same, n2, 1.0 - n2)
    delta = side * np.where(same, n1, 1.0 - n1)
    density = norm_pdf(d1)
    nan = np.nan
    return BlackTerms(
        np.where(bad, nan, np.maximum(value, 0.0)),
        np.where(bad, nan, in_the_money),
        np.where(bad, nan, delta),
        np.where(bad, nan, density),
    )


class Greeks(NamedTuple):
    """Price and first-order Greeks per share. Theta and rho per year, vega per unit volatility."""

    price: Floats
    delta: Floats
    gamma: Floats
    theta: Floats
    vega: Floats
    rho: Floats


def black_scholes(  # noqa: PLR0917 - the formula's own seven arguments, in their usual order
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    volatility: npt.ArrayLike,
    sign: npt.ArrayLike,
) -> Greeks:
    """Black-Scholes-Merton with a continuous yield (Haug 2007, sections 1.1.6 and 2.1-2.13).

    Theta is the derivative by calendar time at fixed spot and volatility: negative for a decaying
    option. At expiry (years or volatility of zero) gamma, theta and vega are zero.
    """
    s, k, t, r, q, v, side = np.broadcast_arrays(
        *(
            np.asarray(a, dtype=np.float64)
            for a in (spot, strike, years, rate, dividend_yield, volatility, sign)
        )
    )
    growth, discount = np.exp((r - q) * t), np.exp(-r * t)
    root_t = np.sqrt(t)
    deviation = v * root_t
    terms = black(s * growth, k, deviation, side)
    alive = deviation > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        gamma = np.where(alive, np.exp(-q * t) * terms.density / (s * deviation), 0.0)
        vega = np.where(alive, s * np.exp(-q * t) * terms.density * root_t, 0.0)
        decay = np.where(alive, vega * v / (2.0 * t), 0.0)
    carried = s * np.exp(-q * t) * terms.forward_delta
    owed = side * k * discount * terms.in_the_money
    theta = np.where(alive, -decay + q * carried - r * owed, 0.0)
    return Greeks(
        price=discount * terms.value,
        delta=np.exp(-q * t) * terms.forward_delta,
        gamma=gamma,
        theta=theta,
        vega=vega,
        rho=t * owed,
    )


def expected_move(spot: npt.ArrayLike, volatility: npt.ArrayLike, years: npt.ArrayLike) -> Floats:
    """One standard deviation in dollars: spot * volatility * sqrt(years)."""
    return np.asarray(
        np.asarray(spot, dtype=np.float64)
        * np.asarray(volatility, dtype=np.float64)
        * np.sqrt(np.asarray(years, dtype=np.float64))
    )


def _terms(  # noqa: PLR0917 - the formula's own seven arguments
    s: Floats, k: Floats, t: Floats, r: Floats, q: Floats, v: Floats, sign: Floats
) -> tuple[Floats, ...]:
    """Price, D, B, d1, d2, N(sign d1), N(sign d2): see `core_numba/compiled/lognormal.py`."""
    finite = np.isfinite(s) & np.isfinite(k) & np.isfinite(t) & np.isfinite(v)
    ok = finite & (s >= 0) & (k >= 0) & (t >= 0) & (v >= 0) & (s + k > 0) & (np.abs(sign) == 1)
    with np.errstate(all="ignore"):
        drift = (r - q) * t
        ok &= np.isfinite(drift)
        carried = np.where(s == 0, 0.0, s * np.exp(-q * t))
        owed = np.where(k == 0, 0.0, k * np.exp(-r * t))
        deviation = v * np.sqrt(t)
        x = np.where(ok, np.log(s / k) + drift, np.nan)
        m = np.where(deviation > 0, x / deviation, np.where(x == 0, 0.0, np.copysign(np.inf, x)))
        d1, d2 = m + 0.5 * deviation, m - 0.5 * deviation
        outer = np.where(x > 0, -1.0, 1.0)
        outside = outer * (carried * norm_cdf(outer * d1) - owed * norm_cdf(outer * d2))
        value = np.maximum(outside, 0.0) + np.maximum(sign * (carried - owed), 0.0)
        return (
            np.where(ok, value, np.nan),
            carried,
            owed,
            d1,
            d2,
            norm_cdf(sign * d1),
            norm_cdf(sign * d2),
        )


def price(  # noqa: PLR0917 - a kernel's arrays
    s: Floats,
    k: Floats,
    t: Floats,
    r: Floats,
    q: Floats,
    v: Floats,
    sign: Floats,
    out: Floats,
) -> None:
    out[:] = _terms(s, k, t, r, q, v, sign)[0]


def greeks(  # noqa: PLR0917 - a kernel's arrays
    s: Floats,
    k: Floats,
    t: Floats,
    r: Floats,
    q: Floats,
    v: Floats,
    sign: Floats,
    *out: Floats,
) -> None:
    _write_greeks(s, k, t, r, q, v, sign, out)


def all_greeks(  # noqa: PLR0917 - a kernel's arrays
    s: Floats,
    k: Floats,
    t: Floats,
    r: Floats,
    q: Floats,
    v: Floats,
    sign: Floats,
    *out: Floats,
) -> None:
    _write_greeks(s, k, t, r, q, v, sign, out)


def _write_greeks(  # noqa: PLR0917 - each Greek by its textbook name
    s: Floats,
    k: Floats,
    t: Floats,
    r: Floats,
    q: Floats,
    v: Floats,
    sign: Floats,
    out: tuple[Floats, ...],
) -> None:
    value, carried, owed, d1, d2, n1, n2 = _terms(s, k, t, r, q, v, sign)
    root = np.sqrt(np.maximum(t, 0.0))
    deviation = v * root
    with np.errstate(all="ignore"):
        fade = np.exp(-q * t)
        density = np.where(deviation > 0, norm_pdf(d1), 0.0)
        alive = density > 0
        phi, drift = fade * density, (r - q) / deviation
        delta = sign * fade * n1
        gamma = phi / (s * deviation)
        vega = carried * density * root
        decay = np.where(alive, 0.5 * carried * density * v / root, 0.0)
        carry = np.where(t > 0, sign * (q * carried * n1 - r * owed * n2), 0.0)
        first = [value, delta, gamma, carry - decay, vega, sign * t * owed * n2]
        second = [
            -sign * t * carried * n1,
            -phi * d2 / v,
            np.where(t > 0, q * delta, 0.0) - np.where(alive, phi * (drift - 0.5 * d2 / t), 0.0),
            vega * d1 * d2 / v,
            vega * (q + drift * d1 - 0.5 * (1.0 + d1 * d2) / t),
            -gamma / s * (d1 / deviation + 1.0),
            gamma * (d1 * d2 - 1.0) / v,
            gamma * (q + drift * d1 + 0.5 * (1.0 - d1 * d2) / t),
            np.where(value > 0, delta * s / value, np.nan),
        ]
    needs_density = (2, 4, 7, 9, 10, 11, 12, 13)
    for place, (array, found) in enumerate(zip(out, first + second, strict=False)):
        kept = np.where(alive, found, 0.0) if place in needs_density else found
        array[:] = np.where(np.isnan(value), np.nan, kept)
