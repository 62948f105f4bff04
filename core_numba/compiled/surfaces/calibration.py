"""Compiled SVI calibration: an exact inner solution inside a search over bend and width."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final, TypeVar

import numpy as np
from numba import njit

from core_numba.jit.declare import compiled, inlined
from core_numba.jit.settings import FASTMATH
from core_numba.vmath.instructions import align_stack

F = TypeVar("F", bound=Callable[..., Any])

_LEAST_QUOTES: Final = 5
_POINTS: Final = 161
_FINE: Final = 2001
_STEPS: Final = 160
_BISQUARE: Final = 4.685
_MARGIN: Final = 1e-9
_STARTS: Final = 7


def _called(function: F) -> F:
    """A part called from several places: compiled once, where `inlined` would repeat it in each."""
    jitted: F = njit(function, fastmath=set(FASTMATH), error_model="numpy")
    return jitted


@inlined
def _variance(s: Any, k: float) -> float:
    x = k - s[3]
    root = math.sqrt(x * x + s[4] * s[4])
    return float(s[0] + 0.5 * (s[1] * (root + x) + s[2] * (root - x)))


@inlined
def _inner(k: Any, w: Any, c: Any, m: float, sigma: float, before: Any, s: Any) -> None:  # noqa: PLR0917 - arrays by position
    """`s` becomes the level, right and left slope, bend and width that fit best."""
    mu = mv = mw = 0.0
    for i in range(k.shape[0]):
        x = k[i] - m
        root = math.sqrt(x * x + sigma * sigma)
        mu += c[i] * 0.5 * (root + x)
        mv += c[i] * 0.5 * (root - x)
        mw += c[i] * w[i]
    uu = uv = vv = uw = vw = 0.0
    for i in range(k.shape[0]):
        x = k[i] - m
        root = math.sqrt(x * x + sigma * sigma)
        du, dv, dw = 0.5 * (root + x) - mu, 0.5 * (root - x) - mv, w[i] - mw
        uu += c[i] * du * du
        uv += c[i] * du * dv
        vv += c[i] * dv * dv
        uw += c[i] * du * dw
        vw += c[i] * dv * dw
    determinant = uu * vv - uv * uv
    right = left = -1.0
    if determinant > 1e-13 * uu * vv:
        right, left = (uw * vv - vw * uv) / determinant, (vw * uu - uw * uv) / determinant
    if not (before[1] <= right <= 2.0 and before[2] <= left <= 2.0):
        best = np.inf
        for edge in range(4):
            if edge < 2:
                r = before[1] if edge == 0 else 2.0
                t = min(max((vw - r * uv) / vv if vv > 0.0 else 0.0, before[2]), 2.0)
            else:
                t = before[2] if edge == 2 else 2.0
                r = min(max((uw - t * uv) / uu if uu > 0.0 else 0.0, before[1]), 2.0)
            value = r * r * uu + 2.0 * r * t * uv + t * t * vv - 2.0 * (r * uw + t * vw)
            if value < best:
                best, right, left = value, r, t
    s[0] = max(mw - right * mu - left * mv, -sigma * math.sqrt(right * left))
    s[1], s[2], s[3], s[4] = right, left, m, sigma


@_called
def _gap(s: Any, before: Any, sinh: Any) -> float:
    """How far the earlier smile rises above this one at the grids of both; -inf without one."""
    widest = -np.inf
    if before[4] > 0.0:
        for j in range(sinh.shape[0]):
            k = s[3] + s[4] * sinh[j]
            widest = max(widest, _variance(before, k) - _variance(s, k))
            k = before[3] + before[4] * sinh[j]
            widest = max(widest, _variance(before, k) - _variance(s, k))
    return widest


@_called
def _density(s: Any, sinh: Any, cosh: Any, found: Any) -> None:
    """`found`: Durrleman's least g on the grid, and the mean square of what is below zero."""
    least, penalty = np.inf, 0.0
    for j in range(sinh.shape[0]):
        k = s[3] + s[4] * sinh[j]
        w = s[0] + 0.5 * s[4] * (s[1] * (cosh[j] + sinh[j]) + s[2] * (cosh[j] - sinh[j]))
        w = max(w, 1e-14)
        tilt = sinh[j] / cosh[j]
        first = 0.5 * (s[1] * (1.0 + tilt) - s[2] * (1.0 - tilt))
        second = 0.5 * (s[1] + s[2]) / (s[4] * cosh[j] * cosh[j] * cosh[j])
        bend = 1.0 - 0.5 * k * first / w
        g = bend * bend - 0.25 * first * first * (1.0 / w + 0.25) + 0.5 * second
        least = min(least, g)
        penalty += min(min(g, 0.0) * min(g, 0.0), 1e6)
    found[0], found[1] = least, penalty / sinh.shape[0]


@inlined
def _error(k: Any, w: Any, c: Any, s: Any) -> float:
    """The weighted mean square of residuals."""
    error = 0.0
    for i in range(k.shape[0]):
        residual = _variance(s, k[i]) - w[i]
        error += c[i] * residual * residual
    return error


