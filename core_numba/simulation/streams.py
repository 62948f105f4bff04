"""Random numbers by counter: each has an address (seed, stream, draw, place) and no history.

Same address, same number, on any machine, in any order, with any number of threads. The words are
ARS-7 (see `core_numba.plain.simulation.words`); they keep no secrets. Uniforms here have 53 bits;
the walks read one word a shock.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core_numba.arrays import Floats
from core_numba.jit.kernel import Kernel
from core_numba.plain.simulation import words as plain
from core_numba.plain.simulation.words import Words, round_keys

_WORDS = Kernel("simulation.words", plain.words)
_LIMIT = 1 << 64


@dataclass(frozen=True, slots=True)
class Stream:
    """The numbers of `seed` and stream `number`: 2^64 draws of 2^64 places each.

    `first` of each method is the place of its first number, a multiple of four; numbers of
    different `draw` are independent. ValueError for what is not in range.
    """

    seed: int
    number: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.seed < _LIMIT and 0 <= self.number < _LIMIT):
            raise ValueError("A seed and a stream's number are whole numbers from 0 to 2^64 - 1.")

    def words(self, count: int, *, first: int = 0, draw: int = 0) -> Words:
        """`count` words of 32 bits."""
        if count < 0 or first < 0 or first % 4 or first + count > _LIMIT:
            raise ValueError("Ask for words from a place that is a multiple of four, at least 0.")
        if not 0 <= draw < _LIMIT:
            raise ValueError("A draw is a whole number from 0 to 2^64 - 1.")
        out = np.empty(count, np.uint32)
        _WORDS(round_keys(self.seed, self.number), np.uint64(first), np.uint64(draw), out)
        return out

    def uniforms(self, count: int, *, first: int = 0, draw: int = 0) -> Floats:
        """In (0, 1), odd multiples of 2^-54: neither end occurs. Reads draws 2d and 2d + 1."""
        high = self.words(count, first=first, draw=2 * draw).astype(np.float64)
        low = self.words(count, first=first, draw=2 * draw + 1) >> np.uint32(11)
        value: Floats = (high * 2.0**21 + low) * 2.0**-53
        return np.minimum(value + 2.0**-54, 1.0 - 2.0**-53)

    def exponentials(self, count: int, *, first: int = 0, draw: int = 0) -> Floats:
        """Of mean one, by -ln U."""
        value: Floats = -np.log(self.uniforms(count, first=first, draw=draw))
        return value

    def normals(self, count: int, *, first: int = 0, draw: int = 0) -> Floats:
        """Standard normals by Box-Muller, one for two uniforms (draws 2d and 2d + 1 of those)."""
        return self.student_t(math.inf, count, first=first, draw=draw)

    def student_t(self, dof: float, count: int, *, first: int = 0, draw: int = 0) -> Floats:
        """Student-t of `dof` > 0 degrees of freedom, not scaled, by Bailey's formula, exactly.

        T = sqrt(n (U^(-2/n) - 1)) cos(2 pi V) (Mathematics of Computation 62, 1994).
        """
        if not dof > 0.0:
            raise ValueError("Degrees of freedom are positive.")
        exponential = self.exponentials(count, first=first, draw=2 * draw)
        angle = 2.0 * np.pi * self.uniforms(count, first=first, draw=2 * draw + 1)
        normal = math.isinf(dof)
        square = 2.0 * exponential if normal else dof * np.expm1(2.0 / dof * exponential)
        value: Floats = np.sqrt(square) * np.cos(angle)
        return value

    def poisson(
        self, mean: float, count: int, *, first: int = 0, draw: int = 0
    ) -> np.typing.NDArray[np.int64]:
        """Poisson counts by the inverse of the distribution function; 0 <= mean <= 500."""
        distribution = poisson_distribution(mean)
        uniforms = self.uniforms(count, first=first, draw=draw)
        return np.searchsorted(distribution, uniforms).astype(np.int64)


def poisson_distribution(mean: float) -> Floats:
    """P(N <= 0), P(N <= 1), ... until what is left is below 1e-17. ValueError unless 0 to 500."""
    if not 0.0 <= mean <= 500.0:
        raise ValueError("A Poisson mean must lie between 0 and 500 here; use shorter steps.")
    term, terms = math.exp(-mean), []
    n = 0
    while n <= mean or term > 1e-18:
        terms.append(term)
        n += 1
        term *= mean / n
    distribution: Floats = np.minimum(np.cumsum(terms), 1.0)
    return distribution
