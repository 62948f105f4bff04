"""The coefficients of the Mills ratio are those that their tool fits."""

from __future__ import annotations

import importlib.util

import pytest

from tools import mills as tool


@pytest.mark.skipif(importlib.util.find_spec("numba") is None, reason="no Numba here")
def test_the_table_is_what_the_tool_makes() -> None:
    from core_numba.compiled import mills

    made = tool.tables()
    assert pytest.approx(made["FULL"], abs=1e-15) == mills.FULL
    assert pytest.approx(made["ROUGH"], abs=1e-15) == mills.ROUGH
    assert (tool.SHIFT, tool.SCALE) == (mills.SHIFT, mills.SCALE)
