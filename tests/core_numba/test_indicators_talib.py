"""TA-Lib's published values and warm-up, and pandas as a second witness."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core_numba import indicators as ind
from core_numba.arrays import Floats
from tests.core_numba.indicator_cases import make_bars

REFERENCE = Path(__file__).parent / "reference"


def table(name: str) -> dict[str, Floats]:
    with (REFERENCE / f"{name}.csv").open() as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    return {key: np.array([float(row[key]) for row in rows]) for key in rows[0]}


def ford() -> dict[str, Floats]:
    bars = table("talib_ford2012_ohlcv")
    high, low, close, volume = bars["high"], bars["low"], bars["close"], bars["volume"]
    macd, bands = ind.macd(close), ind.bollinger(close, 20)
    slow = ind.stochastic(high, low, close)
    return {
        "RSI14": ind.rsi(close, 14),
        "SMA20": ind.sma(close, 20),
        "EMA20": ind.ema(close, 20),
        "ATR14": ind.atr(high, low, close, 14),
        "ADX14": ind.adx(high, low, close, 14).adx,
        "OBV": ind.obv(close, volume),
        "CCI20": ind.cci(high, low, close, 20),
        "WILLR14": ind.williams_r(high, low, close, 14),
        "MACD": macd.line,
        "MACDsig": macd.signal,
        "MACDhist": macd.histogram,
        "BBup": bands.upper,
        "BBmid": bands.middle,
        "BBlow": bands.lower,
        "STOCHk": slow.k,
        "STOCHd": slow.d,
    }


@pytest.mark.parametrize("name", [
    "RSI14", "SMA20", "EMA20", "ATR14", "ADX14", "OBV", "CCI20", "WILLR14", "MACD", "MACDsig",
    "MACDhist", "BBup", "BBmid", "BBlow", "STOCHk", "STOCHd",
])  # fmt: skip
def test_ford_2012_has_talibs_values_and_its_warm_up(name: str) -> None:
    expected = table("talib_ford2012_outputs")[name]
    np.testing.assert_allclose(ford()[name], expected, rtol=1e-10, atol=1e-10)


def test_talibs_regression_tests_have_their_spot_values() -> None:
    close = table("talib_series252")["close"]
    macd = ind.macd(close)
    ours = {
        "rsi": ind.rsi(close, 14),
        "macd": macd.line,
        "signal": macd.signal,
        "hist": macd.histogram,
    }
    with (REFERENCE / "talib_spot_values.csv").open() as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    assert len(rows) == 7
    for row in rows:
        value = ours[row["output"]][int(row["series_index"])]
        # Some are of another program: TA-Lib's own check of them allows 0.01.
        assert value == pytest.approx(float(row["value"]), abs=0.01)


@pytest.mark.parametrize("window", [1, 2, 3, 7, 20, 64, 65])
def test_rolling_statistics_are_those_of_pandas(window: int) -> None:
    bars = make_bars(11, 400)
    x, y = pd.Series(bars.close), pd.Series(bars.open)
    rolling = x.rolling(window)
    pairs = {
        "sum": (ind.rolling_sum(bars.close, window), rolling.sum()),
        "mean": (ind.rolling_mean(bars.close, window), rolling.mean()),
        "min": (ind.rolling_min(bars.close, window), rolling.min()),
        "max": (ind.rolling_max(bars.close, window), rolling.max()),
        "median": (ind.rolling_median(bars.close, window), rolling.median()),
        "quantile": (ind.rolling_quantile(bars.close, window, 0.1), rolling.quantile(0.1)),
        "rank": (ind.rolling_rank(bars.close, window), rolling.rank()),
    }
    if window > 2:
        pairs |= {
            "var": (ind.rolling_var(bars.close, window, ddof=1), rolling.var()),
            "std": (ind.rolling_std(bars.close, window, ddof=1), rolling.std()),
            "cov": (ind.rolling_covariance(bars.close, bars.open, window, ddof=1), rolling.cov(y)),
            "corr": (ind.rolling_correlation(bars.close, bars.open, window), rolling.corr(y)),
        }
    if window > 6:
        shape = ind.rolling_shape(bars.close, window)
        pairs |= {
            "skew": (shape.skewness, rolling.skew()),
            "kurt": (shape.kurtosis, rolling.kurt()),
        }
    for name, (ours, theirs) in pairs.items():
        np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-8, err_msg=name)


def test_a_million_bars_at_a_billion_do_not_drift() -> None:
    x = 1e9 + np.cumsum(np.random.default_rng(1).normal(0.0, 0.01, 1_000_000))
    x[500_000] = 1e15  # what a running sum of squares never forgets
    window = 20
    for last in (19, 1000, 499_999, 500_030, 750_001, 999_999):
        part = np.longdouble(x[last - window + 1 : last + 1])
        mean = part.mean()
        deviation = np.sqrt(((part - mean) ** 2).mean())
        piece = slice(last - 999 if last > 999 else 0, last + 1)
        assert ind.sma(x, window)[last] == pytest.approx(float(mean), rel=4e-16)
        assert ind.rolling_std(x, window)[last] == pytest.approx(float(deviation), rel=1e-13)
        assert ind.rolling_std(x, window)[last] == ind.rolling_std(x[piece], window)[-1]


def test_a_flat_window_is_flat_whatever_came_before() -> None:
    x = np.concatenate([make_bars(2, 50).close, np.full(40, 0.1 + 0.2)])
    assert (ind.rolling_std(x, 20)[-20:] == 0.0).all()
    assert (ind.cci(x, x, x, 20)[-20:] == 0.0).all()
    assert (ind.williams_r(x, x, x, 20)[-20:] == 0.0).all()
    assert np.isnan(ind.rolling_correlation(x, np.arange(90.0), 20)[-20:]).all()
    assert np.isnan(ind.zscore(x, 20)[-20:]).all()
    assert ind.rsi(np.full(40, 7.0))[-1] == 0.0


def test_tiny_prices_are_not_taken_for_flat_ones() -> None:
    bars = make_bars(4, 200)
    small = 2.0**-60
    np.testing.assert_array_equal(ind.rsi(bars.close * small), ind.rsi(bars.close))
    np.testing.assert_array_equal(
        ind.rolling_std(bars.close * small, 9), ind.rolling_std(bars.close, 9) * small
    )
