"""Prices on the grid of their ticks and quantities in whole lots, safe in decimals.

0.1 + 0.2 is three ticks of 0.1, not four, and three ticks are the double nearest to 0.3. A tick
that is a decimal fraction is taken apart into whole numbers (0.05 = 5 / 100), so that a multiple
is one exact product and one correctly rounded division. A value within 1e-9 of a step (or 8 units
in its last place) of the grid is on the grid.

Conservative for orders: a buy limit is rounded down and a sell limit up, never to pay more or get
less than was said. NaN and infinities stay what they are; beyond 2^53 steps a value is its own.
"""

from __future__ import annotations

from enum import IntEnum
from fractions import Fraction
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats, flat
from core_numba.jit.kernel import Kernel
from core_numba.plain import rounding as plain

_ROUND: Final = Kernel("rounding", plain.round_to)


class Direction(IntEnum):
    DOWN = -1
    """Towards minus infinity: also a negative price (a credit) gets more cautious for a buyer."""
    NEAREST = 0
    """Halves away from zero."""
    UP = 1


class TickRule(NamedTuple):
    """Ticks of options: one below a premium of `boundary`, another from there on."""

    below: float
    above: float
    boundary: float = 3.0


PENNY: Final = TickRule(0.01, 0.05)
"""The classes of the US penny programme: a cent below 3 dollars, five cents from 3 on."""
NICKEL: Final = TickRule(0.05, 0.10)
"""The other classes: five cents below 3 dollars, ten cents from 3 on."""
PENNY_ALWAYS: Final = TickRule(0.01, 0.01)


def round_to_tick(
    price: npt.ArrayLike, tick: npt.ArrayLike, *, direction: npt.ArrayLike = Direction.NEAREST
) -> Floats:
    """`price` on the grid of `tick` in `direction`; all three broadcast.

    `ValueError` where a tick is not positive and finite.
    """
    return _rounded(price, tick, direction)


def round_order_price(price: npt.ArrayLike, tick: npt.ArrayLike, *, side: npt.ArrayLike) -> Floats:
    """A limit price on the grid: a buy (`side` +1) down, a sale (-1) up."""
    signs = np.asarray(side, dtype=np.float64)
    if np.any(np.abs(signs) != 1.0):
        raise ValueError("The side is +1 (buy) or -1 (sell).")
    return _rounded(price, tick, -signs)


def option_tick(price: npt.ArrayLike, rule: TickRule = PENNY) -> Floats:
    """The tick at this premium (of a spread: at its size)."""
    size = np.abs(np.asarray(price, dtype=np.float64))
    return np.where(size >= rule.boundary - 1e-9, rule.above, rule.below)


def round_option_price(
    price: npt.ArrayLike, *, side: npt.ArrayLike, rule: TickRule = PENNY
) -> Floats:
    """A limit price of an option, by the tick that its premium has."""
    return round_order_price(price, option_tick(price, rule), side=side)


def round_to_lot(
    quantity: npt.ArrayLike, lot: npt.ArrayLike = 1.0, *, least: npt.ArrayLike = 0.0
) -> Floats:
    """Whole lots towards zero, with the sign kept; 0 where they are fewer than `least` units."""
    amounts = np.asarray(quantity, dtype=np.float64)
    sizes = _rounded(np.abs(amounts), lot, Direction.DOWN)
    kept = np.where(sizes < np.asarray(least, dtype=np.float64), 0.0, sizes)
    return np.copysign(kept, amounts) + 0.0


def _rounded(value: npt.ArrayLike, step: npt.ArrayLike, direction: npt.ArrayLike) -> Floats:
    steps = np.asarray(step, dtype=np.float64)
    if not np.all((steps > 0.0) & np.isfinite(steps)):
        raise ValueError("Ticks and lots must be positive and finite.")
    if not np.all(np.isin(np.asarray(direction), (-1, 0, 1))):
        raise ValueError("The direction is one of Direction.")
    kinds, where = np.unique(steps, return_inverse=True)
    parts = np.array([_fraction(each) for each in kinds.tolist()]).reshape(-1, 2)
    where = where.reshape(steps.shape)
    shape, (values, above, below, ways) = flat(value, parts[where, 0], parts[where, 1], direction)
    out = np.empty(values.size)
    _ROUND.split(values.size, values, above, below, ways, out)
    finite = np.isfinite(values)
    if not finite.all():
        out[~finite] = values[~finite]
    return out.reshape(shape)


def _fraction(step: float) -> tuple[float, float]:
    """The decimal that `step` is written as, as two whole numbers; 1/3 and its like stay as is."""
    exact = Fraction(repr(step))
    if exact.numerator < 2**31 and exact.denominator < 2**31:
        return float(exact.numerator), float(exact.denominator)
    near = Fraction(step).limit_denominator(10_000)
    if float(near) == step:
        return float(near.numerator), float(near.denominator)
    return step, 1.0
