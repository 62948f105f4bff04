"""The coefficients of the Mills ratio and of the first guess are those that their tools fit."""

from __future__ import annotations

import importlib.util
from typing import Any

import mpmath as mp
import numpy as np
import pytest

from tools import guess as guesses
from tools import mills as tool

pytestmark = pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="no Numba here")


def test_the_table_is_what_the_tool_makes() -> None:
    from core_numba.compiled import mills

    made = tool.tables()
    assert pytest.approx(made["FULL"], abs=1e-15) == mills.FULL
    assert pytest.approx(made["ABOVE"], rel=1e-12) == mills.ABOVE
    assert pytest.approx(made["BELOW"], rel=1e-12) == mills.BELOW
    assert (tool.SHIFT, tool.SCALE) == (mills.SHIFT, mills.SCALE)
    assert min(mills.ABOVE + mills.BELOW) > 0.0


def test_the_quotient_holds_value_and_slope_to_the_ends() -> None:
    from core_numba.compiled import mills

    def at(coefficients: Any, z: Any) -> tuple[Any, Any]:
        value = mp.fsum(mp.mpf(c) * z**i for i, c in enumerate(coefficients))
        return value, mp.fsum(i * mp.mpf(c) * z ** (i - 1) for i, c in enumerate(coefficients) if i)

    with mp.workdps(60):
        for z in (mp.mpf(float(z)) for z in np.linspace(mills.LEAST, mills.MOST, 337)):
            (p, dp), (q, dq) = at(mills.ABOVE, z), at(mills.BELOW, z)
            exact = tool.mills(z)
            assert abs(p / q / exact - 1) < 1e-15
            slope = (dp * q - p * dq) / q**2 / (z * exact - 1) - 1
            assert abs(slope) < 4e-15 * (1 + max(z, 0) / 3)


def test_the_guess_is_what_its_tool_makes_and_close() -> None:
    from core_numba.compiled import guess

    made = guesses.tables()
    for name in ("NORMAL", "NORMAL_BELOW", "LOG"):
        assert pytest.approx(made[name], rel=1e-6) == getattr(guess, name), name
    for name in ("LOWER", "UPPER"):
        assert pytest.approx(made[name], rel=1e-4, abs=1e-7) == getattr(guess, name), name
    assert (guesses.SHIFT, guesses.SLOPE) == (guess.SHIFT, guess.SLOPE)
    assert max(made["errors"]) < 7e-4
