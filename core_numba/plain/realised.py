"""Means and variances of moving windows."""

from __future__ import annotations

import numpy as np

from core_numba.arrays import Floats


def window_moments(values: Floats, window: int, mean: Floats, variance: Floats) -> None:
    """Per row the mean and the variance (over window - 1) of each window, NaN before the first."""
    mean[:], variance[:] = np.nan, np.nan
    if values.shape[1] < window:
        return
    views = np.lib.stride_tricks.sliding_window_view(values, window, axis=1)
    mean[:, window - 1 :] = views.mean(axis=2)
    if window > 1:
        with np.errstate(invalid="ignore"):
            variance[:, window - 1 :] = views.var(axis=2, ddof=1)
