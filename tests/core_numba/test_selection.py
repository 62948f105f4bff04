"""The best few are the head of a stable sort."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_numba.selection import top

VALUES = st.lists(
    st.one_of(st.floats(), st.sampled_from([0.0, -0.0, 1.0, math.nan, math.inf, -math.inf])),
    max_size=60,
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(VALUES, st.integers(0, 70), st.booleans())
def test_it_is_the_head_of_a_stable_sort_with_nan_last(
    values: list[float], count: int, largest: bool
) -> None:
    column = np.array(values, dtype=np.float64)
    expected = np.argsort(-column if largest else column, kind="stable")[:count]
    assert top(column, count, largest=largest).tolist() == expected.tolist()


def test_many_values_give_the_same_places_as_a_sort() -> None:
    column = np.random.default_rng(2).integers(0, 5000, 100_000).astype(np.float64)
    column[::7] = np.nan
    assert (top(column, 1000) == np.argsort(-column, kind="stable")[:1000]).all()


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="zero or more"):
        top([1.0], -1)
