"""What a spread over two expirations is worth when the front one ends, for many at once.

The short option then pays its intrinsic value; the long one is priced anew (Black 1976, without
interest) with the time and the volatility that it has left, on the forward that parity gives today,
and never below what exercising it would pay. Profit then has one top, at the front strike, and
falls to both sides, so that each side has at most one break-even.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.european import price
from core_numba.probability import below

_STEPS: Final = 60
_EXACT: Final = 1e-10
"""Of the price a share: profit that counts as none."""
_REACH: Final = 10.0
"""Standard deviations to the ends between which break-evens are looked for."""
_MOST_REACH: Final = 5.0
"""The ends' greatest distance from the strike, as a logarithm."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spreads:
    """Columns of one length, a share each. `sign` is +1 for calls; `cost` what was paid, `near` the
    option sold, `far` the one bought."""

    sign: Floats
    spot: Floats
    cost: Floats
    near_strike: Floats
    near_years: Floats
    near_volatility: Floats
    near_forward: Floats
    far_strike: Floats
    far_years: Floats
    far_volatility: Floats
    far_forward: Floats

    def __len__(self) -> int:
        return len(self.spot)

    def shifted(self, points: float) -> Spreads:
        """Both volatilities changed by `points` (0.01 is one point), not below one point."""
        return replace(
            self,
            near_volatility=np.maximum(self.near_volatility + points, 0.01),
            far_volatility=np.maximum(self.far_volatility + points, 0.01),
        )

    def at(self, place: int) -> Spreads:
        """One of them."""
        return Spreads(
            **{each.name: getattr(self, each.name)[place : place + 1] for each in fields(self)}
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outlook:
    """A share each, at the front expiration. NaN is a break-even that is not there."""

    max_profit: Floats
    max_loss: Floats
    lower: Floats
    upper: Floats
    chance: Floats


def forward_volatility(
    near_years: npt.ArrayLike,
    near_volatility: npt.ArrayLike,
    far_years: npt.ArrayLike,
    far_volatility: npt.ArrayLike,
) -> Floats:
    """Volatility between the two dates that both volatilities together imply.

    sqrt((T2 v2^2 - T1 v1^2) / (T2 - T1)): variance adds up over time. NaN where the later total
    variance is the smaller one.
    """
    t1, v1, t2, v2 = (
        np.asarray(each, dtype=np.float64)
        for each in (near_years, near_volatility, far_years, far_volatility)
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.sqrt((t2 * v2 * v2 - t1 * v1 * v1) / (t2 - t1)))


def profit(spreads: Spreads, spot: Floats, *, share: float = 1.0) -> Floats:
    """A share's profit with the underlying at `spot`, after `share` of the time to the front
    expiration. `spot` is (spreads,) or (spreads, prices)."""
    columns = {each.name: getattr(spreads, each.name) for each in fields(spreads)}
    if spot.ndim == 2:
        columns = {name: value[:, None] for name, value in columns.items()}
    c = columns
    passed = share * c["near_years"]
    carry = np.log(c["near_forward"] / c["spot"])
    if share == 1.0:
        near = np.maximum(c["sign"] * (spot - c["near_strike"]), 0.0)
    else:
        near = _option(
            c["sign"], spot, np.exp((1.0 - share) * carry), c["near_strike"],
            c["near_years"] - passed, c["near_volatility"],
        )  # fmt: skip
    far = _option(
        c["sign"], spot, np.exp(np.log(c["far_forward"] / c["spot"]) - share * carry),
        c["far_strike"], c["far_years"] - passed, c["far_volatility"],
    )  # fmt: skip
    return np.asarray(far - near - c["cost"])


def _option(  # noqa: PLR0917 - columns by position
    sign: Floats, spot: Floats, carry: Floats, strike: Floats, years: Floats, volatility: Floats
) -> Floats:
    """On the forward `spot` x `carry`; at least its intrinsic value."""
    european = price(spot * carry, strike, years, 0.0, 0.0, volatility, sign)
    return np.maximum(european, np.maximum(sign * (spot - strike), 0.0))


def outlook(spreads: Spreads) -> Outlook:
    """Extremes, break-evens and P(profit), lognormal at the front option's volatility."""
    top = profit(spreads, spreads.near_strike)
    deviation = np.minimum(
        _REACH * spreads.far_volatility * np.sqrt(spreads.far_years), _MOST_REACH
    )
    low = np.minimum(spreads.near_strike, spreads.far_strike) * np.exp(-deviation)
    high = np.maximum(spreads.near_strike, spreads.far_strike) * np.exp(deviation)
    at_low, at_high = profit(spreads, low), profit(spreads, high)
    wins = top > 0.0
    lower = _crossing(spreads, low, spreads.near_strike, found=wins & (at_low < 0.0))
    upper = _crossing(spreads, high, spreads.near_strike, found=wins & (at_high < 0.0))
    under = _chance(spreads, lower, missing=0.0)
    over = _chance(spreads, upper, missing=1.0)
    return Outlook(
        max_profit=top,
        max_loss=-np.minimum(at_low, at_high),
        lower=lower,
        upper=upper,
        chance=np.where(np.isnan(top), np.nan, np.where(wins, over - under, 0.0)),
    )


def _crossing(
    spreads: Spreads, losing: Floats, winning: Floats, *, found: npt.NDArray[np.bool_]
) -> Floats:
    """Where profit is zero between a price that loses and one that wins: false position, the
    resting end's value halved (Dowell and Jarratt 1971, the Illinois algorithm)."""
    a, b = losing.copy(), winning.copy()
    at_a, at_b = profit(spreads, a), profit(spreads, b)
    x = b
    for _ in range(_STEPS):
        with np.errstate(invalid="ignore", divide="ignore"):
            x = np.where(found, b - at_b * (b - a) / (at_b - at_a), b)
        here = profit(spreads, x)
        turned = here * at_b < 0.0
        a, at_a = np.where(turned, b, a), np.where(turned, at_b, 0.5 * at_a)
        b, at_b = x, here
        if not np.any(found & (np.abs(here) > _EXACT * spreads.spot)):
            break
    return np.where(found, x, np.nan)


def _chance(spreads: Spreads, level: Floats, *, missing: float) -> Floats:
    """P(price below `level` at the front expiration)."""
    there = np.isfinite(level)
    found = below(
        spreads.near_forward, np.where(there, level, 1.0), spreads.near_years, 0.0,
        spreads.near_volatility,
    )  # fmt: skip
    return np.where(there, found, missing)
