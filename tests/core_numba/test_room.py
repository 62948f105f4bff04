"""Memory for results goes round, and never while somebody holds it."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from core_numba import room
from core_numba.arrays import Floats
from core_numba.room import LEAST, MOST, fresh

LARGE = LEAST // 8


def address(array: Floats) -> int:
    return int(array.__array_interface__["data"][0])


@pytest.fixture(autouse=True)
def empty_store() -> None:
    gc.collect()
    room._kept.clear()


def kept() -> int:
    return sum(each.size for each in room._kept)


def test_memory_that_nobody_holds_is_used_again() -> None:
    first = fresh(LARGE)
    assert kept() == 0
    del first
    held = kept()
    assert held >= LEAST
    again = fresh(LARGE)
    assert kept() == 0
    del again
    assert kept() == held


def test_a_view_of_a_result_keeps_its_memory() -> None:
    result = fresh(2 * LARGE)
    result[:] = 1.0
    part = result.reshape(2, -1)[1, 10:20]
    del result
    other = fresh(2 * LARGE)
    other[:] = 2.0
    assert (part == 1.0).all()


def test_results_held_together_do_not_overlap() -> None:
    results = [fresh(LARGE + k) for k in range(12)]
    for k, each in enumerate(results):
        assert each.shape == (LARGE + k,)
        assert each.flags.c_contiguous
        assert each.flags.writeable
        assert address(each) % 64 == 0
        each[:] = k
    assert all((each == k).all() for k, each in enumerate(results))


def test_a_small_result_is_numpys_own() -> None:
    assert fresh(10).base is None
    assert fresh(0).shape == (0,)


def test_no_more_is_kept_than_promised() -> None:
    results = [fresh(MOST // 8 // 4) for _ in range(7)]
    results.clear()
    assert 0 < kept() <= MOST


def test_a_piece_far_too_large_is_left_for_whoever_needs_it() -> None:
    large = fresh(4 * LARGE)
    del large
    small = fresh(LARGE)
    assert kept() > 4 * LEAST
    del small


def test_threads_never_get_the_same_memory() -> None:
    def work(mark: int) -> bool:
        for _ in range(200):
            mine = fresh(LARGE)
            mine[::512] = mark
            if not (mine[::512] == mark).all():
                return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(work, range(4)))
    assert np.isfinite(kept())
