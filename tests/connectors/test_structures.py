"""Strategies recognised from legs: each name once, splits to the cent, in whatever order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.portfolio.structures import Combined, combine
from mfa.kernel.account import Position
from mfa.kernel.money import ZERO
from tests.connectors.conftest import at, option, position

CASH = Decimal(100_000)


def leg(text: str, opened: datetime | None = None, basis: str | None = None) -> Position:
    """'-2 put 50', '+1 call 55 aug' or '+130 shares', of KO."""
    quantity, kind, *rest = text.split()
    when = opened or at(6, 1)
    count = Decimal(quantity)
    if kind == "shares":
        paid = basis or str(count * 50)
        return replace(position("KO", 0, "50.00", paid, when, "stock"), quantity=count)
    month, day = {"jul": (7, 16), "aug": (8, 20)}[rest[1] if len(rest) > 1 else "jul"]
    paid = basis or str(count * 100)
    contract = option("KO", month, day, rest[0], kind)
    return replace(position("KO", 0, "1.00", paid, when, "", contract), quantity=count)


def names(*legs: str, cash: Decimal = CASH) -> list[str]:
    found = combine([leg(each) for each in legs], cash)
    return [f"{each.units:f} {each.structure.value}" for each in found]


@pytest.mark.parametrize(
    ("legs", "expected"),
    [
        (("+1 put 45", "-1 put 50"), "bull_put_spread"),
        (("-1 put 45", "+1 put 50"), "bear_put_spread"),
        (("+1 call 45", "-1 call 50"), "bull_call_spread"),
        (("-1 call 45", "+1 call 50"), "bear_call_spread"),
        (("+1 put 45", "-1 put 50", "-1 call 55", "+1 call 60"), "iron_condor"),
        (("-1 put 45", "+1 put 50", "+1 call 55", "-1 call 60"), "reverse_iron_condor"),
        (("+1 put 45", "-1 put 50", "-1 call 50", "+1 call 55"), "iron_butterfly"),
        (("-1 put 45", "+1 put 50", "+1 call 50", "-1 call 55"), "reverse_iron_butterfly"),
        (("+1 call 45", "-1 call 50", "-1 call 55", "+1 call 60"), "call_condor"),
        (("+1 put 45", "-1 put 50", "-1 put 55", "+1 put 60"), "put_condor"),
        (("+1 call 45", "-2 call 50", "+1 call 55"), "call_butterfly"),
        (("-1 put 45", "+2 put 50", "-1 put 55"), "short_put_butterfly"),
        (("+1 call 45", "-2 call 50", "+1 call 60"), "broken_wing_call_butterfly"),
        (("-1 put 45", "-1 call 55", "+1 call 60"), "jade_lizard"),
        (("+1 put 40", "-1 put 45", "-1 call 55"), "reverse_jade_lizard"),
        (("-1 put 50", "-1 call 50"), "short_straddle"),
        (("+1 put 50", "+1 call 50"), "long_straddle"),
        (("-1 put 45", "-1 call 55"), "short_strangle"),
        (("+1 put 45", "+1 call 55"), "long_strangle"),
        (("-1 call 50 jul", "+1 call 50 aug"), "call_calendar"),
        (("-1 put 50 jul", "+1 put 50 aug"), "put_calendar"),
        (("+1 call 50 jul", "-1 call 50 aug"), "reverse_call_calendar"),
        (("-1 call 55 jul", "+1 call 50 aug"), "call_diagonal"),
        (("-1 put 45 jul", "+1 put 50 aug"), "put_diagonal"),
        (("+1 put 45 jul", "-1 put 50 aug"), "reverse_put_diagonal"),
        (("+1 call 50", "-2 call 55"), "call_ratio_spread"),
        (("+1 put 50", "-2 put 45"), "put_ratio_spread"),
        (("-1 call 50", "+2 call 55"), "call_backspread"),
        (("-1 put 50", "+2 put 45"), "put_backspread"),
        (("+100 shares", "-1 call 55"), "covered_call"),
        (("+100 shares", "+1 put 45"), "protective_put"),
        (("+100 shares", "+1 put 45", "-1 call 55"), "collar"),
        (("-100 shares", "-1 put 45"), "covered_put"),
        (("-100 shares", "+1 call 55"), "protective_call"),
        (("-1 put 50",), "cash_secured_put"),
        (("-1 call 50",), "short_call"),
        (("+1 call 50",), "long_call"),
        (("+1 put 50",), "long_put"),
    ],
)
def test_the_legs_decide_the_strategy(legs: tuple[str, ...], expected: str) -> None:
    assert names(*legs) == [f"1 {expected}"]


def test_quantities_are_split_and_what_is_left_stands_alone() -> None:
    assert names("+3 put 45", "-5 put 50") == ["3 bull_put_spread", "2 cash_secured_put"]
    assert names("+250 shares", "-1 call 55") == ["1 covered_call", "150 shares"]
    assert names("+30.5 shares") == ["30.5 shares"]
    assert names("+2 put 45", "-1 put 50", "-1 call 55", "+1 call 60") == [
        "1 iron_condor", "1 long_put",
    ]  # fmt: skip


def test_larger_strategies_go_before_smaller_ones() -> None:
    """Two verticals of one expiration are a condor; a ratio only where it takes all."""
    assert names("+2 put 45", "-2 put 50", "-2 call 55", "+2 call 60") == ["2 iron_condor"]
    assert names("+1 call 50", "-4 call 55") == ["1 bull_call_spread", "3 short_call"]
    assert names("+2 call 50", "-4 call 55") == ["2 call_ratio_spread"]
    assert names("+100 shares", "-1 put 45", "-1 call 55", "+1 call 60") == [
        "1 cash_secured_put", "1 covered_call", "1 long_call",
    ]  # fmt: skip


def test_the_narrower_spread_goes_first() -> None:
    assert names("+1 put 40", "+1 put 45", "-1 put 50") == ["1 bull_put_spread", "1 long_put"]
    (spread, alone) = combine([leg(t) for t in ("+1 put 40", "+1 put 45", "-1 put 50")], CASH)
    assert [each.option.strike for each in spread.legs if each.option] == [45, 50]
    assert alone.description == "KO 40 put 16 Jul 2021"


def test_legs_opened_at_one_moment_are_one_order() -> None:
    """By strikes alone the short put would pair with the nearer long put."""
    later = at(6, 2)
    held = [leg("+1 put 40"), leg("-1 put 50"), leg("+1 put 45", later), leg("+1 call 60", later)]
    assert [(e.structure.value, e.description) for e in combine(held, CASH)] == [
        ("bull_put_spread", "KO 40/50 put 16 Jul 2021"),
        ("long_strangle", "KO 45/60 16 Jul 2021"),
    ]


def test_cash_secures_the_nearest_puts_once() -> None:
    short = ("-1 put 50 jul", "-1 put 40 aug")
    assert names(*short, cash=Decimal(5000)) == ["1 cash_secured_put", "1 short_put"]
    assert names(*short, cash=Decimal(9000)) == ["1 cash_secured_put", "1 cash_secured_put"]
    assert names(*short, cash=Decimal(4999)) == ["1 short_put", "1 cash_secured_put"]


def _sums(found: tuple[Combined, ...]) -> dict[str, tuple[Decimal, Decimal]]:
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for each in found:
        for part in each.legs:
            quantity, basis = sums.get(part.instrument, (ZERO, ZERO))
            sums[part.instrument] = (quantity + part.quantity, basis + part.cost_basis)
    return sums


def test_parts_add_up_to_what_is_held_to_the_cent() -> None:
    """-301.01 over three contracts: 100.34 and 200.67."""
    held = [
        leg("-3 put 50", basis="-301.01"),
        leg("+1 put 45", basis="33.35"),
        leg("+133.5 shares", basis="6675.77"),
        leg("-1 call 55 aug", basis="-80.65"),
    ]
    found = combine(held, CASH)
    assert _sums(found) == {each.instrument: (each.quantity, each.cost_basis) for each in held}
    spread = next(each for each in found if each.structure.value == "bull_put_spread")
    assert [part.cost_basis for part in spread.legs] == [Decimal("33.35"), Decimal("-100.34")]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(-5, 5).filter(bool),
            st.sampled_from(("put", "call")),
            st.sampled_from((40, 45, 50, 55, 60)),
            st.sampled_from(("jul", "aug")),
            st.integers(-90_000, 90_000),
            st.integers(0, 2),
        ),
        max_size=9,
        unique_by=lambda each: each[1:4],
    ),
    st.integers(-350, 350),
)
def test_whatever_is_held_nothing_is_lost_or_made_up(
    options: list[tuple[int, str, int, str, int, int]], shares: int
) -> None:
    held = [
        leg(
            f"{count} {kind} {strike} {month}",
            at(6, 1) + timedelta(hours=hour),
            str(Decimal(basis) / 100),
        )
        for count, kind, strike, month, basis, hour in options
    ]
    if shares:
        held.append(leg(f"{shares} shares"))
    found = combine(held, CASH)
    assert _sums(found) == {each.instrument: (each.quantity, each.cost_basis) for each in held}
    assert combine(held[::-1], CASH) == found
    assert all(each.units > 0 for each in found)


def test_the_order_of_the_positions_does_not_matter() -> None:
    held = [
        leg("-2 put 50"), leg("+1 put 45"), leg("-1 call 55 aug", at(6, 3)), leg("+100 shares"),
        leg("+1 call 60 jul", at(6, 3) + timedelta(hours=1)),
    ]  # fmt: skip
    expected = combine(held, CASH)
    assert all(combine(order, CASH) == expected for order in permutations(held))


def test_strategies_do_not_reach_over_symbols() -> None:
    other = option("PEP", 7, 16, "50", "put")
    held = [leg("+1 put 45"), position("PEP", -1, "1.00", "-100", at(6, 1), "", other)]
    assert [each.structure.value for each in combine(held, CASH)] == [
        "long_put", "cash_secured_put",
    ]  # fmt: skip


def test_nothing_held_makes_nothing() -> None:
    assert combine([], CASH) == ()
