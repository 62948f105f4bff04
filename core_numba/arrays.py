"""Arrays as the kernels take them: float64, C-contiguous, one axis, one length."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def flat(*values: npt.ArrayLike) -> tuple[tuple[int, ...], list[Floats]]:
    """The broadcast shape of `values`, and each of them broadcast and flattened to one axis.

    `ValueError` when the shapes do not broadcast. An array that is already flat is not copied,
    unless it is read-only: kernels are compiled for arrays that can be written to.
    """
    arrays = [np.asarray(value, dtype=np.float64) for value in values]
    shape = np.broadcast_shapes(*(array.shape for array in arrays))
    return shape, [
        np.require(
            array if array.shape == shape else np.broadcast_to(array, shape),
            requirements=("C", "A", "W"),
        ).reshape(-1)
        for array in arrays
    ]
