"""Implied volatility against Let's Be Rational and others: the same million prices, one thread.

Moneyness 0.5 to 2, one day to three years, 5 to 300 %, half of them calls, drawn evenly (moneyness
in its logarithm). The error is against 40-digit volatilities of the very prices given, over a
random sample and over those prices where ours and Let's Be Rational's answers differ most; it
counts where one spacing of the price moves the volatility by less than 5e-14 of itself. Wrong is
an answer off by more than the price leaves open.
"""

from __future__ import annotations

import time
from statistics import median
from typing import Any, Final

import mpmath as mp
import numpy as np

from bench import peers
from bench.measure import Measurement, Ratio
from core_numba.european import black
from core_numba.implied import Reason, black_implied
from core_numba.jit import threads
from core_numba.normal import Floats

_COUNT: Final = 1_000_000
_REPEAT: Final = 7
_SAMPLE: Final = 2000
_BOUND: Final = 5e-14
_PEERS: Final = (
    ("lbriv_implied", "Let's Be Rational (C)", 25.0),
    ("iv_engine_implied", "iv-engine (Rust)", None),
    ("pyfeng_implied", "pyfeng", None),
)


def market(count: int = _COUNT, seed: int = 5) -> dict[str, Any]:
    """Undiscounted prices on the forward, calls first."""
    draw = np.random.default_rng(seed)
    forward = 100.0 * np.exp(draw.uniform(-1.0, 1.0, count) * np.log(2.0))
    years, volatility = draw.uniform(1 / 365, 3.0, count), draw.uniform(0.05, 3.0, count)
    split = count // 2
    sign = np.where(np.arange(count) < split, 1.0, -1.0)
    strike = np.full(count, 100.0)
    price = np.asarray(black(forward, strike, volatility * np.sqrt(years), sign).value)
    return {"price": price, "forward": forward, "strike": strike, "years": years, "split": split}


def measure() -> list[Measurement | Ratio]:
    data = market()
    sign = np.where(np.arange(_COUNT) < data["split"], 1.0, -1.0)
    terms = (data["price"], data["forward"], data["strike"], data["years"], sign)
    discount = np.ones(_COUNT)
    before = threads.get_threads()
    seconds = {}
    try:
        for count in (2, 1):
            threads.set_threads(count)
            found = black_implied(*terms, discount=discount)
            seconds[count] = median(_seconds(terms, discount) for _ in range(_REPEAT))
    finally:
        threads.set_threads(before)
    rate = _COUNT / seconds[1] / 1e6
    results: list[Measurement | Ratio] = []
    for script, name, least in _PEERS:
        peer = peers.run(script, data)
        theirs = np.asarray(peer.outputs["volatility"], dtype=np.float64)
        ours_error, ours_wrong = _errors(found.volatility, theirs, terms)
        error, wrong = _errors(theirs, found.volatility, terms)
        results.append(
            Ratio(
                name="implied volatility, 1e6 prices, one thread",
                ours=rate,
                peer=_COUNT / peer.median / 1e6,
                peer_name=name,
                least=least if ours_error <= _BOUND and ours_wrong == 0 else float("inf"),
                error=f"error ours {ours_error:.1e} ({ours_wrong} wrong), "
                f"theirs {error:.1e} ({wrong} wrong)",
            )
        )
    refused = found.reason != Reason.FOUND
    results += [
        Measurement(
            name="implied volatility, two threads", value=_COUNT / seconds[2] / 1e6, unit="M/s"
        ),
        Measurement(name="implied volatility, NaN with a reason", value=refused.sum(), unit=""),
    ]
    return results


def _seconds(terms: tuple[Floats, ...], discount: Floats) -> float:
    began = time.perf_counter()
    black_implied(*terms, discount=discount)
    return time.perf_counter() - began


def _errors(found: Floats, other: Floats, terms: tuple[Floats, ...]) -> tuple[float, int]:
    """The greatest relative error where the price determines it, and how many are wrong."""
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = np.nan_to_num(np.abs(found / other - 1.0), nan=0.0, posinf=0.0)
    chosen = np.unique(
        np.concatenate(
            [
                np.argsort(-apart, kind="stable")[:_SAMPLE],
                np.random.default_rng(1).integers(0, found.size, _SAMPLE),
            ]
        )
    )
    worst, wrong = 0.0, 0
    for i in chosen[np.isfinite(found[chosen]) & (found[chosen] > 0)].tolist():
        off, open_ = _off(float(found[i]), *(float(column[i]) for column in terms))
        if open_ <= _BOUND:
            worst = max(worst, off)
        wrong += off > max(32 * open_, _BOUND)
    return worst, wrong


def _off(  # noqa: PLR0917 - a volatility and the five terms of its price
    volatility: float, price: float, forward: float, strike: float, years: float, sign: float
) -> tuple[float, float]:  # fmt: skip
    """Relative error by a Newton step in 40 digits; what one spacing of the price is worth."""
    with mp.workdps(40):
        root = mp.sqrt(mp.mpf(years))
        s = volatility * root
        d1 = mp.log(mp.mpf(forward) / strike) / s + s / 2
        value = sign * (forward * mp.ncdf(sign * d1) - strike * mp.ncdf(sign * (d1 - s)))
        share = volatility * forward * mp.npdf(d1) * root
        if share == 0:
            return 0.0, float("inf")
        return float(abs((value - price) / share)), float(np.spacing(price) / share)
