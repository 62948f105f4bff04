"""The words are those that the generator's authors published, and the variates have their laws."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from core_numba.plain.simulation import words as plain
from core_numba.simulation.streams import Stream, poisson_distribution

# Random123's known answers for ars4x32 with 7 rounds: counter, key, words (four of 32 bits each).
KNOWN = (
    ("00000001 00000000 00000000 00000000", "00000001 00000000 00000000 00000000",
     "3523162b dc14d20c 79184077 72184193"),
    ("00000000 00000100 00000000 00000000", "00000001 00000000 00000000 00000000",
     "f9498100 dc442236 92194dd1 83a093c7"),
    ("00000000 00000000 00000100 00000000", "00000100 00000000 00000000 00000000",
     "424c05df 59e03d06 8d2b91b9 a8c6c4fd"),
    ("00000000 00000000 00000000 80000000", "00000001 00000000 00000000 00000000",
     "a2154453 e90a0384 0e3816c0 bdb8b8e0"),
    ("886a3f24 d308a385 2e8a1913 44737003", "00000001 00000000 00000000 00000000",
     "bb4006c7 33dbc0db 1ea0a1c9 7f9541e3"),
    ("00000001 00000000 00000000 00000000", "00010000 00000000 00000000 00000000",
     "89946751 a8781167 cec08928 26e12d35"),
)  # fmt: skip


def _halves(text: str) -> tuple[int, int]:
    a, b, c, d = (int(word, 16) for word in text.split())
    return a | b << 32, c | d << 32


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
def test_words_are_the_published_ones(counter: str, key: str, answer: str) -> None:
    low, high = _halves(counter)
    expected = [int(word, 16) for word in answer.split()]
    out = np.empty(4, np.uint32)
    if low < 1 << 62:  # places are numbered by words, groups hold four
        first = 4 * low
        plain.words(plain.round_keys(*_halves(key)), first, high, out)
        assert out.tolist() == expected
        assert Stream(*_halves(key)).words(4, first=first, draw=high).tolist() == expected


def test_every_way_to_compute_words_gives_the_same() -> None:
    from numba import njit

    from core_numba.compiled.simulation import words as compiled

    keys = plain.round_keys(2**64 - 1, 12345)
    expected = np.empty(128, np.uint32)
    plain.words(keys, 400, 2**63 + 77, expected)
    ways = [compiled.by_tables]
    if compiled.fill is not compiled.by_tables:
        ways += [compiled.by_instructions(1), compiled.fill]
    for way in ways:

        @njit
        def run(out: Any, way: Any = way) -> None:
            way(out, keys, np.uint64(100), np.uint64(2**63 + 77), 4)

        out = np.empty(128, np.uint32)
        run(out)
        assert (out == expected).all()


def test_a_word_depends_on_its_address_alone() -> None:
    stream = Stream(7, 3)
    long = stream.words(1000, draw=5)
    for first in (0, 4, 32, 36, 500):
        assert (stream.words(33, first=first, draw=5) == long[first : first + 33]).all()
    assert not (stream.words(1000, draw=6) == long).any()
    assert not (Stream(8, 3).words(1000, draw=5) == long).any()


def test_bits_are_balanced_and_do_not_follow_each_other() -> None:
    words = Stream(1).words(1 << 20)
    ones = np.array([(words >> np.uint32(b) & 1).mean() for b in range(32)])
    assert np.abs(ones - 0.5).max() < 5 * 0.5 / 2**10
    u = words * 2.0**-32
    for lag in (1, 2, 3, 4, 32, 64, 128):
        assert abs(np.corrcoef(u[:-lag], u[lag:])[0, 1]) < 5 / 2**10
    assert stats.chisquare(np.bincount(words >> np.uint32(22), minlength=1024)).pvalue > 1e-4


@pytest.mark.parametrize(
    ("name", "sample"),
    [
        ("uniform", lambda s: s.uniforms(200_000)),
        ("expon", lambda s: s.exponentials(200_000)),
        ("norm", lambda s: s.normals(200_000)),
    ],
)
def test_variates_have_their_distribution(name: str, sample: object) -> None:
    values = sample(Stream(11))  # type: ignore[operator]
    assert stats.kstest(values, name).pvalue > 1e-3


@pytest.mark.parametrize("dof", [0.7, 2.5, 5.0, 30.0])
def test_student_variates_have_their_distribution(dof: float) -> None:
    values = Stream(12).student_t(dof, 200_000)
    assert stats.kstest(values, "t", args=(dof,)).pvalue > 1e-3


def test_poisson_counts_have_their_distribution() -> None:
    for mean in (0.0, 0.02, 3.0, 80.0):
        distribution = poisson_distribution(mean)
        exact = stats.poisson.cdf(np.arange(distribution.size), mean)
        assert np.abs(distribution - exact).max() < 1e-14
        counts = Stream(13).poisson(mean, 100_000)
        assert abs(counts.mean() - mean) <= 4 * math.sqrt(mean / 100_000)


def test_impossible_requests_are_refused() -> None:
    with pytest.raises(ValueError, match="seed"):
        Stream(-1)
    with pytest.raises(ValueError, match="multiple of four"):
        Stream(0).words(4, first=3)
    with pytest.raises(ValueError, match="positive"):
        Stream(0).student_t(0.0, 4)
    with pytest.raises(ValueError, match="shorter steps"):
        Stream(0).poisson(1000.0, 4)
