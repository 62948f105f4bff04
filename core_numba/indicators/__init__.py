"""Technical indicators over bars, in batch and as streams that give the same bits.

Bars lie along the last axis; leading axes are assets. Inputs broadcast. Results have the shape of
the inputs; where there is no value yet, NaN, as in TA-Lib, whose values and warm-up these are.

Bars that are not finite. A windowed indicator is NaN (or not finite) in every window that holds
one. A recursive one (EMA, RSI, MACD, ATR, ADX, SuperTrend, OBV) is NaN there and begins anew with
the next bar, warm-up included. TA-Lib gives NaN for ever in both cases, or worse, numbers.

Where TA-Lib counts magnitudes below 1e-14 as zero, only zero is zero here: prices of 1e-9 are not
flat. A flat market has RSI, stochastic, Williams %R and CCI 0, as there; correlation, slope,
z-score and skewness have no value in it.

Every function of windows depends on its window alone: nothing drifts, however long the series.
"""

from core_numba.indicators.averages import Macd, ema, macd, sma, wilder, wma
from core_numba.indicators.channels import (
    Band,
    Ichimoku,
    Trend,
    bollinger,
    donchian,
    ichimoku,
    keltner,
    supertrend,
)
from core_numba.indicators.directional import Adx, adx, atr, true_range
from core_numba.indicators.momentum import (
    Stochastic,
    cci,
    rsi,
    stochastic,
    stochastic_fast,
    williams_r,
)
from core_numba.indicators.pivots import (
    PivotLevels,
    PivotMethod,
    Swings,
    pivot_levels,
    swings,
)
from core_numba.indicators.relations import (
    beta,
    correlation_matrix,
    rolling_correlation,
    rolling_covariance,
    rolling_slope,
)
from core_numba.indicators.rolling import (
    Shape,
    rolling_max,
    rolling_mean,
    rolling_median,
    rolling_min,
    rolling_quantile,
    rolling_rank,
    rolling_shape,
    rolling_std,
    rolling_sum,
    rolling_var,
    zscore,
)
from core_numba.indicators.volume import Profile, obv, rolling_vwap, volume_profile, vwap

__all__ = [
    "Adx",
    "Band",
    "Ichimoku",
    "Macd",
    "PivotLevels",
    "PivotMethod",
    "Profile",
    "Shape",
    "Stochastic",
    "Swings",
    "Trend",
    "adx",
    "atr",
    "beta",
    "bollinger",
    "cci",
    "correlation_matrix",
    "donchian",
    "ema",
    "ichimoku",
    "keltner",
    "macd",
    "obv",
    "pivot_levels",
    "rolling_correlation",
    "rolling_covariance",
    "rolling_max",
    "rolling_mean",
    "rolling_median",
    "rolling_min",
    "rolling_quantile",
    "rolling_rank",
    "rolling_shape",
    "rolling_slope",
    "rolling_std",
    "rolling_sum",
    "rolling_var",
    "rolling_vwap",
    "rsi",
    "sma",
    "stochastic",
    "stochastic_fast",
    "supertrend",
    "swings",
    "true_range",
    "volume_profile",
    "vwap",
    "wilder",
    "williams_r",
    "wma",
    "zscore",
]
