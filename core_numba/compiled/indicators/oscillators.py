"""The close within its range, and CCI: see `core_numba.plain.indicators.oscillators`."""

from __future__ import annotations

from core_numba.arrays import Floats
from core_numba.compiled.indicators.moments import means_of, moment_rows, window_moments
from core_numba.compiled.indicators.windows import (
    chunk_size,
    scratch_rows,
    warm_up,
    window_extremes,
)
from core_numba.jit.exact import called_exactly, compiled_exactly


@called_exactly
def _position(close: Floats, highest: Floats, lowest: Floats, out: Floats) -> None:
    for i in range(out.size):
        spread = highest[i] - lowest[i]
        place = (close[i] - lowest[i]) / spread * 100.0
        out[i] = 0.0 if spread == 0.0 else place


@called_exactly
def _williams(close: Floats, highest: Floats, lowest: Floats, out: Floats) -> None:
    for i in range(out.size):
        spread = highest[i] - lowest[i]
        place = (highest[i] - close[i]) / spread * -100.0
        out[i] = 0.0 if spread == 0.0 else place


@compiled_exactly("void(f8[::1], f8[::1], f8[::1], i8, b1, f8[::1])")
def range_position(  # noqa: PLR0917
    high: Floats,
    low: Floats,
    close: Floats,
    window: int,
    from_top: bool,  # noqa: FBT001
    out: Floats,
) -> None:
    n, chunk = close.size, chunk_size(window)
    warm_up(window, out)
    rows = scratch_rows(4, min(chunk + window - 1, n))
    for start in range(0, n - window + 1, chunk):
        at, stop = start + window - 1, min(n, start + chunk + window - 1)
        highest, lowest = rows[2][: stop - at], rows[3][: stop - at]
        window_extremes(high[start:stop], window, True, rows, highest)
        window_extremes(low[start:stop], window, False, rows, lowest)
        if from_top:
            _williams(close[at:stop], highest, lowest, out[at:stop])
        else:
            _position(close[at:stop], highest, lowest, out[at:stop])


@called_exactly
def _add_distances(x: Floats, y: Floats, mean: Floats, total: Floats) -> None:
    for i in range(total.size):
        total[i] += abs(x[i] - mean[i]) + abs(y[i] - mean[i])


@called_exactly
def _mean_distance(x: Floats, window: int, mean: Floats, total: Floats) -> None:
    """Of the elements of each window from its mean: the sum, two elements at a time."""
    for i in range(total.size):
        total[i] = 0.0
    if window & 1:
        for i in range(total.size):
            total[i] = abs(x[i] - mean[i])
    for k in range(window & 1, window, 2):
        _add_distances(x[k:], x[k + 1 :], mean, total)


@compiled_exactly("void(f8[::1], f8[::1], f8[::1], i8, f8[::1])")
def cci(high: Floats, low: Floats, close: Floats, window: int, out: Floats) -> None:
    n, chunk = close.size, chunk_size(window)
    warm_up(window, out)
    rows = moment_rows(window, n)
    work = scratch_rows(3, min(chunk + window - 1, n))
    one = 1.0 / window
    for start in range(0, n - window + 1, chunk):
        at, stop = start + window - 1, min(n, start + chunk + window - 1)
        h, l, c, typical = high[start:stop], low[start:stop], close[start:stop], work[0]  # noqa: E741
        for i in range(c.size):
            typical[i] = (h[i] + l[i] + c[i]) / 3.0
        part = typical[: c.size]
        mean, total = work[1][: stop - at], work[2][: stop - at]
        means_of(part, rows, window_moments(part, window, rows), window, mean)
        _mean_distance(part, window, mean, total)
        target, last = out[at:stop], part[window - 1 :]
        for i in range(target.size):
            away = last[i] - mean[i]
            index = away / (0.015 * (total[i] * one))
            target[i] = 0.0 if away == 0.0 else index
