"""The parts of a rating that prices tell: 70 of its 100 points.

| part | weight | nothing | full marks |
| --- | --- | --- | --- |
| price over its 200-day average | 10 | 10 % below | 10 % above |
| price over its 50-day average | 5 | 5 % below | 5 % above |
| 50-day over 200-day average | 6 | 5 % below | 5 % above |
| slope of the 200-day average | 5 | fell 2 % in 20 sessions | rose 2 % |
| RSI of 14 sessions | 5 | 30 and less | 60 to 70; half from 85 on, where a rise is spent |
| MACD 12/26/9 | 5 | line and histogram below zero | line (3) and histogram (2) above |
| return of 3 months over the benchmark's | 4 | 10 points behind | 10 ahead |
| return of 6 months over the benchmark's | 4 | 15 points behind | 15 ahead |
| return of 12 months over the benchmark's | 4 | 20 points behind | 20 ahead |
| relative strength line over its 200-day average | 6 | 10 % below | 10 % above |
| realised volatility, 20 sessions over 252 | 4 | half as much again | half |
| IV rank | 4 | 100 | 0 |
| place in the 52-week range | 4 | the low | the high |
| distance from the 52-week high | 4 | 30 % | none |

Months are 21 sessions, a year 252. RSI and MACD are Wilder's (1978) and Appel's as in TA-Lib; the
relative strength line is price over benchmark (Mansfield). Closes are not adjusted for dividends.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from connectors.ratings.scale import Part, Rule, judged, unknown
from core_numba.arrays import Floats
from core_numba.indicators import macd, rsi, sma
from core_numba.realised import close_to_close

YEAR: Final = 252
MONTH: Final = 21
_FAST, _SLOW, _SLOPE = 50, 200, 20
_ROUNDING: Final = 1e-9
"""Of the price: a MACD smaller than this is what is left of adding up, not a direction."""

TREND, MOMENTUM, RELATIVE = "trend", "momentum", "relative strength"
CALM, RANGE = "volatility", "52 weeks"

PRICE_200: Final = Rule(
    name="Price over 200-day average", group=TREND, weight=10.0,
    text="0 from 10 % below, all from 10 % above", knots=((-10.0, 0.0), (10.0, 1.0)),
)  # fmt: skip
PRICE_50: Final = Rule(
    name="Price over 50-day average", group=TREND, weight=5.0,
    text="0 from 5 % below, all from 5 % above", knots=((-5.0, 0.0), (5.0, 1.0)),
)  # fmt: skip
CROSS: Final = Rule(
    name="50-day over 200-day average", group=TREND, weight=6.0,
    text="0 from 5 % below, all from 5 % above", knots=((-5.0, 0.0), (5.0, 1.0)),
)  # fmt: skip
SLOPE: Final = Rule(
    name="Slope of the 200-day average", group=TREND, weight=5.0,
    text="0 where it fell 2 % in 20 sessions, all where it rose 2 %",
    knots=((-2.0, 0.0), (2.0, 1.0)),
)  # fmt: skip
RSI: Final = Rule(
    name="RSI 14", group=MOMENTUM, weight=5.0,
    text="0 up to 30, half at 50, all from 60 to 70, half again from 85",
    knots=((30.0, 0.0), (50.0, 0.5), (60.0, 1.0), (70.0, 1.0), (85.0, 0.5)),
)  # fmt: skip
MACD: Final = Rule(
    name="MACD 12/26/9", group=MOMENTUM, weight=5.0,
    text="3 for a line above zero, 2 for a histogram above zero; half of each at zero",
    knots=((0.0, 0.0), (5.0, 1.0)),
)  # fmt: skip
AHEAD: Final = tuple(
    (
        months,
        Rule(
            name=f"{months}-month return over the benchmark's", group=MOMENTUM, weight=4.0,
            text=f"0 from {reach} points behind, all from {reach} ahead",
            knots=((-float(reach), 0.0), (float(reach), 1.0)),
        ),
    )
    for months, reach in ((3, 10), (6, 15), (12, 20))
)  # fmt: skip
STRENGTH: Final = Rule(
    name="Relative strength line over its 200-day average", group=RELATIVE, weight=6.0,
    text="0 from 10 % below, all from 10 % above", knots=((-10.0, 0.0), (10.0, 1.0)),
)  # fmt: skip
REALISED: Final = Rule(
    name="Realised volatility, 20 sessions over 252", group=CALM, weight=4.0,
    text="all at half the year's, 0 from one and a half times", knots=((0.5, 1.0), (1.5, 0.0)),
)  # fmt: skip
IV_RANK: Final = Rule(
    name="IV rank", group=CALM, weight=4.0,
    text="all at 0, 0 at 100: fear is priced in", knots=((0.0, 1.0), (100.0, 0.0)),
)  # fmt: skip
PLACE: Final = Rule(
    name="Place in the 52-week range", group=RANGE, weight=4.0,
    text="0 at the low, all at the high", knots=((0.0, 0.0), (100.0, 1.0)),
)  # fmt: skip
DRAWDOWN: Final = Rule(
    name="Below the 52-week high", group=RANGE, weight=4.0,
    text="all at the high, 0 from 30 % below", knots=((0.0, 1.0), (30.0, 0.0)),
)  # fmt: skip


def from_closes(closes: Floats) -> Iterator[Part]:
    """What one company's closes tell, ascending, the last one now."""
    yield from _trend(closes)
    yield _rsi(closes)
    yield _macd(closes)
    yield _realised(closes)
    yield from _range(closes[-YEAR:])


