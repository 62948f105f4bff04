"""True range and what is smoothed of it: ATR, ADX, SuperTrend.

See `core_numba.plain.indicators.ranges`.
"""

from __future__ import annotations

import numpy as np

from core_numba.arrays import Floats
from core_numba.compiled.indicators.smoothing import (
    CHUNK,
    INPUT,
    LINE,
    broken,
    chunk_count,
    copy_line,
    finite_count,
    finite_from,
    forward,
    forward_inputs,
    line_of,
    rows,
    seed,
    smooth,
    smooth_two,
    void,
)
from core_numba.jit.exact import called_exactly, compiled_exactly, inlined_exactly


@inlined_exactly
def _range_of(high: float, low: float, before: float) -> float:
    top = max(high, before)
    bottom = min(low, before)
    return top - bottom


@called_exactly
def _ranges(high: Floats, low: Floats, close: Floats, before: Floats, out: Floats) -> None:
    """True ranges; not finite where one of a bar's prices is not."""
    for i in range(out.size):
        span = high[i] - low[i]
        gap = close[i] * 0.0 + span * 0.0
        out[i] = _range_of(high[i], low[i], before[i]) + gap


@called_exactly
def first_bar(high: Floats, low: Floats, close: Floats, start: int) -> int:
    """The first bar from `start` on of which all three are finite."""
    while True:
        place = finite_from(close, finite_from(low, finite_from(high, start)))
        if place == start or place >= close.size:
            return place
        start = place


@called_exactly
def bars_count(high: Floats, low: Floats, close: Floats, start: int, stop: int) -> int:
    """How many bars are finite from `start` on before the first that is not; up to `stop`."""
    count = finite_count(high, start, stop)
    count = finite_count(low, start, start + count)
    return finite_count(close, start, start + count)


@called_exactly
def _atr_run(high: Floats, low: Floats, close: Floats, period: int, out: Floats) -> int:
    n = close.size
    early = bars_count(high, low, close, 0, min(n, period + 1))
    void(out, 0, min(early, period))
    if early <= period:
        return early
    total = 0.0
    for i in range(1, period + 1):
        total += _range_of(high[i], low[i], close[i - 1])
    mean = total / period
    out[period] = mean
    work = rows(2)
    given, made = work[0], work[1]
    seed(given, made, mean)
    take = 1.0 / period
    start = period + 1
    while start < n:
        first = start == period + 1
        count = chunk_count(first, n - start)
        fresh = given[INPUT : INPUT + count]
        _ranges(high[start:], low[start:], close[start:], close[start - 1 :], fresh)
        line = line_of(first, made, out, start)
        smooth(given, line, count, 1.0 - take, take)
        forward_inputs(given, count)
        if first:
            copy_line(made, out[start : start + count])
        if broken(line[count:]):
            good = bars_count(high, low, close, start, start + count)
            if good < count:
                return start + good
        start += count
    return n


@compiled_exactly("void(f8[::1], f8[::1], f8[::1], i8, f8[::1])")
def atr(high: Floats, low: Floats, close: Floats, period: int, out: Floats) -> None:
    start = 0
    while start < close.size:
        first = first_bar(high, low, close, start)
        void(out, start, first)
        start = first + _atr_run(high[first:], low[first:], close[first:], period, out[first:])


@called_exactly
def _moves(high: Floats, low: Floats, before_h: Floats, before_l: Floats, up: Floats) -> None:
    for i in range(up.size):
        rise, fall = high[i] - before_h[i], before_l[i] - low[i]
        rise = rise if rise > fall else 0.0
        up[i] = max(0.0, rise)


@called_exactly
def _falls(high: Floats, low: Floats, before_h: Floats, before_l: Floats, down: Floats) -> None:
    for i in range(down.size):
        rise, fall = high[i] - before_h[i], before_l[i] - low[i]
        fall = fall if fall > rise else 0.0
        down[i] = max(0.0, fall)


@called_exactly
def _index(move: Floats, ranged: Floats, out: Floats) -> None:
    for i in range(out.size):
        share = 100.0 * (move[i] / ranged[i])
        out[i] = share if ranged[i] > 0.0 else 0.0


@called_exactly
def _difference(plus: Floats, minus: Floats, out: Floats) -> None:
    """DX; NaN where there was no move at all."""
    for i in range(out.size):
        out[i] = 100.0 * (abs(minus[i] - plus[i]) / (minus[i] + plus[i]))


@called_exactly
def _smooth_with_gaps(x: Floats, y: Floats, count: int, take: float, out: Floats) -> None:
    """As `smooth`; where the input is NaN the line stays, as if it had stood there for ever."""
    done = 0
    while done < count:
        stop = done
        while stop < count and x[INPUT + stop] == x[INPUT + stop]:
            stop += 1
        if stop > done:
            smooth(x[done:], y[done:], stop - done, 1.0 - take, take)
            for i in range(done, stop):
                out[i] = y[LINE + i]
        if stop < count:
            last = y[LINE + stop - 1]
            out[stop] = last
            seed(x[stop + 1 :], y[stop + 1 :], last)
        done = stop + 1


