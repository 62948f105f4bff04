"""How finely the exercise boundary is resolved: nodes, quadrature and Newton steps per setting.

The boundary is a polynomial in the square root of the time left, through Chebyshev-Lobatto nodes;
its interpolation at the quadrature points does not depend on the option, so it is a table. The
integrals over the life of the option run over theta with time = T sin^2 theta: the square roots at
both ends of the interval disappear, and Gauss-Legendre converges an order of magnitude sooner than
over the square root of time alone.
"""

from __future__ import annotations

import functools
from typing import Final, NamedTuple

import numpy as np

from core_numba.arrays import Floats


class Scheme(NamedTuple):
    """Sizes of a setting."""

    nodes: int
    """Collocation nodes of the boundary."""
    inner: int
    """Quadrature points of the equation at each node."""
    steps: int
    """Newton steps from the QD+ guess."""
    outer: int
    """Quadrature points of the premium."""


SCHEMES: Final = {
    "fast": Scheme(6, 5, 1, 12),
    "accurate": Scheme(10, 10, 2, 24),
    "precise": Scheme(24, 24, 8, 64),
}
"""Root mean square relative errors 4e-6, 2e-7 and 1e-9 over the mixed set of the benchmark."""


class Tables(NamedTuple):
    """Arrays that the kernels take; all of them depend on the scheme alone."""

    nodes: Floats
    """Square roots of the time left at the nodes, as shares of sqrt(T): (n,)."""
    sines: Floats
    """sin(theta) at the inner points: (l,)."""
    mass: Floats
    """Weights of integrals over time: (n, l)."""
    smooth: Floats
    """Weights of integrals against a normal density over its deviation: (n, l)."""
    interpolate: Floats
    """From nodes to inner points: (n, l, n)."""
    steps: int
    outer_sines: Floats
    outer_weights: Floats
    outer_interpolate: Floats


def sine_rule(points: int) -> tuple[Floats, Floats, Floats]:
    """sin and cos of theta on (0, pi / 2) and the weights of d sin(theta)."""
    x, weight = np.polynomial.legendre.leggauss(points)
    theta = 0.25 * np.pi * (1.0 + x)
    return np.sin(theta), np.cos(theta), 0.25 * np.pi * weight * np.cos(theta)


def lobatto(count: int) -> Floats:
    """Chebyshev-Lobatto nodes on [0, 1], without zero: (count,)."""
    return np.asarray(np.sin(0.5 * np.pi * np.arange(1, count + 1) / count) ** 2)


def interpolation(count: int, at: Floats) -> Floats:
    """Barycentric matrix from the nodes (zero is a node too, of value zero) to `at`."""
    nodes = np.concatenate(([0.0], lobatto(count)))
    weight = (-1.0) ** np.arange(count + 1)
    weight[0] *= 0.5
    weight[-1] *= 0.5
    gap = at[..., None] - nodes
    hit = gap == 0.0
    terms = weight / np.where(hit, 1.0, gap)
    matrix = terms / terms.sum(axis=-1, keepdims=True)
    matrix = np.where(hit.any(axis=-1, keepdims=True), hit.astype(np.float64), matrix)
    return np.ascontiguousarray(matrix[..., 1:])


@functools.cache
def tables(scheme: Scheme) -> Tables:
    """The arrays of a scheme, read-only."""
    nodes = lobatto(scheme.nodes)
    sines, cosines, weights = sine_rule(scheme.inner)
    outer_sines, outer_cosines, outer_weights = sine_rule(scheme.outer)
    return Tables(
        nodes=nodes,
        sines=sines,
        mass=2.0 * nodes[:, None] ** 2 * (weights * sines),
        smooth=2.0 * nodes[:, None] * weights / np.sqrt(2.0 * np.pi),
        interpolate=interpolation(scheme.nodes, nodes[:, None] * cosines),
        steps=scheme.steps,
        outer_sines=outer_sines,
        outer_weights=2.0 * outer_sines * outer_weights,
        outer_interpolate=interpolation(scheme.nodes, outer_cosines),
    )


def scheme_of(accuracy: str | Scheme) -> Scheme:
    """A scheme by its name, or the one given. `ValueError` names the choices."""
    if isinstance(accuracy, Scheme):
        if min(accuracy.nodes, accuracy.inner, accuracy.outer) < 2 or accuracy.steps < 0:
            raise ValueError("A scheme needs at least two nodes and two points of each kind.")
        return accuracy
    if accuracy not in SCHEMES:
        raise ValueError(f"accuracy is {accuracy!r}; it can be {', '.join(SCHEMES)} or a Scheme.")
    return SCHEMES[accuracy]
