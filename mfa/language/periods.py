"""Calendar arithmetic behind date words: whole weeks, months, quarters, years, third Fridays.

Weeks run from Monday to Sunday. Pure functions of dates; nothing here knows the exchange's
holidays, which belong to whoever lists expirations.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Final

Period = tuple[date, date]
FRIDAY: Final = 4
_FIRST, _LAST = date(1900, 1, 1), date(2199, 12, 31)


def shift(day: date, days: int) -> date:
    """`day` plus `days`, held within 1900 to 2199."""
    ordinal = min(max(day.toordinal() + days, _FIRST.toordinal()), _LAST.toordinal())
    return date.fromordinal(ordinal)


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last of a shorter month."""
    index = min(max(day.year * 12 + day.month - 1 + months, 1900 * 12), 2199 * 12 + 11)
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def week(day: date, offset: int = 0) -> Period:
    monday = shift(day, 7 * offset - day.weekday())
    return monday, shift(monday, 6)


def month(day: date, offset: int = 0) -> Period:
    first = add_months(day.replace(day=1), offset)
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])


def quarter(day: date, offset: int = 0) -> Period:
    first = add_months(day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1), 3 * offset)
    return first, month(first, 2)[1]


def year(day: date, offset: int = 0) -> Period:
    number = min(max(day.year + offset, 1900), 2199)
    return date(number, 1, 1), date(number, 12, 31)


def third_friday(day: date) -> date:
    """The third Friday of `day`'s month: the monthly expiration."""
    first = day.replace(day=1)
    return first + timedelta(days=(FRIDAY - first.weekday()) % 7 + 14)


def weekday_after(day: date, weekday: int, *, same_day: bool) -> date:
    """The first such weekday after `day` (or on it, when `same_day`)."""
    ahead = (weekday - day.weekday()) % 7
    return shift(day, ahead if ahead or same_day else 7)


def weekday_before(day: date, weekday: int, *, same_day: bool) -> date:
    behind = (day.weekday() - weekday) % 7
    return shift(day, -(behind if behind or same_day else 7))


def on_day(year_: int, month_: int, day_: int) -> date | None:
    """The date, or None when the calendar has none such."""
    try:
        return date(year_, month_, day_)
    except ValueError:
        return None


def nearest_year(today: date, month_: int, day_: int, *, ahead: bool) -> date | None:
    """The next such date from today on, or the last one up to today. 29 February included."""
    years = range(today.year, today.year + 5) if ahead else range(today.year, today.year - 5, -1)
    for candidate in years:
        day = on_day(candidate, month_, day_)
        if day is not None and (day >= today if ahead else day <= today):
            return day
    return None
