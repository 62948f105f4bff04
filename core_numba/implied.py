"""Implied volatility of European prices under Black-Scholes-Merton, Black (1976) and Bachelier.

A number comes back only where the price determines one, and then to full machine accuracy: it
lies within the volatilities that prices `RESOLUTION` (16 spacings of doubles) above and below the
given one imply, and for prices with time value well within. Everything else is NaN with a `Reason`.

`sign` is +1 for calls and -1 for puts, times are years, rates continuous. Inputs broadcast. The
compiled kernels cover every moneyness, time and volatility whose price is a double.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import flat
from core_numba.jit.kernel import Kernel
from core_numba.normal import Floats
from core_numba.plain import implied as plain
from core_numba.reason import RESOLUTION, Reason
from core_numba.room import fresh

__all__ = [
    "RESOLUTION",
    "Implied",
    "QuoteImplied",
    "Reason",
    "black_implied",
    "implied_deviation",
    "implied_volatility",
    "normal_implied",
    "quote_implied",
    "spot_implied",
]

_FORWARD = Kernel("implied", plain.forward_volatilities)
_SPOT = Kernel("implied", plain.spot_volatilities)
_NORMAL = Kernel("implied", plain.normal_volatilities)


class Implied(NamedTuple):
    """Volatility per year, NaN where there is none, and the `Reason` of each as int8."""

    volatility: Floats
    reason: npt.NDArray[np.int8]


class QuoteImplied(NamedTuple):
    """What bid, midpoint and ask imply."""

    bid: Implied
    mid: Implied
    ask: Implied


def _solve(kernel: Kernel, *values: npt.ArrayLike) -> Implied:
    shape, inputs = flat(*values)
    size = inputs[0].size
    volatility, reason = fresh(size), np.empty(size, dtype=np.int8)
    kernel.split(size, *inputs, volatility, reason)
    return Implied(volatility.reshape(shape), reason.reshape(shape))


def spot_implied(  # noqa: PLR0917 - the formula's own seven arguments, in their usual order
    price: npt.ArrayLike,
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    sign: npt.ArrayLike,
) -> Implied:
    """Black-Scholes-Merton implied volatility with the reason of every NaN.

    The distance to the strike is ln(S / K) + (r - q) T without going through a rounded forward,
    so prices near the money and near expiry lose nothing.
    """
    return _solve(_SPOT, price, spot, strike, years, rate, dividend_yield, sign)


def implied_volatility(  # noqa: PLR0917 - as above
    price: npt.ArrayLike,
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    sign: npt.ArrayLike,
) -> Floats:
    """Black-Scholes-Merton implied volatility of European prices; NaN where there is none."""
    return spot_implied(price, spot, strike, years, rate, dividend_yield, sign).volatility


def black_implied(
    price: npt.ArrayLike,
    forward: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    sign: npt.ArrayLike,
    *,
    discount: npt.ArrayLike = 1.0,
) -> Implied:
    """Black (1976) implied volatility; `discount` is today's value of one paid at expiry."""
    return _solve(_FORWARD, price, forward, strike, years, discount, sign)


def implied_deviation(
    value: npt.ArrayLike, forward: npt.ArrayLike, strike: npt.ArrayLike, sign: npt.ArrayLike
) -> Floats:
    """The total standard deviation (volatility * sqrt(T)) behind an undiscounted Black value."""
    return _solve(_FORWARD, value, forward, strike, 1.0, 1.0, sign).volatility


def normal_implied(
    price: npt.ArrayLike,
    forward: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    sign: npt.ArrayLike,
    *,
    discount: npt.ArrayLike = 1.0,
) -> Implied:
    """Bachelier implied volatility, in units of the forward per square root of a year.

    Forward and strike may be negative. There is no upper bound of the price.
    """
    return _solve(_NORMAL, price, forward, strike, years, discount, sign)


def quote_implied(  # noqa: PLR0917 - as above
    bid: npt.ArrayLike,
    ask: npt.ArrayLike,
    forward: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    sign: npt.ArrayLike,
    *,
    discount: npt.ArrayLike = 1.0,
) -> QuoteImplied:
    """Black (1976) implied volatilities of bid, midpoint and ask.

    A bid of zero has no volatility (`NO_TIME_VALUE`), its midpoint does. A quote with a side
    missing (NaN) or crossed (bid above ask) has no midpoint (`BAD_INPUT`).
    """
    below, above = np.asarray(bid, dtype=np.float64), np.asarray(ask, dtype=np.float64)
    with np.errstate(invalid="ignore", over="ignore"):
        mid = np.where((below >= 0.0) & (below <= above), 0.5 * below + 0.5 * above, np.nan)
    terms = (forward, strike, years, discount, sign)
    return QuoteImplied(
        bid=_solve(_FORWARD, below, *terms),
        mid=_solve(_FORWARD, mid, *terms),
        ask=_solve(_FORWARD, above, *terms),
    )
