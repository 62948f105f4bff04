"""Moves practice time: settles every session that passes, each in a transaction of its own.

A session's settlement and the clock's step to its close are committed together, so a process killed
at any moment leaves books that balance and a clock that may be advanced again. A lock of the
database makes those who move time, seed or reset wait for each other; orders wait only for the
session that is being settled.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from connectors.practice.clock import Step, landing
from connectors.practice.journal import Journal
from connectors.practice.settlement import PracticeEvent, settle_session
from connectors.practice.wiring import Wiring, writing
from mfa.kernel.calendar import ExchangeCalendar
from mfa.kernel.clock import exchange_date
from mfa.store.books import Conn

TIME_LOCK: Final = "practice time"


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvanceReport:
    """Where time stood, where it stands, and what happened between. `note` may be empty."""

    start: datetime
    end: datetime
    sessions: int
    events: tuple[PracticeEvent, ...]
    note: str


class Replay:
    """Moves time in one mode's books."""

    def __init__(self, wiring: Wiring, calendar: ExchangeCalendar, last_day: date) -> None:
        self._wiring = wiring
        self._calendar = calendar
        self._last_day = last_day

    def advance(self, step: Step) -> AdvanceReport:
        """Move as `step` says. `InputError` when that is nowhere.

        `StoreError` when the database is lost on the way: what was settled stays settled.
        """
        lost = writing(
            "The database was lost while practice time moved.",
            "The sessions already settled are kept: advance again.",
        )
        database = self._wiring.database
        with lost, database.exclusively(TIME_LOCK), database.connection() as conn:
            return self._advance(conn, step)

    def _advance(self, conn: Conn, step: Step) -> AdvanceReport:
        wiring, calendar = self._wiring, self._calendar
        state = wiring.state(conn)
        lots = wiring.books.open_lots(conn)
        conn.commit()
        target = landing(
            step,
            now=state.now,
            calendar=calendar,
            last_day=self._last_day,
            expirations={lot.option.expiration for lot in lots if lot.option is not None},
        )
        passed = [
            day
            for day in calendar.sessions(
                state.settled_through + timedelta(days=1), exchange_date(target.at)
            )
            if calendar.open_close(day)[1] <= target.at
        ]
        events: list[PracticeEvent] = []
        for day in passed:
            events += self._settle(conn, day)
            conn.commit()
        arrived = wiring.locked(conn)
        if arrived.now < target.at:
            wiring.writer.advance_to(conn, target.at, arrived.settled_through)
        return AdvanceReport(
            start=state.now,
            end=target.at,
            sessions=len(passed),
            events=tuple(events),
            note=target.note,
        )

    def _settle(self, conn: Conn, day: date) -> tuple[PracticeEvent, ...]:
        wiring = self._wiring
        state = wiring.locked(conn)
        if state.settled_through >= day:  # a killed process's last commit may arrive after its end
            return ()
        journal = Journal(wiring.books.open_books(conn))
        events = settle_session(journal, wiring.prices_of(state.seed), self._calendar, day)
        wiring.writer.append(conn, journal.entries)
        wiring.writer.advance_to(conn, self._calendar.open_close(day)[1], day)
        return events