def against_benchmark(closes: Floats, benchmark: Floats) -> Iterator[Part]:
    """What closes tell beside the benchmark's of the same days."""
    for months, rule in AHEAD:
        back = months * MONTH
        if short := _short(closes, back + 1):
            yield unknown(rule, short)
            continue
        own = 100.0 * (closes[-1] / closes[-1 - back] - 1.0)
        theirs = 100.0 * (benchmark[-1] / benchmark[-1 - back] - 1.0)
        yield judged(
            rule, own - theirs, f"It returned {own:+.1f} %, the benchmark {theirs:+.1f} %."
        )
    if short := _short(closes, _SLOW):
        yield unknown(STRENGTH, short)
        return
    ratio = closes / benchmark
    away = _percent(ratio[-1], sma(ratio, _SLOW)[-1])
    yield judged(STRENGTH, away, f"Price over benchmark is {_beside(away)} its average.")


def without_benchmark(reason: str) -> Iterator[Part]:
    """The same parts where there is nothing to hold the closes against."""
    for rule in (*(rule for _, rule in AHEAD), STRENGTH):
        yield unknown(rule, reason)


def from_rank(rank: float) -> Part:
    """`rank` of implied volatility in its year, 0 to 100."""
    return judged(IV_RANK, rank, f"Implied volatility has rank {rank:.0f} in its year.")


def _trend(closes: Floats) -> Iterator[Part]:
    price = float(closes[-1])
    fast = float(sma(closes, _FAST)[-1]) if closes.size >= _FAST else None
    slow = sma(closes, _SLOW) if closes.size >= _SLOW else None
    if slow is None:
        yield unknown(PRICE_200, _short(closes, _SLOW))
    else:
        away = _percent(price, float(slow[-1]))
        yield judged(PRICE_200, away, f"{price:,.2f} is {_beside(away)} {slow[-1]:,.2f}.")
    if fast is None:
        yield unknown(PRICE_50, _short(closes, _FAST))
    else:
        away = _percent(price, fast)
        yield judged(PRICE_50, away, f"{price:,.2f} is {_beside(away)} {fast:,.2f}.")
    if slow is None or fast is None:
        yield unknown(CROSS, _short(closes, _SLOW))
    else:
        away = _percent(fast, float(slow[-1]))
        yield judged(CROSS, away, f"{fast:,.2f} is {_beside(away)} {slow[-1]:,.2f}.")
    if slow is None or closes.size < _SLOW + _SLOPE:
        yield unknown(SLOPE, _short(closes, _SLOW + _SLOPE))
    else:
        moved = _percent(float(slow[-1]), float(slow[-1 - _SLOPE]))
        yield judged(SLOPE, moved, f"It moved {moved:+.2f} % in {_SLOPE} sessions.")


def _rsi(closes: Floats) -> Part:
    if short := _short(closes, 15):
        return unknown(RSI, short)
    value = float(rsi(closes, 14)[-1])
    if not np.any(np.diff(closes)):
        return unknown(RSI, "The price never moved.")
    return judged(RSI, value, f"It is {value:.1f}.")


def _macd(closes: Floats) -> Part:
    if short := _short(closes, 34):
        return unknown(MACD, short)
    found = macd(closes)
    nothing = _ROUNDING * float(closes[-1])
    line, histogram = (
        0.0 if abs(each[-1]) <= nothing else float(each[-1])
        for each in (found.line, found.histogram)
    )
    value = 3.0 * _side(line) + 2.0 * _side(histogram)
    return judged(MACD, value, f"The line is {line:+.2f}, the histogram {histogram:+.2f}.")


def _realised(closes: Floats) -> Part:
    if short := _short(closes, YEAR + 1):
        return unknown(REALISED, short)
    now = float(close_to_close(closes, window=20)[-1])
    year = float(close_to_close(closes, window=YEAR)[-1])
    if year <= _ROUNDING:
        return unknown(REALISED, "The price moved evenly all year: there is nothing to compare.")
    return judged(REALISED, now / year, f"{100 * now:.1f} % a year now, {100 * year:.1f} % before.")


def _range(year: Floats) -> Iterator[Part]:
    if short := _short(year, YEAR):
        yield unknown(PLACE, short)
        yield unknown(DRAWDOWN, short)
        return
    low, high, price = float(year.min()), float(year.max()), float(year[-1])
    if low == high:
        yield unknown(PLACE, "The price did not move all year.")
    else:
        place = 100.0 * (price - low) / (high - low)
        yield judged(PLACE, place, f"{price:,.2f} lies between {low:,.2f} and {high:,.2f}.")
    below = -_percent(price, high)
    yield judged(DRAWDOWN, below, f"{price:,.2f} is {below:.1f} % below {high:,.2f}.")


def _short(closes: Floats, needed: int) -> str:
    """Why a part cannot be had from so few closes; empty when there are enough."""
    if closes.size >= needed:
        return ""
    return f"It needs {needed} closes and there are {closes.size}."


def _side(value: float) -> float:
    return 0.5 if value == 0.0 else float(value > 0.0)


def _percent(value: float, base: float) -> float:
    return 100.0 * (value / base - 1.0)


def _beside(percent: float) -> str:
    return f"{abs(percent):.1f} % {'above' if percent >= 0 else 'below'}"
