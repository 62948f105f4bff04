"""What holds for every strategy."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core_numba.jit import threads
from core_numba.plain.strategies import grid as plain_grid
from core_numba.plain.strategies import profile as plain_profile
from core_numba.strategies.expectation import expectation
from core_numba.strategies.grid import payoff as payoff_at
from core_numba.strategies.grid import pnl_grid
from core_numba.strategies.legs import Leg, Legs, call, put, stock
from core_numba.strategies.measures import Empirical, Lognormal, StudentT
from core_numba.strategies.profile import at_expiration

QUARTERS = st.integers(0, 80).map(lambda n: n / 4.0)
STRIKES = st.integers(10, 40).map(lambda n: 5.0 * n)
QUANTITIES = st.integers(-4, 4).filter(bool)
OPTIONS = st.builds(
    Leg, st.sampled_from([1.0, -1.0]), QUANTITIES, QUARTERS, STRIKES, st.just(0.25), st.just(0.3),
    st.just(100.0),
)  # fmt: skip
STOCKS = st.builds(stock, QUANTITIES.map(lambda n: 100.0 * n), QUARTERS.map(lambda p: p + 90.0))
BOOKS = st.lists(st.lists(st.one_of(OPTIONS, OPTIONS, STOCKS), max_size=5), min_size=1, max_size=4)
SPOTS = np.concatenate([np.linspace(0.0, 320.0, 1281), [1e4]])
CALM = settings(deadline=None, derandomize=True, max_examples=60)


@CALM
@given(BOOKS)
def test_segments_are_the_payoff_and_its_bounds_hold(book: list[list[Leg]]) -> None:
    legs = Legs.of(book)
    found, values = at_expiration(legs), payoff_at(legs, SPOTS)
    for i in range(len(book)):
        here = slice(found.start[i], found.start[i] + found.segments[i])
        at = np.searchsorted(found.x[here], SPOTS, side="right") - 1
        line = found.pnl[here][at] + found.slope[here][at] * (SPOTS - found.x[here][at])
        assert np.allclose(values[i], line, rtol=1e-11, atol=1e-8)
        assert (values[i] <= found.max_profit[i] + 1e-8).all()
        assert (values[i] >= found.max_loss[i] - 1e-8).all()
        breakevens = found.breakevens_of(i)
        assert (np.diff(breakevens) > 0.0).all()
        if breakevens.size:
            assert np.abs(payoff_at(Legs.of([book[i]]), breakevens)).max() < 1e-7
        signs = np.sign(np.where(np.abs(values[i]) < 1e-9, 0.0, values[i]))
        changes = np.flatnonzero(signs[:-1] * signs[1:] < 0)
        for j in changes:
            assert ((breakevens > SPOTS[j]) & (breakevens < SPOTS[j + 1])).any()


@CALM
@given(BOOKS, st.integers(1, 7))
def test_payoff_is_linear_in_quantity(book: list[list[Leg]], factor: int) -> None:
    more = [[leg._replace(quantity=leg.quantity * factor) for leg in legs] for legs in book]
    one, many = (payoff_at(Legs.of(each), SPOTS) for each in (book, more))
    assert np.allclose(many, factor * one, rtol=1e-12, atol=1e-9)
    few, lots = at_expiration(Legs.of(book)), at_expiration(Legs.of(more))
    assert np.allclose(lots.max_profit, factor * few.max_profit, rtol=1e-12, atol=1e-9)
    assert lots.breakevens.tolist() == few.breakevens.tolist()


@CALM
@given(STRIKES, QUARTERS, QUARTERS, st.floats(0.0, 0.25))
def test_a_call_less_a_put_is_stock(strike: float, c: float, p: float, when: float) -> None:
    synthetic = Legs.of([[call(1, strike, c, 0.25, 0.3), put(-1, strike, p, 0.25, 0.3)]])
    share = Legs.of([[stock(100, strike + c - p)]])
    spots = np.linspace(1.0, 300.0, 50)
    mine, theirs = pnl_grid(synthetic, spots, when), pnl_grid(share, spots, when)
    assert np.allclose(mine, theirs, rtol=1e-9, atol=1e-8)


@CALM
@given(BOOKS, st.floats(0.05, 1.5), st.floats(50.0, 200.0))
def test_chances_are_chances_and_means_lie_between_the_bounds(
    book: list[list[Leg]], volatility: float, spot: float
) -> None:
    profile = at_expiration(Legs.of(book))
    returns = np.random.default_rng(1).normal(0.0, 0.2, 50).clip(-1.0)
    for measure in (
        Lognormal(spot, 0.25, volatility), StudentT(spot, 0.25, volatility),
        Empirical(spot, returns),
    ):  # fmt: skip
        told = expectation(profile, measure)
        assert ((told.probability_of_profit >= 0) & (told.probability_of_profit <= 1)).all()
        assert (told.expected <= profile.max_profit + 1e-6).all()
        assert (told.expected >= profile.max_loss - 1e-6).all()
        if isinstance(measure, Empirical):
            values = payoff_at(Legs.of(book), spot * (1.0 + returns))
            assert np.allclose(told.expected, values.mean(axis=1), rtol=1e-9, atol=1e-6)


@CALM
@given(BOOKS)
def test_both_bodies_say_the_same(book: list[list[Leg]]) -> None:
    legs = Legs.of(book)
    found = at_expiration(legs)
    x, pnl, slope, breakeven = (np.empty_like(found.x) for _ in range(4))
    high, low = np.empty(len(legs)), np.empty(len(legs))
    segments, breakevens = np.empty_like(found.segments), np.empty_like(found.segments)
    plain_profile.profile(legs.table, legs.begin, legs.end, found.start, x, pnl, slope, breakeven,
                          segments, breakevens, high, low)  # fmt: skip
    oracle = (segments, x, pnl, slope, breakeven, breakevens, high, low)
    for mine, theirs in zip(found[1:], oracle, strict=True):
        assert np.allclose(mine, theirs, rtol=1e-12, atol=1e-9, equal_nan=True)
    n = len(legs)
    spots, years = np.tile(np.linspace(0.0, 300.0, 37), (n, 1)), np.tile([0.0, 0.1, 0.25], (n, 1))
    out, rate = np.empty((n, 3, 37)), np.full(n, 0.03)
    plain_grid.pnl_grid(legs.table, legs.begin, legs.end, rate, rate, spots, years, out)
    mine = pnl_grid(legs, spots, years, rate=rate, dividend=rate)
    assert np.allclose(mine, out, rtol=1e-10, atol=1e-8)


def test_a_strategy_is_the_same_wherever_it_stands_and_on_any_number_of_threads() -> None:
    rng = np.random.default_rng(2)
    n = 20_000
    strike = np.round(rng.uniform(60.0, 140.0, 2 * n))
    legs = Legs.from_arrays(
        kind=rng.choice([1.0, -1.0], 2 * n), quantity=np.tile([1.0, -2.0], n), strike=strike,
        entry=rng.uniform(0.1, 9.0, 2 * n), expiry=0.2, volatility=0.3,
        offsets=np.arange(0, 2 * n + 1, 2),
    )  # fmt: skip
    spots = np.array([90.0, 101.0, 117.0])
    before = threads.get_threads()
    results = []
    try:
        for count in (1, 2):
            threads.set_threads(count)
            profile = at_expiration(legs)
            told = expectation(profile, Lognormal(100.0, 0.2, 0.3))
            results.append([*profile, *told, pnl_grid(legs, spots, [0.0, 0.1])])
    finally:
        threads.set_threads(before)
    for one, two in zip(*results, strict=True):
        assert np.array_equal(one, two, equal_nan=True)
    for i in (0, 1, 17, 9_999, n - 1):
        alone = Legs(np.ascontiguousarray(legs.table[:, 2 * i : 2 * i + 2]), np.array([0, 2]))
        profile = at_expiration(alone)
        assert profile.max_profit[0] == results[0][7][i]
        told = expectation(profile, Lognormal(100.0, 0.2, 0.3))
        assert told.expected[0] == results[0][9][i]
    grid = pnl_grid(alone, np.linspace(50.0, 150.0, 200), [0.0, 0.1])
    for shift in range(1, 18):
        part = pnl_grid(alone, np.linspace(50.0, 150.0, 200)[shift:], [0.0, 0.1])
        assert np.array_equal(part, grid[:, :, shift:])
