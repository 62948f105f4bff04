"""Fits the first guess of an implied deviation: `python -m tools.guess` prints its coefficients.

c is the price out of the money in units of the smaller of forward and strike, k = |ln(F / K)|.

Up to c = 1/2 the guess is Bachelier's deviation k / z, corrected. z is the rational function of
t = 2 ln(1 + (e^k - 1) / c) that fits n(z) / z - N(-z) = c / (e^k - 1); the correction is a cubic in
(k / z)^2 and k, which a normal and a lognormal deviation differ by. Above c = 1/2 it is a cubic in
sqrt(t) and sqrt(t + b k + a) with t = -2 ln(1 - c). Both are fitted for the greatest relative error
by least squares with growing weights where the error is large.
"""

from __future__ import annotations

import pprint
from typing import Any

import numpy as np
from scipy.special import erfcx

FARTHEST = 2.02
"""The largest k of the fit."""
DEEPEST = 16.5
"""The largest -d1."""
SHIFT, SLOPE = 0.26, 0.385
"""a and b above, found by search."""
LOG_DEGREE = 5
ORDER = 3
_ROOT_2PI = 2.5066282746310002
_LOG_INV_ROOT_2PI = -0.9189385332046727

Floats = Any


def mills(z: Floats) -> Floats:
    return 0.5 * _ROOT_2PI * erfcx(z * np.sqrt(0.5))


def log_price(k: Floats, s: Floats) -> Floats:
    """ln c; by the slope of the Mills ratio where s is small (good to 1e-5)."""
    z, h = k / s, 0.5 * s
    apart = np.where(s < 0.02, s * (1.0 - z * mills(z)), mills(z - h) - mills(z + h))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(apart) - 0.5 * (z - h) ** 2 + _LOG_INV_ROOT_2PI


def log_rest(k: Floats, s: Floats) -> Floats:
    """ln(1 - c)."""
    z, h = k / s, 0.5 * s
    return (
        np.log(mills(np.maximum(h - z, -5.0)) + mills(z + h))
        - 0.5 * (z - h) ** 2
        + _LOG_INV_ROOT_2PI
    )


def levelled(columns: Floats, wanted: Floats, rounds: int = 120) -> tuple[Floats, float]:
    """The combination of columns with the least greatest relative error found; that error."""
    rows = columns / wanted[:, None]
    size = np.abs(rows).max(0)
    weight = np.ones(wanted.size)
    best: tuple[Floats, float] = (size, np.inf)
    for _ in range(rounds):
        found = np.linalg.lstsq(rows / size * weight[:, None], weight, rcond=None)[0] / size
        error = np.abs(rows @ found - 1.0)
        if error.max() < best[1]:
            best = (found, float(error.max()))
        weight *= (0.2 + error / error.max()) ** 0.3
        weight /= weight.mean()
    return best


def rational(x: Floats, wanted: Floats, order: int, rounds: int = 80) -> tuple[Floats, Floats]:
    """Numerator and denominator (which begins with one), both of degree `order`."""
    powers = np.stack([x**i for i in range(order + 1)], 1)
    below = np.ones(x.size)
    best: tuple[float, Floats, Floats] = (np.inf, below, below)
    weight = np.ones(x.size)
    for _ in range(rounds):
        rows = np.concatenate([powers, -wanted[:, None] * powers[:, 1:]], 1)
        scale = (weight / (wanted * below))[:, None]
        size = np.abs(rows * scale).max(0)
        found = np.linalg.lstsq(rows * scale / size, wanted * scale[:, 0], rcond=None)[0] / size
        above, under = found[: order + 1], np.concatenate([[1.0], found[order + 1 :]])
        below = powers @ under
        error = np.abs(powers @ above / below / wanted - 1.0)
        if error.max() < best[0]:
            best = (float(error.max()), above, under)
        weight *= np.sqrt(0.2 + error / error.max())
        weight /= weight.mean()
    return best[1], best[2]


def cubic(a: Floats, b: Floats) -> Floats:
    """Columns a^i b^j with i + j <= 3: 1, b, b^2, b^3, a, a b, a b^2, a^2, a^2 b, a^3."""
    return np.stack([a**i * b**j for i in range(4) for j in range(4 - i)], 1)


def tables() -> dict[str, list[float]]:
    z = np.concatenate([np.linspace(1e-4, DEEPEST, 6000), np.logspace(-4, 0, 1500)])
    share = np.exp(-0.5 * z * z) / _ROOT_2PI * (1.0 - z * mills(z)) / z
    t = 2.0 * np.log1p(1.0 / share)
    above, below = rational(t, z / t, ORDER)

    k, s = _grid(np.concatenate([np.logspace(-3, 0.5, 160), np.linspace(0.3, 4.0, 160)]))
    c = np.exp(log_price(k, s))
    kept = (k / s - 0.5 * s < DEEPEST) & (c < 0.505) & (k > 0.0)
    k, s, c = k[kept], s[kept], c[kept]
    t = 2.0 * np.log1p(np.expm1(k) / c)
    normal = k * np.polyval(below[::-1], t) / (t * np.polyval(above[::-1], t))
    lower, lower_error = levelled(cubic(normal * normal, k), s / normal)

    k, s = _grid(np.linspace(0.9, 17.0, 400))
    kept = (np.exp(log_price(k, s)) > 0.495) & (log_rest(k, s) > -33.6)
    k, s = k[kept], s[kept]
    t = -2.0 * log_rest(k, s)
    upper, upper_error = levelled(cubic(np.sqrt(t), np.sqrt(t + SLOPE * k + SHIFT)), s)

    f = np.linspace(np.sqrt(0.5) - 1.0, np.sqrt(2.0) - 1.0, 4000)
    log, log_error = levelled(np.stack([f**i for i in range(LOG_DEGREE + 1)], 1), np.log1p(f) / f)
    return {
        "NORMAL": above.tolist(),
        "NORMAL_BELOW": below.tolist(),
        "LOWER": lower.tolist(),
        "UPPER": upper.tolist(),
        "LOG": log.tolist(),
        "errors": [lower_error, upper_error, log_error],
    }


def _grid(s: Floats) -> tuple[Floats, Floats]:
    k = np.concatenate([[0.0], np.logspace(-7, -1, 30), np.linspace(0.1, FARTHEST, 120)])
    each, every = np.meshgrid(k, s)
    return each.ravel(), every.ravel()


if __name__ == "__main__":
    pprint.pp(tables())
