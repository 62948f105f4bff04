"""Fits the coefficients of `core_numba/compiled/mills.py`: `python -m tools.mills` prints them.

The Mills ratio m(z) = P(Z > z) / n(z) for z >= -0.8 as u times a polynomial of t, where
u = 1 / (z + 5) and t = 1 - 8.4 u: z from -0.8 to infinity is t from -1 to 1. Chebyshev
interpolation in 50 digits, rounded to double.

And for -0.8 <= z <= 16 as a quotient of polynomials of z itself, whose values and slopes are both
fitted, because differences of close arguments are what it is for.
"""

from __future__ import annotations

import pprint
from typing import Any

import mpmath as mp

SHIFT = 5.0
SCALE = 8.4
FULL = 25
_LARGE = 200
ABOVE, BELOW = 9, 10
LEAST, MOST = -0.82, 16.2
_POINTS, _ROUNDS, _CENTRE = 200, 14, 3


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
        full = [float(c) for c in reversed(mp.chebyfit(scaled, [-1, 1], FULL + 1))]
    return {"FULL": full, **pair()}


def pair() -> dict[str, list[float]]:
    """Numerator and denominator; relative errors of value 4e-16 and slope 1e-15 at most.

    Linear least squares for p - m q and its slope, with weights that grow where the error is large.
    The slope counts less as z grows, where the volatility hangs less on it.
    """
    with mp.workdps(90):
        points = [_place(mp.mpf(2 * i + 1) / (2 * _POINTS)) for i in range(_POINTS)]
        values = [mills(z) for z in points]
        slopes = [z * m - 1 for z, m in zip(points, values, strict=True)]
        powers = [[z**j for j in range(BELOW + 1)] for z in points]
        counts = [1 / (1 + z / 3) if z > 0 else mp.mpf(1) for z in points]
        under = [(1 + abs(z) / 3) ** BELOW for z in points]
        weights = [[mp.mpf(1), mp.mpf(1)] for _ in points]
        best: tuple[Any, list[Any], list[Any]] = (mp.inf, [], [])
        for _ in range(_ROUNDS):
            rows = []
            for m, d, x, q, count, weight in zip(
                values, slopes, powers, under, counts, weights, strict=True
            ):
                scale = weight[0] / (m * q)
                rows.append([*(v * scale for v in x[:-1]), *(-m * v * scale for v in x[1:])])
                rows[-1].append(m * scale)
                scale = weight[1] * count / (d * q)
                grown = [j * x[j - 1] for j in range(1, BELOW + 1)]
                top = [mp.mpf(0), *grown[:-1]]
                low = [-(m * g + d * v) for g, v in zip(grown, x[1:], strict=True)]
                rows.append([v * scale for v in (*top, *low, d)])
            above, below = _least_squares(rows)
            errors = []
            for i, (m, d, x) in enumerate(zip(values, slopes, powers, strict=True)):
                p, under[i] = _dot(above, x), _dot(below, x)
                dp, dq = _slope(above, x), _slope(below, x)
                off = (dp * under[i] - p * dq) / under[i] ** 2 / d - 1
                errors.append([abs(p / under[i] / m - 1), abs(off) * counts[i]])
            worst = max(max(each) for each in errors)
            best = min(best, (worst, above, below), key=lambda each: each[0])
            for weight, error in zip(weights, errors, strict=True):
                for j in (0, 1):
                    weight[j] *= mp.sqrt(mp.mpf("0.15") + error[j] / worst)
            total = sum(sum(each) for each in weights) / (2 * _POINTS)
            weights = [[each / total for each in weight] for weight in weights]
        return {"ABOVE": [float(c) for c in best[1]], "BELOW": [float(c) for c in best[2]]}


def _place(share: Any) -> Any:
    """Points between `LEAST` and `MOST`, denser at both ends."""
    last = (mp.mpf(MOST) - LEAST - _CENTRE) / (mp.mpf(MOST) - LEAST + _CENTRE)
    t = -1 + (last + 1) * (1 - mp.cos(mp.pi * share)) / 2
    return LEAST + _CENTRE * (1 + t) / (1 - t)


def _least_squares(rows: list[list[Any]]) -> tuple[list[Any], list[Any]]:
    """Coefficients of both polynomials; each row ends with its right side."""
    size = len(rows[0]) - 1
    matrix, right = mp.matrix(size, size), mp.matrix(size, 1)
    for row in rows:
        for i in range(size):
            right[i] += row[i] * row[-1]
            for j in range(i, size):
                matrix[i, j] += row[i] * row[j]
    for i in range(size):
        for j in range(i):
            matrix[i, j] = matrix[j, i]
    found = list(mp.lu_solve(matrix, right))
    return found[: ABOVE + 1], [mp.mpf(1), *found[ABOVE + 1 :]]


def _dot(polynomial: list[Any], powers: list[Any]) -> Any:
    return mp.fsum(c * x for c, x in zip(polynomial, powers, strict=False))


def _slope(polynomial: list[Any], powers: list[Any]) -> Any:
    return mp.fsum(j * c * powers[j - 1] for j, c in enumerate(polynomial) if j)


if __name__ == "__main__":
    pprint.pp(tables())
