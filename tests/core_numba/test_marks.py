"""Questions asked of a block's bits: every kind of double, in the middle of ordinary ones."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

from core_numba.jit.kernel import numba_exists
from core_numba.normal import Floats

pytestmark = pytest.mark.skipif(
    os.environ.get("MAGNUS_KERNELS") == "plain" or not numba_exists(),
    reason="what only compiled kernels use",
)

MADE = np.array([0x7FF8000000000001, 0xFFF8000000000001, 0x7FF0000000000001], np.uint64)
NANS = MADE.view(np.float64)  # quiet, negative, signalling
ODD = [0.0, -0.0, 5e-324, -5e-324, 2.3e-308, 1.0, -1.0, 1.7976931348623157e308, np.inf, -np.inf]


@pytest.mark.parametrize("place", [0, 5, 16, 36])
def test_each_answers_as_comparisons_do(place: int) -> None:
    from numba import njit

    from core_numba.compiled import marks

    def answers(values: Floats) -> tuple[bool, bool, bool]:
        return (
            marks.any_nan(values),
            marks.all_positive(values),
            marks.all_between(values, 1e-300, 2.0),
        )

    ask: Any = njit(answers)

    for odd in [*ODD, *NANS]:
        values = np.linspace(0.5, 1.5, 37)
        values[place] = odd
        positive = bool(np.all((values > 0.0) & np.isfinite(values)))
        between = bool(np.all((values >= 1e-300) & (values <= 2.0)))
        assert ask(values) == (bool(np.isnan(values).any()), positive, between), odd
