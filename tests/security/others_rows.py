"""Beata's rows in every table that has a user, and what it takes to see whether they changed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

import psycopg
from psycopg import sql

from mfa.kernel.canonical import canonical_json
from mfa.kernel.cards import Card, CardFacts
from mfa.kernel.clock import RealClock
from mfa.kernel.market import Listing
from mfa.kernel.mode import Mode
from mfa.kernel.movements import Effect, Movement, MovementKind
from mfa.kernel.order_book import EventSource, NewOrder
from mfa.kernel.orders import BrokerOrder, Order, OrderFill, OrderLeg, OrderState, Side
from mfa.store.audit import AuditRepository
from mfa.store.cards import CardRepository
from mfa.store.corrections import CorrectionRepository
from mfa.store.database import Database
from mfa.store.imports import Import, ImportFile, ImportRepository, KeyedMovement
from mfa.store.last_known import LastKnown, LastKnownRepository, Name
from mfa.store.memories import MemoryRepository
from mfa.store.orders import OrderRepository
from mfa.store.people import PersonRepository
from mfa.store.rates import RateRepository
from mfa.store.scans import ScanRepository
from mfa.store.second_factors import SecondFactorRepository
from mfa.store.sessions import Session, SessionRepository
from mfa.store.stocks import StockRepository
from mfa.store.turns import TurnStore
from mfa.store.watchlists import WatchlistRepository

BEATA, ANNA = "beata", "anna"
SECRET = "Beatas Geheimnis"
LIST, HELD = "Wheel", "ZZTOP"
"""A name that anybody could guess, and what is on that list and nowhere else."""
NOW = datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
KO = Listing(symbol="KO", name=SECRET, sector="")
TURN, TALK = (uuid5(UUID(int=7), name) for name in ("turn", "talk"))
OWNER = 77
CARD = uuid5(UUID(int=7), "card")
SESSION = uuid5(UUID(int=7), "session")
BACKUP = b"b" * 32
ORDER, FOREIGN = "beatas-order", "beatas-foreign"
LAST = Name("live", BEATA, "f", "q", SECRET)


def movement(memo: str = SECRET) -> Movement:
    return Movement(
        at=NOW, kind=MovementKind.DEPOSIT, symbol=None, option=None, quantity=Decimal(0),
        price=None, fees=Decimal(0), amount=Decimal(100), memo=memo,
    )  # fmt: skip


def import_file(name: str = SECRET) -> ImportFile:
    return ImportFile(name=name, broker="Plain", sha256="0" * 64, problems=0, skipped=0)


def card(number: UUID, user: str, *, replaces: UUID | None = None) -> Card:
    now = RealClock().now()
    return Card(
        id=number, user=user, session="s", door="page", conversation=TALK, mode=Mode.PRACTICE,
        action="keep_list", params=canonical_json({"name": SECRET}), binding="0" * 64,
        facts=CardFacts(title=SECRET), created_at=now, expires_at=now + timedelta(hours=1),
        replaces=replaces,
    )  # fmt: skip


def order(client_id: str, user: str) -> NewOrder:
    leg = OrderLeg(symbol="KO", side=Side.BUY, effect=Effect.OPEN)
    return NewOrder(
        user=user, broker="practice", account="A-1", card=SECRET,
        order=Order(client_id=client_id, legs=(leg,), quantity=Decimal(2), limit=Decimal(50)),
    )  # fmt: skip


def told(broker_id: str, client_id: str | None) -> BrokerOrder:
    fill = OrderFill(
        id=f"{broker_id}-1", instrument="KO", quantity=Decimal(1), price=Decimal(50),
        fees=Decimal(0), at=NOW,
    )  # fmt: skip
    return BrokerOrder(
        broker_id=broker_id, client_id=client_id, state=OrderState.PARTIALLY_FILLED,
        filled=Decimal(1), updated_at=NOW, reason=SECRET, fills=(fill,) if client_id else (),
    )  # fmt: skip


def plant(database: Database) -> Import:
    """Everything that Beata has."""
    TurnStore(database).start(
        turn=TURN, conversation=TALK, opens=True, user=BEATA, door="page", mode=Mode.PRACTICE,
        text=SECRET, owner=OWNER,
    )  # fmt: skip
    WatchlistRepository(database).create(BEATA, LIST, [HELD])
    scans = ScanRepository(database)
    scans.save(BEATA, LIST, {"said": SECRET})
    scans.record_run(
        BEATA, LIST, day=date(2026, 11, 20), mode="practice", passed=1, found=[{"s": SECRET}]
    )
    StockRepository(database).seed_stocks(BEATA, "practice", [KO])
    kept = ImportRepository(database).add(
        BEATA, import_file(), [KeyedMovement(key=SECRET, line=1, movement=movement())]
    )
    LastKnownRepository(database).keep(
        [LastKnown(name=LAST, state="s", model="m", answer=json.dumps(SECRET), kept_at=NOW)]
    )
    CorrectionRepository(database).add(BEATA, SECRET, "help")
    MemoryRepository(database).remember(BEATA, SECRET, kind="fact", said_at=NOW)
    CardRepository(database, Mode.PRACTICE, RealClock()).add(card(CARD, BEATA))
    RateRepository(database, Mode.PRACTICE, RealClock()).take(BEATA, "keep_list", CARD, 5)
    AuditRepository(database, RealClock()).append(
        {"kind": "proposal", "user": BEATA, "door": "page", "card": str(CARD), "said": SECRET}
    )
    PersonRepository(database).add(BEATA, SECRET, "$argon2id$", NOW)
    SessionRepository(database).open(
        Session(
            id=SESSION, user=BEATA, door="page", address=SECRET, created_at=NOW, seen_at=NOW,
            ends_at=NOW + timedelta(days=1), verified_at=None,
        ),
        b"t" * 32,
    )  # fmt: skip
    factors = SecondFactorRepository(database)
    factors.enrol(BEATA, NOW)
    factors.confirm(BEATA, NOW, [BACKUP])
    factors.door_verified(BEATA, "shell-1", NOW)
    orders = OrderRepository(database, "practice")
    orders.add([order(ORDER, BEATA)], NOW)
    orders.leave(ORDER, at=NOW, sent_at=NOW)
    orders.record(ORDER, told("b-1", ORDER), at=NOW, source=EventSource.POLL)
    orders.see_foreign("practice", "A-1", [told(FOREIGN, None)], BEATA)
    return kept


def guarded(database: Database) -> tuple[tuple[str, str], ...]:
    """Every table of ours whose rows say whose they are."""
    with database.owner_connection() as conn:
        rows = conn.execute(
            "SELECT table_schema, table_name FROM information_schema.columns"
            " JOIN information_schema.tables USING (table_schema, table_name)"
            " WHERE column_name = 'user_name' AND table_type = 'BASE TABLE'"
            " AND table_schema IN ('magnus', 'practice', 'paper', 'live') ORDER BY 1, 2"
        ).fetchall()
    return tuple((str(schema), str(table)) for schema, table in rows)


def rows_of(conn: psycopg.Connection[tuple[object, ...]], user: str, table: tuple[str, str]) -> str:
    """The user's rows of a table as one text."""
    row = conn.execute(
        sql.SQL(
            "SELECT coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '') FROM {} t"
            " WHERE user_name = %s"
        ).format(sql.Identifier(*table)),
        (user,),
    ).fetchone()
    return "" if row is None else str(row[0])


def everything(database: Database, user: str = BEATA) -> dict[str, str]:
    """All rows of a user, by table, and those that are the user's through another table."""
    with database.owner_connection() as conn:
        found = {".".join(table): rows_of(conn, user, table) for table in guarded(database)}
        for child, parent, key in (
            ("watchlist_symbol", "watchlist", "watchlist"), ("scan_run", "saved_scan", "scan"),
        ):  # fmt: skip
            row = conn.execute(
                f"SELECT string_agg(c::text, ',' ORDER BY c::text) FROM magnus.{child} c"
                f" JOIN magnus.{parent} p ON p.id = c.{key} WHERE p.user_name = %s",
                (user,),
            ).fetchone()
            found[child] = "" if row is None else str(row[0])
    return found
