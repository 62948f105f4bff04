"""European prices and Greeks against NumPy with SciPy and others: the same million options.

Spot 50 to 150, moneyness 0.7 to 1.4, a week to two years, volatility 10 to 80 %, half of them
calls, all drawn evenly. NumPy with SciPy is written as a practitioner who cares writes it: one
pass over whole arrays, `scipy.special.ndtr`, nothing computed twice. Errors are relative, against
40-digit values over a sample of options worth more than a ten-thousandth of the spot.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any, Final

import mpmath as mp
import numpy as np
from scipy.special import ndtr

from bench import peers
from bench.measure import Measurement, Ratio
from core_numba.european import all_greeks, greeks, price
from core_numba.jit import threads
from core_numba.normal import Floats

_COUNT: Final = 1_000_000
_LOOPED: Final = 100_000
"""Options for peers that are called one by one; rates are compared, not times."""
_REPEAT: Final = 9
_SAMPLE: Final = 2000
_NAMES: Final = ("spot", "strike", "years", "rate", "dividend_yield", "volatility", "sign")


def market(count: int = _COUNT, seed: int = 0) -> list[Floats]:
    draw = np.random.default_rng(seed)
    spot = draw.uniform(50.0, 150.0, count)
    return [
        spot,
        spot * draw.uniform(0.7, 1.4, count),
        draw.uniform(0.02, 2.0, count),
        draw.uniform(0.0, 0.05, count),
        draw.uniform(0.0, 0.03, count),
        draw.uniform(0.1, 0.8, count),
        np.where(draw.random(count) < 0.5, 1.0, -1.0),
    ]


def scipy_price(  # noqa: PLR0917 - the formula's own seven arguments
    s: Floats, k: Floats, t: Floats, r: Floats, q: Floats, v: Floats, sign: Floats
) -> Floats:
    deviation = v * np.sqrt(t)
    d1 = (np.log(s / k) + (r - q + 0.5 * v * v) * t) / deviation
    n1, n2 = ndtr(sign * d1), ndtr(sign * (d1 - deviation))
    found: Floats = sign * (s * np.exp(-q * t) * n1 - k * np.exp(-r * t) * n2)
    return found


def scipy_greeks(  # noqa: PLR0917 - as above
    s: Floats, k: Floats, t: Floats, r: Floats, q: Floats, v: Floats, sign: Floats
) -> tuple[Floats, ...]:
    root = np.sqrt(t)
    deviation = v * root
    d1 = (np.log(s / k) + (r - q + 0.5 * v * v) * t) / deviation
    fade = np.exp(-q * t)
    signed1 = sign * fade * ndtr(sign * d1)
    carried, owed = s * signed1, sign * k * np.exp(-r * t) * ndtr(sign * (d1 - deviation))
    density = fade * (np.exp(-0.5 * d1 * d1) * 0.3989422804014327)
    vega = s * density * root
    theta = q * carried - r * owed - 0.5 * vega * v / t
    return carried - owed, signed1, density / (s * deviation), theta, vega, t * owed


def measure() -> list[Measurement | Ratio]:
    data = market()
    before = threads.get_threads()
    threads.set_threads(1)
    try:
        found: list[Measurement | Ratio] = [
            _against_scipy("price", price, scipy_price, data, least=8.0),
            _against_scipy("price and 5 Greeks", greeks, scipy_greeks, data, least=10.0),
        ]
        seconds = {"price": _seconds(price, data), "greeks": _seconds(greeks, data)}
        full = _COUNT / _seconds(all_greeks, data) / 1e6
        counted = {"price": _one_and_two(price, data), "greeks": _one_and_two(greeks, data)}
    finally:
        threads.set_threads(before)
    found.append(Measurement(name="European, price and 14 Greeks", value=full, unit="M/s"))
    for name, (one, two) in counted.items():
        found.append(
            Ratio(
                name=f"European {name}, two threads",
                ours=_COUNT / two / 1e6,
                peer=_COUNT / one / 1e6,
                peer_name="one thread",
                least=1.8,
            )
        )
    for script, name, count in (
        ("fast_vollib_european", "fast-vollib", _COUNT),
        ("quantlib_european", "QuantLib, loop", _LOOPED),
    ):
        found.extend(
            _against_peer(script, name, data, count, seconds, with_greeks=with_greeks)
            for with_greeks in (False, True)
        )
    return found


def _against_scipy(
    name: str,
    ours: Callable[..., Any],
    theirs: Callable[..., Any],
    data: list[Floats],
    *,
    least: float,
) -> Ratio:
    mine, other = _in_turn(lambda: ours(*data), lambda: theirs(*data))
    error, their_error = _error(ours(*data), data), _error(theirs(*data), data)
    return Ratio(
        name=f"European {name}, 1e6 options, one thread",
        ours=_COUNT / mine / 1e6,
        peer=_COUNT / other / 1e6,
        peer_name="numpy+scipy",
        least=least if error <= 1e-12 else float("inf"),
        error=f"price error ours {error:.1e}, theirs {their_error:.1e}",
    )


def _against_peer(
    script: str,
    name: str,
    data: list[Floats],
    count: int,
    seconds: dict[str, float],
    *,
    with_greeks: bool,
) -> Ratio:
    arrays: dict[str, Any] = dict(zip(_NAMES, (a[:count] for a in data), strict=True))
    peer = peers.run(script, {**arrays, "with_greeks": np.array(with_greeks)})
    error = _error(np.asarray(peer.outputs["price"]), [a[:count] for a in data])
    return Ratio(
        name=f"European {'price and 5 Greeks' if with_greeks else 'price'}, one thread",
        ours=_COUNT / seconds["greeks" if with_greeks else "price"] / 1e6,
        peer=count / peer.median / 1e6,
        peer_name=name,
        error=f"price error theirs {error:.1e}",
    )


def _seconds(function: Callable[..., Any], data: list[Floats]) -> float:
    function(*data)
    times = []
    for _ in range(_REPEAT):
        began = time.perf_counter()
        function(*data)
        times.append(time.perf_counter() - began)
    return median(times)


def _one_and_two(function: Callable[..., Any], data: list[Floats]) -> list[float]:
    """Median seconds with one thread and with two, in turn; threads are started before."""
    times: list[list[float]] = [[], []]
    for _ in range(_REPEAT):
        for count, taken in enumerate(times, start=1):
            threads.set_threads(count)
            function(*data)
            began = time.perf_counter()
            function(*data)
            taken.append(time.perf_counter() - began)
    return [median(taken) for taken in times]


def _in_turn(*works: Callable[[], object]) -> list[float]:
    """Median seconds of each, measured in turn: a machine that slows down slows all of them."""
    times: list[list[float]] = [[] for _ in works]
    for repeat in range(_REPEAT + 1):
        for work, taken in zip(works, times, strict=True):
            began = time.perf_counter()
            work()
            if repeat:  # the first time warms up
                taken.append(time.perf_counter() - began)
    return [median(taken) for taken in times]


def _error(found: Any, data: list[Floats]) -> float:
    """The largest relative error of the price over a sample."""
    values = found if isinstance(found, np.ndarray) else found[0]
    count, worst = values.size, 0.0
    with mp.workdps(40):
        for i in np.random.default_rng(1).choice(count, _SAMPLE, replace=False).tolist():
            s, k, t, r, q, v, sign = (mp.mpf(float(column[i])) for column in data)
            deviation = v * mp.sqrt(t)
            d1 = (mp.log(s / k) + (r - q + v * v / 2) * t) / deviation
            n1 = mp.erfc(-sign * d1 / mp.sqrt(2)) / 2
            n2 = mp.erfc(-sign * (d1 - deviation) / mp.sqrt(2)) / 2
            exact = sign * (s * mp.exp(-q * t) * n1 - k * mp.exp(-r * t) * n2)
            if exact > s * 1e-4:
                worst = max(worst, float(abs(mp.mpf(float(values[i])) / exact - 1)))
    return worst
