"""Which expirations and strikes are listed, and that none disappears while it may be held."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from connectors.practice.grid import Term, expirations, strikes, term
from connectors.practice.market import PracticeMarket
from mfa.kernel.calendar import exchange_calendar


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 16, 0, tzinfo=UTC)


def test_the_expirations_of_15_june_2021() -> None:
    """Fridays of two months, third Fridays of a year (Good Friday's on Thursday), January."""
    assert [e.isoformat() for e in expirations(date(2021, 6, 15))] == [
        "2021-06-18", "2021-06-25", "2021-07-02", "2021-07-09", "2021-07-16", "2021-07-23",
        "2021-07-30", "2021-08-06", "2021-08-13", "2021-08-20", "2021-09-17", "2021-10-15",
        "2021-11-19", "2021-12-17", "2022-01-21", "2022-02-18", "2022-03-18", "2022-04-14",
        "2022-05-20", "2022-06-17", "2023-01-20",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("expiration", "kind"),
    [
        (date(2021, 6, 25), Term.WEEKLY),
        (date(2021, 4, 1), Term.WEEKLY),  # Thursday before Good Friday, the first of April
        (date(2019, 4, 18), Term.MONTHLY),  # Thursday before Good Friday, the third
        (date(2021, 9, 17), Term.QUARTERLY),
        (date(2023, 1, 20), Term.LEAPS),
    ],
)
def test_kinds(expiration: date, kind: Term) -> None:
    assert term(expiration) is kind


def test_every_expiration_is_a_session_within_two_years_and_stays_listed() -> None:
    calendar = exchange_calendar()
    listed: set[date] = set()
    for day in calendar.sessions(date(2020, 1, 2), date(2022, 12, 28)):
        now = set(expirations(day))
        assert {e for e in listed if e >= day} <= now
        assert all(calendar.is_session(e) and (e - day).days <= 731 for e in now)
        listed = now


def test_strikes_worked_by_hand() -> None:
    """Prices of 54 to 56 lately, 50 to 60 since listing, for a monthly expiration.

    Coarse: 0.5 * 50 = 25 to 1.6 * 60 = 96, by 2.5 below 50 and by 5 from there.
    Fine: 0.7 * 54 = 37.8 to 1.3 * 56 = 72.8, by 1.
    """
    found = strikes(date(2021, 7, 16), seen=(50.0, 60.0), lately=(54.0, 56.0))
    coarse = [25, 27.5, 30, 32.5, 35, 37.5, 40, 42.5, 45, 47.5, *range(50, 100, 5)]
    assert found == tuple(
        sorted({*(Decimal(str(k)) for k in coarse), *map(Decimal, range(38, 73))})
    )


def test_far_expirations_have_the_coarse_grid_only() -> None:
    found = strikes(date(2023, 1, 20), seen=(120.0, 130.0), lately=None)
    assert found[0] == 50  # 0.4 * 120 = 48
    assert found[-1] == 260  # 2 * 130
    assert {b - a for a, b in pairwise(found)} == {Decimal(5), Decimal(10)}


@pytest.mark.parametrize(
    ("symbol", "expiration"),
    [
        ("RRC", date(2020, 4, 17)),
        ("XOM", date(2021, 1, 15)),
        ("AMD", date(2022, 1, 21)),
        ("AAPL", date(2020, 3, 27)),
    ],
)
def test_a_listed_strike_never_disappears(
    market: PracticeMarket, symbol: str, expiration: date
) -> None:
    """Through the fall of March 2020 and the rise of 2021."""
    start = expiration - timedelta(days=term(expiration).listed_days)
    before: set[Decimal] = set()
    for day in exchange_calendar().sessions(start, expiration):
        now = market.strikes_at(symbol, expiration, _noon(day))
        assert before <= set(now)
        assert list(now) == sorted(now)
        before = set(now)
    assert before


def test_there_are_strikes_on_both_sides_of_every_price(market: PracticeMarket) -> None:
    for day in (date(2015, 1, 2), date(2020, 3, 23), date(2022, 6, 10)):
        for symbol in market.symbols:
            price = market.price(symbol, _noon(day))
            for expiration in market.expirations_at(symbol, _noon(day)):
                listed = market.strikes_at(symbol, expiration, _noon(day))
                assert sum(k < price for k in listed) >= 3
                assert sum(k > price for k in listed) >= 3
