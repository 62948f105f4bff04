"""Repository of one mode's books: what they say. Writing is in `book_writer`.

It knows no rule of market or broker. Methods take the caller's connection, so that several reads
can see one state, and never commit.
"""

# ruff: noqa: S608 - only constants of this file and the schema, as an identifier, are composed

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, TypeAlias

from psycopg import Connection, sql

from mfa.kernel.account import ClosedTrade, CloseReason, EntryKind, EquityPoint, LedgerEntry
from mfa.kernel.money import CENT, ZERO
from mfa.kernel.symbols import OptionSymbol
from mfa.store.book_rows import (
    Accrual,
    BooksState,
    Entitlement,
    Lot,
    OpenBooks,
    RowKind,
)

Conn: TypeAlias = Connection[tuple[Any, ...]]

_LOT: Final = (
    "id, symbol, option, opened_at, strategy, opened_quantity, quantity, price, cost_basis, fees"
)
_TRADE: Final = (
    "id, symbol, option, strategy, quantity, opened_at, closed_at, "
    "open_price, close_price, fees, realized, reason"
)


class Books:
    """The books in one schema."""

    def __init__(self, schema: str) -> None:
        self._schema = sql.Identifier(schema)

    def _sql(self, text: str) -> sql.Composed:
        """`text` with every `{}` replaced by the schema."""
        return sql.SQL(text).format(*([self._schema] * text.count("{}")))

    # --- reading

    def state(self, conn: Conn) -> BooksState | None:
        """Where the books stand, or None before they are opened."""
        row = conn.execute(
            self._sql(
                "select a.account_id, a.opened_at, a.revision, p.now, p.seed, p.settled_through "
                "from {}.account a cross join {}.practice_state p"
            )
        ).fetchone()
        if row is None:
            return None
        return BooksState(
            account_id=row[0],
            opened_at=row[1],
            revision=row[2],
            now=row[3],
            seed=row[4],
            settled_through=row[5],
        )

    def lock(self, conn: Conn) -> BooksState | None:
        """`state`, holding every other writer off until the transaction ends.

        Locked first and read then: who waited for the lock must see what the other one wrote.
        """
        locked = conn.execute(self._sql("select one from {}.account for update")).fetchone()
        return None if locked is None else self.state(conn)

    def open_books(self, conn: Conn) -> OpenBooks:
        """The open ends: cash, lots, unpaid dividends, unposted interest, the last numbers."""
        numbers = conn.execute(
            self._sql(
                "select (select coalesce(sum(amount), 0) from {}.ledger), "
                "(select coalesce(sum(amount), 0) from {}.ledger "
                "where kind in ('deposit', 'withdrawal')), "
                "(select greatest((select max(order_id) from {}.fill), "
                "(select max(id) from {}.broker_order), 0)), "
                + ", ".join(f"(select coalesce(max(id), 0) from {{}}.{k})" for k in RowKind)
            )
        ).fetchone()
        if numbers is None:
            raise LookupError("an aggregate query answered no row")
        return OpenBooks(
            cash=numbers[0] + ZERO,
            deposits=numbers[1] + ZERO,
            last_order=numbers[2],
            last_ids=dict(zip(RowKind, numbers[3:], strict=True)),
            lots=self.open_lots(conn),
            entitlements=self._entitlements(conn, "where paid_at is null"),
            accruals=self._accruals(conn, "where posted_at is null"),
        )

    def open_lots(self, conn: Conn) -> tuple[Lot, ...]:
        return self._lots(conn, "where quantity <> 0")

    def all_lots(self, conn: Conn) -> tuple[Lot, ...]:
        return self._lots(conn, "")

    def _lots(self, conn: Conn, where: str) -> tuple[Lot, ...]:
        rows = conn.execute(self._sql(f"select {_LOT} from {{}}.lot {where} order by id"))
        return tuple(
            Lot(
                id=r[0],
                symbol=r[1],
                option=stored_option(r[2]),
                opened_at=r[3],
                strategy=r[4],
                opened_quantity=r[5],
                quantity=r[6],
                price=stored_price(r[7]),
                cost_basis=r[8],
                fees=r[9],
            )
            for r in rows
        )

    def ledger(
        self, conn: Conn, start: datetime | None = None, before: datetime | None = None
    ) -> tuple[LedgerEntry, ...]:
        """Cash movements with `start` <= at < `before`, in the order they happened."""
        where, values = _between("at", start, before)
        rows = conn.execute(
            self._sql(
                f"select id, at, kind, symbol, amount, memo from {{}}.ledger {where} order by id"
            ),
            values,
        )
        return tuple(
            LedgerEntry(id=r[0], at=r[1], kind=EntryKind(r[2]), symbol=r[3], amount=r[4], memo=r[5])
            for r in rows
        )

    def closed_trades(
        self,
        conn: Conn,
        start: datetime | None = None,
        before: datetime | None = None,
        symbol: str | None = None,
    ) -> tuple[ClosedTrade, ...]:
        """Round trips with `start` <= closed_at < `before`, oldest first."""
        where, values = _between("closed_at", start, before)
        if symbol is not None:
            where = f"{where} and symbol = %s" if where else "where symbol = %s"
            values = (*values, symbol)
        rows = conn.execute(
            self._sql(f"select {_TRADE} from {{}}.closed_trade {where} order by closed_at, id"),
            values,
        )
        return tuple(_trade(row) for row in rows)

    def realized_and_paid(self, conn: Conn) -> tuple[Decimal, Decimal, Decimal]:
        """Dollars realised by trades, received as dividends (net), and paid as interest."""
        row = conn.execute(
            self._sql(
                "select (select coalesce(sum(realized), 0) from {}.closed_trade), "
                "(select coalesce(sum(amount), 0) from {}.ledger where kind = 'dividend'), "
                "(select coalesce(-sum(amount), 0) from {}.ledger where kind = 'interest')"
            )
        ).fetchone()
        if row is None:
            raise LookupError("an aggregate query answered no row")
        return row[0] + ZERO, row[1] + ZERO, row[2] + ZERO

    def equity(
        self, conn: Conn, start: date | None = None, end: date | None = None
    ) -> tuple[EquityPoint, ...]:
        rows = conn.execute(
            self._sql(
                "select day, equity, cash, deposits from {}.equity_snapshot "
                "where day >= coalesce(%s::date, '-infinity') "
                "and day <= coalesce(%s::date, 'infinity') order by day"
            ),
            (start, end),
        )
        return tuple(EquityPoint(day=r[0], equity=r[1], cash=r[2], deposits=r[3]) for r in rows)

    def moved(self, conn: Conn) -> dict[tuple[str, OptionSymbol | None], int]:
        """What is held of each instrument by counting fills and settlements. Zeros left out."""
        rows = conn.execute(
            self._sql(
                "select symbol, option, sum(quantity)::int from ("
                "select symbol, option, quantity from {}.fill union all "
                "select symbol, option, contracts from {}.settlement union all "
                "select symbol, null, shares from {}.settlement) as movement "
                "group by symbol, option having sum(quantity) <> 0"
            )
        )
        return {(r[0], stored_option(r[1])): r[2] for r in rows}

    def shares_before(self, conn: Conn, symbol: str, moment: datetime) -> int:
        """Shares held before a moment, by counting fills and settlements."""
        row = conn.execute(
            self._sql(
                "select (select coalesce(sum(quantity), 0) from {}.fill "
                "where symbol = %(symbol)s and option is null and at < %(moment)s)"
                " + (select coalesce(sum(shares), 0) from {}.settlement "
                "where symbol = %(symbol)s and at < %(moment)s)"
            ),
            {"symbol": symbol, "moment": moment},
        ).fetchone()
        return 0 if row is None else int(row[0])

    def last_movement(self, conn: Conn) -> datetime | None:
        """When cash last moved."""
        row = conn.execute(self._sql("select max(at) from {}.ledger")).fetchone()
        return None if row is None else row[0]

    def closed_quantities(self, conn: Conn) -> dict[int, int]:
        """Closed quantity by lot."""
        return dict(
            conn.execute(
                self._sql("select lot_id, sum(quantity)::int from {}.closed_trade group by lot_id")
            )
        )

    def entitlements(self, conn: Conn) -> tuple[Entitlement, ...]:
        return self._entitlements(conn, "")

    def _entitlements(self, conn: Conn, where: str) -> tuple[Entitlement, ...]:
        rows = conn.execute(
            self._sql(
                "select id, symbol, ex_date, pay_date, shares, per_share, amount, paid_at "
                f"from {{}}.dividend {where} order by id"
            )
        )
        return tuple(
            Entitlement(
                id=r[0],
                symbol=r[1],
                ex_date=r[2],
                pay_date=r[3],
                shares=r[4],
                per_share=stored_price(r[5]),
                amount=r[6],
                paid_at=r[7],
            )
            for r in rows
        )

    def _accruals(self, conn: Conn, where: str) -> tuple[Accrual, ...]:
        rows = conn.execute(
            self._sql(
                "select day, debit, nights, rate, amount, posted_at "
                f"from {{}}.interest_accrual {where} order by day"
            )
        )
        return tuple(
            Accrual(day=r[0], debit=r[1], nights=r[2], rate=r[3], amount=r[4], posted_at=r[5])
            for r in rows
        )


