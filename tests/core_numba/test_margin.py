"""Margin worked by hand after the Cboe margin manual, and against an integer program."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core_numba.margin import portfolio, regulation_t
from core_numba.plain import margin as plain
from core_numba.strategies.legs import Leg, Legs, call, put, stock

# The underlying at 100. (requirement, buying power) per strategy.
HAND: dict[str, tuple[list[Leg], float, float]] = {
    "long call": ([call(1, 100, 3)], 0, 300),
    # 2 + max(20 - 10, 10): the two arms are equal.
    "naked call": ([call(-1, 110, 2)], 1200, 1000),
    # 0.5 + max(20 - 40, 10 % of the underlying)
    "far naked call": ([call(-1, 140, 0.5)], 1050, 1000),
    # 0.5 + max(20 - 40, 10 % of the strike)
    "far naked put": ([put(-1, 60, 0.5)], 650, 600),
    "naked put in the money": ([put(-1, 110, 12)], 3200, 2000),
    # The put is greater (2 + 15 = 17 against 1 + 10 = 11), plus the call's price.
    "short strangle": ([put(-1, 95, 2), call(-1, 110, 1)], 1800, 1500),
    "bull put spread": ([put(-1, 95, 2), put(1, 90, 1)], 500, 400),
    "bull call spread": ([call(1, 100, 3), call(-1, 105, 1)], 0, 200),
    # The wider side, 12; as a strangle it would be 1.5 + 1.5 + 10.
    "iron condor": (
        [put(1, 78, 0.5), put(-1, 90, 1.5), call(-1, 110, 1.5), call(1, 120, 0.5)], 1200, 1000,
    ),
    "long butterfly": ([call(1, 90, 12), call(-2, 100, 5), call(1, 110, 2)], 0, 400),
    "short butterfly": ([call(-1, 90, 12), call(2, 100, 5), call(-1, 110, 2)], 1000, 600),
    "calendar": ([call(-1, 100, 3, 0.1), call(1, 100, 5, 0.3)], 0, 200),
    # The long dies first and covers nothing: 5 + 20.
    "calendar the wrong way": ([call(-1, 100, 5, 0.3), call(1, 100, 3, 0.1)], 2500, 2300),
    "ratio spread": ([call(1, 100, 5), call(-2, 110, 2)], 1200, 1300),
    # A width of 60 would cost more than the naked put's 2 + 20.
    "wide put spread": ([put(-1, 100, 2), put(1, 40, 0.1)], 2200, 2010),
    "covered call": ([stock(100, 100), call(-1, 110, 2)], 5000, 4800),
    # Lent on at no more than the strike: 100 - 90 / 2.
    "covered call in the money": ([stock(100, 100), call(-1, 90, 12)], 5500, 4300),
    "covered put": ([stock(-100, 100), put(-1, 90, 2)], 5000, 4800),
    "collar": ([stock(100, 100), put(1, 95, 2), call(-1, 105, 2)], 5000, 5000),
    # One of two calls is covered, the other naked: 5000 + 2 + 10.
    "two calls on one hundred shares": ([stock(100, 100), call(-2, 110, 2)], 6200, 5800),
    "jade lizard": ([put(-1, 90, 3), call(-1, 110, 3), call(1, 115, 0.5)], 1800, 1250),
    "ten iron condors": (
        [put(10, 80, 0.5), put(-10, 90, 1.5), call(-10, 110, 1.5), call(10, 120, 0.5)],
        10_000, 8_000,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in HAND if name != "jade lizard"])
def test_the_requirement_worked_by_hand(name: str) -> None:
    legs, requirement, power = HAND[name]
    found = regulation_t(Legs.of([legs]), 100.0)
    assert found.requirement[0] == pytest.approx(requirement)
    assert found.buying_power[0] == pytest.approx(power)


def test_a_jade_lizard_takes_the_cheaper_of_its_two_pairings() -> None:
    """Naked put 3 + 10 and call spread 5 make 18; the strangle 3 + 3 + 10 makes 16."""
    legs = HAND["jade lizard"][0]
    assert regulation_t(Legs.of([legs]), 100.0).requirement[0] == pytest.approx(1600.0)
    narrow = [legs[0], legs[1], call(1, 111, 2.5)]
    assert regulation_t(Legs.of([narrow]), 100.0).requirement[0] == pytest.approx(1400.0)


def test_a_cash_account_secures_puts_in_full_and_knows_no_other_shorts() -> None:
    book = [
        [put(-1, 90, 2)], [stock(100, 100), call(-1, 110, 2)], [call(-1, 110, 2)],
        [put(-1, 95, 2), put(1, 90, 1)], [stock(-100, 100)], [call(1, 100, 3)],
    ]  # fmt: skip
    found = regulation_t(Legs.of(book), 100.0, account="cash")
    assert found.requirement.tolist() == [9000.0, 10_000.0, math.inf, 9500.0, math.inf, 0.0]
    assert found.buying_power.tolist()[:2] == [8800.0, 9800.0]


def test_current_prices_and_the_index_percentage_count() -> None:
    legs = Legs.of([[call(-1, 100, 2)]])
    assert regulation_t(legs, 100.0, price=[5.0], share=0.15).requirement[0] == 2000.0


LEG = st.builds(
    Leg, st.sampled_from([1.0, -1.0]), st.integers(-3, 3).filter(bool),
    st.integers(0, 40).map(lambda n: n / 4.0), st.integers(16, 24).map(lambda n: 5.0 * n),
    st.sampled_from([0.1, 0.2, 0.3]), st.just(math.nan), st.just(100.0),
)  # fmt: skip
SHARES = st.integers(-3, 3).map(lambda n: [stock(100.0 * n, 100.0)] if n else [])


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.lists(LEG, min_size=1, max_size=5), SHARES, st.sampled_from(["margin", "cash"]))
def test_no_pairing_is_cheaper_by_enumeration_or_by_integer_program(
    options: list[Leg], shares: list[Leg], account: str
) -> None:
    legs = Legs.of([options + shares])
    found = regulation_t(legs, 100.0, account=account).requirement[0]  # type: ignore[arg-type]
    full = np.vstack([legs.table, legs.table[2]])
    cash = int(account == "cash")
    out, large = np.empty(1), np.empty(1, np.int64)
    plain.regulation_t(full, legs.begin, legs.end, np.array([100.0]), 0.2, 0.1, cash, out, large)
    assert found == pytest.approx(out[0])
    assert found == pytest.approx(plain.by_program(full, 100.0, 0.2, 0.1, cash))


def test_too_many_pairings_are_left_to_the_integer_program() -> None:
    legs = [put(-97, 90, 1), put(-89, 95, 2), call(-83, 105, 2), call(-79, 110, 1),
            call(90, 115, 1), put(90, 80, 0.5)]  # fmt: skip
    assert plain.MOST_PAIRINGS < 98 * 90 * 84 * 80
    found = regulation_t(Legs.of([legs, [put(-1, 90, 2)]]), 100.0).requirement
    assert found[1] == pytest.approx(1200.0)
    beyond = 1.0 + 10.0, 2.0 + 15.0, 2.0 + 15.0, 1.0 + 10.0
    apart = 100.0 * sum(n * each for n, each in zip((97, 89, 83, 79), beyond, strict=True))
    assert 0.0 < found[0] < apart


def test_fractions_and_mixed_multipliers_are_refused_and_nan_is_nan() -> None:
    with pytest.raises(ValueError, match="whole"):
        regulation_t(Legs.of([[call(-0.5, 100, 1)]]), 100.0)
    with pytest.raises(ValueError, match="multiplier"):
        regulation_t(Legs.of([[call(-1, 100, 1), call(1, 110, 1, multiplier=10)]]), 100.0)
    with pytest.raises(ValueError, match="account"):
        regulation_t(Legs.of([[]]), 100.0, account="other")  # type: ignore[arg-type]
    book = Legs.of([[call(math.nan, 100, 1)], [call(-1, 100, math.nan)], [], [put(-1, 100, 2)]])
    assert np.isnan(regulation_t(book, 100.0).requirement).tolist() == [True, True, False, False]
    assert np.isnan(regulation_t(book, math.nan).requirement).all()


def test_portfolio_margin_is_the_worst_of_its_scenarios() -> None:
    share = portfolio(Legs.of([[stock(100, 90)]]), 100.0)
    assert share.requirement[0] == pytest.approx(1500.0)
    assert share.spot_move[0] == pytest.approx(-0.15)
    short = portfolio(Legs.of([[call(-1, 100, 3, 0.25, 0.3)]]), 100.0)
    assert (short.spot_move[0], short.volatility_move[0]) == pytest.approx((0.15, 0.25))
    assert 1000.0 < short.requirement[0] < 1500.0
    # A long far out of the money can lose next to nothing: the least per contract.
    tail = portfolio(Legs.of([[put(2, 20, 0.01, 0.1, 0.3)]]), 100.0)
    assert tail.requirement[0] == pytest.approx(75.0)
    assert tail.worst_loss[0] == pytest.approx(0.0, abs=1e-6)


def test_a_hedged_book_needs_no_more_than_its_parts_and_missing_volatility_is_nan() -> None:
    short, long = put(-1, 95, 2, 0.25, 0.3), put(1, 85, 1, 0.25, 0.3)
    found = portfolio(Legs.of([[short, long], [short], [long]]), 100.0, rate=0.03)
    assert found.requirement[0] <= found.requirement[1:].sum()
    assert found.requirement[0] <= 1000.0
    assert np.isnan(portfolio(Legs.of([[put(1, 95, 2, 0.25)]]), 100.0).requirement[0])
    with pytest.raises(ValueError, match="at least one"):
        portfolio(Legs.of([[short]]), 100.0, spot_moves=())
