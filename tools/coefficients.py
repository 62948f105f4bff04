"""Fits the polynomials of `core_numba/vmath`: `python -m tools.coefficients` writes their table.

Chebyshev interpolation in 60 digits, then rounded to double: within a small factor of the best
polynomial of its degree. A test runs this again and compares.
"""

from __future__ import annotations

import math
import pprint
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mpmath as mp

TABLE = Path(__file__).parents[1] / "core_numba" / "vmath" / "coefficients.py"


def fit(function: Callable[[Any], Any], low: float, high: float, degree: int) -> list[float]:
    """Coefficients, lowest power first, of `degree` over [low, high]."""
    with mp.workdps(60):
        found = mp.chebyfit(function, [mp.mpf(low), mp.mpf(high)], degree + 1)
        return [float(c) for c in reversed(found)]


def _exp(r: Any) -> Any:
    """(exp(r) - 1 - r) / r^2: the first two coefficients stay exactly one."""
    return (mp.expm1(r) - r) / r**2 if abs(r) > 1e-15 else mp.mpf(1) / 2 + r / 6


def _log(z: Any) -> Any:
    """(2 atanh(s) - 2 s) / (s z) with z = s^2: log m = 2 s + s z p(z), s = (m - 1) / (m + 1)."""
    s = mp.sqrt(z)
    return (2 * mp.atanh(s) - 2 * s) / (s * z) if z > 1e-30 else mp.mpf(2) / 3


def _erfcx(t: Any) -> Any:
    """(x + 3) erfcx(x) with t = 1 - 6 / (x + 3): x from 0 to infinity is t from -1 to 1."""
    if t >= 1:
        return 1 / mp.sqrt(mp.pi)
    x = 6 / (1 - t) - 3
    if x > 1e4:
        z = 1 / x**2
        return (x + 3) / x / mp.sqrt(mp.pi) * (1 - z / 2 + 3 * z**2 / 4 - 15 * z**3 / 8)
    return (x + 3) * mp.exp(x * x) * mp.erfc(x)


def _sinpi(z: Any) -> Any:
    """sin(pi r) / r with z = r^2."""
    r = mp.sqrt(z)
    return mp.sin(mp.pi * r) / r if z > 1e-30 else mp.pi


def _cospi(z: Any) -> Any:
    return mp.cos(mp.pi * mp.sqrt(z))


def tables() -> dict[str, list[float]]:
    """Every table by name."""
    half = math.log(2) / 2 * 1.0001
    widest = ((math.sqrt(2) - 1) / (math.sqrt(2) + 1)) ** 2 * 1.0001
    return {
        "EXP": [1.0, 1.0, *fit(_exp, -half, half, 9)],
        "LOG": fit(_log, 0.0, widest, 7),
        "ERFCX": fit(_erfcx, -1.0, 1.0, 24),
        "SINPI": fit(_sinpi, 0.0, 0.0626, 6),
        "COSPI": fit(_cospi, 0.0, 0.0626, 7),
    }


def text() -> str:
    lines = [
        '"""Polynomial coefficients, lowest power first. Written by `tools/coefficients.py`."""',
        "",
        "from typing import Final",
    ]
    for name, values in tables().items():
        lines.append(f"\n{name}: Final = (")
        lines += [f"    {value!r}," for value in values]
        lines.append(")")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    TABLE.write_text(text(), encoding="utf-8")
    pprint.pp({name: len(values) for name, values in tables().items()})
