"""Every indicator once: its batch form over bars, and its stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core_numba import indicators as ind
from core_numba.arrays import Floats
from core_numba.indicators import streams


@dataclass(frozen=True, slots=True)
class Bars:
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    session: Any

    def __len__(self) -> int:
        return int(self.close.shape[-1])

    def __getitem__(self, part: slice) -> Bars:
        return Bars(*(getattr(self, name)[..., part] for name in self.__slots__))


def make_bars(seed: int, count: int, *, level: float = 100.0, step: float = 0.01) -> Bars:
    """Bars of a random walk; prices on a coarse grid, so that equal ones happen."""
    rng = np.random.default_rng(seed)
    close = np.round(level * np.exp(np.cumsum(rng.normal(0.0, step, count))), 2)
    start = np.concatenate([close[:1], close[:-1]])
    high = np.maximum(start, close) + np.round(rng.exponential(0.3 * level * step, count), 2)
    low = np.minimum(start, close) - np.round(rng.exponential(0.3 * level * step, count), 2)
    volume = rng.integers(0, 1000, count).astype(float)
    return Bars(start, high, low, close, volume, np.arange(count) // 13)


@dataclass(frozen=True, slots=True)
class Case:
    batch: Callable[[Bars, int], Any]
    stream: Callable[[int], Any]
    fields: Sequence[str]
    pick: Callable[[Any], Any] = lambda value: value
    """What of the stream's value the batch form gives."""
    least: int = 1


_HLC, _HL, _C = ("high", "low", "close"), ("high", "low"), ("close",)
_TWO = ("close", "open")

