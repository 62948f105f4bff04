"""The scan of a market of 500,000 contracts against pyfeng: the same quotes, one thread.

Ours gives more (touch, rho, margin, returns on margin); both give volatility, price, Greeks,
probability in the money, liquidity and score.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any, Final

import numpy as np

from bench import peers
from bench.measure import Measurement, Ratio
from core_numba.chains import Scan, parity_forwards, scan
from core_numba.european import black
from core_numba.jit import threads
from core_numba.selection import top

_COUNT: Final = 500_000
_REPEAT: Final = 7
_LEAST: Final = 15.0
_SHOWN: Final = ("implied", "value", "delta", "gamma", "vega", "theta", "in_the_money", "score")


def market(count: int = _COUNT, seed: int = 9) -> dict[str, Any]:
    draw = np.random.default_rng(seed)
    spot = draw.uniform(10.0, 500.0, count)
    years, volatility = draw.uniform(3 / 365, 2.5, count), draw.uniform(0.1, 1.2, count)
    rate, dividend_yield = np.full(count, 0.04), draw.uniform(0.0, 0.03, count)
    # within two standard deviations of the forward, as listed strikes mostly are
    spread = volatility * np.sqrt(years)
    strike = spot * np.exp(draw.uniform(-2.0, 2.0, count) * np.minimum(spread, 0.5))
    sign = np.where(draw.random(count) < 0.5, 1.0, -1.0)
    forward = spot * np.exp((rate - dividend_yield) * years)
    price = np.exp(-rate * years) * black(forward, strike, spread, sign).value
    half = 0.5 * price * draw.uniform(0.01, 0.1, count)
    worth = np.exp(-rate * years) * np.maximum(sign * (forward - strike), 0.0)
    half = np.minimum(half, 0.4 * (price - worth))
    return {
        "bid": price - half, "ask": price + half, "spot": spot, "strike": strike, "years": years,
        "rate": rate, "dividend_yield": dividend_yield, "sign": sign,
        "volume": draw.integers(0, 500, count).astype(float),
        "open_interest": draw.integers(0, 5000, count).astype(float),
    }  # fmt: skip


def measure() -> list[Measurement | Ratio]:
    data = market()
    carry = data["rate"] - data["dividend_yield"]
    ours = {name: data[name] for name in data if name != "dividend_yield"}
    ours["forward"] = data["spot"] * np.exp(carry * data["years"])
    ours["early_exercise"], ours["volatility"] = np.zeros(_COUNT), np.full(_COUNT, np.nan)
    before = threads.get_threads()
    rates = {}
    try:
        for count in (2, 1):
            threads.set_threads(count)
            found = scan(**ours)
            rates[count] = _rate(partial(scan, **ours, out=found), _COUNT)
        both = scan(**ours, sides=True)
        sides = _rate(lambda: scan(**ours, sides=True, out=both), _COUNT)
    finally:
        threads.set_threads(before)
    peer = peers.run("pyfeng_scan", data)
    return [
        Ratio(
            name="scan of 500,000 contracts, one thread",
            ours=rates[1],
            peer=_COUNT / peer.median / 1e6,
            peer_name="pyfeng",
            least=_LEAST,
            error=_difference(found, peer.outputs),
        ),
        Measurement(name="scan, two threads", value=rates[2], unit="M/s"),
        Measurement(name="scan with bid and ask volatilities", value=sides, unit="M/s"),
        Measurement(
            name="the best 100 of 500,000",
            value=1e3 * _COUNT / 1e6 / _rate(lambda: top(found.score, 100), _COUNT),
            unit="ms",
        ),
        _parity(),
    ]


def _parity() -> Measurement:
    """5,000 expirations of 50 pairs."""
    draw = np.random.default_rng(2)
    strike = np.tile(np.linspace(50.0, 150.0, 50), 5000)
    call, put = black(100.0, strike, 0.3, 1.0).value, black(100.0, strike, 0.3, -1.0).value
    half = draw.uniform(0.01, 0.2, strike.size)
    start = np.arange(0, strike.size + 1, 50)
    quotes = (call - half, call + half, put - half, put + half)
    rate = _rate(lambda: parity_forwards(start, strike, *quotes, discount=1.0), strike.size)
    return Measurement(name="forwards by parity, pairs", value=rate, unit="M/s")


def _rate(work: Callable[[], object], count: int) -> float:
    """Millions a second, the median of several after one to warm up."""
    seconds = []
    for _ in range(_REPEAT + 1):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return count / median(seconds[1:]) / 1e6


def _difference(ours: Scan, theirs: dict[str, Any]) -> str:
    """The greatest difference of each figure between the two, relative to its own size."""
    parts = []
    for name in _SHOWN:
        a, b = np.asarray(getattr(ours, name)), np.asarray(theirs[name])
        apart = np.nanquantile(np.abs(a - b) / (np.abs(b) + 1e-6), 0.999)
        parts.append(f"{name} {apart:.0e}")
    return "99.9 % agree within: " + ", ".join(parts)
