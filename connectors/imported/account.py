"""An account put together from imported files, as an `AccountSource` like a broker's own.

Holdings, trades and sums follow from the files alone; the market only marks what is held. What has
no price stands at what it cost, so that it is neither gain nor loss, adds nothing to the unrealised
profit, and is named in the provenance's note; so are rows that did not fit. Where nothing could be
marked because the market did not answer, the account is `Failed`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Final, Protocol, TypeVar

import psycopg

from connectors.imported.books import ImportedBooks, Misfit
from connectors.imported.collateral import tied_up
from connectors.imported.curve import ValuedDays, sessions
from connectors.imported.daily import value_days
from connectors.imported.fold import fold
from connectors.imported.holdings import positions_of
from connectors.imported.misfits import misfits, told
from connectors.imported.worth import marked_now
from mfa.kernel.account import AccountSnapshot, ClosedTrade, EquityPoint, LedgerEntry, Position
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.clock import Clock, exchange_date
from mfa.kernel.errors import InputError, StoreError
from mfa.kernel.market import MarketSource
from mfa.kernel.money import ZERO
from mfa.kernel.movements import Movement
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome, Provenance, derived

NAME: Final = "imported account"
NOTHING: Final = Absent("Nothing was imported yet: 'magnus import FILE' reads a broker's export.")
T = TypeVar("T")


class Movements(Protocol):
    """Where the user's imported rows are kept."""

    def movements(self, user: str) -> tuple[Movement, ...]: ...

    def revision(self, user: str) -> str: ...


class ImportedAccount:
    """One user's. Safe for threads; the fold is done once per state of the imports."""

    def __init__(
        self, repository: Movements, user: str, market: MarketSource, clock: Clock
    ) -> None:
        self._repository = repository
        self._user = user
        self._market = market
        self._clock = clock
        self._guard = Lock()
        self._folded: tuple[str, ImportedBooks] | None = None
        self._curves: tuple[object, dict[date | None, Found[ValuedDays]]] = (None, {})

    @property
    def name(self) -> str:
        return NAME

    def account(self) -> Outcome[AccountSnapshot]:
        """Cash from the files, positions at the midpoint of their markets now."""
        return self._with_books(self._snapshot)

    def positions(self) -> Outcome[tuple[Position, ...]]:
        """One position per instrument, stocks before options, by symbol."""
        return self._with_books(
            lambda books: Found(positions_of(books.lots), self._provenance(books))
        )

    def closed_trades(
        self, *, start: date | None = None, end: date | None = None, symbol: str | None = None
    ) -> Outcome[tuple[ClosedTrade, ...]]:
        """Round trips closed from `start` to `end`, exchange dates, both included."""

        def chosen(books: ImportedBooks) -> Outcome[tuple[ClosedTrade, ...]]:
            trades = tuple(
                trade
                for trade in books.trades
                if _within(trade.closed_at, start, end) and symbol in {None, trade.symbol}
            )
            return Found(trades, self._provenance(books))

        return self._with_books(chosen)

    def ledger(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[LedgerEntry, ...]]:
        """Cash movements from `start` to `end`, exchange dates, both included."""
        return self._with_books(
            lambda books: Found(
                tuple(entry for entry in books.ledger if _within(entry.at, start, end)),
                self._provenance(books),
            )
        )

    def equity_curve(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[EquityPoint, ...]]:
        """The value at each close from `start` to `end` on which everything held had a price."""

        def chosen(books: ImportedBooks) -> Outcome[tuple[EquityPoint, ...]]:
            curve = self._valued(books, start)
            if not isinstance(curve, Found):
                return curve
            return curve.map(
                lambda days: tuple(
                    point
                    for point in days.points
                    if (start is None or point.day >= start) and (end is None or point.day <= end)
                )
            )

        return self._with_books(chosen)

    def revision(self) -> str:
        """Moves with every import, every undo, and the day."""
        try:
            imports = self._repository.revision(self._user)
        except (psycopg.Error, StoreError):
            return "unreachable"
        return f"imported:{imports}:{self._clock.today()}"

    def problems(self) -> Outcome[tuple[Misfit, ...]]:
        """Rows that did not fit, and options held beyond their expiration."""
        return self._with_books(
            lambda books: Found(misfits(books, self._clock.now()), self._provenance(books))
        )

    # --- from files to figures

    def _with_books(self, answer: Callable[[ImportedBooks], Outcome[T]]) -> Outcome[T]:
        try:
            books = self._books()
            return answer(books) if books.days else NOTHING
        except (psycopg.Error, StoreError) as error:
            return Failed(
                FailureKind.UNAVAILABLE,
                f"The imported files cannot be read: {str(error).strip()}",
                timedelta(seconds=1),
            )

    def _books(self) -> ImportedBooks:
        state = self._repository.revision(self._user)
        with self._guard:
            if self._folded is not None and self._folded[0] == state:
                return self._folded[1]
        books = fold(self._repository.movements(self._user))
        with self._guard:
            self._folded = (state, books)
        return books

    def _provenance(self, books: ImportedBooks, *more: str) -> Provenance:
        """As of the last row: what happened since, the files do not know."""
        last = max((entry.at for entry in books.ledger), default=self._clock.now())
        notes = (*more, *told(misfits(books, self._clock.now())))
        return Provenance(source=NAME, as_of=min(last, self._clock.now()), note=" ".join(notes))

    def _snapshot(self, books: ImportedBooks) -> Outcome[AccountSnapshot]:
        held = positions_of(books.lots)
        marked = marked_now(self._market, held)
        if isinstance(marked, Failed):
            return marked
        tied = tied_up(books.lots, marked.underlyings)
        snapshot = AccountSnapshot(
            account_id=f"imported-{self._user}",
            cash=books.cash,
            positions_value=marked.value,
            equity=books.cash + marked.value,
            buying_power=max(ZERO, books.cash - tied),
            collateral=tied,
            deposits=books.deposits,
            realized=books.realized,
            unrealized=marked.unrealized,
            dividends=books.dividends,
            interest=books.interest,
            as_of=self._clock.now(),
        )
        own = self._provenance(books, *marked.notes)
        return Found(snapshot, derived(NAME, own, *marked.inputs, note=own.note))

    def _valued(self, books: ImportedBooks, start: date | None) -> Outcome[ValuedDays]:
        """The value at each close from `start` on; of the days before only what those need is
        asked for, so that yesterday's value does not wait for ten years of closes."""
        try:
            days = sessions(books, exchange_calendar(), self._clock.now())
        except InputError as error:
            return Failed(FailureKind.BAD_DATA, str(error))
        state = (self._repository.revision(self._user), days[-1] if days else None)
        first = None if start is None or not days or start <= days[0] else start
        with self._guard:
            if self._curves[0] != state:
                self._curves = (state, {})
            known = self._curves[1].get(None) or self._curves[1].get(first)
        if known is not None:
            return known
        wanted = [day for day in days if first is None or day >= first]
        outcome = value_days(books, wanted, self._market, self._provenance(books))
        if isinstance(outcome, Found):
            with self._guard:
                if self._curves[0] == state:
                    self._curves[1][first] = outcome
        return outcome


def _within(at: datetime, start: date | None, end: date | None) -> bool:
    day = exchange_date(at)
    return (start is None or day >= start) and (end is None or day <= end)
