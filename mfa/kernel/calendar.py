"""When the New York Stock Exchange is open, from 1990 to a few years ahead.

Holidays, half days and unscheduled closings come from the exchange-calendars library, read once
into plain sorted dates: a session look-up costs microseconds and no pandas object leaves here.
A day outside the covered range is an `InputError`, never a guess.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Final

from mfa.kernel.clock import RealClock, exchange_date
from mfa.kernel.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

EXCHANGE: Final = "XNYS"
FIRST_YEAR: Final = 1990
LAST_YEAR_AT_LEAST: Final = 2030
YEARS_AHEAD: Final = 5


@dataclass(frozen=True, slots=True)
class ExchangeCalendar:
    """Sessions ascending, with each one's opening and closing as UTC epoch seconds.

    Covers every calendar day from `first` to `last`, both included.
    """

    first: date
    last: date
    _days: tuple[date, ...]
    _opens: tuple[int, ...]
    _closes: tuple[int, ...]

    def is_session(self, day: date) -> bool:
        at = bisect_left(self._days, self._covered(day))
        return at < len(self._days) and self._days[at] == day

    def sessions(self, start: date, end: date) -> tuple[date, ...]:
        """The sessions from `start` to `end`, both included; empty when `end` is before `start`."""
        low = bisect_left(self._days, self._covered(start))
        high = bisect_right(self._days, self._covered(end))
        return self._days[low:high]

    def next_session(self, day: date) -> date:
        """The first session strictly after `day`."""
        return self._at(bisect_right(self._days, self._covered(day)), day)

    def previous_session(self, day: date) -> date:
        """The last session strictly before `day`."""
        return self._at(bisect_left(self._days, self._covered(day)) - 1, day)

    def last_session_on_or_before(self, day: date) -> date:
        return self._at(bisect_right(self._days, self._covered(day)) - 1, day)

    def open_close(self, day: date) -> tuple[datetime, datetime]:
        """The UTC moments of a session's opening and closing bell. `InputError` on other days."""
        if not self.is_session(day):
            raise InputError(f"The exchange does not open on {day:%A %d %B %Y}.")
        at = bisect_left(self._days, day)
        return _moment(self._opens[at]), _moment(self._closes[at])

    def is_open(self, at: datetime) -> bool:
        """Whether an aware moment lies in a regular session: opening bell in, closing bell out."""
        day = exchange_date(at)
        if not self.is_session(day):
            return False
        opens, closes = self.open_close(day)
        return opens <= at < closes

    def _covered(self, day: date) -> date:
        if not self.first <= day <= self.last:
            raise InputError(
                f"{day} is outside the exchange calendar, which covers {self.first} to {self.last}."
            )
        return day

    def _at(self, index: int, day: date) -> date:
        if not 0 <= index < len(self._days):
            raise InputError(
                f"The exchange calendar ends before it answers for {day}; "
                f"it covers {self.first} to {self.last}."
            )
        return self._days[index]


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@cache
def exchange_calendar() -> ExchangeCalendar:
    """The calendar, loaded at first use (about 0.4 s beyond pandas' own import) and kept."""
    from exchange_calendars import get_calendar  # noqa: PLC0415 - imports pandas, so on first use

    last_year = max(LAST_YEAR_AT_LEAST, RealClock().today().year + YEARS_AHEAD)
    first, last = date(FIRST_YEAR, 1, 1), date(last_year, 12, 31)
    source = get_calendar(EXCHANGE, start=first.isoformat(), end=last.isoformat())
    return ExchangeCalendar(
        first,
        last,
        tuple(source.sessions.to_numpy().astype("datetime64[D]").tolist()),
        _seconds(source.opens),
        _seconds(source.closes),
    )


def _seconds(moments: pd.Series[pd.Timestamp]) -> tuple[int, ...]:
    naive_utc = moments.dt.tz_convert(None).to_numpy()
    return tuple(naive_utc.astype("datetime64[s]").astype("int64").tolist())
