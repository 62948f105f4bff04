"""The practice earnings calendar: computed from a rule per company, not the historic dates.

A report falls on the first given weekday on or after a day of the month, moved to the next session.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from connectors.practice.listings import Company
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.market import Earnings

BEFORE_OPEN = "before open"


def earnings_between(company: Company, start: date, end: date) -> tuple[Earnings, ...]:
    """Reports on the days [start, end], ascending."""
    calendar = exchange_calendar()
    found = []
    for year in range(start.year, end.year + 1):
        for month in company.earnings_months:
            target = date(year, month, company.earnings_day)
            target += timedelta(days=(company.earnings_weekday - target.weekday()) % 7)
            day = target if calendar.is_session(target) else calendar.next_session(target)
            if start <= day <= end:
                found.append(
                    Earnings(symbol=company.symbol, day=day, timing=company.earnings_timing)
                )
    return tuple(found)


def reaction(report: Earnings) -> datetime:
    """The moment the price can first react: the next opening bell after the report."""
    calendar = exchange_calendar()
    day = report.day
    session = day if report.timing == BEFORE_OPEN else calendar.next_session(day)
    return calendar.open_close(session)[0]
