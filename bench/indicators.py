"""Indicators against TA-Lib, each alone on the same million bars; vectorbt for three of them.

`error` is the largest difference, absolute or relative, whichever is less. TA-Lib's running sums
drift over a million bars: where that shows, both are also compared with a long double.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Final

import numpy as np

from bench import peers
from bench.measure import Ratio
from core_numba import indicators as ind
from core_numba.arrays import Floats

BARS: Final = 1_000_000
ROUNDS: Final = 11
Series = dict[str, Floats]

OURS: Final[dict[str, Callable[[Series], object]]] = {
    "SMA": lambda b: ind.sma(b["close"], 30),
    "EMA": lambda b: ind.ema(b["close"], 30),
    "WMA": lambda b: ind.wma(b["close"], 30),
    "RSI": lambda b: ind.rsi(b["close"], 14),
    "MACD": lambda b: ind.macd(b["close"]),
    "BBANDS": lambda b: ind.bollinger(b["close"], 20),
    "BBANDS 5": lambda b: ind.bollinger(b["close"], 5),
    "ATR": lambda b: ind.atr(b["high"], b["low"], b["close"], 14),
    "ADX": lambda b: ind.adx(b["high"], b["low"], b["close"], 14).adx,
    "STOCH": lambda b: ind.stochastic(b["high"], b["low"], b["close"]),
    "STOCHF": lambda b: ind.stochastic_fast(b["high"], b["low"], b["close"]),
    "WILLR": lambda b: ind.williams_r(b["high"], b["low"], b["close"], 14),
    "CCI": lambda b: ind.cci(b["high"], b["low"], b["close"], 14),
    "OBV": lambda b: ind.obv(b["close"], b["volume"]),
    "SUM": lambda b: ind.rolling_sum(b["close"], 30),
    "VAR 5": lambda b: ind.rolling_var(b["close"], 5),
    "VAR 20": lambda b: ind.rolling_var(b["close"], 20),
    "STDDEV 5": lambda b: ind.rolling_std(b["close"], 5),
    "STDDEV 20": lambda b: ind.rolling_std(b["close"], 20),
    "CORREL": lambda b: ind.rolling_correlation(b["close"], b["open"], 30),
    "BETA": lambda b: ind.beta(b["close"], b["open"], 5),
    "MIN": lambda b: ind.rolling_min(b["close"], 30),
    "MAX": lambda b: ind.rolling_max(b["close"], 30),
}
EXACT: Final[dict[str, Callable[[Floats], float]]] = {
    "VAR 20": lambda x: float(np.longdouble(x).var()),
    "STDDEV 20": lambda x: float(np.longdouble(x).std()),
    "BBANDS": lambda x: float(np.longdouble(x).mean() + 2 * np.longdouble(x).std()),
}
"""First line of a window of 20 bars."""
VECTORBT: Final = ("RSI", "MACD", "BBANDS")


def bars(count: int = BARS) -> Series:
    rng = np.random.default_rng(0)
    close = 100.0 * np.exp(np.cumsum(rng.normal(0.0, 0.001, count)))
    start = np.concatenate([close[:1], close[:-1]])
    high = np.maximum(start, close) * (1.0 + np.abs(rng.normal(0.0, 0.0005, count)))
    low = np.minimum(start, close) * (1.0 - np.abs(rng.normal(0.0, 0.0005, count)))
    volume = rng.integers(1, 10_000, count).astype(np.float64)
    return {"open": start, "high": high, "low": low, "close": close, "volume": volume}


def measure() -> list[Ratio]:
    series = bars()
    result = []
    for name, call in OURS.items():
        lines = np.atleast_2d(np.asarray(call(series)))
        seconds = _median(lambda call=call: call(series))  # type: ignore[misc]  # bound now
        theirs = peers.run(
            "talib_indicators", {"which": np.array(name), **series}, repeat=ROUNDS
        )  # fmt: skip
        expected = np.array([theirs.outputs[f"line{k}"] for k in range(len(theirs.outputs))])
        result.append(
            Ratio(
                name=f"{name}, {BARS:,} bars",
                ours=BARS / seconds / 1e6,
                peer=BARS / theirs.median / 1e6,
                peer_name="TA-Lib",
                least=1.0,
                error=_error(name, series["close"], lines, expected),
            )
        )
        if name in VECTORBT:
            given = {"which": np.array(name), "close": series["close"]}
            other = peers.run("vectorbt_indicators", given, repeat=3)
            result.append(
                Ratio(
                    name=f"{name}, {BARS:,} bars",
                    ours=BARS / seconds / 1e6,
                    peer=BARS / other.median / 1e6,
                    peer_name="vectorbt",
                )
            )
    return result


def _median(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return median(seconds)


def _error(name: str, close: Floats, ours: Floats, theirs: Floats) -> str:
    if not np.array_equal(np.isnan(ours), np.isnan(theirs)):
        return "NOT the same warm-up"
    apart = np.abs(ours - theirs) / np.maximum(1.0, np.abs(theirs))
    said = f"largest difference {np.nanmax(apart):.1e}"
    if name not in EXACT:
        return said
    places = np.linspace(19, close.size - 1, 2000).astype(int)
    exact = np.array([EXACT[name](close[i - 19 : i + 1]) for i in places])
    off = [float(np.abs(line[0][places] - exact).max()) for line in (ours, theirs)]
    return f"{said}; from a long double, ours {off[0]:.1e}, TA-Lib {off[1]:.1e}"
