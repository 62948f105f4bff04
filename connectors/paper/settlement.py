"""What happens to the paper account at closing bells: settled when somebody looks, in order, once.

Each session that is over is one transaction: expired options by the close of their last session
(assignment, exercise, expiry, or sale where cash or shares do not suffice), dividends of shares
that were held before their ex-date, interest on borrowed cash, and the day's value. The rules are
those of practice.

- A close that is not told yet is waited for, three days at most: until then its session and later
  ones stay unsettled. After that the session is settled without it; the option stays open, and that
  is said each time.
- What is settled later than something else was booked bears the moment of its settling, so that no
  cash is moved into a past that has been told already; such a day gets no value of its own.
- A day's value needs a price of everything held: an option has one only on the evening itself.
- Nobody assigns early here: that would need the option's price at each past close.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from connectors.paper.floor import PaperFloor, ask_ahead
from connectors.paper.told import Told, ask
from connectors.practice.journal import Journal
from connectors.practice.marks import quantities
from connectors.practice.settlement import Clearing, EventKind, PracticeEvent
from connectors.simulated.dealing import Dealing
from mfa.kernel.calendar import ExchangeCalendar, exchange_calendar
from mfa.kernel.clock import exchange_date
from mfa.kernel.errors import InputError
from mfa.kernel.money import CONTRACT_SIZE, ZERO, cents
from mfa.kernel.symbols import OptionSymbol
from mfa.store.book_rows import BooksState, Lot
from mfa.store.books import Conn
from mfa.store.broker_orders import BrokerOrders

PATIENCE: Final = timedelta(days=3)
DIVIDENDS_BACK: Final = timedelta(days=30)
"""How late a dividend may be told and still be paid."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What happened, how many orders ended with their day, what could not be settled and why."""

    events: tuple[PracticeEvent, ...]
    ended: int
    waiting: tuple[str, ...]


