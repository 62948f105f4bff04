"""The early-exercise boundary of American puts: 32 options side by side, Newton on the collocation.

The loops over the lanes are the vector loops: always `LANES` long, so that no option is computed
by a scalar remainder and none depends on its place in the array. Scratch is one array of rows
of `LANES`; the heavy loops touch rows at constant places, so that LLVM sees them to be apart.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from core_numba.jit.declare import compiled, inlined
from core_numba.vmath.functions import INV_ROOT_2PI, ROOT_HALF, erfcx, exp_bounded, log_normal
from core_numba.vmath.instructions import align_stack

LANES: Final = 32
TINY: Final = 1e-300

# Places of the rows that heavy loops use.
_RHO, _KAPPA, _V, _IV, _G, _RB, _LNX = (i * LANES for i in range(7))
_BI, _HQ, _A1, _A2, _D1, _D2, _W1, _W2, _FLOOR, _STEP, _B, _OUT = (i * LANES for i in range(7, 19))
ROWS: Final = 19


@inlined
def tail(x: float, density: float) -> float:
    """P(Z <= x), given exp(-x^2 / 2)."""
    half = 0.5 * density * erfcx(abs(x) * ROOT_HALF)
    return half if x < 0.0 else 1.0 - half


@inlined
def _quadratic_step(  # noqa: PLR0917 - the equation's own terms
    b: float, drift: float, sd: float, dr: float, dq: float, lam: float, c0: float, limit: float
) -> float:
    """A Newton step on (1 - dq N(-d1)) B + (lam + c0) (1 - B - put) = 0, kept below the limit."""
    d1 = (log_normal(b) + drift) / sd + 0.5 * sd
    d2 = d1 - sd
    e1 = exp_bounded(-0.5 * d1 * d1)
    n1, n2 = tail(-d1, e1), tail(-d2, exp_bounded(-0.5 * d2 * d2))
    slope, kept = lam + c0, 1.0 - dq * n1
    f = kept * b + slope * (1.0 - b - dr * n2 + b * dq * n1)
    fp = kept * (1.0 - slope) + dq * INV_ROOT_2PI * e1 / sd
    return min(max(b - f / fp, 0.6 * b), b + 0.5 * (limit - b))


@inlined
def quadratic_guess(rho: float, kappa: float, v: float, xi: float) -> float:
    """ln(B / K) by QD+ (Li 2010): two Newton steps of QD, one with its correction held fixed."""
    sd = v * xi
    rt, qt = rho * xi * xi, kappa * xi * xi
    drift = rt - qt
    limit = rho / kappa if kappa > rho else 1.0
    v2 = sd * sd
    w = 2.0 * drift / v2 - 1.0
    a = 2.0 * rt / v2
    dr, dq = exp_bounded(-rt), exp_bounded(-qt)
    flat = rt < 1e-5
    h = rt * (1.0 - 0.5 * rt) if flat else 1.0 - dr
    over = 1.0 - 0.5 * rt if flat else h / max(rt, 1e-5)
    ah = 2.0 / (v2 * over)
    root = np.sqrt(w * w + 4.0 * ah)
    lam = -0.5 * (w + root)
    lam_inf = -0.5 * (w + np.sqrt(w * w + 4.0 * a))
    perpetual = min(lam_inf / (lam_inf - 1.0), limit)
    gap = limit - perpetual + TINY
    b = perpetual + gap * exp_bounded(min((drift - 2.0 * sd) * limit / gap, 0.0))
    b = _quadratic_step(b, drift, sd, dr, dq, lam, 0.0, limit)
    b = _quadratic_step(b, drift, sd, dr, dq, lam, 0.0, limit)
    d1 = (log_normal(b) + drift) / sd + 0.5 * sd
    d2 = d1 - sd
    e1 = exp_bounded(-0.5 * d1 * d1)
    n1, n2 = dq * b * tail(-d1, e1), dr * tail(-d2, exp_bounded(-0.5 * d2 * d2))
    theta = rt * n2 - qt * n1 - 0.5 * sd * b * dq * INV_ROOT_2PI * e1
    c0 = dr * ah / root * (1.0 - theta * over / (dr * (1.0 - b - n2 + n1)) - ah / (root * root))
    bound = -0.4 * lam
    c0 = min(max(c0, -bound), bound) if abs(c0) < np.inf else 0.0
    return log_normal(_quadratic_step(b, drift, sd, dr, dq, lam, c0, limit))


@inlined
def _load(  # noqa: PLR0917 - private
    w: Any, rho: Any, kappa: Any, v: Any, start: int, size: int
) -> None:
    for lane in range(LANES):
        at = min(start + lane, size - 1)
        w[_RHO + lane] = rho[at]
        w[_KAPPA + lane] = kappa[at]
        w[_V + lane] = v[at]
    for lane in range(LANES):
        r, k, s = w[_RHO + lane], w[_KAPPA + lane], w[_V + lane]
        w[_IV + lane] = 1.0 / s
        w[_G + lane] = (r - k) / s + 0.5 * s
        w[_RB + lane] = max(r, k)
        w[_LNX + lane] = log_normal(r / k) if k > r else 0.0


@compiled(
    "void(f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[:,::1], f8[:,::1], f8[:,:,::1], i8,"
    " f8[:,::1], f8[::1])"
)
def boundary(  # noqa: PLR0912, PLR0917, PLR0915, C901 - one sweep over one block
    rho: Any,
    kappa: Any,
    v: Any,
    nodes: Any,
    sines: Any,
    mass: Any,
    smooth: Any,
    interpolate: Any,
    steps: int,
    squares: Any,
    moved: Any,
) -> None:
    align_stack()
    size, n, points = rho.size, nodes.size, sines.size
    w = np.empty((ROWS + n + n * n + n + 2 * points + points) * LANES)
    h0 = ROWS * LANES
    j0 = h0 + n * LANES
    f0 = j0 + n * n * LANES
    u0 = f0 + n * LANES
    for start in range(0, size, LANES):
        _load(w, rho, kappa, v, start, size)
        for i in range(n):
            xi = nodes[i]
            for lane in range(LANES):
                guess = quadratic_guess(w[_RHO + lane], w[_KAPPA + lane], w[_V + lane], xi)
                w[_OUT + lane] = min(guess - w[_LNX + lane], -1e-10)
            for lane in range(LANES):
                w[h0 + i * LANES + lane] = w[_OUT + lane] * w[_OUT + lane]
        for _ in range(steps):
            last = h0 + (n - 1) * LANES
            for lane in range(LANES):
                w[_FLOOR + lane] = 1e-9 * w[last + lane]
            for lane in range(LANES):
                w[_STEP + lane] = 0.0
            for i in range(n):
                xi = nodes[i]
                row = h0 + i * LANES
                for lane in range(LANES):
                    w[_BI + lane] = -np.sqrt(w[row + lane])
                for lane in range(LANES):
                    w[_A1 + lane] = w[_A2 + lane] = w[_D1 + lane] = w[_D2 + lane] = 0.0
                for k in range(points):
                    for lane in range(LANES):
                        w[_HQ + lane] = interpolate[i, k, 0] * w[h0 + lane]
                    for j in range(1, n):
                        p = interpolate[i, k, j]
                        row = h0 + j * LANES
                        for lane in range(LANES):
                            w[_HQ + lane] += p * w[row + lane]
                    e = xi * sines[k]
                    ie, e2, wm, ws = 1.0 / e, e * e, mass[i, k], smooth[i, k]
                    for lane in range(LANES):
                        kap, iv = w[_KAPPA + lane], w[_IV + lane]
                        hr = w[_HQ + lane]
                        root = np.sqrt(max(hr, w[_FLOOR + lane]))
                        d = (w[_BI + lane] + root) * iv * ie + w[_G + lane] * e
                        eq = exp_bounded(-kap * e2)
                        z = exp_bounded(-0.5 * d * d)
                        rb = w[_RB + lane] * exp_bounded(root)
                        g = ws * iv * eq * z
                        grb = g * (rb - kap)
                        slope = grb * d * iv * ie
                        w[_A1 + lane] += wm * kap * eq * tail(d, z)
                        w[_A2 + lane] += grb
                        w[_D1 + lane] += kap * g
                        w[_D2 + lane] -= slope
                        # Over 2 b: the unknowns are the squares of the logarithms.
                        scale = -0.5 / root if hr > w[_FLOOR + lane] else 0.0
                        w[_W1 + lane] = kap * g * scale
                        w[_W2 + lane] = (g * rb - slope) * scale
                    row = u0 + 2 * k * LANES
                    for lane in range(LANES):
                        w[row + lane] = w[_W1 + lane]
                    for lane in range(LANES):
                        w[row + LANES + lane] = w[_W2 + lane]
                ixi, x2 = 1.0 / xi, xi * xi
                for lane in range(LANES):
                    iv, bi = w[_IV + lane], w[_BI + lane]
                    d = (bi + w[_LNX + lane]) * iv * ixi + w[_G + lane] * xi
                    eq = exp_bounded(-w[_KAPPA + lane] * x2)
                    z = exp_bounded(-0.5 * d * d)
                    a1 = max(w[_A1 + lane] + eq * tail(d, z), TINY)
                    a2 = max(w[_A2 + lane], TINY)
                    i1, i2 = 1.0 / a1, 1.0 / a2
                    d1 = w[_D1 + lane] + eq * z * INV_ROOT_2PI * iv * ixi
                    w[_A1 + lane] = i1
                    w[_A2 + lane] = i2
                    w[_D1 + lane] = (d1 * i1 - w[_D2 + lane] * i2) * 0.5 / bi
                    w[_OUT + lane] = log_normal(a2 * i1)
                row = f0 + i * LANES
                for lane in range(LANES):
                    w[row + lane] = w[_OUT + lane]
                for k in range(points):
                    row = u0 + 2 * k * LANES
                    for lane in range(LANES):
                        w[row + lane] = w[row + LANES + lane] * w[_A2 + lane] - (
                            w[row + lane] * w[_A1 + lane]
                        )
                for j in range(n):
                    for lane in range(LANES):
                        w[_W1 + lane] = w[_D1 + lane] if i == j else 0.0
                    for k in range(points):
                        p = interpolate[i, k, j]
                        row = u0 + 2 * k * LANES
                        for lane in range(LANES):
                            w[_W1 + lane] += p * w[row + lane]
                    row = j0 + (i * n + j) * LANES
                    for lane in range(LANES):
                        w[row + lane] = w[_W1 + lane]
            _eliminate(w, n, j0, f0)
            for i in range(n):
                row, right = h0 + i * LANES, f0 + i * LANES
                for lane in range(LANES):
                    w[_HQ + lane] = w[row + lane]
                for lane in range(LANES):
                    w[_B + lane] = w[right + lane]
                for lane in range(LANES):
                    h = w[_HQ + lane]
                    new = h + w[_B + lane]
                    new = min(max(new, 0.25 * h), 4.0 * h) if abs(new) < np.inf else h
                    move = 0.5 * abs(w[_B + lane]) * w[_IV + lane] / np.sqrt(h)
                    move = move if move < np.inf else np.inf  # noqa: FURB136 - NaN counts too
                    w[_STEP + lane] = max(w[_STEP + lane], move)
                    w[_OUT + lane] = new
                for lane in range(LANES):
                    w[row + lane] = w[_OUT + lane]
        for lane in range(min(LANES, size - start)):
            moved[start + lane] = w[_STEP + lane]
            for i in range(n):
                squares[start + lane, i] = w[h0 + i * LANES + lane]


@inlined
def _eliminate(  # noqa: C901 - Gauss's three loops, over lanes
    w: Any, n: int, j0: int, f0: int
) -> None:
    """Gauss, without pivots: the diagonal leads, as the boundary acts on later times only."""
    for i in range(n):
        pivot = j0 + (i * n + i) * LANES
        for lane in range(LANES):
            w[_D1 + lane] = 1.0 / w[pivot + lane]
        for m in range(i + 1, n):
            row = j0 + (m * n + i) * LANES
            for lane in range(LANES):
                w[_D2 + lane] = w[row + lane] * w[_D1 + lane]
            for j in range(i + 1, n):
                to, by = j0 + (m * n + j) * LANES, j0 + (i * n + j) * LANES
                for lane in range(LANES):
                    w[to + lane] -= w[_D2 + lane] * w[by + lane]
            to, by = f0 + m * LANES, f0 + i * LANES
            for lane in range(LANES):
                w[to + lane] -= w[_D2 + lane] * w[by + lane]
    for back in range(n):
        i = n - 1 - back
        to = f0 + i * LANES
        for j in range(i + 1, n):
            row, by = j0 + (i * n + j) * LANES, f0 + j * LANES
            for lane in range(LANES):
                w[to + lane] -= w[row + lane] * w[by + lane]
        pivot = j0 + (i * n + i) * LANES
        for lane in range(LANES):
            w[to + lane] /= w[pivot + lane]