CASES: dict[str, Case] = {
    "sum": Case(lambda b, n: ind.rolling_sum(b.close, n), streams.Sum, _C),
    "sma": Case(lambda b, n: ind.sma(b.close, n), streams.Mean, _C),
    "wma": Case(lambda b, n: ind.wma(b.close, n), streams.Weighted, _C),
    "ema": Case(lambda b, n: ind.ema(b.close, n), streams.Ema, _C),
    "wilder": Case(lambda b, n: ind.wilder(b.close, n), streams.Wilder, _C),
    "rsi": Case(lambda b, n: ind.rsi(b.close, n), streams.Rsi, _C, least=2),
    "macd": Case(
        lambda b, n: ind.macd(b.close, fast=n, slow=2 * n + 1, signal=max(1, n - 2)),
        lambda n: streams.Macd(n, 2 * n + 1, max(1, n - 2)),
        _C,
    ),
    "max": Case(lambda b, n: ind.rolling_max(b.close, n), streams.Highest, _C),
    "min": Case(lambda b, n: ind.rolling_min(b.close, n), streams.Lowest, _C),
    "var": Case(
        lambda b, n: ind.rolling_var(b.close, n, ddof=1),
        lambda n: streams.Spread(n, ddof=1),
        _C,
        lambda v: v.variance,
        2,
    ),
    "std": Case(
        lambda b, n: ind.rolling_std(b.close, n), streams.Spread, _C, lambda v: v.deviation
    ),
    "zscore": Case(lambda b, n: ind.zscore(b.close, n), streams.Spread, _C, lambda v: v.zscore),
    "shape": Case(lambda b, n: ind.rolling_shape(b.close, n), streams.Shape, _C, least=4),
    "median": Case(lambda b, n: ind.rolling_median(b.close, n), streams.Quantile, _C),
    "quantile": Case(
        lambda b, n: ind.rolling_quantile(b.close, n, 0.3), lambda n: streams.Quantile(n, 0.3), _C
    ),
    "rank": Case(lambda b, n: ind.rolling_rank(b.close, n), streams.Rank, _C),
    "covariance": Case(
        lambda b, n: ind.rolling_covariance(b.close, b.open, n, ddof=1),
        lambda n: streams.Relation(n, ddof=1),
        _TWO,
        lambda v: v.covariance,
        2,
    ),
    "correlation": Case(
        lambda b, n: ind.rolling_correlation(b.close, b.open, n),
        streams.Relation,
        _TWO,
        lambda v: v.correlation,
        2,
    ),
    "slope": Case(
        lambda b, n: ind.rolling_slope(b.close, b.open, n),
        streams.Relation,
        _TWO,
        lambda v: v.slope,
        2,
    ),
    "beta": Case(lambda b, n: ind.beta(b.close, b.open, n), streams.Beta, _TWO, least=2),
    "bollinger": Case(
        lambda b, n: ind.bollinger(b.close, n, above=2.5, below=1.5),
        lambda n: streams.Bollinger(n, above=2.5, below=1.5),
        _C,
    ),
    "keltner": Case(
        lambda b, n: ind.keltner(b.high, b.low, b.close, period=n, atr_period=n + 1),
        lambda n: streams.Keltner(n, n + 1),
        _HLC,
    ),
    "donchian": Case(lambda b, n: ind.donchian(b.high, b.low, n), streams.Donchian, _HL),
    "ichimoku": Case(
        lambda b, n: ind.ichimoku(b.high, b.low, conversion=n, base=2 * n, span_b=3 * n),
        lambda n: streams.Ichimoku(n, 2 * n, 3 * n),
        _HL,
    ),
    "supertrend": Case(
        lambda b, n: ind.supertrend(b.high, b.low, b.close, period=n, times=1.5),
        lambda n: streams.SuperTrend(n, 1.5),
        _HLC,
    ),
    "atr": Case(lambda b, n: ind.atr(b.high, b.low, b.close, n), streams.Atr, _HLC),
    "adx": Case(lambda b, n: ind.adx(b.high, b.low, b.close, n), streams.Adx, _HLC, least=2),
    "stochastic": Case(
        lambda b, n: ind.stochastic(b.high, b.low, b.close, fast_k=n, slow_k=3, slow_d=2),
        lambda n: streams.Stochastic(n, 3, 2),
        _HLC,
    ),
    "stochastic_fast": Case(
        lambda b, n: ind.stochastic_fast(b.high, b.low, b.close, fast_k=n),
        streams.StochasticFast,
        _HLC,
    ),
    "williams_r": Case(
        lambda b, n: ind.williams_r(b.high, b.low, b.close, n), streams.WilliamsR, _HLC
    ),
    "cci": Case(lambda b, n: ind.cci(b.high, b.low, b.close, n), streams.Cci, _HLC, least=2),
    "obv": Case(
        lambda b, _: ind.obv(b.close, b.volume), lambda _: streams.Obv(), ("close", "volume")
    ),
    "vwap": Case(
        lambda b, _: ind.vwap(b.close, b.volume, b.session),
        lambda _: streams.SessionVwap(),
        ("close", "volume", "session"),
    ),
    "rolling_vwap": Case(
        lambda b, n: ind.rolling_vwap(b.close, b.volume, n),
        streams.RollingVwap,
        ("close", "volume"),
    ),
    "swings": Case(
        lambda b, n: ind.swings(b.high, b.low, left=n, right=max(1, n // 2)),
        lambda n: streams.Swings(n, max(1, n // 2)),
        _HL,
    ),
}


def streamed(case: Case, bars: Bars, period: int) -> Floats:
    """The stream's values: outputs by bars."""
    stream = case.stream(period)
    columns = [getattr(bars, name).tolist() for name in case.fields]
    values = [case.pick(stream.update(*bar)) for bar in zip(*columns, strict=True)]
    return as_rows([v if isinstance(v, Iterable) else (v,) for v in values]).T


def as_rows(values: Any) -> Floats:
    return np.array([tuple(v) for v in values], dtype=np.float64)


def batched(case: Case, bars: Bars, period: int) -> Floats:
    """The batch form's values: outputs by bars."""
    return np.atleast_2d(np.array(case.batch(bars, period), dtype=np.float64))