class PaperSettlement:
    """Settles what is due. Safe for threads and for several processes."""

    def __init__(self, floor: PaperFloor, orders: BrokerOrders) -> None:
        self._floor, self._orders = floor, orders

    @property
    def _calendar(self) -> ExchangeCalendar:
        """Loaded when first settled: building the broker costs nothing."""
        return exchange_calendar()

    def settle(self) -> Settled:
        """Every session that is over. Asks the market only where there is one to settle."""
        floor = self._floor
        state = floor.database.read(floor.state)
        days = self._over(state)
        told = self._ask(days) if days else None
        events: list[PracticeEvent] = []
        ended = 0
        waiting: tuple[str, ...] = ()
        for day in days:
            with floor.database.connection() as conn:
                state = floor.locked(conn)
                if told is None or state.settled_through >= day:  # somebody else was here
                    continue
                journal = Journal(floor.books.open_books(conn))
                waiting = self._awaited(journal, day, told, floor.now(state))
                if waiting:
                    break
                happened, over = self._session(conn, state, journal, day, told)
            events += happened
            ended += over
        return Settled(tuple(events), ended, (*waiting, *self._overdue(told)))

    def _over(self, state: BooksState) -> tuple[date, ...]:
        """Sessions whose closing bell has rung and that are not settled yet."""
        now = self._floor.now(state)
        ahead = self._calendar.sessions(
            state.settled_through + timedelta(days=1), exchange_date(now)
        )
        return tuple(day for day in ahead if self._calendar.open_close(day)[1] <= now)

    def _ask(self, days: tuple[date, ...]) -> Told:
        floor = self._floor
        since = self._calendar.open_close(days[0])[0] - DIVIDENDS_BACK
        lots, trades = floor.database.read(
            lambda conn: (
                floor.books.open_lots(conn),
                floor.books.closed_trades(conn, start=since),
            )
        )
        options = {lot.option for lot in lots if lot.option is not None}
        symbols = {lot.symbol for lot in lots}
        sold = {trade.symbol for trade in trades if trade.option is None}
        ask_ahead(floor.market, sorted(symbols), sorted(options))
        return ask(
            floor.market,
            closes_of=symbols,
            payers=sold | symbols,
            marks_of=options,
            first=min([days[0], *map(self._last_session, options)]),
            last=days[-1],
            paid_since=days[0] - DIVIDENDS_BACK,
        )

    def _awaited(self, journal: Journal, day: date, told: Told, now: datetime) -> tuple[str, ...]:
        """Closes of `day` that are needed, not told, and may still come."""
        if now - self._calendar.open_close(day)[1] >= PATIENCE:
            return ()
        ending = {o.root for o in journal.options() if self._last_session(o) == day}
        wanted = sorted(ending | set(journal.stocks()))
        return tuple(why for why in (_untold(told, symbol, day) for symbol in wanted) if why)

    def _session(
        self, conn: Conn, state: BooksState, journal: Journal, day: date, told: Told
    ) -> tuple[tuple[PracticeEvent, ...], int]:
        floor, closes = self._floor, self._calendar.open_close(day)[1]
        last = floor.books.last_movement(conn)
        in_time = last is None or last <= closes
        at = closes if in_time else floor.now(state)
        clearing = Clearing(journal, told, self._calendar, day, at)
        clearing.expire(
            {
                option: contracts
                for option, contracts in clearing.due().items()
                if not _untold(told, option.root, self._last_session(option))
            }
        )
        clearing.events += self._entitled(conn, state, journal, day, told)
        clearing.pay_dividends()
        clearing.charge_interest()
        value = _value(journal.lots, day, told, this_evening=self._is_this_evening(day, state))
        if in_time and value is not None:
            journal.snapshot(day, value)
        dealing = Dealing(journal, self._orders.alive(conn), self._calendar)
        dealing.close_day(day, max(at, state.now))
        dealing.drop_groundless(max(at, state.now))
        floor.writer.append(conn, journal.entries)
        self._orders.save(conn, dealing.changed.values())
        floor.writer.advance_to(conn, max(at, state.now), day)
        return tuple(clearing.events), len(dealing.changed)

    def _entitled(
        self, conn: Conn, state: BooksState, journal: Journal, day: date, told: Told
    ) -> list[PracticeEvent]:
        """Dividends that went ex until `day`, on the shares held before their ex-date."""
        known = {(each.symbol, each.ex_date) for each in self._floor.books.entitlements(conn)}
        since = max(day - DIVIDENDS_BACK, exchange_date(state.opened_at))
        events = []
        for symbol in sorted(told.payers):
            for each in told.dividends_between(symbol, since, day):
                opens = self._opening_bell(each.ex_date)
                shares = self._floor.books.shares_before(conn, symbol, opens)
                if not shares or (symbol, each.ex_date) in known:
                    continue
                paid = each.pay_date or each.ex_date
                owed = journal.entitle(symbol, each.ex_date, paid, shares, each.amount)
                text = (
                    f"{shares} {symbol} are entitled to {owed.amount:.2f} on {owed.pay_date}: "
                    f"ex-dividend on {owed.ex_date}"
                )
                events.append(
                    PracticeEvent(
                        day=day, kind=EventKind.EX_DIVIDEND, symbol=symbol, text=text, amount=None
                    )
                )
        return events

    def _overdue(self, told: Told | None) -> tuple[str, ...]:
        """Options that are over and still open: the close of their last session is missing."""
        floor = self._floor
        state, lots = floor.database.read(
            lambda conn: (floor.state(conn), floor.books.open_lots(conn))
        )
        over = {
            lot.option
            for lot in lots
            if lot.option is not None and self._last_session(lot.option) <= state.settled_through
        }
        reasons = {} if told is None else told.reasons
        return tuple(
            f"{option} is over and stays open, as the close of its last session is not known. "
            f"{reasons.get(option.root, '')}".strip()
            for option in sorted(over)
        )

    def _opening_bell(self, day: date) -> datetime:
        first = day if self._calendar.is_session(day) else self._calendar.next_session(day)
        return self._calendar.open_close(first)[0]

    def _last_session(self, option: OptionSymbol) -> date:
        return self._calendar.last_session_on_or_before(option.expiration)

    def _is_this_evening(self, day: date, state: BooksState) -> bool:
        """Whether `day` was the last session, and the next has not begun: quotes are still its."""
        return self._floor.now(state) < self._opening_bell(day + timedelta(days=1))


def _untold(told: Told, symbol: str, day: date) -> str:
    try:
        told.close(symbol, day)
    except InputError as error:
        return str(error)
    return ""


def _value(lots: Iterable[Lot], day: date, told: Told, *, this_evening: bool) -> Decimal | None:
    """What is held is worth at the close; None where something has no price."""
    value = ZERO
    for (symbol, option), quantity in quantities(lots).items():
        if option is None:
            price, size = told.closes.get((symbol, day)), 1
        else:
            price, size = (told.marks.get(option) if this_evening else None), CONTRACT_SIZE
        if price is None:
            return None
        value += cents(quantity * price * size)
    return value
