"""Trailing stops: levels worked out by hand, and arrays that agree with one bar at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_numba.stops import StopKind, TrailingStop, trailing_stops

OPEN = [100.0, 104.0, 108.0, 103.0]
HIGH = [105.0, 110.0, 109.0, 104.0]
LOW = [99.0, 103.0, 104.0, 100.0]
CLOSE = [104.0, 108.0, 105.0, 101.0]
ATR = [2.0, 2.0, 3.0, 3.0]
BARS = (OPEN, HIGH, LOW, CLOSE)


@pytest.mark.parametrize(
    ("kind", "amount", "levels", "bar", "price"),
    [
        (StopKind.FIXED, 6.0, [94.0, 99.0, 104.0], 2, 104.0),
        (StopKind.PERCENT, 0.05, [95.0, 99.75, 104.5], 2, 104.5),
        (StopKind.ATR, 2.0, [math.nan, 100.0, 104.0], 2, 104.0),
        (StopKind.CHANDELIER, 2.5, [math.nan, 100.0, 105.0], 2, 105.0),
        (StopKind.CHANDELIER, 3.0, [math.nan, 99.0, 104.0], 2, 104.0),
    ],
)
def test_levels_of_a_long_position_by_hand(
    kind: StopKind, amount: float, levels: list[float], bar: int, price: float
) -> None:
    found = trailing_stops(
        BARS, entry_bar=0, entry_price=100.0, kind=kind, amount=amount, atr=ATR, levels=True
    )
    np.testing.assert_allclose(found.level[0, : len(levels)], levels, rtol=1e-15)
    assert found.exit_bar.tolist() == [bar]
    assert found.exit_price[0] == pytest.approx(price, rel=1e-15)
    assert np.all(np.isnan(found.level[0, bar + 1 :]))


def test_a_gap_leaves_at_the_open() -> None:
    found = trailing_stops(BARS, entry_bar=1, entry_price=104.0, kind=StopKind.FIXED, amount=5.5)
    assert (found.exit_bar.tolist(), found.exit_price.tolist()) == ([2], [104.5])
    gap = ([100.0, 80.0], [100.0, 85.0], [100.0, 70.0], [100.0, 75.0])
    found = trailing_stops(gap, entry_bar=0, entry_price=100.0, kind=StopKind.FIXED, amount=5.0)
    assert found.exit_price.tolist() == [80.0]


def test_a_short_is_the_mirror_of_a_long() -> None:
    mirrored = tuple(200.0 - np.array(each) for each in (OPEN, LOW, HIGH, CLOSE))
    for kind in (StopKind.FIXED, StopKind.ATR, StopKind.CHANDELIER):
        long = trailing_stops(BARS, entry_bar=0, entry_price=100.0, kind=kind, amount=2.5, atr=ATR)
        short = trailing_stops(
            mirrored,  # type: ignore[arg-type]
            entry_bar=0, entry_price=100.0, side=-1, kind=kind, amount=2.5, atr=ATR,
        )  # fmt: skip
        assert long.exit_bar.tolist() == short.exit_bar.tolist()
        np.testing.assert_allclose(long.exit_price, 200.0 - short.exit_price)


@settings(deadline=None, derandomize=True, max_examples=100)
@given(st.integers(0, 2**32), st.sampled_from(list(StopKind)), st.sampled_from([1, -1]))
def test_bar_by_bar_gives_the_very_bits_of_the_arrays(seed: int, kind: StopKind, side: int) -> None:
    rng = np.random.default_rng(seed)
    count = 60
    o = 100 * np.exp(np.cumsum(rng.normal(0, 0.02, count)))
    c = o * np.exp(rng.normal(0, 0.01, count))
    h, low = np.maximum(o, c) * 1.01, np.minimum(o, c) * 0.99
    atr = np.where(rng.random(count) < 0.1, np.nan, rng.uniform(0.5, 2, count))
    amount = float(rng.uniform(0.01, 0.2) if kind == StopKind.PERCENT else rng.uniform(1, 9))
    entries = np.array([0, 5, 30, 59])
    found = trailing_stops(
        (o, h, low, c), entry_bar=entries, entry_price=o[entries], side=side, kind=kind,
        amount=amount, atr=atr, levels=True,
    )  # fmt: skip
    for number, first in enumerate(entries):
        before = atr[first - 1] if first else math.nan
        stop = TrailingStop(kind=kind, amount=amount, side=side, entry=o[first], atr=before)
        levels, left = np.full(count, np.nan), (-1, math.nan)
        for bar in range(first, count):
            levels[bar] = stop.level
            price = stop.update(o[bar], h[bar], low[bar], c[bar], atr[bar])
            if not math.isnan(price):
                left = (bar, price)
                break
        np.testing.assert_array_equal(found.level[number], levels)
        assert found.exit_bar[number] == left[0]
        np.testing.assert_array_equal(found.exit_price[number], left[1])
        known = levels[~np.isnan(levels)]
        assert np.all(side * np.diff(known) >= 0.0)


def test_what_makes_no_sense_is_refused_with_a_sentence() -> None:
    def stops(**more: object) -> None:
        options = {"entry_bar": 0, "entry_price": 100.0, "kind": StopKind.FIXED, "amount": 1.0}
        trailing_stops(BARS, **{**options, **more})  # type: ignore[arg-type]

    for wrong, words in (
        ({"amount": 0.0}, "positive"),
        ({"amount": 1.0, "kind": StopKind.PERCENT}, "below 1"),
        ({"kind": StopKind.ATR}, "give `atr`"),
        ({"atr": [1.0]}, "as many bars"),
        ({"entry_bar": 9}, "within the bars"),
        ({"side": 2}, "sides"),
    ):
        with pytest.raises(ValueError, match=words):
            stops(**wrong)
    with pytest.raises(ValueError, match="one length"):
        trailing_stops((OPEN, HIGH, LOW, CLOSE[1:]), entry_bar=0, entry_price=1.0,
                       kind=StopKind.FIXED, amount=1.0)  # fmt: skip
    with pytest.raises(ValueError, match="side"):
        TrailingStop(kind=StopKind.FIXED, amount=1.0, side=0, entry=1.0)
