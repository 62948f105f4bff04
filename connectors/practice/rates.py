"""The practice interest rate: one number a month, flat over all terms."""

from __future__ import annotations

import math
from datetime import date
from functools import cache

from connectors.practice.tables import read_table

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@cache
def _by_month() -> dict[tuple[int, int], float]:
    return {
        (int(row["year"]), number): math.log1p(float(row[name]) / 100.0)
        for row in read_table("rates")
        for number, name in enumerate(_MONTHS, start=1)
    }


def interest_rate(day: date) -> float:
    """Continuously compounded rate per year on `day`: the average of the month before it.

    The month before, because the running month's average is not known yet. Days outside the table
    take its nearest month.
    """
    table = _by_month()
    month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return table[min(max(month, min(table)), max(table))]
