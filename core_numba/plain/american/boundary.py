"""The boundary of American puts in NumPy: the readable form of the compiled sweep.

Everything is per unit of strike and of maturity: rho = r T, kappa = q T, v = volatility sqrt(T).
The boundary B at the share xi^2 of T before expiry solves smooth pasting (Andersen, Lake and
Offengenden 2016, equation A), which after cancelling the densities at the strike reads

    e^{-kappa xi^2} N(d0) + kappa int e^{-kappa u} N(d+) du
        = int e^{-kappa u} (rho K / B(xi^2 - u) - kappa) n(d+) / (v sqrt(u)) du,

both sides positive. Its logarithm is brought to zero by Newton's method on all nodes at once, in
the squares of ln(B / X), where X = K min(1, r / q) is the boundary just before expiry.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from core_numba.arrays import Floats
from core_numba.normal import norm_cdf, norm_pdf

TINY: Final = 1e-300


def quadratic_step(  # noqa: PLR0917 - the equation's own terms
    b: Floats,
    drift: Floats,
    sd: Floats,
    dr: Floats,
    dq: Floats,
    slope: Floats,
    limit: Floats,
) -> Floats:
    """A Newton step on (1 - dq N(-d1)) B + slope (1 - B - put) = 0, kept below the limit."""
    d1 = (np.log(b) + drift) / sd + 0.5 * sd
    n1, n2 = norm_cdf(-d1), norm_cdf(sd - d1)
    kept = 1.0 - dq * n1
    f = kept * b + slope * (1.0 - b - dr * n2 + b * dq * n1)
    fp = kept * (1.0 - slope) + dq * norm_pdf(d1) / sd
    return np.minimum(np.maximum(b - f / fp, 0.6 * b), b + 0.5 * (limit - b))


def quadratic_guess(rho: Floats, kappa: Floats, v: Floats, xi: Floats) -> Floats:
    """ln(B / K) by QD+ (Li 2010): two Newton steps of QD, one with its correction held fixed."""
    sd = v * xi
    rt, qt = rho * xi * xi, kappa * xi * xi
    drift = rt - qt
    limit = np.where(kappa > rho, rho / np.where(kappa > rho, kappa, 1.0), 1.0)
    v2 = sd * sd
    w, a = 2.0 * drift / v2 - 1.0, 2.0 * rt / v2
    dr, dq = np.exp(-rt), np.exp(-qt)
    over = np.where(rt < 1e-5, 1.0 - 0.5 * rt, -np.expm1(-rt) / np.maximum(rt, 1e-5))
    ah = 2.0 / (v2 * over)
    root = np.sqrt(w * w + 4.0 * ah)
    lam = -0.5 * (w + root)
    lam_inf = -0.5 * (w + np.sqrt(w * w + 4.0 * a))
    perpetual = np.minimum(lam_inf / (lam_inf - 1.0), limit)
    gap = limit - perpetual + TINY
    b = perpetual + gap * np.exp(np.minimum((drift - 2.0 * sd) * limit / gap, 0.0))
    b = quadratic_step(b, drift, sd, dr, dq, lam, limit)
    b = quadratic_step(b, drift, sd, dr, dq, lam, limit)
    d1 = (np.log(b) + drift) / sd + 0.5 * sd
    n1, n2 = dq * b * norm_cdf(-d1), dr * norm_cdf(sd - d1)
    theta = rt * n2 - qt * n1 - 0.5 * sd * b * dq * norm_pdf(d1)
    c0 = dr * ah / root * (1.0 - theta * over / (dr * (1.0 - b - n2 + n1)) - ah / (root * root))
    bound = -0.4 * lam
    c0 = np.where(np.isfinite(c0), np.clip(c0, -bound, bound), 0.0)
    return np.log(quadratic_step(b, drift, sd, dr, dq, lam + c0, limit))


def boundary(  # noqa: PLR0917 - the kernel's arguments
    rho: Floats,
    kappa: Floats,
    v: Floats,
    nodes: Floats,
    sines: Floats,
    mass: Floats,
    smooth: Floats,
    interpolate: Floats,
    steps: int,
    squares: Floats,
    moved: Floats,
) -> None:
    """Fill `squares` (N, n) with ln(B / X)^2, `moved` (N,) with the last relative Newton step."""
    with np.errstate(all="ignore"):
        limit = np.where(kappa > rho, np.log(rho / np.where(kappa > rho, kappa, 1.0)), 0.0)
        guess = quadratic_guess(rho[:, None], kappa[:, None], v[:, None], nodes[None, :])
        h = np.minimum(guess - limit[:, None], -1e-10) ** 2
        moved[:] = 0.0
        for _ in range(steps):
            f, jacobian = _equations(
                h, rho, kappa, v, limit, nodes, sines, mass, smooth, interpolate
            )
            step = _solve(jacobian, -f)
            move = 0.5 * np.abs(step) / (np.sqrt(h) * v[:, None])
            moved[:] = np.max(np.where(np.isnan(move), np.inf, move), axis=1)
            new = np.clip(h + step, 0.25 * h, 4.0 * h)
            h = np.where(np.isnan(new), h, new)
    squares[:] = h


def _equations(  # noqa: PLR0917 - the equation's own terms
    h: Floats,
    rho: Floats,
    kappa: Floats,
    v: Floats,
    limit: Floats,
    nodes: Floats,
    sines: Floats,
    mass: Floats,
    smooth: Floats,
    interpolate: Floats,
) -> tuple[Floats, Floats]:
    """The logarithms of the ratio of both sides, (N, n), and their derivatives by h, (N, n, n)."""
    iv, drift = 1.0 / v, (rho - kappa) / v + 0.5 * v
    b = -np.sqrt(h)
    # Axes: option, node, quadrature point.
    k3, iv3 = kappa[:, None, None], iv[:, None, None]
    e = nodes[:, None] * sines
    floor = 1e-9 * h[:, -1][:, None, None]
    raw = np.einsum("ikj,aj->aik", interpolate, h)
    root = np.sqrt(np.maximum(raw, floor))
    d = (b[:, :, None] + root) * iv3 / e + drift[:, None, None] * e
    eq = np.exp(-k3 * e * e)
    yields = np.maximum(rho, kappa)[:, None, None] * np.exp(root)
    g = smooth * iv3 * eq * np.exp(-0.5 * d * d)
    slope = g * (yields - k3) * d * iv3 / e
    d0 = (b + limit[:, None]) * iv[:, None] / nodes + drift[:, None] * nodes
    grown = np.exp(-kappa[:, None] * nodes**2)
    left = grown * norm_cdf(d0) + np.sum(mass * k3 * eq * norm_cdf(d), axis=2)
    right = np.sum(g * (yields - k3), axis=2)
    left, right = np.maximum(left, TINY), np.maximum(right, TINY)
    own_left = grown * norm_pdf(d0) * iv[:, None] / nodes + np.sum(k3 * g, axis=2)
    own = (own_left / left + np.sum(slope, axis=2) / right) * 0.5 / b
    other = (g * yields - slope) / right[:, :, None] - k3 * g / left[:, :, None]
    other = np.where(raw > floor, -0.5 * other / root, 0.0)
    jacobian = np.einsum("aik,ikj->aij", other, interpolate)
    index = np.arange(nodes.size)
    jacobian[:, index, index] += own
    return np.log(left / right), jacobian


def _solve(matrix: Floats, right: Floats) -> Floats:
    """Linear systems, one by one where one of them is singular."""
    try:
        return np.asarray(np.linalg.solve(matrix, right[..., None])[..., 0])
    except np.linalg.LinAlgError:
        found = np.full_like(right, np.nan)
        for i in range(right.shape[0]):
            try:
                found[i] = np.linalg.solve(matrix[i], right[i])
            except np.linalg.LinAlgError:
                continue
        return found
