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

WICHURA = {
    "QUANTILE_CENTRE": (
        3.3871328727963666080e0,
        1.3314166789178437745e2,
        1.9715909503065514427e3,
        1.3731693765509461125e4,
        4.5921953931549871457e4,
        6.7265770927008700853e4,
        3.3430575583588128105e4,
        2.5090809287301226727e3,
    ),
    "QUANTILE_CENTRE_BELOW": (
        1.0,
        4.2313330701600911252e1,
        6.8718700749205790830e2,
        5.3941960214247511077e3,
        2.1213794301586595867e4,
        3.9307895800092710610e4,
        2.8729085735721942674e4,
        5.2264952788528545610e3,
    ),
    "QUANTILE_TAIL": (
        1.42343711074968357734e0,
        4.63033784615654529590e0,
        5.76949722146069140550e0,
        3.64784832476320460504e0,
        1.27045825245236838258e0,
        2.41780725177450611770e-1,
        2.27238449892691845833e-2,
        7.74545014278341407640e-4,
    ),
    "QUANTILE_TAIL_BELOW": (
        1.0,
        2.05319162663775882187e0,
        1.67638483018380384940e0,
        6.89767334985100004550e-1,
        1.48103976427480074590e-1,
        1.51986665636164571966e-2,
        5.47593808499534494600e-4,
        1.05075007164441684324e-9,
    ),
    "QUANTILE_FAR": (
        6.65790464350110377720e0,
        5.46378491116411436990e0,
        1.78482653991729133580e0,
        2.96560571828504891230e-1,
        2.65321895265761230930e-2,
        1.24266094738807843860e-3,
        2.71155556874348757815e-5,
        2.01033439929228813265e-7,
    ),
    "QUANTILE_FAR_BELOW": (
        1.0,
        5.99832206555887937690e-1,
        1.36929880922735805310e-1,
        1.48753612908506148525e-2,
        7.86869131145613259100e-4,
        1.84631831751005468180e-5,
        1.42151175831644588870e-7,
        2.04426310338993978564e-15,
    ),
}
"""M. J. Wichura, Algorithm AS 241, PPND16 (1988): numerators, and denominators below them."""


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


def _third(t: Any) -> Any:
    """-M'''(z) (z / sqrt 2 + 3)^4, M Mills' ratio of the normal, t = 1 - 6 / (z / sqrt 2 + 3)."""
    if t >= 1:
        return mp.mpf(3) / 2
    x = 6 / (1 - t) - 3
    z = mp.sqrt(2) * x
    if z > 300:
        terms = [6, -60, 630, -7560, 103950]
        return (x + 3) ** 4 * sum(c / z ** (4 + 2 * i) for i, c in enumerate(terms))
    with mp.workdps(90):
        mills = mp.sqrt(mp.pi / 2) * mp.exp(x * x) * mp.erfc(x)
        return (x + 3) ** 4 * (z * z + 2 - mills * z * (z * z + 3))


def _tail(x: Any) -> Any:
    """exp(x^2 / 2) P(Z > x)."""
    return mp.exp(x * x / 2) * mp.erfc(x / mp.sqrt(2)) / 2


def _at(polynomial: list[Any], x: Any) -> Any:
    """The value of a polynomial, lowest power first."""
    return mp.fsum(c * x**i for i, c in enumerate(polynomial))


def rational_tail(order: int = 9, centre: float = 3.7, high: float = 38.0) -> list[list[float]]:
    """Numerator (degree order - 1) and denominator of `_tail` on [0, high], exact at zero.

    Remez exchange on t with x = centre (1 + t) / (1 - t); all coefficients come out positive, so
    nothing cancels. Order 9: 2.8e-15 relative at worst.
    """
    with mp.workdps(50):
        c, last = mp.mpf(centre), (mp.mpf(high) - centre) / (mp.mpf(high) + centre)
        count = 2 * order

        def at(share: Any) -> Any:
            t = -1 + (last + 1) * (1 - mp.cos(mp.pi * share)) / 2
            return c * (1 + t) / (1 - t)

        grid = [at(mp.mpf(i) / 1200) for i in range(1, 1201)]
        values = {x: _tail(x) for x in grid}
        nodes = [grid[round(1200 * (i + 1) / count) - 1] for i in range(count)]
        below = [mp.binomial(order, j) / mp.mpf(4) ** j for j in range(order + 1)]
        above, level = [mp.mpf(1) / 2], mp.mpf(0)
        for _ in range(3):
            for _ in range(4):
                above, below, level = _levelled(nodes, values, order, below, level)
            errors = [_at(above, x) / _at(below, x) / values[x] - 1 for x in grid]
            nodes = [grid[i] for i in _alternating(errors)][-count:]
            level = abs(level) * mp.sign(errors[grid.index(nodes[0])])
        return [[float(v) for v in above], [float(v) for v in below]]


def _levelled(
    nodes: list[Any], values: dict[Any, Any], order: int, below: list[Any], level: Any
) -> tuple[list[Any], list[Any], Any]:
    """The rational function whose relative error at the nodes is +level, -level, and so on.

    One Newton step: `below` and `level` are the last guess.
    """
    size = 2 * order
    matrix, right = mp.matrix(size, size), mp.matrix(size, 1)
    for i, x in enumerate(nodes):
        sign, value = (-1) ** i, values[x]
        scale = sign * value * _at(below, x)
        for j in range(1, order):
            matrix[i, j - 1] = x**j
        for j in range(1, order + 1):
            matrix[i, order + j - 2] = -value * (1 + sign * level) * x**j
        matrix[i, size - 1] = -scale
        right[i] = value * (1 + sign * level) - mp.mpf(1) / 2 - scale * level
    found = mp.lu_solve(matrix, right)
    above = [mp.mpf(1) / 2, *(found[j] for j in range(order - 1))]
    return above, [mp.mpf(1), *(found[order - 1 + j] for j in range(order))], found[size - 1]


def _alternating(errors: list[Any]) -> list[int]:
    """Places of the extrema of `errors`, the signs alternating."""
    places: list[int] = []
    for i, error in enumerate(errors):
        if places and (errors[places[-1]] > 0) == (error > 0):
            if abs(error) > abs(errors[places[-1]]):
                places[-1] = i
        else:
            places.append(i)
    return places


def tables() -> dict[str, list[float]]:
    """Every table by name."""
    half = math.log(2) / 2 * 1.0001
    widest = ((math.sqrt(2) - 1) / (math.sqrt(2) + 1)) ** 2 * 1.0001
    above, below = rational_tail()
    return {
        "EXP_SHORT": [1.0, *fit(mp.exp, -half, half, 10)[1:]],
        "LOG_RATIO": fit(_log, 0.0, 0.2012**2, 6),
        "TAIL": above,
        "TAIL_BELOW": below,
        "MILLS_THIRD": fit(_third, -1.0, 1.0, 24),
        "EXP": [1.0, 1.0, *fit(_exp, -half, half, 9)],
        "LOG": fit(_log, 0.0, widest, 7),
        "ERFCX": fit(_erfcx, -1.0, 1.0, 24),
        "SINPI": fit(_sinpi, 0.0, 0.0626, 6),
        "COSPI": fit(_cospi, 0.0, 0.0626, 7),
        **{name: list(values) for name, values in WICHURA.items()},
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
