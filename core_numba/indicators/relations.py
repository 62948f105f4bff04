"""How two series, or many, move together."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.indicators.series import bars, lines, whole
from core_numba.jit.kernel import Kernel
from core_numba.plain.indicators import relations

_RELATIONS: Final = Kernel("indicators.relations", relations.window_relations)


def rolling_covariance(x: npt.ArrayLike, y: npt.ArrayLike, window: int, *, ddof: int = 0) -> Floats:
    """Covariance; `ddof` 0 of a population, 1 of a sample."""
    ddof = whole("ddof", ddof, 0)
    return _relations(x, y, whole("window", window, max(2, ddof + 1)), ddof, 0)


def rolling_correlation(x: npt.ArrayLike, y: npt.ArrayLike, window: int = 30) -> Floats:
    """Pearson's correlation, -1 to 1; NaN where a series is flat (TA-Lib's CORREL: 0)."""
    return _relations(x, y, whole("window", window, 2), 0, 1)


def rolling_slope(x: npt.ArrayLike, y: npt.ArrayLike, window: int) -> Floats:
    """Slope of the least-squares line of `y` over `x`; NaN where `x` is flat."""
    return _relations(x, y, whole("window", window, 2), 0, 2)


def beta(x: npt.ArrayLike, y: npt.ArrayLike, period: int = 5) -> Floats:
    """Slope of the simple returns of `y` over those of `x` (TA-Lib's BETA), from bar `period` on.

    `x` is what TA-Lib takes first: the benchmark. NaN where its returns do not vary.
    """
    prices = bars(x, y)
    with np.errstate(divide="ignore", invalid="ignore"):
        returns = [np.diff(each) / each[..., :-1] for each in prices]
    out = np.full_like(prices[0], np.nan)
    out[..., 1:] = _relations(returns[0], returns[1], whole("period", period, 2), 0, 2)
    return out


def _relations(x: npt.ArrayLike, y: npt.ArrayLike, window: int, ddof: int, only: int) -> Floats:
    return lines(_RELATIONS, bars(x, y), 3, window, float(window - ddof), only=only)[only]


def correlation_matrix(series: npt.ArrayLike) -> Floats:
    """Correlations of all pairs of `series` (assets by bars), symmetric, ones on the diagonal.

    NaN in the row and column of a series that is flat or has a bar that is not finite.
    """
    x = np.asarray(series, dtype=np.float64)
    if x.ndim != 2 or x.shape[1] < 2:
        raise ValueError("Give a table of assets by at least two bars.")
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        away = x - x[:, :1]
        away = away - away.mean(axis=1, keepdims=True)
        unit = away / np.sqrt((away * away).sum(axis=1, keepdims=True))
        matrix = np.clip(unit @ unit.T, -1.0, 1.0)
    known = np.isfinite(unit).all(axis=1)
    matrix[~known, :] = matrix[:, ~known] = np.nan
    matrix[known, known] = 1.0
    return np.asarray(0.5 * (matrix + matrix.T))
