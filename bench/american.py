"""American options against QuantLib's QdFp engines: the same options, one thread.

Spot 100, strikes 80 to 120, 1 month to 3 years, rates and yields 0 to 10 %, volatilities 10 to
60 %, half of them calls, drawn evenly. The error is the root mean square of relative differences
from QuantLib's high-precision scheme over options worth more than 0.5, as Andersen, Lake and
Offengenden measure it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any, Final

import numpy as np

from bench import peers
from bench.measure import Ratio
from core_numba import american
from core_numba.jit import threads

_COUNT: Final = 1000
_REPEAT: Final = 5
_WORTH: Final = 0.5
_LEAST: Final = 10.0
_BOUNDS: Final = {"fast": 2e-5, "accurate": 3e-6}


def market(count: int = _COUNT, seed: int = 11) -> dict[str, Any]:
    """The options. Whole days, because QuantLib counts in dates."""
    draw = np.random.default_rng(seed)
    return {
        "spot": np.full(count, 100.0),
        "strike": draw.uniform(80.0, 120.0, count),
        "days": draw.integers(30, 1096, count),
        "rate": draw.uniform(0.0, 0.1, count),
        "dividend_yield": draw.uniform(0.0, 0.1, count),
        "volatility": draw.uniform(0.1, 0.6, count),
        "sign": np.where(draw.random(count) < 0.5, 1.0, -1.0),
    }


def measure() -> list[Ratio]:
    """The settings ``fast`` and ``accurate`` against QuantLib's of the same names."""
    options = market()
    truth = _theirs(options, "precise", repeat=1).outputs["price"]
    found = []
    before = threads.get_threads()
    threads.set_threads(1)
    try:
        for setting, bound in _BOUNDS.items():
            peer = _theirs(options, setting, repeat=_REPEAT)
            seconds, price = _ours(options, setting)
            ours, theirs = _error(price, truth), _error(peer.outputs["price"], truth)
            found.append(
                Ratio(
                    name=f"American puts and calls, {setting}",
                    ours=_COUNT / seconds / 1e6,
                    peer=_COUNT / peer.median / 1e6,
                    peer_name=f"QuantLib QdFp {setting}",
                    least=_LEAST if ours <= bound else float("inf"),
                    error=f"RRMSE ours {ours:.1e} (at most {bound:.0e}), QuantLib's {theirs:.1e}",
                )
            )
    finally:
        threads.set_threads(before)
    return found


def _theirs(options: dict[str, Any], scheme: str, *, repeat: int) -> peers.PeerRun:
    return peers.run("quantlib_american", {**options, "scheme": np.array(scheme)}, repeat=repeat)


def _ours(options: dict[str, Any], setting: str) -> tuple[float, Any]:
    years = options["days"] / 365.0

    def work() -> Any:
        return american.price(
            options["spot"], options["strike"], years, options["rate"],
            options["dividend_yield"], options["volatility"], options["sign"], accuracy=setting,
        )  # fmt: skip

    price = work()
    return median(_seconds(work) for _ in range(_REPEAT)), price


def _seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _error(price: Any, truth: Any) -> float:
    worth = truth > _WORTH
    return float(np.sqrt(np.mean((price[worth] / truth[worth] - 1.0) ** 2)))


if __name__ == "__main__":
    from bench.measure import show

    show(measure())
