"""Where practice time lands when it is told to move. Pure functions; time never goes back.

- `days`: so many sessions on. `weeks`: the session on or after the same weekday. `to`: the session
  on or after a date. The time of day stays what it is in New York; when the exchange is closed at
  that time, it is an hour after the opening bell.
- `hours`: so many hours on, wherever that falls.
- `expiration`: the close of the session at which the next held option expires.
- Beyond the last day of the data, time stops at that day's close, and the landing says so.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from mfa.kernel.calendar import ExchangeCalendar
from mfa.kernel.clock import EXCHANGE_ZONE, exchange_date
from mfa.kernel.errors import InputError

AFTER_THE_BELL: Final = timedelta(hours=1)
_MOST: Final = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How far to move: exactly one of these."""

    days: int | None = None
    weeks: int | None = None
    hours: int | None = None
    to: date | None = None
    expiration: bool = False

    def __post_init__(self) -> None:
        counts = [n for n in (self.days, self.weeks, self.hours) if n is not None]
        if len(counts) + (self.to is not None) + self.expiration != 1:
            raise InputError(
                "Practice time moves by one thing at a time.",
                "Give days, weeks, hours, a date, or 'to expiration'.",
            )
        if any(not 0 < n <= _MOST for n in counts):
            raise InputError(f"Practice time moves forward, by 1 to {_MOST}.")


@dataclass(frozen=True, slots=True)
class Landing:
    """The moment to arrive at, and what a person should know about it."""

    at: datetime
    note: str = ""


def landing(
    step: Step,
    *,
    now: datetime,
    calendar: ExchangeCalendar,
    last_day: date,
    expirations: Collection[date] = (),
) -> Landing:
    """Where `step` from `now` leads. `InputError` when it leads nowhere or back."""
    end = calendar.open_close(last_day)[1]
    if now >= end:
        raise InputError(
            f"The practice data end on {last_day:%d %B %Y}, and practice time is there.",
            "Reset practice to begin again.",
        )
    at = _target(step, now, calendar, expirations, last_day)
    if at <= now:
        raise InputError("Practice time never goes back.", "Reset practice to begin again.")
    if at > end:
        return Landing(
            end, f"The practice data end on {last_day:%d %B %Y}: time stops at that day's close."
        )
    return Landing(at)


def _target(
    step: Step,
    now: datetime,
    calendar: ExchangeCalendar,
    expirations: Collection[date],
    last_day: date,
) -> datetime:
    today = exchange_date(now)
    beyond = last_day + timedelta(days=7)
    if step.expiration:
        last_sessions = {calendar.last_session_on_or_before(min(d, beyond)) for d in expirations}
        closes = (calendar.open_close(day)[1] for day in sorted(last_sessions))
        ahead = [at for at in closes if at > now]
        if not ahead:
            raise InputError("No option is held, so none expires.", "Move by days or to a date.")
        return ahead[0]
    if step.hours is not None:
        return now + timedelta(hours=step.hours)
    if step.to is not None:
        if step.to <= today:
            raise InputError(
                f"Practice time is {today:%d %B %Y} and never goes back to {step.to:%d %B %Y}.",
                "Reset practice to begin again.",
            )
        day = min(step.to, beyond)
    elif step.weeks is not None:
        day = min(today + timedelta(weeks=step.weeks), beyond)
    else:
        ahead_days = calendar.sessions(today + timedelta(days=1), beyond)
        wanted = step.days or 1
        day = ahead_days[wanted - 1] if wanted <= len(ahead_days) else beyond
    return _same_time(now, _session_on_or_after(day, calendar), calendar)


def _session_on_or_after(day: date, calendar: ExchangeCalendar) -> date:
    return day if calendar.is_session(day) else calendar.next_session(day)


def _same_time(now: datetime, day: date, calendar: ExchangeCalendar) -> datetime:
    time = now.astimezone(EXCHANGE_ZONE).time()
    at = datetime.combine(day, time, EXCHANGE_ZONE).astimezone(UTC)
    return at if calendar.is_open(at) else calendar.open_close(day)[0] + AFTER_THE_BELL
