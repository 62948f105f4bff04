"""Element-wise work over slices and threads."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from core_numba.jit import threads


@pytest.fixture(params=[1, 2, 5])
def count(request: pytest.FixtureRequest) -> Iterator[int]:
    before = threads.get_threads()
    threads.set_threads(request.param)
    yield request.param
    threads.set_threads(before)


@pytest.mark.parametrize("size", [0, 1, threads.LEAST - 1, 2 * threads.LEAST, 100_003])
def test_every_element_is_computed_once_and_scalars_reach_every_slice(
    count: int, size: int
) -> None:
    values, out = np.arange(size, dtype=float), np.zeros(size)
    table = np.array([1.0, 2.0])

    def work(x: np.ndarray, factor: float, same: np.ndarray, result: np.ndarray) -> None:
        result += factor * x + same[1]

    threads.split(work, size, (values, 3.0, table, out))
    assert np.array_equal(out, 3.0 * values + 2.0)


def test_large_arrays_are_cut_into_one_slice_a_thread_at_whole_vectors(count: int) -> None:
    seen: list[tuple[int, int]] = []
    positions = np.arange(200_000, dtype=float)
    threads.split(lambda x: seen.append((int(x[0]), len(x))), 200_000, (positions,))
    assert len(seen) == count
    assert all(start % 64 == 0 for start, _ in seen)


def test_an_error_in_any_slice_reaches_the_caller(count: int) -> None:
    def fail(x: np.ndarray) -> None:
        if x[-1] == 99_999:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        threads.split(fail, 100_000, (np.arange(100_000, dtype=float),))


def test_no_threads_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="At least one"):
        threads.set_threads(0)
