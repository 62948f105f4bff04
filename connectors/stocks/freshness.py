"""Whether figures are of now: taken within the last hour of trading."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.clock import exchange_date

WHILE: Final = timedelta(hours=1)


def current(as_of: datetime | None, now: datetime) -> bool:
    """Outside trading hours the last closing bell counts. Figures of later than now, which a
    practice clock that was set back leaves behind, are not current."""
    if as_of is None or as_of > now:
        return False
    calendar = exchange_calendar()
    session = calendar.last_session_on_or_before(exchange_date(now))
    if now < calendar.open_close(session)[0]:
        session = calendar.previous_session(session)
    return min(now, calendar.open_close(session)[1]) - as_of <= WHILE
