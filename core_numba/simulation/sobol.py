"""Sobol points, scrambled, and Brownian paths that spend the best coordinates first.

Direction numbers of Joe and Kuo (SIAM Journal on Scientific Computing 30, 2008), up to 256
dimensions and 2^32 points. Scrambling is Owen's nested uniform scrambling by a hash (Burley:
Practical Hash-based Owen Scrambling, JCGT 9, 2020): unbiased, and still a net. Without a seed the
points are plain Sobol points, the first of which is zero. Use powers of two as counts.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.plain.simulation.words import Words
from core_numba.simulation.streams import Stream

BITS: Final = 32
_TABLE = Path(__file__).with_name("joe_kuo.csv")


@cache
def _directions() -> Words:
    """(dimensions, bits) direction numbers, highest bit first."""
    lines = [line for line in _TABLE.read_text("ascii").splitlines() if not line.startswith("#")]
    rows = [[int(value) for value in line.split(",")] for line in lines]
    out = np.zeros((len(rows), BITS), np.uint32)
    for to, (polynomial, *m) in zip(out, rows, strict=True):
        degree = len(m)
        if degree == 0:
            m = [1] * BITS  # noqa: PLW2901 - the first dimension is van der Corput's
        for k in range(len(m), BITS):
            value = m[k - degree] ^ m[k - degree] << degree
            for j in range(1, degree):
                if polynomial >> (degree - j) & 1:
                    value ^= m[k - j] << j
            m.append(value)
        to[:] = [value << (BITS - 1 - k) for k, value in enumerate(m[:BITS])]
    return out


def integers(count: int, dimensions: int, *, first: int = 0, seed: int | None = None) -> Words:
    """Points `first` to `first + count - 1`, (count, dimensions), as multiples of 2^-32."""
    directions = _directions()
    if not 1 <= dimensions <= directions.shape[0]:
        raise ValueError(f"Sobol points have 1 to {directions.shape[0]} dimensions here.")
    if count < 1 or first < 0 or first + count > 1 << BITS:
        raise ValueError("There are 2^32 Sobol points, numbered from 0.")
    index = np.arange(first, first + count, dtype=np.uint64)
    gray = (index ^ index >> np.uint64(1)).astype(np.uint32)
    out = np.zeros((dimensions, count), np.uint32)
    for bit in range(int(first + count - 1).bit_length()):
        chosen = np.where(
            gray >> np.uint32(bit) & np.uint32(1), np.uint32(0xFFFFFFFF), np.uint32(0)
        )
        out ^= directions[:dimensions, bit, None] & chosen
    if seed is not None:
        keys = Stream(seed).words(dimensions)
        for row, key in zip(out, keys, strict=True):
            row[:] = _scramble(row, key)
    return np.ascontiguousarray(out.T)


def points(count: int, dimensions: int, *, first: int = 0, seed: int | None = None) -> Floats:
    """The points in [0, 1); with a seed in (0, 1), in the middle of their cells of 2^-32."""
    cells = integers(count, dimensions, first=first, seed=seed)
    middle = 0.5 if seed is not None else 0.0
    return np.multiply(cells.astype(np.float64) + middle, 2.0**-BITS)


def normals(count: int, dimensions: int, *, seed: int, first: int = 0) -> Floats:
    """Scrambled points through the inverse of the normal distribution function."""
    from scipy.special import ndtri  # noqa: PLC0415 - slow to import, and seldom needed

    values: Floats = ndtri(points(count, dimensions, first=first, seed=seed))
    return values


def bridge(times: npt.ArrayLike) -> Floats:
    """The matrix B that makes Brownian motion at rising `times` > 0 of normals: W = Z @ B.T.

    The first normal settles the end, the next the middle given that, and so on by halves.
    """
    when = np.asarray(times, np.float64)
    if when.ndim != 1 or when.size == 0 or not (np.diff(when, prepend=0.0) > 0).all():
        raise ValueError("Times are positive and rise.")
    n = when.size
    matrix = np.zeros((n, n))
    matrix[-1, 0] = np.sqrt(when[-1])
    gaps, used = [(-1, n - 1)], 1  # known ends; -1 is the start
    while gaps:
        left, right = gaps.pop(0)
        if right - left < 2:
            continue
        middle = (left + right) // 2
        begin = when[left] if left >= 0 else 0.0
        width, share = when[right] - begin, when[middle] - begin
        low = matrix[left] if left >= 0 else np.zeros(n)
        matrix[middle] = low + (share / width) * (matrix[right] - low)
        matrix[middle, used] = np.sqrt(share * (width - share) / width)
        used += 1
        gaps += [(left, middle), (middle, right)]
    return matrix


def brownian(count: int, times: npt.ArrayLike, *, seed: int, first: int = 0) -> Floats:
    """(count, times) values of Brownian motion from scrambled points over the bridge."""
    matrix = bridge(times)
    values: Floats = normals(count, matrix.shape[0], seed=seed, first=first) @ matrix.T
    return values


def _scramble(x: Words, key: np.uint32) -> Words:
    """Owen's scrambling of the bits of `x`, from the highest on, by the tree that `key` picks."""
    x = _reversed(x)
    x = x + key
    x ^= x * np.uint32(0x6C50B47C)
    x ^= x * np.uint32(0xB82F1E52)
    x ^= x * np.uint32(0xC7AFE638)
    x ^= x * np.uint32(0x8D22F6E6)
    return _reversed(x)


def _reversed(x: Words) -> Words:
    """Bits in reverse order."""
    for shift, mask in ((1, 0x55555555), (2, 0x33333333), (4, 0x0F0F0F0F), (8, 0x00FF00FF)):
        s, m = np.uint32(shift), np.uint32(mask)
        x = (x >> s & m) | (x & m) << s
    return x >> np.uint32(16) | x << np.uint32(16)