@lru_cache(maxsize=4096)
def _parsed(occ: str) -> OptionSymbol:
    return OptionSymbol.parse(occ)


def stored_option(occ: str | None) -> OptionSymbol | None:
    return None if occ is None else _parsed(occ)


def stored_price(stored: Decimal) -> Decimal:
    """Two decimals where they say it all, as many as needed otherwise."""
    rounded = stored.quantize(CENT)
    return rounded if rounded == stored else stored.normalize()


def _trade(row: tuple[Any, ...]) -> ClosedTrade:
    return ClosedTrade(
        id=row[0],
        symbol=row[1],
        option=stored_option(row[2]),
        strategy=row[3],
        quantity=row[4],
        opened_at=row[5],
        closed_at=row[6],
        open_price=stored_price(row[7]),
        close_price=stored_price(row[8]),
        fees=row[9],
        realized=row[10],
        reason=CloseReason(row[11]),
    )


def _between(
    column: str, start: datetime | None, before: datetime | None
) -> tuple[str, tuple[Any, ...]]:
    bounds = [(f"{column} >= %s", start), (f"{column} < %s", before)]
    given = [(text, value) for text, value in bounds if value is not None]
    where = " and ".join(text for text, _ in given)
    return (f"where {where}" if where else ""), tuple(value for _, value in given)
