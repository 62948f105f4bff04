"""Raw SVI fitted to quotes, expiry by expiry."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import numpy as np

from core_numba.arrays import Floats

LEAST_QUOTES: Final = 5
_COARSE: Final = np.linspace(-10.0, 10.0, 161)
_FINE: Final = np.linspace(-10.0, 10.0, 2001)
_STEPS: Final = 160
_BISQUARE: Final = 4.685
_MARGIN: Final = 1e-9


def fit(  # noqa: PLR0917 - arrays by position
    k: Floats,
    w: Floats,
    weight: Floats,
    begin: Any,
    end: Any,
    robust: int,
    parameters: Floats,
    quality: Floats,
) -> None:
    """See `core_numba.surfaces.calibration.fit`. Expiries in order of time, of one underlying."""
    before: Floats | None = None
    for i in range(begin.shape[0]):
        parameters[i], quality[i] = np.nan, np.nan
        here = slice(begin[i], end[i])
        used = np.isfinite(k[here] + w[here] + weight[here]) & (weight[here] > 0) & (w[here] > 0)
        if used.sum() < LEAST_QUOTES:
            continue
        x, y, c = k[here][used], w[here][used], weight[here][used]
        c = c / c.sum()
        smile = _smile(x, y, c, before)
        for _ in range(2 if robust else 0):
            a = np.abs((_variance(smile, x) - y) * np.sqrt(c))
            scale = 1.4826 * float(np.median(a))
            if scale <= 1e-13 * float((c * y).sum()):
                break
            trust = np.maximum(1.0 - (a / (_BISQUARE * scale)) ** 2, 0.0) ** 2
            if (trust > 0).sum() < LEAST_QUOTES:
                break
            smile = _smile(x, y, c * trust / (c * trust).sum(), before)
        a, right, left, m, sigma = smile
        slope = 0.5 * (right + left)
        parameters[i] = a, slope, 0.5 * (right - left) / slope if slope > 0 else 0.0, m, sigma
        error = np.sqrt((c * (_variance(smile, x) - y) ** 2).sum())
        quality[i] = error, _density(smile, _FINE).min(), -_gaps(smile, before, _FINE).max()
        before = smile


def _variance(smile: Floats, k: Floats) -> Floats:
    a, right, left, m, sigma = smile
    x = k - m
    root = np.sqrt(x * x + sigma * sigma)
    return np.asarray(a + 0.5 * (right * (root + x) + left * (root - x)))


def _inner(k: Floats, w: Floats, c: Floats, m: float, sigma: float, low: Floats) -> Floats:  # noqa: PLR0917 - arrays by position
    """The best level and wing slopes for a bend at `m` of width `sigma`, slopes in [low, 2]."""
    x = k - m
    root = np.sqrt(x * x + sigma * sigma)
    u, v = 0.5 * (root + x), 0.5 * (root - x)
    mu, mv, mw = (c * u).sum(), (c * v).sum(), (c * w).sum()
    du, dv, dw = u - mu, v - mv, w - mw
    uu, uv, vv = (c * du * du).sum(), (c * du * dv).sum(), (c * dv * dv).sum()
    uw, vw = (c * du * dw).sum(), (c * dv * dw).sum()
    determinant = uu * vv - uv * uv
    right, left = -1.0, -1.0
    if determinant > 1e-13 * uu * vv:
        right, left = (uw * vv - vw * uv) / determinant, (vw * uu - uw * uv) / determinant
    if not (low[0] <= right <= 2.0 and low[1] <= left <= 2.0):
        best = np.inf
        for edge in range(4):
            if edge < 2:
                r = low[0] if edge == 0 else 2.0
                s = min(max((vw - r * uv) / vv if vv > 0 else 0.0, low[1]), 2.0)
            else:
                s = low[1] if edge == 2 else 2.0
                r = min(max((uw - s * uv) / uu if uu > 0 else 0.0, low[0]), 2.0)
            value = r * r * uu + 2 * r * s * uv + s * s * vv - 2 * (r * uw + s * vw)
            if value < best:
                best, right, left = value, r, s
    a = max(mw - right * mu - left * mv, -sigma * np.sqrt(right * left))
    return np.array([a, right, left, m, sigma])


def _density(smile: Floats, reach: Floats) -> Floats:
    a, right, left, m, sigma = smile
    sinh, cosh = np.sinh(reach), np.cosh(reach)
    k = m + sigma * sinh
    w = a + 0.5 * sigma * (right * (cosh + sinh) + left * (cosh - sinh))
    tilt = sinh / cosh
    first = 0.5 * (right * (1.0 + tilt) - left * (1.0 - tilt))
    second = 0.5 * (right + left) / (sigma * cosh**3)
    w = np.maximum(w, 1e-14)
    return np.asarray(
        (1 - 0.5 * k * first / w) ** 2 - 0.25 * first**2 * (1 / w + 0.25) + second / 2
    )


def _gaps(smile: Floats, before: Floats | None, reach: Floats) -> Floats:
    """How far the earlier smile lies above this one at the grids of both."""
    if before is None:
        return np.array([-np.inf])
    k = np.concatenate([each[3] + each[4] * np.sinh(reach) for each in (smile, before)])
    return _variance(before, k) - _variance(smile, k)


def _smile(k: Floats, w: Floats, c: Floats, before: Floats | None) -> Floats:
    low = np.zeros(2) if before is None else before[1:3]
    level = float((c * w).sum())
    width = max(float(k.max() - k.min()), 1e-6)
    first = float(k.min())

    def smile(p: float, q: float) -> Floats:
        m = min(max(p, -1.0), 2.0) * width + first
        return _inner(k, w, c, m, width * np.exp(min(max(q, -7.0), 0.5)), low)

    def cost(strict: float, p: float, q: float) -> float:
        s = smile(p, q)
        s[0] += max(float(_gaps(s, before, _COARSE).max()), 0.0)
        error = float((c * (_variance(s, k) - w) ** 2).sum()) / level**2
        g = np.minimum(_density(s, _COARSE), 0.0)
        far = max(abs(p - 0.5) - 1.5, 0.0) + max(abs(q + 3.25) - 3.75, 0.0)
        return error + strict * float(np.minimum(g * g, 1e6).sum()) / len(g) + far

    starts = [(p, q) for p in np.linspace(-0.25, 1.25, 7) for q in np.linspace(-5.0, 0.4, 7)]
    starts.sort(key=lambda point: cost(1e-2, *point))
    starts = starts[:2]
    if before is not None:  # the earlier smile, raised, is always free of arbitrage
        starts.append(((before[3] - first) / width, float(np.log(before[4] / width))))
    best, out = np.inf, np.zeros(5)
    for start in starts:
        point, strict = start, 1e-2
        while strict < 1e5:
            point = _simplex(partial(cost, strict), point)
            strict *= 100.0
            if not cost(strict, *point) > cost(0.0, *point):
                break
        found = _repaired(smile(*point), before)
        error = float((c * (_variance(found, k) - w) ** 2).sum())
        if error < best:
            best, out = error, found
    if before is not None:
        found = before.copy()
        found[0] += max(float((c * (w - _variance(before, k))).sum()), 0.0)
        found = _repaired(found, before)
        if float((c * (_variance(found, k) - w) ** 2).sum()) < best:
            out = found
    return out


def _simplex(cost: Any, start: tuple[float, float]) -> tuple[float, float]:
    """Nelder and Mead's search over two numbers."""
    corners = [(start[0], start[1]), (start[0] + 0.08, start[1]), (start[0], start[1] + 0.4)]
    values = [cost(*each) for each in corners]
    for _ in range(_STEPS):
        order = sorted(range(3), key=values.__getitem__)
        corners, values = [corners[i] for i in order], [values[i] for i in order]
        (p0, q0), (p1, q1), (p2, q2) = corners
        if abs(p1 - p0) + abs(p2 - p0) + abs(q1 - q0) + abs(q2 - q0) < 1e-11:
            break
        pm, qm = 0.5 * (p0 + p1), 0.5 * (q0 + q1)

        def along(s: float) -> tuple[tuple[float, float], float]:
            point = (pm + s * (p2 - pm), qm + s * (q2 - qm))  # noqa: B023 - used at once
            return point, cost(*point)

        point, value = along(-1.0)
        if value < values[0]:
            further, better = along(-2.0)
            if better < value:
                point, value = further, better
        elif value >= values[1]:
            point, value = along(-0.5 if value < values[2] else 0.5)
            if value >= values[2]:
                for i in (1, 2):
                    corners[i] = (0.5 * (corners[i][0] + p0), 0.5 * (corners[i][1] + q0))
                    values[i] = cost(*corners[i])
                continue
        corners[2], values[2] = point, value
    best = values.index(min(values))
    return corners[best]


def _repaired(smile: Floats, before: Floats | None) -> Floats:
    """Raised by as little as makes it free of arbitrage: a high enough smile always is."""
    out = smile.copy()

    def sound(lift: float) -> bool:
        out[0] = smile[0] + lift
        least = out[0] + out[4] * np.sqrt(out[1] * out[2])
        return bool(
            least > 0.0
            and _density(out, _FINE).min() >= _MARGIN
            and _gaps(out, before, _FINE).max() <= 0.0
        )

    if sound(0.0):
        return out
    high = 1e-6 * max(abs(smile[0]), 1e-4)
    while not sound(high) and high < 100.0:
        high *= 2.0
    low = 0.0
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if sound(middle) else (middle, high)
    sound(high)
    return out
