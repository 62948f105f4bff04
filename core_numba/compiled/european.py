"""European prices and Greeks: vectors over blocks, then again for the elements that need care.

A block's inputs and results stay in the first-level cache between its two passes. The first pass
leaves NaN where it is not to be trusted; the second gathers those elements and answers them.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from core_numba.compiled.lognormal import (
    careful,
    density,
    discount,
    fast_moneyness,
    fast_value,
    same_sign,
    tails,
    trusted,
    with_sign,
)
from core_numba.compiled.marks import any_nan
from core_numba.jit.declare import compiled, inlined
from core_numba.vmath.functions import INV_ROOT_2PI, exp, exp_square
from core_numba.vmath.instructions import align_stack, fma, select

BLOCK: Final = 512
INPUTS: Final = 7


@inlined
def _gather(first: Any, inputs: Any, places: Any, room: Any) -> int:
    """Copy the inputs of the elements whose `first` result is NaN into `room`; how many."""
    if not any_nan(first):
        return 0
    count = 0
    for i in range(first.shape[0]):
        if first[i] != first[i]:
            places[count] = i
            for j in range(INPUTS):
                room[j, count] = inputs[j][i]
            count += 1
    return count


@inlined
def _price_block(  # noqa: PLR0917 - a block's arrays
    s: Any, k: Any, t: Any, r: Any, q: Any, v: Any, sign: Any, out: Any
) -> None:
    for i in range(out.shape[0]):
        deviation = v[i] * math.sqrt(t[i])
        rate_t, yield_t = r[i] * t[i], q[i] * t[i]
        d1, _, _ = fast_moneyness(s[i], k[i], deviation, rate_t - yield_t, 1.0)
        carried, owed = s[i] * discount(yield_t), k[i] * discount(rate_t)
        value = fast_value(carried, owed, d1, d1 - deviation, sign[i])
        sure = trusted(s[i], k[i], deviation, d1, rate_t, yield_t, sign[i])
        out[i] = select(sure, value, np.nan)


@inlined
def _price_careful(room: Any, out: Any, n: int) -> None:
    s, k, t, r = room[0, :n], room[1, :n], room[2, :n], room[3, :n]
    q, v, sign, o = room[4, :n], room[5, :n], room[6, :n], out[:n]
    for i in range(n):
        o[i] = careful(s[i], k[i], t[i], r[i], q[i], v[i], sign[i])[0]


@compiled("void(f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1])")
def price(  # noqa: PLR0917 - a kernel's arrays
    s: Any, k: Any, t: Any, r: Any, q: Any, v: Any, sign: Any, out: Any
) -> None:
    align_stack()
    places, room, again = np.empty(BLOCK, np.int64), np.empty((INPUTS, BLOCK)), np.empty(BLOCK)
    for a in range(0, s.shape[0], BLOCK):
        b = min(a + BLOCK, s.shape[0])
        block = (s[a:b], k[a:b], t[a:b], r[a:b], q[a:b], v[a:b], sign[a:b])
        part = out[a:b]
        _price_block(*block, part)
        count = _gather(part, block, places, room)
        if count:
            _price_careful(room, again, count)
            for i in range(count):
                part[places[i]] = again[i]


@inlined
def _greeks_block(  # noqa: PLR0917 - a block's arrays
    block: Any, price: Any, delta: Any, gamma: Any, theta: Any, vega: Any, rho: Any
) -> None:
    s, k, t, r, q, v, sign = block  # as in `_price_block`, the parts of the Greeks kept
    for i in range(price.shape[0]):
        root = math.sqrt(t[i])
        deviation = v[i] * root
        rate_t, yield_t = r[i] * t[i], q[i] * t[i]
        d1, _, one_by_both = fast_moneyness(s[i], k[i], deviation, rate_t - yield_t, s[i])
        sure = trusted(s[i], k[i], deviation, d1, rate_t, yield_t, sign[i])
        d1 = select(sure, d1, np.nan)
        d2 = d1 - deviation
        fade = discount(yield_t)
        carried, owed = s[i] * fade, k[i] * discount(rate_t)
        shape = density(d1 * d1)
        p1, q1, p2, q2 = tails(d1, d2)
        shared = shape / (q1 * q2)
        tail1, tail2 = p1 * q2 * shared, carried * (p2 * q1 * shared)
        n1 = with_sign(select(same_sign(d1, sign[i]), 1.0 - tail1, tail1), sign[i])
        mass2 = with_sign(select(same_sign(d2, sign[i]), owed - tail2, tail2), sign[i])
        slope = fade * n1
        mass1 = s[i] * slope
        price[i] = mass1 - mass2
        delta[i] = slope
        phi = fade * shape
        bend = phi * one_by_both
        gamma[i] = bend
        vega[i] = s[i] * phi * root
        width = s[i] * v[i]
        theta[i] = fma(bend * width, -0.5 * width, fma(q[i], mass1, -(r[i] * mass2)))
        rho[i] = t[i] * mass2


@inlined
def _full(  # noqa: PLR0917 - the formula's own seven arguments
    s: float, k: float, t: float, r: float, q: float, v: float, sign: float
) -> Any:
    """Price and the Greeks in the order of `AllGreeks`; limits where nothing is left to vary."""
    value, carried, owed, d1, d2, n1, n2 = careful(s, k, t, r, q, v, sign)
    root = math.sqrt(t)
    deviation = v * root
    fade = exp(-q * t)
    shape = select(deviation > 0.0, INV_ROOT_2PI * exp_square(d1), 0.0)
    # Where the density is gone the quotients by spot or deviation are 0 / 0: their limit is zero.
    alive = shape > 0.0
    e1, e2 = select(alive, d1, 0.0), select(alive, d2, 0.0)
    width, spot = select(alive, deviation, 1.0), select(alive, s, 1.0)
    vol, years = select(alive, v, 1.0), select(alive, t, 1.0)
    phi = fade * shape
    drift = (r - q) / width
    delta = sign * (fade * n1)
    gamma = phi / (spot * width)
    vega = carried * shape * root
    lived = select(t > 0.0, 1.0, 0.0)
    theta = -0.5 * carried * shape * v / select(alive, root, 1.0) + lived * sign * (
        q * carried * n1 - r * owed * n2
    )
    rho = sign * (t * (owed * n2))
    yield_rho = -sign * (t * (carried * n1))
    vanna = -phi * e2 / vol
    charm = lived * q * delta - phi * (drift - 0.5 * e2 / years)
    both = e1 * e2
    vomma = vega * both / vol
    veta = vega * (q + drift * e1 - 0.5 * (1.0 + both) / years)
    speed = -gamma / spot * (e1 / width + 1.0)
    zomma = gamma * (both - 1.0) / vol
    color = gamma * (q + drift * e1 + 0.5 * (1.0 - both) / years)
    leverage = select(value > 0.0, delta * s / value, np.nan)
    nothing = select(value == value, 0.0, np.nan)  # noqa: PLR0124 - the test for NaN
    return (
        value,
        delta,
        gamma + nothing,
        theta,
        vega + nothing,
        rho,
        yield_rho,
        vanna + nothing,
        charm + nothing,
        vomma + nothing,
        veta + nothing,
        speed + nothing,
        zomma + nothing,
        color + nothing,
        leverage,
    )


@inlined
def _greeks_careful(room: Any, again: Any, n: int) -> None:
    s, k, t, r = room[0, :n], room[1, :n], room[2, :n], room[3, :n]
    q, v, sign = room[4, :n], room[5, :n], room[6, :n]
    for i in range(n):
        all_of_them = _full(s[i], k[i], t[i], r[i], q[i], v[i], sign[i])
        again[0, i] = all_of_them[0]
        again[1, i] = all_of_them[1]
        again[2, i] = all_of_them[2]
        again[3, i] = all_of_them[3]
        again[4, i] = all_of_them[4]
        again[5, i] = all_of_them[5]


@compiled(f"void({', '.join(['f8[::1]'] * 13)})")
def greeks(  # noqa: PLR0917 - a kernel's arrays
    s: Any,
    k: Any,
    t: Any,
    r: Any,
    q: Any,
    v: Any,
    sign: Any,
    price: Any,
    delta: Any,
    gamma: Any,
    theta: Any,
    vega: Any,
    rho: Any,
) -> None:
    align_stack()
    places, room, again = np.empty(BLOCK, np.int64), np.empty((7, BLOCK)), np.empty((6, BLOCK))
    for a in range(0, s.shape[0], BLOCK):
        b = min(a + BLOCK, s.shape[0])
        block = (s[a:b], k[a:b], t[a:b], r[a:b], q[a:b], v[a:b], sign[a:b])
        parts = (price[a:b], delta[a:b], gamma[a:b], theta[a:b], vega[a:b], rho[a:b])
        _greeks_block(block, *parts)
        count = _gather(parts[0], block, places, room)
        if count:
            _greeks_careful(room, again, count)
            for i in range(count):
                for j in range(6):
                    parts[j][places[i]] = again[j, i]


@inlined
def _deviations(  # noqa: PLR0917 - the scalars of one option
    s: float, k: float, t: float, r: float, q: float, v: float
) -> Any:
    """d1, d2, 1 / deviation."""
    deviation = v * math.sqrt(t)
    d1, one_by_s, _ = fast_moneyness(s, k, deviation, (r - q) * t, 1.0)
    return d1, d1 - deviation, one_by_s


@inlined
def _by_volatility(  # noqa: PLR0917 - a block's arrays
    block: Any, first: Any, yield_rho: Any, vanna: Any, vomma: Any, zomma: Any
) -> None:
    """From the first-order Greeks and gamma, which the pass before has left in the cache."""
    s, k, t, r, q, v, _ = block
    _, delta, gamma, _, vega, _ = first
    for i in range(vanna.shape[0]):
        d1, d2, one_by_s = _deviations(s[i], k[i], t[i], r[i], q[i], v[i])
        one_by_v = one_by_s * math.sqrt(t[i])
        yield_rho[i] = -t[i] * (s[i] * delta[i])
        vanna[i] = -(gamma[i] * s[i]) * (d2 * math.sqrt(t[i]))
        vomma[i] = vega[i] * (d1 * d2) * one_by_v
        zomma[i] = gamma[i] * fma(d1, d2, -1.0) * one_by_v


@inlined
def _by_time(  # noqa: PLR0917 - a block's arrays
    block: Any, first: Any, charm: Any, veta: Any, color: Any, speed: Any, leverage: Any
) -> None:
    s, k, t, r, q, v, _ = block
    price, delta, gamma, _, vega, _ = first
    for i in range(charm.shape[0]):
        d1, d2, one_by_s = _deviations(s[i], k[i], t[i], r[i], q[i], v[i])
        drift = (r[i] - q[i]) * one_by_s
        half = 0.5 * (v[i] * one_by_s) * (v[i] * one_by_s)  # 1 / (2 years)
        decay = fma(drift, d1, q[i])
        both = d1 * d2
        width = s[i] * v[i] * math.sqrt(t[i])
        charm[i] = q[i] * delta[i] - gamma[i] * width * (drift - half * d2)
        veta[i] = vega[i] * (decay - half * (1.0 + both))
        color[i] = gamma[i] * (decay + half * (1.0 - both))
        speed[i] = -gamma[i] * fma(d1, one_by_s, 1.0) / s[i]
        leverage[i] = delta[i] * s[i] / price[i]


@compiled(f"void({', '.join(['f8[::1]'] * 22)})")
def all_greeks(  # noqa: PLR0917 - a kernel's arrays
    s: Any,
    k: Any,
    t: Any,
    r: Any,
    q: Any,
    v: Any,
    sign: Any,
    price: Any,
    delta: Any,
    gamma: Any,
    theta: Any,
    vega: Any,
    rho: Any,
    yield_rho: Any,
    vanna: Any,
    charm: Any,
    vomma: Any,
    veta: Any,
    speed: Any,
    zomma: Any,
    color: Any,
    leverage: Any,
) -> None:
    align_stack()
    first = (price, delta, gamma, theta, vega, rho)
    second = (yield_rho, vanna, charm, vomma, veta, speed, zomma, color, leverage)
    places, room = np.empty(BLOCK, np.int64), np.empty((INPUTS, BLOCK))
    for a in range(0, s.shape[0], BLOCK):
        b = min(a + BLOCK, s.shape[0])
        block = (s[a:b], k[a:b], t[a:b], r[a:b], q[a:b], v[a:b], sign[a:b])
        parts = (price[a:b], delta[a:b], gamma[a:b], theta[a:b], vega[a:b], rho[a:b])
        _greeks_block(block, *parts)
        _by_volatility(block, parts, yield_rho[a:b], vanna[a:b], vomma[a:b], zomma[a:b])
        _by_time(block, parts, charm[a:b], veta[a:b], color[a:b], speed[a:b], leverage[a:b])
        count = _gather(parts[0], block, places, room)
        for i in range(count):
            x = room[:, i]
            found = _full(x[0], x[1], x[2], x[3], x[4], x[5], x[6])
            for j in range(6):
                first[j][a + places[i]] = found[j]
            for j in range(9):
                second[j][a + places[i]] = found[6 + j]
