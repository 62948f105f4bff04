"""European options under Black-Scholes-Merton with a continuous yield, and Black (1976).

E. G. Haug, The Complete Guide to Option Pricing Formulas (2007), sections 1.1.6 and 2.1-2.13.

`price`, `greeks` and `all_greeks` are compiled. Cash dividends enter through `escrowed_spot`,
forwards through `black_76`. All Greeks are plain derivatives, per share, per year, per unit of
rate and volatility; `quoted` turns them into the desk's units. Time Greeks (theta, charm, veta,
color) are derivatives by calendar time, that is minus the derivative by years to expiration.

Accuracy: 1e-12 relative wherever the inputs determine the result that well; the value of an
option out of the money does not lose digits when it is small.

Inputs that are no market: a negative spot, strike, time or volatility, a sign other than +1 and
-1, spot and strike both zero, NaN or infinity anywhere give NaN in every result. Limits: with no
volatility or no time the discounted intrinsic value and its slopes (1/2 of them where the forward
equals the strike exactly); spot or strike zero likewise. There gamma, vega and all that comes of
the density is zero; theta and charm keep interest and yield alone, and are zero with no time.
Lambda is NaN where the price is zero. Subnormal inputs count as the numbers they are.

`black`, `black_scholes` and `expected_move` are the first, plain forms: the practice market's
numbers hang on their last bit.
"""

from __future__ import annotations

from typing import Final, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats, flat
from core_numba.jit.kernel import Kernel
from core_numba.plain import european as plain
from core_numba.plain.european import BlackTerms, Greeks, black, black_scholes, expected_move
from core_numba.room import fresh

__all__ = [
    "AllGreeks",
    "BlackTerms",
    "Greeks",
    "all_greeks",
    "black",
    "black_76",
    "black_scholes",
    "escrowed_spot",
    "expected_move",
    "forward",
    "greeks",
    "price",
    "quoted",
]

_PRICE: Final = Kernel("european", plain.price)
_GREEKS: Final = Kernel("european", plain.greeks)
_ALL_GREEKS: Final = Kernel("european", plain.all_greeks)


class AllGreeks(NamedTuple):
    """Price and Greeks: `V` the price, `S` spot, `v` volatility, `t` calendar time."""

    price: Floats
    delta: Floats
    """dV/dS."""
    gamma: Floats
    """d2V/dS2."""
    theta: Floats
    """dV/dt."""
    vega: Floats
    """dV/dv."""
    rho: Floats
    """dV/d rate."""
    phi: Floats
    """dV/d yield (dividend rho)."""
    vanna: Floats
    """d2V/dS dv."""
    charm: Floats
    """d delta/dt."""
    vomma: Floats
    """d2V/dv2."""
    veta: Floats
    """d vega/dt."""
    speed: Floats
    """d gamma/dS."""
    zomma: Floats
    """d gamma/dv."""
    color: Floats
    """d gamma/dt."""
    leverage: Floats
    """Lambda: relative change of the price by relative change of the spot, delta S / V."""


def price(  # noqa: PLR0917 - the formula's own seven arguments, in their usual order
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    volatility: npt.ArrayLike,
    sign: npt.ArrayLike,
) -> Floats:
    """Price per share."""
    shape, inputs = flat(spot, strike, years, rate, dividend_yield, volatility, sign)
    out = fresh(inputs[0].size)
    _PRICE.split(out.size, *inputs, out)
    return out.reshape(shape)


def greeks(  # noqa: PLR0917 - as `price`
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    volatility: npt.ArrayLike,
    sign: npt.ArrayLike,
) -> Greeks:
    """Price, delta, gamma, theta, vega and rho in one pass."""
    shape, inputs = flat(spot, strike, years, rate, dividend_yield, volatility, sign)
    out = [fresh(inputs[0].size) for _ in Greeks._fields]
    _GREEKS.split(inputs[0].size, *inputs, *out)
    return Greeks(*(each.reshape(shape) for each in out))


def all_greeks(  # noqa: PLR0917 - as `price`
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    volatility: npt.ArrayLike,
    sign: npt.ArrayLike,
) -> AllGreeks:
    """Price and every Greek of first and second order in use, speed, zomma and color included."""
    shape, inputs = flat(spot, strike, years, rate, dividend_yield, volatility, sign)
    out = [fresh(inputs[0].size) for _ in AllGreeks._fields]
    _ALL_GREEKS.split(inputs[0].size, *inputs, *out)
    return AllGreeks(*(each.reshape(shape) for each in out))


def black_76(  # noqa: PLR0917 - the formula's own six arguments
    forward: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    volatility: npt.ArrayLike,
    sign: npt.ArrayLike,
) -> Greeks:
    """Options on a forward or future (Black 1976): delta and gamma by the forward.

    Theta and rho hold the forward still, so rho is -years * price.
    """
    found = greeks(forward, strike, years, rate, rate, volatility, sign)
    return found._replace(rho=-np.asarray(years, dtype=np.float64) * found.price)


def forward(
    spot: npt.ArrayLike, years: npt.ArrayLike, rate: npt.ArrayLike, dividend_yield: npt.ArrayLike
) -> Floats:
    """Forward price: spot * exp((rate - yield) * years); of an escrowed spot, dividends paid."""
    s, t, r, q = (np.asarray(a, dtype=np.float64) for a in (spot, years, rate, dividend_yield))
    return np.asarray(s * np.exp((r - q) * t))


def escrowed_spot(
    spot: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_years: npt.ArrayLike,
    dividend_amounts: npt.ArrayLike,
) -> Floats:
    """Spot less the present value of the cash dividends that go ex after now and before expiration.

    `spot`, `years` and `rate` broadcast; dividends are one list of times (years from now) and one
    of amounts per share. Priced with this spot, volatility is that of the stock less its known
    dividends (the escrowed model). `ValueError` when the lists differ in length. Where dividends
    are worth more than the spot, the result is negative and prices of it are NaN.
    """
    times = np.asarray(dividend_years, dtype=np.float64).reshape(-1)
    amounts = np.asarray(dividend_amounts, dtype=np.float64).reshape(-1)
    if times.size != amounts.size:
        raise ValueError(
            f"{times.size} dividend times but {amounts.size} amounts: give one of each."
        )
    s, t, r = np.broadcast_arrays(*(np.asarray(a, dtype=np.float64) for a in (spot, years, rate)))
    left = s.copy()
    for when, amount in zip(times.tolist(), amounts.tolist(), strict=True):
        left -= np.where((when > 0.0) & (when < t), amount * np.exp(-r * when), 0.0)
    return left


G = TypeVar("G", Greeks, AllGreeks)

_DAILY: Final = frozenset({"theta", "charm", "veta", "color"})
_PER_POINT: Final = {
    "vega": 1,
    "rho": 1,
    "phi": 1,
    "vanna": 1,
    "vomma": 2,
    "veta": 1,
    "zomma": 1,
}


def quoted(found: G, *, days: float = 365.0) -> G:
    """The same Greeks in the desk's units.

    Theta, charm, veta and color per day (365 calendar days a year; give 252 for trading days);
    vega, rho, phi, vanna, veta and zomma per percentage point of volatility or rate, vomma per
    point squared. The rest stays. `ValueError` for days that are not positive.
    """
    if not days > 0.0:
        raise ValueError(f"days is {days}: give a positive number of days in a year.")
    return type(found)(
        **{
            name: value * (0.01 ** _PER_POINT.get(name, 0)) / (days if name in _DAILY else 1.0)
            for name, value in found._asdict().items()
        }
    )
