"""How sure a figure from few observations is: 95 % confidence intervals.

A mean's by Student's t; a share's by Wilson (1927); a Sharpe ratio's by Lo (The Statistics of
Sharpe Ratios, Financial Analysts Journal 58, 2002): standard error sqrt((1 + SR^2 / 2) / n) for
independent returns, SR per period. They take observations as independent; overlapping option
positions are not quite, so the truth is somewhat wider.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

LEVEL: Final = 0.95
_NORMAL: Final = 1.959963984540054


class Interval(NamedTuple):
    low: float
    high: float


def of_mean(values: Sequence[float]) -> Interval | None:
    """None for fewer than two values."""
    if len(values) < 2:
        return None
    from scipy.special import stdtrit  # noqa: PLC0415 - 0.2 s, only where intervals are asked for

    array = np.asarray(values, dtype=np.float64)
    error = float(array.std(ddof=1)) / math.sqrt(array.size)
    reach = float(stdtrit(array.size - 1, 0.5 + LEVEL / 2.0)) * error
    return Interval(float(array.mean()) - reach, float(array.mean()) + reach)


def of_share(successes: int, trials: int) -> Interval | None:
    """Of a probability; None without trials."""
    if trials == 0:
        return None
    z2, share = _NORMAL**2, successes / trials
    scale = 1.0 + z2 / trials
    centre = (share + z2 / (2.0 * trials)) / scale
    reach = _NORMAL * math.sqrt(share * (1.0 - share) / trials + z2 / (4.0 * trials**2)) / scale
    return Interval(max(centre - reach, 0.0), min(centre + reach, 1.0))


def of_sharpe(annual: float, periods: int, per_year: float) -> Interval | None:
    """Of an annual Sharpe ratio from `periods` returns; None for fewer than two or for NaN."""
    if periods < 2 or not math.isfinite(annual):
        return None
    each = annual / math.sqrt(per_year)
    reach = _NORMAL * math.sqrt((1.0 + 0.5 * each * each) / periods) * math.sqrt(per_year)
    return Interval(annual - reach, annual + reach)
