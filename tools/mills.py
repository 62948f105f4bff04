"""Fits the polynomials of `core_numba/compiled/mills.py`: `python -m tools.mills` prints them.

The Mills ratio m(z) = P(Z > z) / n(z) for z >= -0.8 as u times a polynomial of t, where
u = 1 / (z + 5) and t = 1 - 8.4 u: z from -0.8 to infinity is t from -1 to 1. Chebyshev
interpolation in 50 digits, rounded to double.
"""

from __future__ import annotations

import pprint
from typing import Any

import mpmath as mp

SHIFT = 5.0
SCALE = 8.4
FULL, ROUGH = 25, 9
_LARGE = 200


def mills(z: Any) -> Any:
    """m(z) to full working precision; beyond `_LARGE` by its asymptotic series."""
    if z <= _LARGE:
        return mp.sqrt(mp.pi / 2) * mp.exp(z * z / 2) * mp.erfc(z / mp.sqrt(2))
    total, term = mp.mpf(0), 1 / z
    for n in range(1, 12):
        total += term
        term *= -(2 * n - 1) / z**2
    return total


def scaled(t: Any) -> Any:
    """(z + 5) m(z) as a function of t."""
    u = (1 - t) / mp.mpf(SCALE)
    return mp.mpf(1) if u < mp.mpf(10) ** -25 else mills(1 / u - SHIFT) / u


def tables() -> dict[str, list[float]]:
    with mp.workdps(50):
        return {
            name: [float(c) for c in reversed(mp.chebyfit(scaled, [-1, 1], degree + 1))]
            for name, degree in (("FULL", FULL), ("ROUGH", ROUGH))
        }


if __name__ == "__main__":
    pprint.pp(tables())
