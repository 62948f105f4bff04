"""Pivot levels of the next session, and swing highs and lows."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.indicators.rolling import rolling_max
from core_numba.indicators.series import bars, whole


class PivotMethod(StrEnum):
    """How levels are made of a session's high, low and close."""

    CLASSIC = "classic"
    FIBONACCI = "fibonacci"
    CAMARILLA = "camarilla"
    WOODIE = "woodie"


class PivotLevels(NamedTuple):
    """Levels for the session after the one given. Camarilla alone has fourth ones, else NaN."""

    pivot: Floats
    r1: Floats
    r2: Floats
    r3: Floats
    r4: Floats
    s1: Floats
    s2: Floats
    s3: Floats
    s4: Floats


def pivot_levels(
    high: npt.ArrayLike, low: npt.ArrayLike, close: npt.ArrayLike, *,
    method: PivotMethod | str = PivotMethod.CLASSIC,
) -> PivotLevels:  # fmt: skip
    """Floor traders' levels, element by element; each element is one finished session.

    With P = (H + L + C) / 3 and R = H - L. Classic: r1 = 2P - L, r2 = P + R, r3 = H + 2(P - L).
    Fibonacci: P +- 0.382, 0.618 and 1 R. Camarilla: C +- 1.1 R / 12, / 6, / 4, / 2. Woodie:
    P = (H + L + 2C) / 4 and the classic formulas. NaN in, NaN out.
    """
    method = PivotMethod(method)
    arrays = [np.asarray(each, dtype=np.float64) for each in (high, low, close)]
    h, l, c = np.broadcast_arrays(*arrays)  # noqa: E741 - the usual letters
    span = h - l
    none = np.full_like(h, np.nan)
    pivot = (h + l + c) / 3.0
    if method is PivotMethod.FIBONACCI:
        a, b = 0.382 * span, 0.618 * span
        ups, downs = (pivot + a, pivot + b, pivot + span), (pivot - a, pivot - b, pivot - span)
        return PivotLevels(pivot, *ups, none, *downs, none)
    if method is PivotMethod.CAMARILLA:
        step = 1.1 * span
        a, b, d, e = step / 12.0, step / 6.0, step / 4.0, step / 2.0
        return PivotLevels(pivot, c + a, c + b, c + d, c + e, c - a, c - b, c - d, c - e)
    if method is PivotMethod.WOODIE:
        pivot = (h + l + 2.0 * c) / 4.0
    return PivotLevels(
        pivot,
        2.0 * pivot - l, pivot + span, h + 2.0 * (pivot - l), none,
        2.0 * pivot - h, pivot - span, l - 2.0 * (h - pivot), none,
    )  # fmt: skip


class Swings(NamedTuple):
    """At the bar that confirms it: the price of a swing high, or low; NaN at all other bars."""

    high: Floats
    low: Floats


def swings(high: npt.ArrayLike, low: npt.ArrayLike, *, left: int = 5, right: int = 5) -> Swings:
    """Bars whose high is above those of `left` bars before and not below those of `right` after.

    Lows the other way round. Told at the bar that confirms it, `right` bars later: nothing looks
    ahead. Of equal highs in a row the first one counts.
    """
    left, right = whole("left", left), whole("right", right)
    h, l = bars(high, low)  # noqa: E741 - the usual letters
    return Swings(_swing(h, left, right), -_swing(-l, left, right))


def _swing(x: Floats, left: int, right: int) -> Floats:
    out = np.full_like(x, np.nan)
    if x.shape[-1] < left + right + 1:
        return out
    before = rolling_max(x, left)[..., left - 1 : -right - 1]
    after = rolling_max(x, right)[..., left + right :]
    here = x[..., left:-right]
    out[..., left + right :] = np.where((here > before) & (here >= after), here, np.nan)
    return out
