"""A period in words: ' in May 2021', ' since 1 Jun 2021'; a calendar period by its own name."""

from __future__ import annotations

import calendar
from datetime import date

from mfa.answers.format import format_date


def period_words(start: date | None, end: date | None) -> str:
    """Begins with a blank where there is a period at all, so that it can follow any word."""
    if start and end:
        return _closed(start, end)
    if start:
        return f" since {format_date(start)}"
    return f" until {format_date(end)}" if end else ""


def _closed(start: date, end: date) -> str:
    if start == end:
        return f" on {format_date(start)}"
    last = calendar.monthrange(end.year, end.month)[1]
    if start.day == 1 and end.day == last and start.year == end.year:
        if start.month == end.month:
            return f" in {start:%B %Y}"
        if (start.month, end.month) == (1, 12):
            return f" in {start.year}"
    return f" between {format_date(start)} and {format_date(end)}"
