"""Writes `reference/european_mpmath.csv`: `python -m tests.core_numba.european_reference`.

Prices and Greeks of Black-Scholes-Merton at 60 digits, from the inputs as the doubles they are.
"""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import mpmath as mp

TABLE = Path(__file__).parent / "reference" / "european_mpmath.csv"
INPUTS = ("spot", "strike", "years", "rate", "dividend_yield", "volatility", "sign")
RESULTS = (
    "price",
    "delta",
    "gamma",
    "theta",
    "vega",
    "rho",
    "phi",
    "vanna",
    "charm",
    "vomma",
    "veta",
    "speed",
    "zomma",
    "color",
    "leverage",
)


def price(  # noqa: PLR0917 - the formula's own seven arguments
    s: Any, k: Any, t: Any, r: Any, q: Any, v: Any, sign: Any
) -> Any:
    """The price alone, for numerical derivatives."""
    d1 = (mp.log(s / k) + (r - q + v * v / 2) * t) / (v * mp.sqrt(t))
    d2 = d1 - v * mp.sqrt(t)
    return sign * (s * mp.exp(-q * t) * _n(sign * d1) - k * mp.exp(-r * t) * _n(sign * d2))


def _n(x: Any) -> Any:
    return mp.erfc(-x / mp.sqrt(2)) / 2


def values(*inputs: float) -> list[Any]:
    """Price and Greeks in the order of `RESULTS`."""
    s, k, t, r, q, v, sign = (mp.mpf(x) for x in inputs)
    root = mp.sqrt(t)
    w = v * root
    d1 = (mp.log(s / k) + (r - q + v * v / 2) * t) / w
    d2 = d1 - w
    dq, owed = mp.exp(-q * t), k * mp.exp(-r * t) * _n(sign * (d1 - w))
    phi = dq * mp.exp(-d1 * d1 / 2) / mp.sqrt(2 * mp.pi)
    value = price(s, k, t, r, q, v, sign)
    delta, gamma, vega = sign * dq * _n(sign * d1), phi / (s * w), s * phi * root
    b = (r - q) / w
    return [
        value,
        delta,
        gamma,
        -s * phi * v / (2 * root) + q * s * delta - sign * r * owed,
        vega,
        sign * t * owed,
        -t * s * delta,
        -phi * d2 / v,
        q * delta - phi * (b - d2 / (2 * t)),
        vega * d1 * d2 / v,
        vega * (q + b * d1 - (1 + d1 * d2) / (2 * t)),
        -gamma / s * (d1 / w + 1),
        gamma * (d1 * d2 - 1) / v,
        gamma * (q + b * d1 + (1 - d1 * d2) / (2 * t)),
        delta * s / value,
    ]


def _strike(  # noqa: PLR0917 - the formula's own arguments
    spot: float, d: float, t: float, r: float, q: float, v: float
) -> float:
    """The strike d deviations from the forward."""
    return spot * math.exp((r - q) * t + d * v * math.sqrt(t))


def cases() -> list[tuple[float, ...]]:
    """Ordinary options; small deviations; far tails; extreme scales; at the forward."""
    dice = random.Random(20260)
    found: list[tuple[float, ...]] = []

    def add(count: int, years: Any, volatility: Any, distance: float, spot: Any) -> None:
        for _ in range(count):
            s, t, v = spot(), years(), volatility()
            r, q = dice.uniform(-0.02, 0.12), dice.uniform(0.0, 0.08)
            d = dice.uniform(-distance, distance)
            found.append((s, _strike(s, d, t, r, q, v), t, r, q, v, dice.choice((1.0, -1.0))))

    def hundred() -> float:
        return dice.uniform(20.0, 400.0)

    def decades(low: float, high: float) -> Any:
        return lambda: 10.0 ** dice.uniform(low, high)

    add(140, lambda: dice.uniform(0.02, 3.0), lambda: dice.uniform(0.05, 1.5), 4.0, hundred)
    add(80, decades(-6, -2), decades(-2, 0), 6.0, hundred)
    add(60, decades(-3, 1), decades(-1.5, 0.5), 28.0, hundred)
    add(30, decades(-3, 1.5), decades(-2, 0.7), 5.0, decades(-40, 40))
    add(30, decades(-5, 1), decades(-2, 0.5), 0.0, hundred)
    return found


def main() -> None:
    lines = ["# 60-digit values by tests/core_numba/european_reference.py"]
    lines.append(",".join([*INPUTS, *RESULTS]))
    with mp.workdps(60):
        for case in cases():
            numbers = [repr(x) for x in case] + [mp.nstr(x, 20) for x in values(*case)]
            lines.append(",".join(numbers))
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