@_called
def _cost(  # noqa: PLR0917 - arrays by position
    k: Any, w: Any, c: Any, level: float, p: float, q: float, strict: float,
    before: Any, sinh: Any, cosh: Any, s: Any, found: Any,
) -> float:  # fmt: skip
    first, width = k[0], max(k[-1] - k[0], 1e-6)
    m = min(max(p, -1.0), 2.0) * width + first
    _inner(k, w, c, m, width * math.exp(min(max(q, -7.0), 0.5)), before, s)
    s[0] += max(_gap(s, before, sinh), 0.0)
    _density(s, sinh, cosh, found)
    far = max(abs(p - 0.5) - 1.5, 0.0) + max(abs(q + 3.25) - 3.75, 0.0)
    return float(_error(k, w, c, s) / (level * level) + strict * found[1] + far)


@inlined
def _ordered(ps: Any, qs: Any, values: Any) -> None:
    for i in range(2):
        for j in range(2 - i):
            if values[j + 1] < values[j]:
                values[j], values[j + 1] = values[j + 1], values[j]
                ps[j], ps[j + 1] = ps[j + 1], ps[j]
                qs[j], qs[j + 1] = qs[j + 1], qs[j]


@_called
def _descend(  # noqa: PLR0917 - arrays by position
    k: Any, w: Any, c: Any, level: float, strict: float, before: Any,
    sinh: Any, cosh: Any, s: Any, found: Any, at: Any,
) -> None:  # fmt: skip
    """Nelder and Mead's search from `at`, which becomes the lowest point found."""
    ps, qs, values = np.empty(3), np.empty(3), np.empty(3)
    ps[:], qs[:] = at[0], at[1]
    ps[1] += 0.08
    qs[2] += 0.4
    for i in range(3):
        values[i] = _cost(k, w, c, level, ps[i], qs[i], strict, before, sinh, cosh, s, found)
    for _ in range(_STEPS):
        _ordered(ps, qs, values)
        size = abs(ps[1] - ps[0]) + abs(ps[2] - ps[0]) + abs(qs[1] - qs[0]) + abs(qs[2] - qs[0])
        if size < 1e-11:
            break
        pm, qm = 0.5 * (ps[0] + ps[1]), 0.5 * (qs[0] + qs[1])
        dp, dq = ps[2] - pm, qs[2] - qm
        p, q = pm - dp, qm - dq
        value = _cost(k, w, c, level, p, q, strict, before, sinh, cosh, s, found)
        if value < values[0]:
            far_p, far_q = pm - 2.0 * dp, qm - 2.0 * dq
            far = _cost(k, w, c, level, far_p, far_q, strict, before, sinh, cosh, s, found)
            if far < value:
                p, q, value = far_p, far_q, far
        elif value >= values[1]:
            reach = -0.5 if value < values[2] else 0.5
            p, q = pm + reach * dp, qm + reach * dq
            value = _cost(k, w, c, level, p, q, strict, before, sinh, cosh, s, found)
            if value >= values[2]:
                for i in range(1, 3):
                    p, q = 0.5 * (ps[i] + ps[0]), 0.5 * (qs[i] + qs[0])
                    value = _cost(k, w, c, level, p, q, strict, before, sinh, cosh, s, found)
                    ps[i], qs[i], values[i] = p, q, value
                continue
        ps[2], qs[2], values[2] = p, q, value
    _ordered(ps, qs, values)
    at[0], at[1] = ps[0], qs[0]


@inlined
def _sound(s: Any, before: Any, sinh: Any, cosh: Any, found: Any) -> bool:
    _density(s, sinh, cosh, found)
    least = s[0] + s[4] * math.sqrt(s[1] * s[2])
    return least > 0.0 and found[0] >= _MARGIN and not _gap(s, before, sinh) > 0.0


@_called
def _repair(s: Any, before: Any, sinh: Any, cosh: Any, found: Any) -> None:
    base = s[0]
    if _sound(s, before, sinh, cosh, found):
        return
    high, low = 1e-6 * max(abs(base), 1e-4), 0.0
    rising = True
    steps = 0
    while steps < 50:
        middle = high if rising else 0.5 * (low + high)
        s[0] = base + middle
        good = _sound(s, before, sinh, cosh, found)
        if rising and not good and high < 100.0:
            high *= 2.0
            continue
        if not rising:
            if good:
                high = middle
            else:
                low = middle
            steps += 1
        rising = False
    s[0] = base + high


