"""Implied volatilities over arrays: a vector pass, then the few that it left, one by one."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from core_numba.compiled import mills, stages
from core_numba.compiled.inversion import ROOT_2PI, careful, expm1, log1p
from core_numba.compiled.marks import all_positive
from core_numba.jit.declare import compiled, inlined
from core_numba.normal import Floats
from core_numba.plain.arbitrage import Places
from core_numba.plain.implied import Codes
from core_numba.reason import RESOLUTION, Reason
from core_numba.vmath.functions import exp, log
from core_numba.vmath.instructions import align_stack, borrowed

_FOUND: Final = int(Reason.FOUND)
_BAD: Final = int(Reason.BAD_INPUT)
_BELOW: Final = int(Reason.BELOW_INTRINSIC)
_ABOVE: Final = int(Reason.ABOVE_BOUND)
_NONE: Final = int(Reason.NO_TIME_VALUE)
_LEAST_PRODUCT: Final = 1e-290
_PENDING: Final = -1
_GROUP: Final = 16
_NORMAL_STEPS: Final = 200
_CONVERGED: Final = 1e-8


@inlined
def _finite(x: float) -> bool:
    return abs(x) < np.inf


@inlined
def yearly(s: float, years: float, why: int) -> tuple[float, int]:
    """The deviation `s` as a volatility; one that is not a double has no number."""
    volatility = s / math.sqrt(years)
    if why == _FOUND and not _finite(volatility):
        return np.nan, _BAD
    return volatility, why


@inlined
def _verdict(value: float, worth: float, extra: float, rest: float, bound: float) -> int:
    """Why `value` has no volatility, or `_PENDING` when it has one. `extra` is value - worth."""
    noise = RESOLUTION * value
    if value < 0.0 or extra < -noise:
        return _BELOW
    if rest <= RESOLUTION * bound:
        return _ABOVE
    if extra <= 0.0 or (worth > 0.0 and extra <= noise):
        return _NONE
    return _PENDING


@inlined
def forward_careful(value: float, forward: float, strike: float, sign: float) -> tuple[float, int]:
    """The deviation behind an undiscounted value, for anything at all, with its reason."""
    fair = _finite(value) and _finite(forward) and _finite(strike)
    if not (fair and forward > 0.0 and strike > 0.0 and abs(sign) == 1.0):
        return np.nan, _BAD
    larger, smaller = max(forward, strike), min(forward, strike)
    outside = (forward > strike) == (sign < 0.0)
    gap = larger - smaller
    worth = 0.0 if outside else gap
    bound = smaller if outside else larger
    rest = bound - value
    verdict = _verdict(value, worth, value - worth, rest, bound)
    if verdict != _PENDING:
        return np.nan, verdict
    grown = gap / smaller
    k = log1p(grown) if _finite(grown) else log(larger) - log(smaller)
    c = (value - worth) / smaller
    if c > 0.5:
        log_target = log(rest / smaller)
    else:  # a subnormal c has lost digits that the price still has
        log_target = log(c) if c > _LEAST_PRODUCT else log(value - worth) - log(smaller)
    return careful(k, grown, c, log_target), _FOUND


@inlined
def unsure(volatility: Floats, reason: Codes, places: Places) -> int:
    """Where the vector pass has found nothing, into `places`: how many; all others are found."""
    for i in range(reason.shape[0]):
        reason[i] = _FOUND
    if all_positive(volatility):
        return 0
    count, size = 0, volatility.shape[0]
    for start in range(0, size, _GROUP):
        end = min(start + _GROUP, size)
        if not all_positive(volatility[start:end]):
            for i in range(start, end):
                if not 0.0 < volatility[i] < np.inf:  # also where years are zero or infinite
                    places[count] = i
                    count += 1
    return count


@compiled("void(f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], i1[::1])")
def forward_volatilities(  # noqa: PLR0917 - a kernel takes its arrays by position
    price: Floats,
    forward: Floats,
    strike: Floats,
    years: Floats,
    discount: Floats,
    sign: Floats,
    out: Floats,
    reason: Codes,
) -> None:
    align_stack()
    room = np.zeros(stages.ROOM)
    w, places = borrowed(room), np.empty(stages.BLOCK, np.int64)
    for a in range(0, price.shape[0], stages.BLOCK):
        b = min(a + stages.BLOCK, price.shape[0])
        part, codes = out[a:b], reason[a:b]
        stages.forward_terms(price[a:b], forward[a:b], strike[a:b], discount[a:b], sign[a:b], w)
        stages.volatilities(w, years[a:b], part)
        for j in range(unsure(borrowed(part), codes, places)):
            i = a + places[j]
            t, d = years[i], discount[i]
            s, why = np.nan, _BAD
            if 0.0 < t < np.inf and 0.0 < d < np.inf:
                s, why = forward_careful(price[i] / d, forward[i], strike[i], sign[i])
            out[i], reason[i] = yearly(s, t, why)
    room[0] = 0.0


@inlined
def _spot_terms(
    spot: float, strike: float, years: float, rate: float, dividend_yield: float
) -> tuple[float, float, float]:
    """ln(F / K) and e^|that| - 1 without cancellation; the smaller of F and K, discounted."""
    larger, smaller = max(spot, strike), min(spot, strike)
    distance = log1p((larger - smaller) / smaller)
    x = (rate - dividend_yield) * years + (distance if spot > strike else -distance)
    above = x > 0.0
    smaller = (strike if above else spot) * exp(-(rate if above else dividend_yield) * years)
    return x, expm1(min(abs(x), 700.0)), smaller


@inlined
def _terms_on_spot(  # noqa: PLR0917 - a block's arrays
    price: Floats, spot: Floats, strike: Floats, years: Floats, rate: Floats,
    dividend_yield: Floats, sign: Floats, w: Floats,
) -> None:  # fmt: skip
    for i in range(price.shape[0]):
        x, grown, smaller = _spot_terms(spot[i], strike[i], years[i], rate[i], dividend_yield[i])
        inside = (x > 0.0) == (sign[i] > 0.0)
        sure = (abs(sign[i]) == 1.0) & (spot[i] > 0.0) & (strike[i] > 0.0)
        stages.unit_terms(i, abs(x), grown, price[i] / smaller, inside, sure, w)


@inlined
def spot_careful(  # noqa: PLR0917 - as above
    price: float, spot: float, strike: float, years: float, rate: float, dividend_yield: float,
    sign: float,
) -> tuple[float, int]:  # fmt: skip
    """The deviation behind a price on spot, for anything at all, with its reason."""
    fair = _finite(price) and _finite(spot) and _finite(strike) and _finite(years)
    fair = fair and _finite(rate) and _finite(dividend_yield) and abs(sign) == 1.0
    if not (fair and spot > 0.0 and strike > 0.0 and years > 0.0):
        return np.nan, _BAD
    x, grown, smaller = _spot_terms(spot, strike, years, rate, dividend_yield)
    value = price / smaller
    if not (_finite(value) and abs(x) < 700.0):
        return np.nan, _BAD
    outside = (x > 0.0) == (sign < 0.0)
    worth = 0.0 if outside else grown
    bound = 1.0 if outside else 1.0 + grown
    verdict = _verdict(value, worth, value - worth, bound - value, bound)
    if verdict != _PENDING:
        return np.nan, verdict
    c = value - worth
    if c > 0.5:
        log_target = log(bound - value)
    else:
        log_target = log(c) if c > _LEAST_PRODUCT else log(price) - log(smaller)
    return careful(abs(x), grown, c, log_target), _FOUND


@compiled("void(f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], i1[::1])")
def spot_volatilities(  # noqa: PLR0917 - as above
    price: Floats,
    spot: Floats,
    strike: Floats,
    years: Floats,
    rate: Floats,
    dividend_yield: Floats,
    sign: Floats,
    out: Floats,
    reason: Codes,
) -> None:
    align_stack()
    room = np.zeros(stages.ROOM)
    w, places = borrowed(room), np.empty(stages.BLOCK, np.int64)
    for a in range(0, price.shape[0], stages.BLOCK):
        b = min(a + stages.BLOCK, price.shape[0])
        part, codes = out[a:b], reason[a:b]
        _terms_on_spot(
            price[a:b], spot[a:b], strike[a:b], years[a:b], rate[a:b], dividend_yield[a:b],
            sign[a:b], w,
        )  # fmt: skip
        stages.volatilities(w, years[a:b], part)
        for j in range(unsure(borrowed(part), codes, places)):
            i = a + places[j]
            s, why = spot_careful(
                price[i], spot[i], strike[i], years[i], rate[i], dividend_yield[i], sign[i]
            )
            out[i], reason[i] = yearly(s, years[i], why)
    room[0] = 0.0


@inlined
def _normal_deviation(extra: float, gap: float) -> float:
    """s with extra = s (n(x) - x N(-x)), x = gap / s: Newton in the logarithm, bracketed.

    In units of the gap: ln(extra / gap) = ln(n(x) / x * (1 - x m(x))), which falls as x grows.
    """
    if gap == 0.0:
        return ROOT_2PI * extra
    target = log(extra) - log(gap)
    low, high = 0.0, np.inf
    x = 1.0
    for _ in range(_NORMAL_STEPS):
        share = mills.decay(x)
        off = log(share) - log(x) - 0.5 * x * x - 0.9189385332046727 - target
        if off > 0.0:
            low = x
        else:
            high = x
        # d ln(price) / d ln(x) = -1 / decay(x), from d price / d x = -n(x) / x^2.
        move = off * share
        new = x * math.exp(min(move, 1.0))
        if not low <= new <= high:
            new = 0.5 * (low + high) if high < np.inf else 2.0 * low
        if abs(move) < _CONVERGED:
            return gap / new
        x = new
    return gap / x


@compiled("void(f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], i1[::1])")
def normal_volatilities(  # noqa: PLR0917 - as above
    price: Floats,
    forward: Floats,
    strike: Floats,
    years: Floats,
    discount: Floats,
    sign: Floats,
    out: Floats,
    reason: Codes,
) -> None:
    for i in range(price.shape[0]):
        f, k, t, d = forward[i], strike[i], years[i], discount[i]
        out[i], reason[i] = np.nan, _BAD
        fair = _finite(price[i]) and _finite(f) and _finite(k) and _finite(f - k)
        if not (fair and 0.0 < t < np.inf and 0.0 < d < np.inf and abs(sign[i]) == 1.0):
            continue
        value = price[i] / d
        worth = max(sign[i] * (f - k), 0.0)
        if not _finite(value):
            continue
        reason[i] = _verdict(value, worth, value - worth, np.inf, 1.0)
        if reason[i] == _PENDING:
            s = _normal_deviation(value - worth, abs(f - k))
            out[i], reason[i] = yearly(s, t, _FOUND)
