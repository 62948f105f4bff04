"""The simulated exchange's account as an `AccountSource`: answers from its fills, marked at quotes.

A coin whose pair has no quote now stands at what it cost, and is named in the note.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Final, TypeVar

import psycopg

from connectors.coins.exchange import opened
from connectors.coins.floor import CoinFloor
from connectors.coins.holdings import Holdings, holdings, positions, reserved
from mfa.kernel.account import AccountSnapshot, ClosedTrade, EquityPoint, LedgerEntry, Position
from mfa.kernel.clock import exchange_date
from mfa.kernel.coins import DOLLARS, Pair
from mfa.kernel.errors import StoreError
from mfa.kernel.money import ZERO, cents
from mfa.kernel.outcome import Failed, FailureKind, Found, Outcome, Provenance, derived
from mfa.store.books import Conn
from mfa.store.coins import CoinAccount, CoinBooks, CoinOrder
from mfa.store.database import Database

T = TypeVar("T")
_DAY: Final = timedelta(days=1)
_POT: Final = "Dollars and their stablecoins are one pot here, one for one."


class CoinExchangeAccount:
    """Reads the exchange's books of one mode. Safe for threads; works while others write."""

    def __init__(self, floor: CoinFloor, database: Database) -> None:
        self._floor, self._database = floor, database
        self._books = CoinBooks(floor.mode.schema)

    @property
    def name(self) -> str:
        return self._floor.name

    def account(self) -> Outcome[AccountSnapshot]:
        asked = self._answer(self._read)
        if not isinstance(asked, Found):
            return asked
        account, held, standing = asked.value
        bound, _ = self._reserved(standing)
        marks, inputs, unpriced = self._marks(held)
        value = cents(sum(marks.values(), ZERO))
        cost = sum((coin.cost for coin in held.coins.values()), ZERO)
        cash = cents(held.cash)
        snapshot = AccountSnapshot(
            account_id=account.account_id,
            cash=cash,
            positions_value=value,
            equity=cash + value,
            buying_power=cents(held.cash - bound),
            collateral=cents(bound),
            deposits=account.opening,
            realized=cents(held.realized),
            unrealized=value - cents(cost),
            dividends=ZERO,
            interest=ZERO,
            as_of=self._floor.clock.now(),
        )
        said = (f"{coin} stands at what it cost: it has no quote now." for coin in unpriced)
        note = " ".join((_POT, *said))
        return Found(snapshot, derived(self.name, asked.provenance, *inputs, note=note))

    def positions(self) -> Outcome[tuple[Position, ...]]:
        return self._answer(lambda conn: positions(self._read(conn)[1]))

    def funds(self, currency: str) -> Outcome[Decimal]:
        """What is free of one currency: neither spent nor bound by a standing order."""

        asked = self._answer(self._read)
        if not isinstance(asked, Found):
            return asked
        _, held, standing = asked.value
        dollars, coins = self._reserved(standing)
        if currency in DOLLARS:
            return Found(held.cash - dollars, asked.provenance)
        return Found(held.of(currency) - coins.get(currency, ZERO), asked.provenance)

    def closed_trades(
        self, *, start: date | None = None, end: date | None = None, symbol: str | None = None
    ) -> Outcome[tuple[ClosedTrade, ...]]:
        del start, end, symbol
        return self._unkept("closed trades")

    def ledger(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[LedgerEntry, ...]]:
        del start, end
        return self._unkept("a cash history")

    def equity_curve(
        self, *, start: date | None = None, end: date | None = None
    ) -> Outcome[tuple[EquityPoint, ...]]:
        """At each midnight UTC since the account was opened, at the quotes of that moment."""
        asked = self._answer(
            lambda conn: (opened(self._books, conn, self._floor), self._books.fills(conn))
        )
        if not isinstance(asked, Found):
            return asked
        account, fills = asked.value
        first = max(start or date.min, exchange_date(account.opened_at))
        last = min(end or date.max, exchange_date(self._floor.clock.now()) - _DAY)
        points = []
        for number in range((last - first).days + 1):
            day = first + number * _DAY
            at = datetime.combine(day + _DAY, time(), tzinfo=UTC)
            held = holdings(account.opening, (fill for fill in fills if fill.at <= at))
            value = self._value_then(held, at)
            if not isinstance(value, Found):
                return value
            points.append(
                EquityPoint(
                    day=day, equity=cents(held.cash + value.value), cash=cents(held.cash),
                    deposits=account.opening,
                )
            )  # fmt: skip
        return Found(tuple(points), asked.provenance)

    def revision(self) -> str:
        """Moves with every order that came or ended."""
        try:
            return self._database.read(
                lambda conn: f"coins {self._books.next_order(conn)} {len(self._books.fills(conn))}"
            )
        except (psycopg.Error, StoreError):
            return "unreachable"

    # --- parts

    def _read(self, conn: Conn) -> tuple[CoinAccount, Holdings, tuple[CoinOrder, ...]]:
        account = opened(self._books, conn, self._floor)
        held = holdings(account.opening, self._books.fills(conn))
        return account, held, self._books.alive(conn)

    def _reserved(self, standing: tuple[CoinOrder, ...]) -> tuple[Decimal, dict[str, Decimal]]:
        rates: dict[Pair, Decimal] = {}
        for each in standing:
            pair = Pair.parse(each.order.symbol)
            rules = self._floor.market.rules(pair)
            rates[pair] = rules.value.taker if isinstance(rules, Found) else ZERO
        return reserved(standing, rates)

    def _marks(
        self, held: Holdings
    ) -> tuple[Mapping[str, Decimal], tuple[Provenance, ...], tuple[str, ...]]:
        """Dollars of each coin, where the prices came from, and the coins without one."""
        marks, inputs, unpriced = dict[str, Decimal](), [], []
        for base, coin in sorted(held.coins.items()):
            quote = self._floor.market.quote(coin.pair)
            if isinstance(quote, Found) and quote.value.bid > 0:
                marks[base] = coin.quantity * quote.value.mid
                inputs.append(quote.provenance)
            else:
                marks[base] = coin.cost
                unpriced.append(base)
        return marks, tuple(inputs), tuple(unpriced)

    def _value_then(self, held: Holdings, at: datetime) -> Outcome[Decimal]:
        total = Decimal(0)
        for coin in held.coins.values():
            quote = self._floor.then(coin.pair, at)
            if not isinstance(quote, Found):
                return quote
            total += coin.quantity * quote.value.mid
        source = Provenance(source=self._floor.market.name, as_of=at)
        return Found(total, source)

    def _unkept(self, what: str) -> Failed:
        return Failed(FailureKind.NOT_SUPPORTED, f"The {self.name} keeps no {what}.")

    def _answer(self, read: Callable[[Conn], T]) -> Outcome[T]:
        """From one state of the books."""

        def ask(conn: Conn) -> T:
            conn.execute("set transaction isolation level repeatable read")
            return read(conn)

        try:
            value = self._database.read(ask)
        except (psycopg.Error, StoreError) as error:
            why = f"The exchange's books cannot be read: {str(error).strip()}"
            return Failed(FailureKind.UNAVAILABLE, why)
        return Found(value, Provenance(source=self.name, as_of=self._floor.clock.now()))
