"""One pass over contracts, in blocks that stay in the nearest cache.

Each block is copied into the rows of one array and computed there: a loop over thirty separate
arrays would need hundreds of checks that they do not overlap, and LLVM gives up and goes scalar.
The loops have a constant length, so that a contract's figures never depend on its place.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from core_numba.compiled import stages
from core_numba.compiled.implied import forward_careful, unsure, yearly
from core_numba.compiled.lognormal import (
    apart,
    density,
    log_of_apart,
    same_sign,
    tail,
    tails,
    with_sign,
)
from core_numba.jit.declare import compiled, inlined
from core_numba.normal import Floats
from core_numba.plain.arbitrage import Places
from core_numba.plain.chains import scan as columns
from core_numba.plain.implied import Codes
from core_numba.reason import Reason
from core_numba.vmath.functions import exp_bounded
from core_numba.vmath.instructions import align_stack, at_least, at_most, borrowed, fma, select

_BAD: Final = int(Reason.BAD_INPUT)
_B: Final = stages.BLOCK
"""Contracts in a block."""
_STRIDE: Final = _B + 8
(
    _BID, _ASK, _FORWARD, _SPOT, _STRIKE, _YEARS, _RATE, _SIGN, _VOLUME, _INTEREST, _EARLY, _FAIR,
    _DISCOUNT, _MID, _BID_PRICE, _ASK_PRICE, _MID_PRICE, _BID_IMPLIED, _ASK_IMPLIED, _IMPLIED,
    _VALUE, _DELTA, _GAMMA, _THETA, _VEGA, _RHO, _IN_THE_MONEY, _TOUCH, _STATIC, _ANNUALISED,
    _MARGIN, _ON_MARGIN, _SPREAD, _LIQUIDITY, _INCOME, _SCORE, _PRICE, _VOLATILITY, _S, _BY_S,
    _GROWTH, _D1, _AWAY, _WEIGHT, _HELD, _OWED, _NEAR,
) = range(0, 47 * _STRIDE, _STRIDE)  # fmt: skip
_ROOM: Final = 47 * _STRIDE
_NORMAL: Final = 2.2250738585072014e-308
"""Smaller prices, and infinite ones, have no logarithm by their bits: no Greeks either."""
_LAST: Final = 37.5
"""Beyond this many deviations a density counts as there, 1e-306."""


@inlined
def _row(w: Floats, row: int) -> Floats:
    return w[row : row + _B]


@inlined
def _solve(w: Floats, room: Floats, reason: Codes, places: Places) -> None:
    """Implied volatilities of the prices in row `_PRICE` into row `_VOLATILITY`."""
    price, forward, strike = _row(w, _PRICE), _row(w, _FORWARD), _row(w, _STRIKE)
    years, discount, sign = _row(w, _YEARS), _row(w, _DISCOUNT), _row(w, _SIGN)
    found = _row(w, _VOLATILITY)
    stages.forward_terms(price, forward, strike, discount, sign, room)
    stages.volatilities(room, years, found)
    for j in range(unsure(found[: reason.shape[0]], reason, places)):
        i = places[j]
        s, why = np.nan, _BAD
        if 0.0 < years[i] < np.inf and 0.0 < discount[i] < np.inf:
            s, why = forward_careful(price[i] / discount[i], forward[i], strike[i], sign[i])
        found[i], reason[i] = yearly(s, years[i], why)


@inlined
def _prices(w: Floats) -> None:
    for j in range(_B):
        bid, ask, early = w[_BID + j], w[_ASK + j], w[_EARLY + j]
        mid = select((bid >= 0.0) & (bid <= ask), 0.5 * bid + 0.5 * ask, np.nan)
        w[_MID + j] = mid
        w[_BID_PRICE + j], w[_ASK_PRICE + j] = bid - early, ask - early
        w[_MID_PRICE + j] = mid - early
        w[_DISCOUNT + j] = exp_bounded(-w[_RATE + j] * w[_YEARS + j])


@inlined
def _distances(w: Floats) -> None:
    """s, 1 / s, d1, and the logarithms of forward and strike over the spot."""
    for j in range(_B):
        f, k, u = w[_FORWARD + j], w[_STRIKE + j], w[_SPOT + j]
        fair = w[_FAIR + j]
        volatility = select(fair == fair, fair, w[_IMPLIED + j])  # noqa: PLR0124 - NaN
        normal = (f >= _NORMAL) & (k >= _NORMAL) & (u >= _NORMAL)
        finite = (f < np.inf) & (k < np.inf) & (u < np.inf)
        s = select(normal & finite, volatility * math.sqrt(w[_YEARS + j]), np.nan)
        by_s = 1.0 / s
        whole, difference, total = apart(f, k)
        moneyness = log_of_apart(whole, difference / total, 0.0)
        whole, difference, total = apart(f, u)
        growth = log_of_apart(whole, difference / total, 0.0)
        w[_S + j], w[_BY_S + j], w[_GROWTH + j] = s, by_s, growth
        w[_D1 + j], w[_AWAY + j] = fma(moneyness, by_s, 0.5 * s), growth - moneyness


@inlined
def _masses(w: Floats) -> None:
    """D F n(d1), D F N(+-d1), N(+-d2) and n(d2).

    F n(d1) = K n(d2): the density nearer to the middle serves both.
    """
    for j in range(_B):
        d1, call = w[_D1 + j], w[_SIGN + j]
        d2 = d1 - w[_S + j]
        carried, owed = w[_DISCOUNT + j] * w[_FORWARD + j], w[_DISCOUNT + j] * w[_STRIKE + j]
        a, b = at_most(abs(d1), _LAST), at_most(abs(d2), _LAST)
        first = a < b
        near = select(first, a, b)
        scale = select(first, carried, owed) * density(near * near)
        p1, q1, p2, q2 = tails(a, b)
        one = 1.0 / (q1 * q2)
        tail1, tail2 = scale * p1 * (q2 * one), scale * p2 * (q1 * one)
        by_owed = 1.0 / owed
        mass2 = select(same_sign(d2, call), owed - tail2, tail2)
        w[_WEIGHT + j] = scale
        w[_HELD + j] = select(same_sign(d1, call), carried - tail1, tail1)
        w[_OWED + j] = mass2
        w[_IN_THE_MONEY + j] = mass2 * by_owed
        w[_NEAR + j] = scale * by_owed


@inlined
def _greeks(w: Floats) -> None:
    for j in range(_B):
        scale, s, t = w[_WEIGHT + j], w[_S + j], w[_YEARS + j]
        sign, by_s = w[_SIGN + j], w[_BY_S + j]
        held, owed = with_sign(w[_HELD + j], sign), with_sign(w[_OWED + j], sign)
        by_t, by_u = 1.0 / t, 1.0 / w[_SPOT + j]
        europe = at_least(held - owed, 0.0)
        w[_VALUE + j] = europe + w[_EARLY + j]
        w[_DELTA + j] = held * by_u
        w[_GAMMA + j] = scale * by_s * by_u * by_u
        w[_VEGA + j] = scale * math.sqrt(t)
        w[_RHO + j] = t * owed
        decay = (held * w[_GROWTH + j] + 0.5 * scale * s) * by_t
        w[_THETA + j] = w[_RATE + j] * europe - decay


@inlined
def _touches(w: Floats) -> None:
    """Probability of reaching the strike by the end.

    exp(2 drift m / s^2) n(x) = n(d2) for the mirrored x, so its tail needs no large exponential.
    """
    for j in range(_B):
        s, by_s, m, beyond = w[_S + j], w[_BY_S + j], w[_AWAY + j], w[_IN_THE_MONEY + j]
        drift = fma(-0.5 * s, s, w[_GROWTH + j])
        x = with_sign(drift + m, m) * -by_s
        a = at_most(abs(x), _LAST)
        above, below = tail(a)
        mirrored = w[_NEAR + j] * above / below
        through = exp_bounded(2.0 * drift * m * by_s * by_s)
        straight = select(same_sign(m, w[_SIGN + j]), beyond, 1.0 - beyond)
        reached = straight + select(x < 0.0, mirrored, through - mirrored)
        w[_TOUCH + j] = select(m == 0.0, 1.0, at_most(reached, 1.0))


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
    room, solving = np.zeros(_ROOM), np.zeros(stages.ROOM)
    w, places = borrowed(room), np.empty(_B, np.int64)
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
            shift = side * _STRIDE
            _load(w, _PRICE, _row(w, _BID_PRICE + shift))
            _solve(w, borrowed(solving), codes, places)
            _load(w, _BID_IMPLIED + shift, _row(w, _VOLATILITY))
        _distances(w)
        _masses(w)
        _greeks(w)
        _touches(w)
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
    room[0] = solving[0] = 0.0
