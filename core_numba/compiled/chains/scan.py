"""One pass over contracts, in blocks that stay in the nearest cache.

Each block is copied into the rows of one array and computed there: a loop over thirty separate
arrays would need hundreds of checks that they do not overlap, and LLVM gives up and goes scalar.
The loops have a constant length, so that a contract's figures never depend on its place.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from core_numba.compiled import mills
from core_numba.compiled.implied import forward_careful, forward_quick, yearly
from core_numba.jit.declare import compiled, inlined
from core_numba.normal import Floats
from core_numba.plain.chains import scan as columns
from core_numba.plain.implied import Codes
from core_numba.reason import Reason
from core_numba.vmath.functions import INV_ROOT_2PI, exp, exp_bounded, log_normal
from core_numba.vmath.instructions import align_stack, fma

_FOUND: Final = int(Reason.FOUND)
_BAD: Final = int(Reason.BAD_INPUT)
_B: Final = 512
"""Contracts in a block."""
(
    _BID, _ASK, _FORWARD, _SPOT, _STRIKE, _YEARS, _RATE, _SIGN, _VOLUME, _INTEREST, _EARLY, _FAIR,
    _DISCOUNT, _MID, _BID_PRICE, _ASK_PRICE, _MID_PRICE, _BID_IMPLIED, _ASK_IMPLIED, _IMPLIED,
    _VALUE, _DELTA, _GAMMA, _THETA, _VEGA, _RHO, _IN_THE_MONEY, _TOUCH, _STATIC, _ANNUALISED,
    _MARGIN, _ON_MARGIN, _SPREAD, _LIQUIDITY, _INCOME, _SCORE, _PRICE, _VOLATILITY,
) = range(0, 38 * _B, _B)  # fmt: skip
_ROWS: Final = 38


@inlined
def _density(x: float) -> float:
    """n(x) with relative accuracy up to |x| = 37.5, where it has become 1e-306."""
    y = min(abs(x), 37.5)
    square = y * y
    value = INV_ROOT_2PI * exp_bounded(-0.5 * square)
    return fma(value, -0.5 * fma(y, y, -square), value) if x == x else x  # noqa: PLR0124 - NaN


@inlined
def _tail(density: float, x: float) -> float:
    """N(x), given n(x)."""
    tail = density * mills.mills(abs(x))
    return tail if x < 0.0 else 1.0 - tail


@inlined
def _touch(m: float, drift: float, inv_s: float, straight: float, density: float) -> float:
    """Probability of reaching m by the end; `straight` of ending beyond it, `density` n(d2).

    exp(2 drift m / s^2) n(x) = n(d2) for the mirrored x, so its tail needs no large exponential.
    """
    side = 1.0 if m > 0.0 else -1.0
    x = -side * (drift + m) * inv_s
    tail = density * mills.mills(abs(x))
    mirrored = tail if x < 0.0 else exp_bounded(2.0 * drift * m * inv_s * inv_s) - tail
    reached = straight + mirrored
    reached = min(reached, 1.0)
    return reached if m != 0.0 else 1.0


@inlined
def _solve(w: Floats, reason: Codes, size: int) -> None:
    """Implied volatilities of the prices in row `_PRICE` into row `_VOLATILITY`."""
    for j in range(_B):
        s = forward_quick(
            w[_PRICE + j] / w[_DISCOUNT + j], w[_FORWARD + j], w[_STRIKE + j], w[_SIGN + j]
        )
        w[_VOLATILITY + j] = s / math.sqrt(w[_YEARS + j])
    for j in range(size):
        reason[j] = _FOUND
        if not 0.0 < w[_VOLATILITY + j] < np.inf:
            years, discount = w[_YEARS + j], w[_DISCOUNT + j]
            s, why = np.nan, _BAD
            if 0.0 < years < np.inf and 0.0 < discount < np.inf:
                s, why = forward_careful(
                    w[_PRICE + j] / discount, w[_FORWARD + j], w[_STRIKE + j], w[_SIGN + j]
                )
            w[_VOLATILITY + j], reason[j] = yearly(s, years, why)


@inlined
def _prices(w: Floats) -> None:
    for j in range(_B):
        bid, ask, early = w[_BID + j], w[_ASK + j], w[_EARLY + j]
        mid = 0.5 * bid + 0.5 * ask if (bid >= 0.0) & (bid <= ask) else np.nan
        w[_MID + j] = mid
        w[_BID_PRICE + j], w[_ASK_PRICE + j] = bid - early, ask - early
        w[_MID_PRICE + j] = mid - early
        w[_DISCOUNT + j] = exp(-w[_RATE + j] * w[_YEARS + j])


@inlined
def _greeks(w: Floats) -> None:
    for j in range(_B):
        f, k, u, t = w[_FORWARD + j], w[_STRIKE + j], w[_SPOT + j], w[_YEARS + j]
        call = w[_SIGN + j] > 0.0
        fair, discount = w[_FAIR + j], w[_DISCOUNT + j]
        volatility = w[_IMPLIED + j] if fair != fair else fair  # noqa: PLR0124 - NaN
        root = math.sqrt(t)
        s = volatility * root
        inv_s, inv_t, inv_u = 1.0 / s, 1.0 / t, 1.0 / u
        positive = (f > 0.0) & (k > 0.0) & (u > 0.0)
        growth = log_normal(f * inv_u) if positive else np.nan
        ratio = f / k
        distance = log_normal(ratio)
        d1 = fma(distance, inv_s, 0.5 * s)
        d2 = d1 - s
        # F n(d1) = K n(d2): the density nearer to the middle gives the other.
        near = _density(d1 if abs(d1) < abs(d2) else d2)
        n1 = near if abs(d1) < abs(d2) else near * (k / f)
        n2 = near * ratio if abs(d1) < abs(d2) else near
        cdf1, cdf2 = _tail(n1, d1 if call else -d1), _tail(n2, d2 if call else -d2)
        owed, held = discount * k * cdf2, discount * f * cdf1
        europe = held - owed if call else owed - held
        europe = max(europe, 0.0)
        carried = held if call else -held
        scale = discount * f * n1
        w[_VALUE + j] = europe + w[_EARLY + j]
        w[_DELTA + j] = carried * inv_u
        w[_GAMMA + j] = scale * inv_s * inv_u * inv_u
        w[_VEGA + j] = scale * root
        w[_RHO + j] = t * (owed if call else -owed)
        decay = 0.5 * scale * s * inv_t
        w[_THETA + j] = w[_RATE + j] * europe - carried * growth * inv_t - decay
        w[_IN_THE_MONEY + j] = cdf2
        m = growth - distance
        beyond = cdf2 if (m > 0.0) == call else 1.0 - cdf2
        w[_TOUCH + j] = _touch(m, growth - 0.5 * s * s, inv_s, beyond, n2)


@inlined
def _merits(w: Floats, settings: Floats) -> None:
    share, least = settings[columns.SHARE], settings[columns.LEAST]
    spread_half, interest_half = settings[columns.SPREAD_HALF], settings[columns.INTEREST_HALF]
    income_half = settings[columns.INCOME_HALF]
    liquid_weight, safe_weight = settings[columns.LIQUIDITY], settings[columns.SAFETY]
    income_weight = settings[columns.INCOME]
    for j in range(_B):
        k, u, bid = w[_STRIKE + j], w[_SPOT + j], w[_BID + j]
        call = w[_SIGN + j] > 0.0
        inv_t = 1.0 / w[_YEARS + j]
        inside = u - k if call else k - u
        worth = max(inside, 0.0)
        out = 0.0 if inside > 0.0 else -inside
        base = u if call else k
        capital = base - bid
        gain = bid - worth
        static = gain / capital if capital > 0.0 else np.nan
        asked, floor = share * u - out, least * base
        margin = (max(floor, asked)) + bid
        spread = (w[_ASK + j] - bid) / w[_MID + j]
        traded = w[_VOLUME + j] + w[_INTEREST + j]
        liquidity = spread_half * traded / ((spread_half + spread) * (traded + interest_half))
        annualised = static * inv_t
        earned = max(annualised, 0.0)
        income = earned / (earned + income_half)
        w[_STATIC + j], w[_ANNUALISED + j] = static, annualised
        w[_MARGIN + j], w[_ON_MARGIN + j] = margin, gain / margin * inv_t
        w[_SPREAD + j], w[_LIQUIDITY + j], w[_INCOME + j] = spread, liquidity, income
        safe = 1.0 - w[_IN_THE_MONEY + j]
        w[_SCORE + j] = liquid_weight * liquidity + safe_weight * safe + income_weight * income


@inlined
def _load(w: Floats, row: int, values: Floats) -> None:
    for j in range(values.size):
        w[row + j] = values[j]


@inlined
def _store(w: Floats, row: int, values: Floats) -> None:
    for j in range(values.size):
        values[j] = w[row + j]


@compiled("void(" + ", ".join(["f8[::1]"] * 32) + ", i1[::1])")
def scan(  # noqa: PLR0917 - one name per column
    bid: Floats, ask: Floats, forward: Floats, spot: Floats, strike: Floats, years: Floats,
    rate: Floats, sign: Floats, volume: Floats, interest: Floats, early: Floats, fair: Floats,
    settings: Floats,
    implied: Floats, bid_implied: Floats, ask_implied: Floats, value: Floats, delta: Floats,
    gamma: Floats, theta: Floats, vega: Floats, rho: Floats, in_the_money: Floats, touch: Floats,
    static: Floats, annualised: Floats, margin: Floats, on_margin: Floats, spread: Floats,
    liquidity: Floats, income: Floats, score: Floats, reason: Codes,
) -> None:  # fmt: skip
    align_stack()
    w = np.zeros(_ROWS * _B)
    for a in range(0, bid.size, _B):
        b = min(a + _B, bid.size)
        codes = reason[a:b]
        _load(w, _BID, bid[a:b])
        _load(w, _ASK, ask[a:b])
        _load(w, _FORWARD, forward[a:b])
        _load(w, _SPOT, spot[a:b])
        _load(w, _STRIKE, strike[a:b])
        _load(w, _YEARS, years[a:b])
        _load(w, _RATE, rate[a:b])
        _load(w, _SIGN, sign[a:b])
        _load(w, _VOLUME, volume[a:b])
        _load(w, _INTEREST, interest[a:b])
        _load(w, _EARLY, early[a:b])
        _load(w, _FAIR, fair[a:b])
        _prices(w)
        sides = bid_implied.size > 0
        for side in range(0 if sides else 2, 3):
            shift = side * _B
            _load(w, _PRICE, w[_BID_PRICE + shift : _BID_PRICE + shift + _B])
            _solve(w, codes, b - a)
            _load(w, _BID_IMPLIED + shift, w[_VOLATILITY : _VOLATILITY + _B])
        _greeks(w)
        _merits(w, settings)
        if sides:
            _store(w, _BID_IMPLIED, bid_implied[a:b])
            _store(w, _ASK_IMPLIED, ask_implied[a:b])
        _store(w, _IMPLIED, implied[a:b])
        _store(w, _VALUE, value[a:b])
        _store(w, _DELTA, delta[a:b])
        _store(w, _GAMMA, gamma[a:b])
        _store(w, _THETA, theta[a:b])
        _store(w, _VEGA, vega[a:b])
        _store(w, _RHO, rho[a:b])
        _store(w, _IN_THE_MONEY, in_the_money[a:b])
        _store(w, _TOUCH, touch[a:b])
        _store(w, _STATIC, static[a:b])
        _store(w, _ANNUALISED, annualised[a:b])
        _store(w, _MARGIN, margin[a:b])
        _store(w, _ON_MARGIN, on_margin[a:b])
        _store(w, _SPREAD, spread[a:b])
        _store(w, _LIQUIDITY, liquidity[a:b])
        _store(w, _INCOME, income[a:b])
        _store(w, _SCORE, score[a:b])
