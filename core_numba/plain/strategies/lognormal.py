"""A lognormal's probability and mean below a level."""

from __future__ import annotations

import numpy as np

from core_numba.arrays import Floats


def lognormal_below(  # noqa: PLR0917 - arrays by position
    level: Floats, centre: Floats, deviation: Floats, mean: Floats, below: Floats, partial: Floats
) -> None:
    """P(S <= level) and E[S; S <= level] where ln S is normal with `centre` and `deviation`."""
    from scipy.special import ndtr  # noqa: PLC0415

    with np.errstate(divide="ignore", invalid="ignore"):
        d = (np.log(level) - centre) / deviation
    d = np.where(deviation > 0.0, d, np.where(level >= mean, np.inf, -np.inf))
    d = np.where(np.isnan(level + centre + deviation + mean), np.nan, d)
    below[:] = ndtr(d)
    partial[:] = mean * ndtr(d - deviation)
