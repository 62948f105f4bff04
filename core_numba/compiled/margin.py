"""Compiled Regulation T requirements: every pairing of a strategy's legs is tried."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from core_numba.jit.declare import compiled, inlined

MOST_PAIRINGS: Final = 200_000
_KIND, _QUANTITY, _STRIKE, _EXPIRY, _MULTIPLIER, _PRICE = 0, 1, 3, 4, 6, 7


@inlined
def _gcd(a: float, b: float) -> float:
    while b > 0.5:
        a, b = b, a % b
    return a


@inlined
def _beyond(kind: float, strike: float, spot: float, share: float, least: float) -> float:
    out = max(kind * (strike - spot), 0.0)
    return max(share * spot - out, least * (spot if kind > 0.0 else strike))


@inlined
def _pairs(legs: Any, order: Any, naked: Any, beyond: Any, left: Any) -> float:
    """The sum over naked calls and puts, greatest with greatest, of the greater of each pair."""
    count = order.shape[0]
    total = 0.0
    for k in range(count):
        left[k] = naked[k]
    c = p = 0
    while True:
        while c < count and (legs[_KIND, order[c]] < 0.0 or left[order[c]] <= 0.0):
            c += 1
        while p < count and (legs[_KIND, order[p]] > 0.0 or left[order[p]] <= 0.0):
            p += 1
        if c == count and p == count:
            return total
        if max(c, p) == count:
            k = order[min(c, p)]
            total += left[k] * beyond[k]
            left[k] = 0.0
        else:
            both = min(left[order[c]], left[order[p]])
            total += both * max(beyond[order[c]], beyond[order[p]])
            left[order[c]] -= both
            left[order[p]] -= both


@inlined
def _spread(legs: Any, quantity: Any, units: Any, used: Any, best: Any) -> float:  # noqa: C901 - one pass
    """`best` orders the legs so that the long that pays most comes first."""
    count = best.shape[0]
    for kind in (1.0, -1.0):
        owed_all = given_all = 0.0
        for k in range(count):
            used[k] = 0.0 if legs[_KIND, k] == kind else used[k]
            owed_all += units[k] if legs[_KIND, k] == kind else 0.0
        for place in range(count):
            j = best[place]
            if legs[_KIND, j] != kind or quantity[j] <= 0.0:
                continue
            free = quantity[j]
            for e in range(count):
                if legs[_KIND, e] != kind or legs[_EXPIRY, e] < legs[_EXPIRY, j]:
                    continue
                slack = 0.0
                for k in range(count):
                    if legs[_KIND, k] == kind and legs[_EXPIRY, k] <= legs[_EXPIRY, e]:
                        slack += units[k] - used[k]
                free = min(free, slack)
            used[j] = max(free, 0.0)
            given_all += used[j]
        if given_all < owed_all:
            return np.inf
    worst = 0.0
    for at in range(-1, count):
        spot = legs[_STRIKE, at] if at >= 0 else 0.0
        loss = 0.0
        for k in range(count):
            loss += (units[k] - used[k]) * max(legs[_KIND, k] * (spot - legs[_STRIKE, k]), 0.0)
        worst = max(worst, loss)
    return worst


@inlined
def _least(  # noqa: C901, PLR0912, PLR0917 - arrays by position
    legs: Any, quantity: Any, spot: float, share: float, least: float, cash: int, cover: float,
    shares: float,
) -> float:  # fmt: skip
    """The least requirement of option legs per unit; -1 when there are too many pairings."""
    count = legs.shape[1]
    naked, covered, most = np.zeros(count), np.zeros(count), np.zeros(count)
    units, used, left, beyond = np.zeros(count), np.zeros(count), np.zeros(count), np.zeros(count)
    pairings = 1.0
    for k in range(count):
        beyond[k] = _beyond(legs[_KIND, k], legs[_STRIKE, k], spot, share, least)
        if quantity[k] < 0.0:
            fits = legs[_KIND, k] * shares > 0.0 and (shares > 0.0 or not cash)
            most[k] = min(cover, -quantity[k]) if fits else 0.0
            pairings *= (most[k] + 1.0) * (1.0 - quantity[k] - 0.5 * most[k])
    if pairings > MOST_PAIRINGS:
        return -1.0
    order = np.argsort(-beyond)
    best = np.argsort(legs[_KIND] * legs[_STRIKE])
    found = np.inf
    while True:
        held, spreads, valid, cost = 0.0, 0.0, True, 0.0
        for k in range(count):
            units[k] = max(-quantity[k], 0.0) - naked[k] - covered[k]
            valid = valid and units[k] >= 0.0
            held += covered[k]
            spreads += units[k]
            deep = max(legs[_KIND, k] * (spot - legs[_STRIKE, k]), 0.0)
            rate = (0.0 if cash else 0.5) if legs[_KIND, k] > 0.0 else 1.5
            cost += covered[k] * deep * rate
            if naked[k] > 0.0:
                secured = np.inf if legs[_KIND, k] > 0.0 else legs[_STRIKE, k]
                cost += naked[k] * (secured if cash else legs[_PRICE, k])
        if valid and held <= cover and cost < found:
            if not cash:
                cost += _pairs(legs, order, naked, beyond, left)
            if spreads > 0.0 and cost < found:
                cost += np.inf if cash else _spread(legs, quantity, units, used, best)
            found = min(found, cost)
        k = 0
        while k < count:
            if naked[k] + covered[k] < -quantity[k]:
                naked[k] += 1.0
                break
            naked[k] = 0.0
            if covered[k] < most[k]:
                covered[k] += 1.0
                break
            covered[k] = 0.0
            k += 1
        if k == count:
            return found


@compiled("void(f8[:,::1], i8[::1], i8[::1], f8[::1], f8, f8, i8, f8[::1], i8[::1])")
def regulation_t(  # noqa: C901, PLR0912, PLR0917 - arrays by position
    legs: Any,
    begin: Any,
    end: Any,
    spot: Any,
    share: float,
    least: float,
    cash: int,
    margin: Any,
    large: Any,
) -> None:
    for i in range(begin.shape[0]):
        large[i] = 0
        shares = cover = divisor = 0.0
        options, multiplier = 0, 1.0
        usable = spot[i] >= 0.0
        for k in range(begin[i], end[i]):
            size = legs[_QUANTITY, k] * legs[_MULTIPLIER, k]
            usable = usable and np.isfinite(size + legs[_PRICE, k])
            if legs[_KIND, k] == 0.0:
                shares += size
            else:
                options += 1
                multiplier = legs[_MULTIPLIER, k]
                cover += max(-legs[_QUANTITY, k], 0.0)
        if not usable:
            margin[i] = np.nan
            continue
        held = 0.5 * abs(shares) * spot[i]
        if cash:
            held = shares * spot[i] if shares >= 0.0 else np.inf
        if options == 0:
            margin[i] = held
            continue
        cover = min(math.floor(abs(shares) / multiplier), cover)
        mine, quantity = np.empty((8, options)), np.empty(options)
        at = 0
        divisor = cover
        for k in range(begin[i], end[i]):
            if legs[_KIND, k] != 0.0:
                for row in range(8):
                    mine[row, at] = legs[row, k]
                divisor = _gcd(abs(legs[_QUANTITY, k]), divisor)
                at += 1
        divisor = max(divisor, 1.0)
        for k in range(options):
            quantity[k] = mine[_QUANTITY, k] / divisor
        found = _least(mine, quantity, spot[i], share, least, cash, cover / divisor, shares)
        if found < 0.0:
            large[i] = 1
        else:
            margin[i] = held + found * multiplier * divisor