@inlined
def _smile(  # noqa: C901, PLR0917 - several searches, the best is kept
    k: Any,
    w: Any,
    c: Any,
    before: Any,
    sinh: Any,
    cosh: Any,
    fine_sinh: Any,
    fine_cosh: Any,
    s: Any,
    found: Any,
) -> None:
    level = 0.0
    for i in range(k.shape[0]):
        level += c[i] * w[i]
    at, trial = np.empty(2), np.empty(5)
    ps, qs, costs = np.zeros(3), np.zeros(3), np.full(2, np.inf)
    for i in range(_STARTS):
        for j in range(_STARTS):
            p, q = -0.25 + 0.25 * i, -5.0 + 0.9 * j
            cost = _cost(k, w, c, level, p, q, 0.01, before, sinh, cosh, trial, found)
            if cost < costs[0]:
                costs[1], ps[1], qs[1] = costs[0], ps[0], qs[0]
                costs[0], ps[0], qs[0] = cost, p, q
            elif cost < costs[1]:
                costs[1], ps[1], qs[1] = cost, p, q
    starts = 2
    if before[4] > 0.0:  # the earlier smile, raised, is always free of arbitrage: begin there too
        width = max(k[-1] - k[0], 1e-6)
        ps[2], qs[2] = (before[3] - k[0]) / width, math.log(before[4] / width)
        starts = 3
    best = np.inf
    for start in range(starts):
        at[0], at[1] = ps[start], qs[start]
        strict, harsh, mild = 0.01, 1.0, 0.0
        while strict < 1e5 and harsh > mild:
            _descend(k, w, c, level, strict, before, sinh, cosh, trial, found, at)
            strict *= 100.0
            harsh = _cost(k, w, c, level, at[0], at[1], strict, before, sinh, cosh, trial, found)
            mild = _cost(k, w, c, level, at[0], at[1], 0.0, before, sinh, cosh, trial, found)
        _repair(trial, before, fine_sinh, fine_cosh, found)
        error = _error(k, w, c, trial)
        if error < best:
            best = error
            s[:] = trial
    if before[4] > 0.0:
        trial[:] = before
        rise = 0.0
        for i in range(k.shape[0]):
            rise += c[i] * (w[i] - _variance(before, k[i]))
        trial[0] += max(rise, 0.0)
        _repair(trial, before, fine_sinh, fine_cosh, found)
        if _error(k, w, c, trial) < best:
            s[:] = trial


@compiled("void(f8[::1], f8[::1], f8[::1], i8[::1], i8[::1], i8, f8[:,::1], f8[:,::1])")
def fit(  # noqa: C901, PLR0912, PLR0917, RUF100 - several searches, the best is kept
    k: Any,
    w: Any,
    weight: Any,
    begin: Any,
    end: Any,
    robust: int,
    parameters: Any,
    quality: Any,
) -> None:
    align_stack()
    reach, fine = np.linspace(-10.0, 10.0, _POINTS), np.linspace(-10.0, 10.0, _FINE)
    sinh, cosh, fine_sinh, fine_cosh = np.sinh(reach), np.cosh(reach), np.sinh(fine), np.cosh(fine)
    before, s, found = np.zeros(5), np.zeros(5), np.zeros(2)
    for i in range(begin.shape[0]):
        parameters[i], quality[i] = np.nan, np.nan
        count = 0
        for j in range(begin[i], end[i]):
            good = np.isfinite(k[j] + w[j] + weight[j]) and weight[j] > 0.0 and w[j] > 0.0
            count += 1 if good else 0
        if count < _LEAST_QUOTES:
            continue
        raw, y, c, trust = np.empty(count), np.empty(count), np.empty(count), np.empty(count)
        total, at = 0.0, 0
        for j in range(begin[i], end[i]):
            if np.isfinite(k[j] + w[j] + weight[j]) and weight[j] > 0.0 and w[j] > 0.0:
                raw[at], y[at], c[at] = k[j], w[j], weight[j]
                total += weight[j]
                at += 1
        order = np.argsort(raw)
        x = raw[order]
        y, c = y[order], c[order] / total
        trust[:] = c
        level = 0.0
        for j in range(count):
            level += c[j] * y[j]
        for turn in range(3 if robust else 1):
            if turn > 0:
                for j in range(count):
                    trust[j] = abs(_variance(s, x[j]) - y[j]) * math.sqrt(c[j])
                # np.median would bring SciPy along at every start of a process.
                ranked = np.sort(trust)
                scale = 1.4826 * 0.5 * (ranked[(count - 1) // 2] + ranked[count // 2])
                if scale <= 1e-13 * level:
                    break
                kept, total = 0, 0.0
                for j in range(count):
                    part = max(1.0 - (trust[j] / (_BISQUARE * scale)) ** 2, 0.0)
                    trust[j] = c[j] * part * part
                    kept += 1 if part > 0.0 else 0
                    total += trust[j]
                if kept < _LEAST_QUOTES:
                    break
                for j in range(count):
                    trust[j] /= total
            _smile(x, y, trust, before, sinh, cosh, fine_sinh, fine_cosh, s, found)
        slope = 0.5 * (s[1] + s[2])
        parameters[i, 0], parameters[i, 1], parameters[i, 3] = s[0], slope, s[3]
        parameters[i, 2] = 0.5 * (s[1] - s[2]) / slope if slope > 0.0 else 0.0
        parameters[i, 4] = s[4]
        _density(s, fine_sinh, fine_cosh, found)
        quality[i, 0] = math.sqrt(_error(x, y, c, s))
        quality[i, 1], quality[i, 2] = found[0], -_gap(s, before, fine_sinh)
        before[:] = s
