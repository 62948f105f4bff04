"""Moves practice time: works and settles every session that passes, each in one transaction.

What orders did in a session, its settlement and the clock's step to its close are committed
together, so a process killed at any moment leaves books that balance and a clock that may be
advanced again. A lock of the
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
from connectors.practice.working import happenings, work
from connectors.simulated.dealing import Dealing
from mfa.kernel.calendar import ExchangeCalendar
from mfa.kernel.clock import exchange_date
from mfa.kernel.mode import Mode
from mfa.store.books import Conn
from mfa.store.broker_orders import BrokerOrders

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
        self._orders = BrokerOrders(Mode.PRACTICE.schema)

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
        events += self._arrive(conn, target.at)
        return AdvanceReport(
            start=state.now,
            end=target.at,
            sessions=len(passed),
            events=tuple(events),
            note=target.note,
        )

    def _settle(self, conn: Conn, day: date) -> tuple[PracticeEvent, ...]:
        wiring, calendar = self._wiring, self._calendar
        state = wiring.locked(conn)
        if state.settled_through >= day:  # a killed process's last commit may arrive after its end
            return ()
        closes = calendar.open_close(day)[1]
        dealing, prices = self._dealing(conn), wiring.prices_of(state.seed)
        work(dealing, prices, calendar, day, after=state.now, until=closes)
        dealing.close_day(day, closes)
        events = settle_session(dealing.journal, prices, calendar, day)
        dealing.drop_groundless(closes)
        self._write(conn, dealing)
        wiring.writer.advance_to(conn, closes, day)
        return (*happenings(dealing), *events)

    def _arrive(self, conn: Conn, at: datetime) -> tuple[PracticeEvent, ...]:
        """The rest of the way, within a session or after one."""
        wiring, day = self._wiring, exchange_date(at)
        state = wiring.locked(conn)
        if state.now >= at:
            return ()
        dealing = self._dealing(conn)
        if self._calendar.is_session(day):
            prices = wiring.prices_of(state.seed)
            work(dealing, prices, self._calendar, day, after=state.now, until=at)
        self._write(conn, dealing)
        wiring.writer.advance_to(conn, at, state.settled_through)
        return happenings(dealing)

    def _dealing(self, conn: Conn) -> Dealing:
        journal = Journal(self._wiring.books.open_books(conn))
        return Dealing(journal, self._orders.alive(conn), self._calendar)

    def _write(self, conn: Conn, dealing: Dealing) -> None:
        self._wiring.writer.append(conn, dealing.journal.entries)
        self._orders.save(conn, dealing.changed.values())
