"""What borrowed cash costs. Pure functions.

The debit is the negative cash at a session's close, after that session's settlement; it bears
interest for the calendar nights until the next session, actual/360. The rate is the upper end of
the Federal Reserve's target range on that day plus 1.50 points; after the last one that this table
knows, that one stands. Accruals keep six decimals and are
posted together, rounded once, at the close of a month's last session. Positive cash earns nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from decimal import Decimal
from typing import Final

from mfa.kernel.errors import InputError
from mfa.kernel.money import ZERO
from mfa.store.book_rows import Accrual

SPREAD: Final = Decimal("0.0150")
DAYS_IN_YEAR: Final = 360
_MICRO: Final = Decimal("0.000001")

# Upper end of the federal funds target range from the day it took effect: the Federal Reserve's
# FOMC statements from 15 March 2020 to 10 December 2025.
TARGET_RANGE_UPPER_END: Final = (
    (date(2020, 3, 16), Decimal("0.0025")),
    (date(2022, 3, 17), Decimal("0.0050")),
    (date(2022, 5, 5), Decimal("0.0100")),
    (date(2022, 6, 16), Decimal("0.0175")),
    (date(2022, 7, 28), Decimal("0.0250")),
    (date(2022, 9, 22), Decimal("0.0325")),
    (date(2022, 11, 3), Decimal("0.0400")),
    (date(2022, 12, 15), Decimal("0.0450")),
    (date(2023, 2, 2), Decimal("0.0475")),
    (date(2023, 3, 23), Decimal("0.0500")),
    (date(2023, 5, 4), Decimal("0.0525")),
    (date(2023, 7, 27), Decimal("0.0550")),
    (date(2024, 9, 19), Decimal("0.0500")),
    (date(2024, 11, 8), Decimal("0.0475")),
    (date(2024, 12, 19), Decimal("0.0450")),
    (date(2025, 9, 18), Decimal("0.0425")),
    (date(2025, 10, 30), Decimal("0.0400")),
    (date(2025, 12, 11), Decimal("0.0375")),
)


def margin_rate(day: date) -> Decimal:
    """The yearly rate on borrowed cash. `InputError` before 16 March 2020."""
    at = bisect_right([start for start, _ in TARGET_RANGE_UPPER_END], day)
    if at == 0:
        raise InputError(f"No margin rate is known for {day}.")
    return TARGET_RANGE_UPPER_END[at - 1][1] + SPREAD


def accrual(cash: Decimal, day: date, next_session: date) -> Accrual | None:
    """The interest of the nights from `day` to `next_session`; None when nothing is borrowed."""
    if cash >= ZERO:
        return None
    nights, rate = (next_session - day).days, margin_rate(day)
    amount = (-cash * rate * nights / DAYS_IN_YEAR).quantize(_MICRO)
    return Accrual(day=day, debit=-cash, nights=nights, rate=rate, amount=amount)
