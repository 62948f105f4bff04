"""American prices and Greeks with a continuous yield."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.american.engine import Solved, solve
from core_numba.american.puts import Puts, as_puts
from core_numba.american.schemes import Scheme, scheme_of
from core_numba.arrays import Floats, flat


class AmericanGreeks(NamedTuple):
    """Price per share and its derivatives, each by the unit in which its variable is given."""

    price: Floats
    delta: Floats
    gamma: Floats
    theta: Floats
    """Per year of calendar time; zero where the option is best exercised now."""
    vega: Floats
    """Per unit of volatility (1.00, not 1 %)."""
    rho: Floats
    """Per unit of rate."""
    phi: Floats
    """Per unit of dividend yield."""


def price(  # noqa: PLR0917 - an option's own seven numbers, in their usual order
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    volatility: npt.ArrayLike,
    sign: npt.ArrayLike,
    *,
    accuracy: str | Scheme = "accurate",
) -> Floats:
    """American options: `sign` +1 calls, -1 puts. Inputs broadcast.

    `accuracy` is ``fast``, ``accurate`` or ``precise`` (see `schemes`), or a `Scheme`.

    At expiry, or with a spot or strike of zero or a volatility of zero, the limit: the best of
    exercising at any date along the certain path. Negative rates are served: a put with r < 0 and
    q < r has two boundaries and goes to the lattice (1e-5 of the strike). NaN for anything
    infinite, not a number, negative where that has no meaning, or a sign other than +1 and -1.
    """
    shape, inputs = flat(spot, strike, years, rate, dividend_yield, volatility, sign)
    puts = as_puts(*inputs)
    return _value(puts, solve(puts, scheme_of(accuracy))).reshape(shape)


def _value(puts: Puts, solved: Solved) -> Floats:
    """In money. A strike of zero is a put form's spot of a call: worthless or certain."""
    return np.asarray(solved.value * np.where(puts.strike > 0, puts.strike, 1.0))


_STEP: Final = 1e-3


def greeks(  # noqa: PLR0917 - an option's own seven numbers, in their usual order
    spot: npt.ArrayLike,
    strike: npt.ArrayLike,
    years: npt.ArrayLike,
    rate: npt.ArrayLike,
    dividend_yield: npt.ArrayLike,
    volatility: npt.ArrayLike,
    sign: npt.ArrayLike,
    *,
    accuracy: str | Scheme = "accurate",
) -> AmericanGreeks:
    """Price, delta and gamma from the integrals, theta from the equation of Black and Scholes.

    Vega, rho and phi are central differences of full solutions (boundary included), which are
    smooth in their arguments: seven solutions in all. Where the option is best exercised now delta
    is the sign and the rest zero. With a volatility of zero vega, rho, phi and gamma are zero or
    one-sided and only price, delta and theta are to be relied on.
    """
    shape, inputs = flat(spot, strike, years, rate, dividend_yield, volatility, sign)
    scheme = scheme_of(accuracy)
    s, k, t, r, q, v, _ = inputs
    puts = as_puts(*inputs)
    solved = solve(puts, scheme, greeks=True)
    value = _value(puts, solved)
    delta, gamma = _by_spot(puts, solved, s)
    taken = (value <= np.where(puts.call, s - k, k - s)) & (puts.spot > 0) & (puts.strike > 0)
    decay = r * value - (r - q) * s * delta - 0.5 * (v * s) ** 2 * gamma
    theta = np.where(taken | (t == 0.0), 0.0, decay)

    def slope(place: int, step: Floats) -> Floats:
        ends = []
        for side in (1.0, -1.0):
            moved = list(inputs)
            moved[place] = inputs[place] + side * step
            at = as_puts(*moved)
            ends.append(_value(at, solve(at, scheme)))
        return np.where(taken, 0.0, (ends[0] - ends[1]) / (2.0 * step))

    with np.errstate(invalid="ignore", divide="ignore"):
        by_volatility = np.where(v > 0.0, slope(5, _STEP * np.where(v > 0, v, 1e-3)), 0.0)
        by_rate = slope(3, _away_from_zero(r))
        by_yield = slope(4, _away_from_zero(q))
    bad = np.isnan(value)
    parts = (value, delta, gamma, theta, by_volatility, by_rate, by_yield)
    return AmericanGreeks(*(np.where(bad, np.nan, part).reshape(shape) for part in parts))


def _away_from_zero(rate: Floats) -> Floats:
    """A step that does not carry a rate across zero, where a boundary begins or ceases."""
    size = np.abs(rate)
    return np.where(
        size > 2e-4, np.minimum(1e-4, 0.25 * size), np.where(size > 0, 0.5 * size, 1e-5)
    )


def _by_spot(puts: Puts, solved: Solved, spot: Floats) -> tuple[Floats, Floats]:
    """Delta and gamma by the option's own spot.

    A put is K p(S / K). A call is S p(K / S), whose derivatives by S are p - y p' and y^2 p'' / S.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        y = puts.spot / puts.strike
        delta = np.where(puts.call, solved.value - y * solved.delta, solved.delta)
        gamma = np.where(puts.call, y * y * solved.gamma / spot, solved.gamma / puts.strike)
    worthless = puts.call & (puts.strike == 0.0)
    return np.where(worthless, 0.0, delta), np.where(puts.strike > 0, gamma, 0.0)
