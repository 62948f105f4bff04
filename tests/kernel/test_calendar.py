"""The exchange calendar against published NYSE closings.

Sources: NYSE holiday and early-closing notices; 2001-09-11 to 2001-09-14 and 2012-10-29/30 closed.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.errors import InputError

CALENDAR = exchange_calendar()


@pytest.mark.parametrize(
    "day",
    [
        date(2001, 9, 11),
        date(2001, 9, 14),
        date(2012, 10, 29),
        date(2021, 4, 2),  # Good Friday
        date(2021, 7, 5),  # Independence Day observed
        date(2022, 6, 20),  # Juneteenth observed, its first year
        date(2021, 6, 19),  # a Saturday
        date(2025, 1, 9),  # mourning for President Carter
    ],
)
def test_closed_days_are_no_sessions(day: date) -> None:
    assert not CALENDAR.is_session(day)


@pytest.mark.parametrize("day", [date(2021, 6, 18), date(1990, 1, 2), date(2022, 12, 28)])
def test_ordinary_days_are_sessions(day: date) -> None:
    assert CALENDAR.is_session(day)


@pytest.mark.parametrize(("year", "count"), [(2019, 252), (2020, 253), (2021, 252), (2022, 251)])
def test_years_have_the_published_number_of_sessions(year: int, count: int) -> None:
    assert len(CALENDAR.sessions(date(year, 1, 1), date(year, 12, 31))) == count


def test_neighbours_skip_weekends_and_holidays() -> None:
    assert CALENDAR.next_session(date(2021, 4, 1)) == date(2021, 4, 5)
    assert CALENDAR.next_session(date(2021, 4, 3)) == date(2021, 4, 5)
    assert CALENDAR.previous_session(date(2021, 4, 5)) == date(2021, 4, 1)
    assert CALENDAR.last_session_on_or_before(date(2021, 4, 4)) == date(2021, 4, 1)
    assert CALENDAR.last_session_on_or_before(date(2021, 4, 1)) == date(2021, 4, 1)


def test_a_range_contains_both_ends_and_an_empty_one_nothing() -> None:
    week = CALENDAR.sessions(date(2021, 6, 14), date(2021, 6, 18))
    assert week == tuple(date(2021, 6, day) for day in range(14, 19))
    assert CALENDAR.sessions(date(2021, 6, 18), date(2021, 6, 14)) == ()


def test_bells_follow_new_york_daylight_saving() -> None:
    assert CALENDAR.open_close(date(2021, 6, 15)) == (
        datetime(2021, 6, 15, 13, 30, tzinfo=UTC),
        datetime(2021, 6, 15, 20, 0, tzinfo=UTC),
    )
    assert CALENDAR.open_close(date(2021, 1, 15))[0] == datetime(2021, 1, 15, 14, 30, tzinfo=UTC)


def test_the_day_after_thanksgiving_ends_at_one() -> None:
    closes = CALENDAR.open_close(date(2021, 11, 26))[1]
    assert closes == datetime(2021, 11, 26, 18, 0, tzinfo=UTC)


def test_open_from_the_opening_bell_to_just_before_the_closing_bell() -> None:
    assert CALENDAR.is_open(datetime(2021, 6, 15, 13, 30, tzinfo=UTC))
    assert CALENDAR.is_open(datetime(2021, 6, 15, 19, 59, 59, tzinfo=UTC))
    assert not CALENDAR.is_open(datetime(2021, 6, 15, 20, 0, tzinfo=UTC))
    assert not CALENDAR.is_open(datetime(2021, 6, 15, 13, 29, 59, tzinfo=UTC))
    assert not CALENDAR.is_open(datetime(2021, 6, 19, 15, 0, tzinfo=UTC))


def test_a_closed_day_has_no_bells() -> None:
    with pytest.raises(InputError, match="Friday 02 April 2021"):
        CALENDAR.open_close(date(2021, 4, 2))


def test_days_outside_the_range_are_refused_not_guessed() -> None:
    with pytest.raises(InputError, match="1990-01-01"):
        CALENDAR.is_session(date(1989, 12, 29))
    with pytest.raises(InputError, match="outside"):
        CALENDAR.next_session(date(2150, 1, 1))
    with pytest.raises(InputError, match="ends"):
        CALENDAR.next_session(CALENDAR.last)
    with pytest.raises(InputError, match="ends"):
        CALENDAR.previous_session(date(1990, 1, 2))


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.is_open(datetime(2021, 6, 15, 15, 0))  # noqa: DTZ001 - the point of the test
