"""American options: prices, Greeks, implied volatility, exercise boundaries, cash dividends."""

from core_numba.american.approximations import quadratic_boundary
from core_numba.american.bjerksund import bjerksund_stensland
from core_numba.american.cash import (
    CashValue,
    DividendExercise,
    best_dividend_exercise,
    with_dividends,
)
from core_numba.american.exercise import exercise_boundary, exercise_now
from core_numba.american.implied import Implied, Reason, implied_volatility
from core_numba.american.lattice import binomial
from core_numba.american.prices import AmericanGreeks, greeks, price
from core_numba.american.schemes import SCHEMES, Scheme

__all__ = [
    "SCHEMES",
    "AmericanGreeks",
    "CashValue",
    "DividendExercise",
    "Implied",
    "Reason",
    "Scheme",
    "best_dividend_exercise",
    "binomial",
    "bjerksund_stensland",
    "exercise_boundary",
    "exercise_now",
    "greeks",
    "implied_volatility",
    "price",
    "quadratic_boundary",
    "with_dividends",
]
