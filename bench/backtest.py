"""Crossing averages over a million bars and a sweep of a thousand pairs, beside the peers.

One thread each. Their fills are at the close of the crossing (vectorbt) and at the next open
(backtesting.py); ours are taken in the same way, and the trades must be the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt

from bench import peers
from bench.measure import Measurement, Ratio
from core_numba.backtest.cross import Crossed, sma_cross, sma_cross_sweep
from core_numba.backtest.simulate import Bars, Terms, simulate
from core_numba.jit import kernel, threads

Floats = npt.NDArray[np.float64]

BARS = 1_000_000
FAST, SLOW = 10, 50
FEE, CASH = 0.001, 1e9
SWEEP_BARS = 10_000
REPEAT = 25


def measure() -> list[Measurement | Ratio]:
    kernel.prepare()
    before = threads.get_threads()
    threads.set_threads(1)
    try:
        o, h, low, c = _walk(BARS)
        found: list[Measurement | Ratio] = [*_vectorbt(c), _backtesting(o, h, low, c)]
        found += _sweep(c[:SWEEP_BARS], before)
        found.append(_loop(o, h, low, c))
    finally:
        threads.set_threads(before)
    return found


def _vectorbt(close: Floats) -> list[Ratio]:
    def ours(*, curve: bool) -> Crossed:
        return sma_cross(
            close, fast=FAST, slow=SLOW, fill="close", fee_rate=FEE, cash=CASH, curve=curve
        )

    found = []
    for curve, what in ((False, "trades"), (True, "trades and equity")):
        peer = peers.run("vectorbt_cross", _given(close, curve=curve))
        found.append(
            Ratio(
                name=f"SMA cross over {BARS:,} bars, {what}",
                ours=BARS / _seconds(partial(ours, curve=curve)) / 1e6,
                peer=BARS / peer.median / 1e6,
                peer_name="vectorbt",
                least=40.0,
                unit="M/s",
                error=_compare(ours(curve=True), peer.outputs),
            )
        )
    return found


def _given(close: Floats, *, curve: bool) -> dict[str, Any]:
    return {
        "close": close, "fast": np.array([FAST]), "slow": np.array([SLOW]), "fee": np.array(FEE),
        "cash": np.array(CASH), "curve": np.array(curve),
    }  # fmt: skip


def _compare(ours: Crossed, theirs: dict[str, npt.NDArray[Any]]) -> str:
    """What differs between the trades of both; an error where they are not the same trades."""
    buys = theirs["side"] == 0
    closed = ours.trades.exit_bar >= 0
    if not (
        np.array_equal(ours.trades.entry_bar, theirs["bar"][buys])
        and np.array_equal(ours.trades.exit_bar[closed], theirs["bar"][~buys])
    ):
        raise AssertionError("The trades are not the peer's.")
    price = max(
        _apart(ours.trades.entry_price, theirs["price"][buys]),
        _apart(ours.trades.exit_price[closed], theirs["price"][~buys]),
    )
    size = _apart(ours.trades.quantity, theirs["size"][buys])
    said = f"the same {closed.sum():,} trades: prices apart by {price:.1g}, quantities {size:.1g}"
    if "equity" in theirs:
        said += f", equity {_apart(ours.equity, theirs['equity']):.1g} (relative)"
    return said


def _apart(one: Floats, other: Floats) -> float:
    return float(np.max(np.abs(one / other - 1.0), initial=0.0))


def _backtesting(o: Floats, h: Floats, low: Floats, c: Floats) -> Ratio:
    count = BARS // 10  # it takes five seconds for a million
    given = {"opens": o, "high": h, "low": low, "close": c}
    peer = peers.run(
        "backtesting_cross",
        {
            **{name: each[:count] for name, each in given.items()},
            "fast": np.array([FAST]), "slow": np.array([SLOW]), "fee": np.array(0.0),
            "cash": np.array(CASH),
        },
        repeat=3,
    )  # fmt: skip

    def ours() -> Crossed:
        return sma_cross(c[:count], fast=FAST, slow=SLOW, opens=o[:count], cash=CASH, lot=1.0)

    trades = ours().trades
    closed = trades.exit_bar >= 0
    same = np.array_equal(trades.entry_bar[closed], peer.outputs["entry"]) and np.array_equal(
        trades.exit_bar[closed], peer.outputs["exit"]
    )
    return Ratio(
        name=f"SMA cross over {count:,} bars, next open",
        ours=count / _seconds(ours) / 1e6,
        peer=count / peer.median / 1e6,
        peer_name="backtesting.py",
        unit="M/s",
        error=f"{closed.sum():,} trades against {peer.outputs['entry'].size:,}"
        + (", the same bars" if same else ""),
    )


def _sweep(close: Floats, all_threads: int) -> list[Measurement | Ratio]:
    fast, slow = (each.ravel() for each in np.meshgrid(np.arange(2, 27), np.arange(30, 190, 4)))
    work = close.size * fast.size

    def ours() -> Any:
        return sma_cross_sweep(close, fast=fast, slow=slow, fill="close", fee_rate=FEE)

    peer = peers.run(
        "vectorbt_cross",
        {**_given(close, curve=False), "fast": fast, "slow": slow},
        repeat=3,
    )
    alone = _seconds(ours)
    threads.set_threads(all_threads)
    together = _seconds(ours)
    threads.set_threads(1)
    apart = np.max(np.abs(ours().total_return - peer.outputs["total_return"]))
    return [
        Ratio(
            name=f"sweep of {fast.size:,} pairs over {close.size:,} bars",
            ours=work / alone / 1e6,
            peer=work / peer.median / 1e6,
            peer_name="vectorbt",
            least=40.0,
            error=f"total returns apart by {apart:.1g}",
        ),
        Measurement(
            name=f"the sweep, {all_threads} threads by one", value=alone / together, unit="x"
        ),
    ]


def _loop(o: Floats, h: Floats, low: Floats, c: Floats) -> Measurement:
    """The general event loop: targets and a stop loss over one asset."""
    rng = np.random.default_rng(3)
    targets = np.where(rng.random(c.size) < 0.02, rng.integers(0, 2, c.size), np.nan)
    bars, terms = Bars(o, h, low, c), Terms(fee_rate=0.0001, stop_loss=0.05)
    seconds = _seconds(lambda: simulate(bars, targets=targets, terms=terms))
    return Measurement(name="event loop, one asset", value=c.size / seconds / 1e6, unit="M/s")


def _walk(bars: int) -> tuple[Floats, Floats, Floats, Floats]:
    rng = np.random.default_rng(7)
    close = 100.0 * np.exp(np.cumsum(rng.normal(0.0, 0.001, bars)))
    opens = np.concatenate([[100.0], close[:-1]]) * np.exp(rng.normal(0.0, 0.0002, bars))
    wide = np.exp(np.abs(rng.normal(0.0, 0.0005, bars)))
    return opens, np.maximum(opens, close) * wide, np.minimum(opens, close) / wide, close


def _seconds(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(REPEAT):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return median(times)
