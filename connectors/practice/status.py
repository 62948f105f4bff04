"""Where the practice stands, in one state of the books: time, seed, account, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from connectors.practice.marks import quantities, value_lots
from connectors.practice.wiring import Wiring
from mfa.kernel.calendar import ExchangeCalendar
from mfa.kernel.clock import exchange_date
from mfa.kernel.money import ZERO
from mfa.store.book_rows import BooksState, OpenBooks
from mfa.store.books import Conn


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeStatus:
    """`sessions_left` counts those after today's; `dividends_due` is entitled, not yet paid."""

    account_id: str
    seed: int
    revision: int
    now: datetime
    last_day: date
    sessions_left: int
    market_open: bool
    settled_through: date
    equity: Decimal
    cash: Decimal
    open_positions: int
    closed_trades: int
    next_expirations: tuple[date, ...]
    dividends_due: Decimal


def practice_status(wiring: Wiring, calendar: ExchangeCalendar, last_day: date) -> PracticeStatus:
    """`StoreError` when the books are not open, `InputError` when the market has no price."""

    def ask(conn: Conn) -> tuple[BooksState, OpenBooks, int]:
        state = wiring.one_state(conn)
        return state, wiring.books.open_books(conn), len(wiring.books.closed_trades(conn))

    state, opening, closed = wiring.database.read(ask)
    valuation = value_lots(opening.lots, wiring.prices_of(state.seed), state.now)
    return PracticeStatus(
        account_id=state.account_id,
        seed=state.seed,
        revision=state.revision,
        now=state.now,
        last_day=last_day,
        sessions_left=len(
            calendar.sessions(exchange_date(state.now) + timedelta(days=1), last_day)
        ),
        market_open=calendar.is_open(state.now),
        settled_through=state.settled_through,
        equity=opening.cash + valuation.value,
        cash=opening.cash,
        open_positions=len(quantities(opening.lots)),
        closed_trades=closed,
        next_expirations=tuple(
            sorted({lot.option.expiration for lot in opening.lots if lot.option is not None})
        ),
        dividends_due=sum((owed.amount for owed in opening.entitlements), ZERO),
    )
