"""Calendar arithmetic, checked on a wall calendar."""

from __future__ import annotations

from datetime import date

from mfa.language import periods

TUESDAY = date(2021, 6, 15)


def test_weeks_run_from_monday_to_sunday() -> None:
    assert periods.week(TUESDAY) == (date(2021, 6, 14), date(2021, 6, 20))
    assert periods.week(date(2021, 6, 20), -1) == (date(2021, 6, 7), date(2021, 6, 13))


def test_the_third_friday_of_january_2022_is_the_21st() -> None:
    assert periods.third_friday(date(2022, 1, 5)) == date(2022, 1, 21)
    assert periods.third_friday(date(2021, 10, 1)) == date(2021, 10, 15)


def test_a_month_later_ends_on_the_last_day_of_a_shorter_month() -> None:
    assert periods.add_months(date(2021, 1, 31), 1) == date(2021, 2, 28)
    assert periods.month(TUESDAY, -4) == (date(2021, 2, 1), date(2021, 2, 28))


def test_29_february_is_found_in_the_next_leap_year() -> None:
    assert periods.nearest_year(TUESDAY, 2, 29, ahead=True) == date(2024, 2, 29)
    assert periods.nearest_year(TUESDAY, 2, 29, ahead=False) == date(2020, 2, 29)


def test_quarters_and_years_are_whole() -> None:
    assert periods.quarter(TUESDAY) == (date(2021, 4, 1), date(2021, 6, 30))
    assert periods.quarter(TUESDAY, -2) == (date(2020, 10, 1), date(2020, 12, 31))
    assert periods.year(TUESDAY, -1) == (date(2020, 1, 1), date(2020, 12, 31))


def test_days_stay_within_the_calendar() -> None:
    assert periods.shift(date(2199, 12, 30), 10_000) == date(2199, 12, 31)
