"""A dividend is paid once: in cash on the raw price, or inside the adjusted return, never both."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from connectors.practice import dividends
from connectors.practice.closes import load_closes
from connectors.practice.dividends import (
    dividend_table,
    expected_dividends,
    paid_on,
    unadjust,
)
from connectors.practice.market import PracticeMarket
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.market import Dividend


def test_three_days_worked_by_hand() -> None:
    """Adjusted 98, 99, 100; one dollar goes ex on the second day.

    Third day: raw 100. Second: 100 * 99/100 = 99. First: (99 + 1) * 98/99 = 98.9899.
    """
    raw = unadjust(np.array([[98.0], [99.0], [100.0]]), np.array([[0.0], [1.0], [0.0]]))
    assert raw[:, 0] == pytest.approx([98.98989898989899, 99.0, 100.0])


def test_without_dividends_raw_is_adjusted(market: PracticeMarket) -> None:
    closes = load_closes()
    adjusted = closes.adjusted[closes.days.index(date(2020, 3, 16)), closes.symbols.index("AMD")]
    assert market.close("AMD", date(2020, 3, 16)) == Decimal(str(adjusted)).quantize(
        Decimal("0.01")
    )


@pytest.mark.parametrize("symbol", sorted(load_closes().symbols[:-1]))
def test_reinvested_dividends_give_back_the_adjusted_return(
    market: PracticeMarket, symbol: str
) -> None:
    start, end = date(2020, 1, 2), date(2022, 12, 28)
    closes = load_closes()
    column = closes.symbols.index(symbol)
    real = closes.adjusted[closes.days.index(end), column]
    real /= closes.adjusted[closes.days.index(start), column]
    shares = 1.0
    paid = market.dividends_between(symbol, exchange_calendar().next_session(start), end)
    for dividend in paid:
        shares *= 1.0 + float(dividend.amount) / float(market.close(symbol, dividend.ex_date))
    practice = shares * float(market.close(symbol, end)) / float(market.close(symbol, start))
    half_cents = (
        0.005
        * (1.0 + len(paid) * 0.02)
        / min(float(market.close(symbol, start)), float(market.close(symbol, end)))
    )
    assert practice == pytest.approx(real, rel=2.0 * half_cents + 1e-3 / real / 100)


def test_coca_cola_paid_42_cents_a_quarter_in_2021(market: PracticeMarket) -> None:
    paid = market.dividends_between("KO", date(2021, 1, 1), date(2021, 12, 31))
    assert [d.amount for d in paid] == [Decimal("0.42")] * 4
    assert [d.ex_date.month for d in paid] == [3, 6, 9, 11]


def test_every_ex_date_and_pay_date_is_a_session_and_pay_follows_ex() -> None:
    calendar = exchange_calendar()
    for every in dividend_table().values():
        for d in every:
            assert calendar.is_session(d.ex_date)
            assert calendar.is_session(paid_on(d))
            assert paid_on(d) > d.ex_date
            assert d.amount > 0


def test_expected_dividends_are_declared_for_45_days_and_then_repeat_the_last_amount() -> None:
    """On 15 June 2021 nobody knows of KO's 44 cents of 2022."""
    coming = expected_dividends("KO", date(2021, 6, 15), date(2022, 6, 30))
    assert [d.amount for d in coming] == [Decimal("0.42")] * 4
    assert [(d.ex_date.year, d.ex_date.month) for d in coming] == [
        (2021, 9),
        (2021, 11),
        (2022, 3),
        (2022, 6),
    ]


def test_a_suspended_dividend_is_not_expected_for_ever() -> None:
    assert expected_dividends("RRC", date(2020, 9, 1), date(2022, 6, 30)) == ()
    assert expected_dividends("AMD", date(2021, 6, 15), date(2023, 6, 15)) == ()


def test_what_is_expected_does_not_depend_on_later_declarations(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    day, until = date(2019, 10, 1), date(2021, 9, 30)
    before = {s: expected_dividends(s, day, until) for s in dividend_table()}
    known: dict[str, tuple[Dividend, ...]] = {
        symbol: tuple(d for d in every if d.ex_date <= date(2019, 11, 15))
        for symbol, every in dividend_table().items()
    }
    monkeypatch.setattr(dividends, "dividend_table", lambda: known)
    assert {s: expected_dividends(s, day, until) for s in known} == before