@called_exactly
def _adx_run(  # noqa: PLR0917
    high: Floats, low: Floats, close: Floats, period: int,
    adx: Floats, plus: Floats, minus: Floats,
) -> int:  # fmt: skip
    n, lead = close.size, 2 * period - 1
    early = bars_count(high, low, close, 0, min(n, lead + 1))
    void(plus, 0, min(early, period))
    void(minus, 0, min(early, period))
    void(adx, 0, min(early, lead))
    if early <= period:
        return early
    work = rows(8)
    ups, up_line, downs, down_line = work[0], work[1], work[2], work[3]
    spans, span_line, indices, adx_line = work[4], work[5], work[6], work[7]
    up, down, span = 0.0, 0.0, 0.0
    for i in range(1, period):
        rise, fall = high[i] - high[i - 1], low[i - 1] - low[i]
        up += rise if rise > fall and rise > 0.0 else 0.0
        down += fall if fall > rise and fall > 0.0 else 0.0
        span += _range_of(high[i], low[i], close[i - 1])
    take = 1.0 / period
    keep = 1.0 - take
    seed(ups, up_line, up / period)
    seed(downs, down_line, down / period)
    seed(spans, span_line, span / period)
    total, start = 0.0, period
    while start < n:
        stop = min(n, start + CHUNK)
        if start <= lead:
            stop = min(stop, lead + 1)
        count = stop - start
        h, l, before_h, before_l = high[start:], low[start:], high[start - 1 :], low[start - 1 :]  # noqa: E741
        _moves(h, l, before_h, before_l, ups[INPUT : INPUT + count])
        _falls(h, l, before_h, before_l, downs[INPUT : INPUT + count])
        _ranges(h, l, close[start:], close[start - 1 :], spans[INPUT : INPUT + count])
        smooth_two(ups, up_line, keep, take, downs, down_line, keep, take, count)
        smooth(spans, span_line, count, keep, take)
        _index(up_line[LINE:], span_line[LINE:], plus[start:stop])
        _index(down_line[LINE:], span_line[LINE:], minus[start:stop])
        dx = indices[INPUT : INPUT + count]
        _difference(plus[start:stop], minus[start:stop], dx)
        forward(ups, up_line, count)
        forward(downs, down_line, count)
        forward(spans, span_line, count)
        if start > lead:
            _smooth_with_gaps(indices, adx_line, count, take, adx[start:stop])
            forward(indices, adx_line, count)
        else:
            for i in range(count):
                total += dx[i] if dx[i] == dx[i] else 0.0
            if stop == lead + 1:
                adx[lead] = total / period
                seed(indices, adx_line, total / period)
        if broken(span_line):
            good = bars_count(high, low, close, start, stop)
            if good < count:
                return start + good
        start = stop
    return n


@compiled_exactly("void(f8[::1], f8[::1], f8[::1], i8, f8[::1], f8[::1], f8[::1])")
def adx(  # noqa: PLR0917
    high: Floats, low: Floats, close: Floats, period: int,
    line: Floats, plus: Floats, minus: Floats,
) -> None:  # fmt: skip
    start = 0
    while start < close.size:
        first = first_bar(high, low, close, start)
        void(line, start, first)
        void(plus, start, first)
        void(minus, start, first)
        start = first + _adx_run(
            high[first:], low[first:], close[first:], period,
            line[first:], plus[first:], minus[first:],
        )  # fmt: skip


@compiled_exactly("void(f8[::1], f8[::1], f8[::1], f8[::1], f8, f8[::1], f8[::1])")
def supertrend(  # noqa: PLR0917
    high: Floats, low: Floats, close: Floats, ranged: Floats, times: float,
    line: Floats, direction: Floats,
) -> None:  # fmt: skip
    upper, lower, trend, before = np.nan, np.nan, 0.0, np.nan
    for i in range(close.size):
        span = ranged[i]
        if span - span != 0.0:
            upper, lower, trend = np.nan, np.nan, 0.0
            line[i], direction[i] = np.nan, np.nan
            continue
        middle = 0.5 * (high[i] + low[i])
        above, below = middle + times * span, middle - times * span
        if trend == 0.0:
            upper, lower, trend = above, below, -1.0
        else:
            upper = above if above < upper or before > upper else upper
            lower = below if below > lower or before < lower else lower
            if trend < 0.0:
                trend = 1.0 if close[i] > upper else -1.0
            else:
                trend = -1.0 if close[i] < lower else 1.0
        line[i] = lower if trend > 0.0 else upper
        direction[i] = trend
        before = close[i]
