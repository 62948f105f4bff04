"""How option values become quotes: spreads, ticks, open interest and volume. All computed.

The bid is rounded down and the ask up, so the value always lies between them: whatever holds for
the values cannot be turned into a profit by trading at the quotes.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from connectors.practice.grid import Term
from core_numba.normal import Floats

Integers = npt.NDArray[np.int64]

TICK_CHANGE: Final = 300
"""Cents from which the tick is five cents instead of one (penny program)."""
_COARSE_TICK: Final = 5
_OPEN_INTEREST_PER_SHARE: Final = 4e-4
_WEIGHT: Final = {Term.WEEKLY: 0.35, Term.MONTHLY: 1.0, Term.QUARTERLY: 1.2, Term.LEAPS: 1.3}


class TwoSided(NamedTuple):
    """Whole cents."""

    bid: Integers
    ask: Integers
    last: Integers


def two_sided(value: Floats, *, reach: Floats, years: float, factor: float) -> TwoSided:
    """Bid, ask and last for option values in dollars.

    `reach` is the distance from the money in standard deviations. Half the spread is a base and a
    share of the value, wider for long tenors, far strikes and thin names (`factor`).
    """
    cents = value * 100.0
    stretch = (1.0 + 0.6 * min(years, 2.0) ** 0.5) * (1.0 + 0.15 * np.minimum(np.abs(reach), 4.0))
    half = np.maximum(0.5 * factor * stretch * (1.5 + 0.012 * cents), 0.3)
    bid, ask = _down(np.maximum(cents - half, 0.0)), _up(cents + half)
    last = np.clip(np.rint(cents).astype(np.int64), np.maximum(bid, 1), ask)
    return TwoSided(bid, ask, last)


def _down(cents: Floats) -> Integers:
    coarse = np.floor(cents / _COARSE_TICK) * _COARSE_TICK
    return np.where(cents >= TICK_CHANGE, coarse, np.floor(cents)).astype(np.int64)


def _up(cents: Floats) -> Integers:
    coarse = np.ceil(cents / _COARSE_TICK) * _COARSE_TICK
    return np.where(cents > TICK_CHANGE, coarse, np.ceil(cents)).astype(np.int64)


def uniforms(key: int, numbers: Integers) -> Floats:
    """One number in (0, 1) for each of `numbers`, by splitmix64 (Steele, Lea, Flood 2014)."""
    x = numbers.astype(np.uint64) + np.uint64(key & (2**64 - 1))
    x = x * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (
        np.asarray(((x ^ (x >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) + 0.5) / 2**53
    )


def open_interest(
    *, thousandths: Integers, reach: Floats, kind: Term, age: float, shares: float, noise: Floats
) -> Integers:
    """Open contracts: most near the money and at round strikes, growing from listing to expiry.

    `age` is the share of the listed life that is over, `noise` uniform in (0, 1) per contract.
    """
    grown = 0.05 + 0.95 * (1.0 - np.exp(-3.0 * age))
    round_strike = np.where(
        thousandths % 10_000 == 0, 1.8, np.where(thousandths % 5_000 == 0, 1.3, 0.7)
    )
    shape = np.exp(-0.5 * (reach / 1.6) ** 2) + 0.01
    spread = np.exp(1.6 * (noise - 0.5))
    size = shares * _OPEN_INTEREST_PER_SHARE * _WEIGHT[kind]
    return np.asarray(size * grown * round_strike * shape * spread).astype(np.int64)


def daily_volume(
    interest: Integers, *, reach: Floats, years: float, noise: Floats, gone: float
) -> Integers:
    """Contracts traded so far: a share of the open interest, larger near the money and expiry.

    `gone` is the share of the day's trading that is over.
    """
    turnover = 0.04 + 0.5 * np.exp(-12.0 * years) * np.exp(-0.5 * reach**2)
    return np.asarray(interest * turnover * (0.2 + 1.6 * noise) * gone).astype(np.int64)
