"""Values of American options that leave no arbitrage anywhere on a chain.

An option is worth the most that its holder gets by fixing today the date of exercise: the maximum,
over a set of dates, of European values on one surface free of static arbitrage. For calls this is
Black's approximation (F. Black, Financial Analysts Journal 31, 1975); puts are treated alike.

Why this and no lattice: a lattice needs one volatility, a smile has one per strike, and prices from
different lattices contradict each other. A maximum over one set of dates cannot: each European
value is convex and monotone in the strike, hence so is the maximum; a longer option has more dates;
and if the call's best date is t, then C - P <= C_t - P_t = S - PV(D until t) - K exp(-r t), which
with the mirrored argument gives S - PV(D) - K <= C - P <= S - K exp(-r T).

What it refuses: the premium for deciding later (docs/decisions.md has its size: about one percent
of a put, up to three of a dividend payer's long call).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from connectors.practice.surface import Surface
from core_numba.european import black
from core_numba.normal import Floats, norm_cdf, norm_pdf


class ExerciseDates(NamedTuple):
    """Candidate dates, ascending; the first is now (zero years), the last the expiration."""

    years: Floats
    theta: Floats
    """At-the-money total variance until each date."""
    paid: Floats
    """Present value of the dividends that go ex until each date, USD per share."""


class Values(NamedTuple):
    """Per share, (2, strikes): row 0 calls, row 1 puts. Theta a calendar day, vega a point."""

    price: Floats
    delta: Floats
    gamma: Floats
    theta: Floats
    vega: Floats
    volatility: Floats
    """(strikes,): the surface's volatility until the expiration."""


_SIDES = np.array([[1.0], [-1.0]])
_NONE = np.empty((2, 0))
_INSTANT = 60.0 / (365.0 * 86400.0)


def american_values(
    spot: float,
    strikes: Floats,
    dates: ExerciseDates,
    *,
    rate: float,
    surface: Surface,
    greeks: bool = True,
) -> Values:
    """Values of the calls and puts of one expiration; their Greeks, empty unless asked for.

    Greeks are partial derivatives at the strike's own volatility and best date of exercise: what
    brokers show. An option whose best date is now is worth its intrinsic value and has a delta of
    one or minus one, and no other Greek.
    """
    years, paid = dates.years[:, None], dates.paid[:, None]
    forward = np.maximum(spot - paid, 0.01) * np.exp(rate * years)
    variance = surface.variance(np.log(strikes / forward), dates.theta[:, None])
    deviation = np.sqrt(variance)
    call = np.exp(-rate * years) * black(forward, strikes, deviation, 1.0).value
    put = call - np.exp(-rate * years) * (forward - strikes)
    european = np.maximum(np.stack((call, put)), 0.0)
    best = european.argmax(axis=1)
    column = np.arange(strikes.size)
    price = european[[[0], [1]], best, column]
    slopes = (
        _greeks(spot, strikes, dates, rate=rate, best=best, deviation=deviation[best, column])
        if greeks
        else (_NONE, _NONE, _NONE, _NONE)
    )
    final = max(float(dates.years[-1]), _INSTANT)
    return Values(price, *slopes, deviation[-1] / np.sqrt(final))


def _greeks(
    spot: float,
    strikes: Floats,
    dates: ExerciseDates,
    *,
    rate: float,
    best: npt.NDArray[np.intp],
    deviation: Floats,
) -> tuple[Floats, Floats, Floats, Floats]:
    years, escrowed = dates.years[best], np.maximum(spot - dates.paid[best], 0.01)
    alive = deviation > 0
    s, t = np.where(alive, deviation, 1.0), np.where(alive, years, 1.0)
    forward = escrowed * np.exp(rate * t)
    d1 = np.log(forward / strikes) / s + 0.5 * s
    exercised = np.where(_SIDES * (spot - strikes) > 0, _SIDES, 0.0)
    delta = np.where(alive, _SIDES * norm_cdf(_SIDES * d1), exercised)
    density = norm_pdf(d1)
    gamma = np.where(alive, density / (escrowed * s), 0.0)
    vega = np.where(alive, escrowed * density * np.sqrt(t), 0.0)
    value = delta * escrowed - _SIDES * strikes * np.exp(-rate * t) * norm_cdf(_SIDES * (d1 - s))
    yearly = rate * (value - delta * spot) - escrowed * density * s / (2.0 * t)
    theta = np.where(alive, yearly / 365.0, 0.0)
    return delta, gamma, theta, vega / 100.0
