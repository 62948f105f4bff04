"""What a fill costs by a schedule that the caller states: no broker's or agency's figure is here.

A commission (per order, per unit in tiers, a rate that differs for makers and takers, bounds), and
regulatory fees (on sales: a rate and an amount a unit with a cap; on all trades: an amount a unit;
rounded up to the cent where asked, as agencies do).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats, flat
from core_numba.rounding import Direction, round_to_tick

_NO_BOUND: Final = 1e300
"""Infinity times a turnover of zero would be no number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Amounts of money, and rates as parts of the turnover."""

    per_order: float = 0.0
    per_unit: float | tuple[tuple[float, float], ...] = 0.0
    """Per share or contract; or tiers ((from units in the period, per unit), ...) from 0 upwards:
    each unit pays the rate of the tier it falls in."""
    least: float = 0.0
    most: float = math.inf
    most_rate: float = math.inf
    """Bounds of the commission, the last as a part of the turnover; the upper ones win."""
    maker_rate: float = 0.0
    """Negative is a rebate (with `least=-math.inf`)."""
    taker_rate: float = 0.0
    sell_rate: float = 0.0
    sell_per_unit: float = 0.0
    sell_per_unit_most: float = math.inf
    regulatory_per_unit: float = 0.0
    regulatory_cent: float = 0.0
    """Regulatory fees are rounded up to multiples of this; 0 leaves them."""


class Fees(NamedTuple):
    commission: Floats
    regulatory: Floats

    @property
    def total(self) -> Floats:
        return self.commission + self.regulatory


def fees(
    quantity: npt.ArrayLike,
    price: npt.ArrayLike,
    schedule: Schedule,
    *,
    multiplier: npt.ArrayLike = 1.0,
    maker: npt.ArrayLike = False,
    traded_before: npt.ArrayLike = 0.0,
) -> Fees:
    """Fees of fills: `quantity` signed (a sale negative), all broadcast. Nothing traded costs 0.

    `traded_before` counts the units of the period for the tiers. NaN gives NaN. `ValueError` for
    tiers that do not begin at 0 and rise, and for amounts that are NaN.
    """
    tiers = schedule.per_unit if isinstance(
        schedule.per_unit, tuple,
    ) else ((0.0, schedule.per_unit),)  # fmt: skip
    starts, rates = (np.array(each, dtype=np.float64) for each in zip(*tiers, strict=True))
    if starts[0] != 0.0 or np.any(np.diff(starts) <= 0.0):
        raise ValueError("Tiers begin at 0 units and rise.")
    _check(schedule, rates)
    shape, (units, values, sizes, made, before) = flat(
        quantity, price, multiplier, maker, traded_before
    )
    with np.errstate(invalid="ignore"):
        size, turnover = np.abs(units), np.abs(units * values * sizes)
        commission = _commission(
            schedule, size, turnover, made, _tiered(starts, rates, before, size),
        )  # fmt: skip
        levied = _regulatory(schedule, size, turnover, units < 0.0)
    nothing = size == 0.0
    return Fees(
        np.where(nothing, 0.0, commission).reshape(shape),
        np.where(nothing, 0.0, levied).reshape(shape),
    )


def _tiered(starts: Floats, rates: Floats, before: Floats, units: Floats) -> Floats:
    """Each unit at the rate of its tier."""
    total = np.zeros(units.size)
    for start, end, rate in zip(starts, np.append(starts[1:], np.inf), rates, strict=True):
        inside = np.minimum(before + units, end) - np.maximum(before, start)
        total = total + rate * np.maximum(inside, 0.0)
    return total


def _commission(
    schedule: Schedule, units: Floats, turnover: Floats, maker: Floats, per_unit: Floats
) -> Floats:
    rate = np.where(maker > 0.0, schedule.maker_rate, schedule.taker_rate)
    charged = np.maximum(schedule.per_order + per_unit + rate * turnover, schedule.least)
    most = np.minimum(schedule.most, min(schedule.most_rate, _NO_BOUND) * turnover)
    return np.where(np.isnan(units), np.nan, np.minimum(charged, most))


def _regulatory(
    schedule: Schedule, units: Floats, turnover: Floats, sale: npt.NDArray[np.bool_]
) -> Floats:
    per_unit = np.minimum(schedule.sell_per_unit * units, schedule.sell_per_unit_most)
    sold = per_unit + schedule.sell_rate * turnover
    levied = schedule.regulatory_per_unit * units + np.where(sale, sold, 0.0)
    if schedule.regulatory_cent > 0.0:
        return round_to_tick(levied, schedule.regulatory_cent, direction=Direction.UP)
    return levied


def _check(schedule: Schedule, rates: Floats) -> None:
    amounts = (
        schedule.per_order, schedule.least, schedule.most, schedule.most_rate,
        schedule.maker_rate, schedule.taker_rate, schedule.sell_rate, schedule.sell_per_unit,
        schedule.sell_per_unit_most, schedule.regulatory_per_unit, schedule.regulatory_cent,
    )  # fmt: skip
    if np.isnan(amounts).any() or np.isnan(rates).any() or schedule.regulatory_cent < 0.0:
        raise ValueError("The amounts of a schedule are numbers; a cent is zero or positive.")
