"""The practice desk: one market, one account and one clock, in the practice schema.

The first process to open an empty schema writes the lived-in half year; every other finds it. Time
and seed live in the database, so whatever one process does to them all others see at their next
look. A market is not stored: it follows from the seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from typing import Final, Self

import psycopg

from connectors.practice.account import PracticeAccount
from connectors.practice.balance import books_balance, whole_books
from connectors.practice.broker import PracticeFloor
from connectors.practice.clock import Step
from connectors.practice.history import NOW, seeded_books
from connectors.practice.market import PracticeMarket
from connectors.practice.marks import Prices, value_lots
from connectors.practice.replay import TIME_LOCK, AdvanceReport, Replay
from connectors.practice.status import PracticeStatus, practice_status
from connectors.practice.wiring import Wiring, writing
from connectors.simulated.broker import SimulatedBroker
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.clock import FrozenClock, ReplayedClock
from mfa.kernel.errors import InputError, StoreError
from mfa.kernel.mode import Mode
from mfa.store.book_rows import BooksState
from mfa.store.book_writer import BookWriter
from mfa.store.books import Books, Conn
from mfa.store.database import Database

_SEEDS: Final = range(2**31)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The last look at the books; stands in while the database is away."""

    now: datetime
    seed: int


class PracticeDesk:
    """Opened with `open`. Safe for threads, and for several processes on one database."""

    def __init__(self, wiring: Wiring, seen: _Seen, *, is_new: bool = False) -> None:
        self.is_new: Final = is_new
        self._wiring = wiring
        self._seen = seen
        self._guard = Lock()
        self._calendar = exchange_calendar()
        self.clock: Final = ReplayedClock(self._now)
        self.market: Final = PracticeMarket(seed=seen.seed, clock=self.clock)
        self.account: Final = PracticeAccount(wiring)
        floor = PracticeFloor(wiring, self.account, self.market.last_day)
        self.broker: Final = SimulatedBroker(floor, Mode.PRACTICE.schema)
        self._replay = Replay(wiring, self._calendar, self.market.last_day)

    @classmethod
    def open(cls, database: Database, seed: int) -> Self:
        """The desk of the practice schema. `seed` counts only when the schema is empty."""
        markets = _Markets()
        schema = Mode.PRACTICE.schema
        wiring = Wiring(
            database=database,
            books=Books(schema),
            writer=BookWriter(schema),
            prices_of=markets.prices_of,
        )
        state = database.read(wiring.books.state)
        is_new = state is None
        if state is None:
            lost = writing("The database was lost while practice was set up.", "Start again.")
            with lost, database.exclusively(TIME_LOCK), database.connection() as conn:
                state = wiring.books.state(conn) or _seed(wiring, conn, seed, revision=1)
        return cls(wiring, _Seen(state.now, state.seed), is_new=is_new)

    def advance(
        self,
        *,
        days: int | None = None,
        weeks: int | None = None,
        hours: int | None = None,
        to: date | None = None,
        expiration: bool = False,
    ) -> AdvanceReport:
        """Move practice time by exactly one of these (see `clock`), settling what passes."""
        return self._replay.advance(
            Step(days=days, weeks=weeks, hours=hours, to=to, expiration=expiration)
        )

    def reset(self, seed: int) -> None:
        """New books with the half year of `seed`; the old ones are gone in the same moment."""
        wiring, database = self._wiring, self._wiring.database
        lost = writing("The database was lost while practice was reset.", "Reset again.")
        with lost, database.exclusively(TIME_LOCK), database.connection() as conn:
            old = wiring.books.lock(conn)
            wiring.writer.drop(conn)
            _seed(wiring, conn, seed, revision=1 if old is None else old.revision + 1)
        self._now()

    def status(self) -> PracticeStatus:
        """Where the practice stands. `StoreError` without a database."""
        return practice_status(self._wiring, self._calendar, self.market.last_day)

    def differences(self) -> tuple[str, ...]:
        """Where the books do not balance, to the cent; empty when they do (see `balance`)."""

        def look(conn: Conn) -> tuple[str, ...]:
            state = self._wiring.one_state(conn)
            whole = whole_books(self._wiring.books, conn)
            held = tuple(lot for lot in whole.lots if lot.quantity)
            worth = value_lots(held, self._wiring.prices_of(state.seed), state.now)
            return books_balance(whole, worth.value)

        return self._wiring.database.read(look)

    def seed(self) -> int:
        """Of the market that is in force."""
        return self._look().seed

    def market_revision(self) -> str:
        """The market follows from the seed and the moment, so these two are all its state."""
        seen = self._look()
        return f"{seen.seed}:{seen.now.isoformat()}"

    def _now(self) -> datetime:
        return self._look().now

    def _look(self) -> _Seen:
        """Moment and seed in the books; those last seen while the database is away."""
        try:
            state = self._wiring.database.glance(self._wiring.state)
        except (psycopg.OperationalError, StoreError):
            return self._seen
        seen = _Seen(state.now, state.seed)
        with self._guard:
            if seen.seed != self._seen.seed:
                self.market.reseed(seen.seed)
            self._seen = seen
        return seen


class _Markets:
    """The market of the seed that was last asked for: there is one at a time."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._market: tuple[int, PracticeMarket] | None = None

    def prices_of(self, seed: int) -> Prices:
        with self._guard:
            if self._market is None or self._market[0] != seed:
                self._market = (seed, PracticeMarket(seed=seed, clock=FrozenClock(NOW)))
            return self._market[1]


def _seed(wiring: Wiring, conn: Conn, seed: int, *, revision: int) -> BooksState:
    """Write the half year into empty books, in the caller's transaction."""
    if seed not in _SEEDS:
        raise InputError(f"A seed is a whole number from 0 to {_SEEDS.stop - 1}.")
    state, entries = seeded_books(
        seed=seed,
        revision=revision,
        prices=wiring.prices_of(seed),
        calendar=exchange_calendar(),
    )
    wiring.writer.open(conn, state)
    wiring.writer.append(conn, entries)
    return state
