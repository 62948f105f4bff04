"""The best few by a whole sort."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core_numba.normal import Floats


def top(values: Floats, places: npt.NDArray[np.int64]) -> None:
    places[:] = np.argsort(-values, kind="stable")[: places.size]
