"""The checks between strikes and expirations in one walk along each chain."""

from __future__ import annotations

import math

import numpy as np

from core_numba.jit.declare import compiled, inlined
from core_numba.normal import Floats
from core_numba.plain.arbitrage import Places
from core_numba.vmath.functions import log, normal_cdf


@inlined
def _sold(bid: float, ask: float) -> float:
    return bid if 0.0 < bid < np.inf and not bid > ask else np.nan


@inlined
def _bought(bid: float, ask: float) -> float:
    return ask if 0.0 < ask < np.inf and not bid > ask else np.nan


@inlined
def _interpolated(strike: Floats, asks: Floats, i: int, k: int, at: float) -> float:
    share = (strike[k] - at) / (strike[k] - strike[i])
    return float(share * asks[i] + (1.0 - share) * asks[k])


@inlined
def _verticals(  # noqa: PLR0917 - the columns of one group
    first: int, last: int, strike: Floats, bid: Floats, ask: Floats, asks: Floats, sign: Floats,
    discount: Floats, vertical: Floats, partner: Places,
) -> None:  # fmt: skip
    """Each bid against the cheapest ask on either side, with what may be owed added."""
    for direction in (1, -1):
        # The cheapest ask so far, as it is and with the distance that may be owed added.
        best = -1
        level = np.inf
        for step in range(last - first):
            j = first + step if direction == 1 else last - 1 - step
            # Coming from below, a call sold may only lose nothing; a put owes the distance.
            owing = (sign[j] > 0.0) == (direction == -1)
            slope = -direction * discount[j] if owing else 0.0
            gain = _sold(bid[j], ask[j]) - (level - slope * strike[j])
            if best >= 0 and gain > vertical[j]:
                vertical[j], partner[j] = gain, best
            if asks[j] + slope * strike[j] < level:
                level, best = asks[j] + slope * strike[j], j


@inlined
def _hull(first: int, last: int, strike: Floats, asks: Floats, hull: Places) -> int:
    """Places of the corners of the lower convex hull of the asks; how many there are."""
    size = 0
    for j in range(first, last):
        if not asks[j] < np.inf:
            continue
        while size >= 2:
            a, b = hull[size - 2], hull[size - 1]
            if asks[b] < _interpolated(strike, asks, a, j, strike[b]):
                break
            size -= 1
        hull[size] = j
        size += 1
    return size


@inlined
def _butterflies(  # noqa: PLR0917 - as above
    first: int, last: int, strike: Floats, bid: Floats, ask: Floats, asks: Floats, hull: Places,
    size: int, butterfly: Floats, lower_wing: Places, upper_wing: Places,
) -> None:  # fmt: skip
    """Each bid against the hull of the asks."""
    right = 0
    for j in range(first, last):
        while right < size and hull[right] < j:
            right += 1
        corner = right < size and hull[right] == j
        upper = right + 1 if corner else right
        # A corner's own ask is not a wing of its butterfly, and its ask is below the wings'.
        if corner or right == 0 or upper >= size:
            continue
        a, b = hull[right - 1], hull[upper]
        gain = _sold(bid[j], ask[j]) - _interpolated(strike, asks, a, b, strike[j])
        if gain > 0.0:
            butterfly[j], lower_wing[j], upper_wing[j] = gain, a, b


@compiled(
    "void(i8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1],"
    " f8[::1], i8[::1], f8[::1], i8[::1], i8[::1])"
)
def strikes(  # noqa: PLR0917 - a kernel takes its arrays by position
    start: Places,
    strike: Floats,
    bid: Floats,
    ask: Floats,
    sign: Floats,
    discount: Floats,
    vertical: Floats,
    vertical_partner: Places,
    butterfly: Floats,
    lower_wing: Places,
    upper_wing: Places,
) -> None:
    n = strike.size
    asks, hull = np.empty(n), np.empty(n, np.int64)
    for i in range(n):
        asks[i] = _bought(bid[i], ask[i])
        vertical[i], butterfly[i] = 0.0, 0.0
        vertical_partner[i], lower_wing[i], upper_wing[i] = -1, -1, -1
    for g in range(start.size - 1):
        first, last = start[g], start[g + 1]
        _verticals(first, last, strike, bid, ask, asks, sign, discount, vertical, vertical_partner)
        size = _hull(first, last, strike, asks, hull)
        _butterflies(
            first, last, strike, bid, ask, asks, hull, size, butterfly, lower_wing, upper_wing
        )


@compiled(
    "void(i8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1],"
    " f8[::1], f8[::1], i8[::1], i8[::1])"
)
def calendar(  # noqa: C901, PLR0917 - as above; each refusal is a branch
    start: Places,
    strike: Floats,
    bid: Floats,
    bid_variance: Floats,
    ask_variance: Floats,
    forward: Floats,
    discount: Floats,
    sign: Floats,
    gain: Floats,
    variance: Floats,
    lower: Places,
    upper: Places,
) -> None:
    moneyness, later = np.empty(strike.size), np.empty(strike.size, np.int64)
    for i in range(strike.size):
        moneyness[i] = log(strike[i] / forward[i])
        gain[i], variance[i], lower[i], upper[i] = 0.0, 0.0, -1, -1
    for g in range(start.size - 2):
        size = 0
        for i in range(start[g + 1], start[g + 2]):
            if abs(ask_variance[i]) < np.inf and abs(moneyness[i]) < np.inf:
                later[size] = i
                size += 1
        at = 0
        for j in range(start[g], start[g + 1]):
            x = moneyness[j]
            while at < size and moneyness[later[at]] < x:
                at += 1
            if size < 2 or not bid_variance[j] >= 0.0 or at >= size:
                continue
            b = later[at]
            exact = moneyness[b] == x
            if not exact and (at == 0 or not abs(x) < np.inf):
                continue
            a = b if exact else later[at - 1]
            share = 0.0 if exact else (x - moneyness[a]) / (moneyness[b] - moneyness[a])
            admitted = (1.0 - share) * ask_variance[a] + share * ask_variance[b]
            if not bid_variance[j] > admitted:
                continue
            s = math.sqrt(admitted)
            d1 = -x / s + 0.5 * s
            held = forward[j] * normal_cdf(sign[j] * d1)
            worth = held - strike[j] * normal_cdf(sign[j] * (d1 - s))
            dollars = bid[j] - discount[j] * sign[j] * worth
            if dollars > 0.0:
                gain[j], variance[j] = dollars, bid_variance[j] - admitted
                lower[j], upper[j] = a, b
