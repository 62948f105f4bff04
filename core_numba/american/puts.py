"""Every American option as a put: McDonald and Schroder's symmetry, and what needs no engine.

A call on S with strike K, rate r and yield q is worth a put on K with strike S, rate q, yield r.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats

Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]


class Puts(NamedTuple):
    """Options in put form, flat. `valid`: finite, nothing negative but rates, sign of +1 or -1."""

    spot: Floats
    strike: Floats
    years: Floats
    rate: Floats
    dividend_yield: Floats
    volatility: Floats
    call: Flags
    valid: Flags

    def take(self, at: Places | Flags) -> Puts:
        """Some of them."""
        return Puts(
            self.spot[at],
            self.strike[at],
            self.years[at],
            self.rate[at],
            self.dividend_yield[at],
            self.volatility[at],
            self.call[at],
            self.valid[at],
        )

    def normalised(self) -> tuple[Floats, Floats, Floats, Floats]:
        """ln(S / K), r T, q T and volatility sqrt(T)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            x = np.log(self.spot / self.strike)
        years = np.where(self.valid, self.years, np.nan)
        return (
            x,
            self.rate * years,
            self.dividend_yield * years,
            self.volatility * np.sqrt(years),
        )


def as_puts(  # noqa: PLR0917 - the options' own seven numbers
    spot: Floats,
    strike: Floats,
    years: Floats,
    rate: Floats,
    dividend_yield: Floats,
    volatility: Floats,
    sign: Floats,
) -> Puts:
    """Calls exchanged for their puts; puts as they are."""
    call = sign > 0
    total = spot + strike + years + volatility
    valid = np.isfinite(total + rate + dividend_yield) & (np.abs(sign) == 1.0)
    valid &= (spot >= 0) & (strike >= 0) & (years >= 0) & (volatility >= 0)
    return Puts(
        np.where(call, strike, spot),
        np.where(call, spot, strike),
        years,
        np.where(call, dividend_yield, rate),
        np.where(call, rate, dividend_yield),
        volatility,
        call,
        valid,
    )


class Certain(NamedTuple):
    """Value and slope of puts whose spot moves without chance, or does not move at all."""

    value: Floats
    delta: Floats
    taken: Flags
    """Whether it is best exercised now."""


def certain(puts: Puts) -> Certain:
    """The best date of exercise of a put whose spot is S e^{(r - q) t} for sure.

    K e^{-rt} - S e^{-qt} is greatest at t = 0, at T, or where its slope vanishes.
    """
    s, k, t = puts.spot, puts.strike, puts.years
    r, q = puts.rate, puts.dividend_yield
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        turn = np.log(q * s / (r * k)) / (q - r)
        turn = np.where(np.isfinite(turn), np.clip(turn, 0.0, t), 0.0)
        worth = np.stack([k * np.exp(-r * u) - s * np.exp(-q * u) for u in (0.0 * t, t, turn)])
    best = np.argmax(worth, axis=0)
    value = np.maximum(np.max(worth, axis=0), 0.0)
    when = np.choose(best, [np.zeros_like(t), t, turn])
    slope = np.where(value > 0.0, -np.exp(-q * when), 0.0)
    return Certain(value, slope, (best == 0) & (value > 0.0))
