"""A session of Anna can read nothing of Beata's and change nothing of hers, whatever it tries.

The walk knows every repository by introspection: a class or a method without an entry fails it. It
asks for what is Beata's, by her name and by her ids, while the thread is bound to Anna.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import psycopg
import pytest
from psycopg import sql

import mfa.store
from mfa.kernel import scope
from mfa.kernel.cards import CardState, Receipt, ResultStatus
from mfa.kernel.clock import RealClock
from mfa.kernel.errors import InputError, MagnusError
from mfa.kernel.mode import Mode
from mfa.kernel.order_book import EventSource
from mfa.kernel.orders import OrderState
from mfa.kernel.scope import NotYours, acting_as, as_house
from mfa.kernel.watchlists import ListChange
from mfa.store.database import Database
from mfa.store.imports import Import, KeyedMovement
from mfa.store.turn_records import EventKind, NewEvent, TurnState
from tests.security.others_rows import (
    ANNA,
    BACKUP,
    BEATA,
    CARD,
    FOREIGN,
    HELD,
    KO,
    LAST,
    LIST,
    NOW,
    ORDER,
    OWNER,
    SECRET,
    SESSION,
    TALK,
    TURN,
    card,
    everything,
    guarded,
    import_file,
    movement,
    order,
    plant,
    rows_of,
    told,
)

RECEIPT: Final = Receipt(status=ResultStatus.DONE, message="done", at=NOW)
CHANGE: Final = ListChange(was=LIST, name=LIST, symbols=("AMD",), source="theirs", origin="theirs")
HERS: Final = KeyedMovement(key="new", line=1, movement=movement("theirs"))

Arguments = Callable[[Import], tuple[tuple[Any, ...], Mapping[str, Any]]]


def at(*given: Any, **named: Any) -> Arguments:
    return lambda _: (given, named)


ASKED: Final[Mapping[str, Mapping[str, Arguments]]] = {
    "AuditRepository": {
        "latest": at(100),
        "of_card": at(CARD),
        "rows": at(),
    },
    "CardRepository": {
        "add": at(card(TURN, BEATA)),
        "card": at(BEATA, CARD),
        "open_in": at(BEATA, TALK),
        "recent": at(BEATA),
        "unfinished": at(),
        "decide": at(BEATA, CARD, CardState.CONFIRMED),
        "replace": at(card(TURN, BEATA, replaces=CARD)),
        "put_receipt": at(CARD, RECEIPT),
        "claim_undo": at(BEATA, CARD),
        "put_undone": at(CARD, RECEIPT),
        "release_undo": at(CARD),
    },
    "CorrectionRepository": {
        "add": at(BEATA, SECRET, "theirs"),
        "meaning": at(BEATA, SECRET),
        "standing": at(BEATA),
    },
    "ImportRepository": {
        "add": at(BEATA, import_file("theirs"), [HERS]),
        "known": at(BEATA, [SECRET]),
        "imports": at(BEATA),
        "undo": lambda kept: ((BEATA, kept.id), {}),
        "movements": at(BEATA),
        "revision": at(BEATA),
    },
    "LastKnownRepository": {"find": at(LAST, state="s", model="m", since=NOW)},
    "MemoryRepository": {
        "memories": at(BEATA, "practice"),
        "remember": at(BEATA, "theirs", kind="fact", said_at=NOW),
        "forget_memories": at(BEATA, (1,)),
        "edit": at(BEATA, 1, "theirs"),
        "forget": at(BEATA, 1),
    },
    "OrderRepository": {
        "sending": at(ORDER),
        "reconciling": at(),
        "add": at([order("theirs", BEATA)], NOW),
        "replace_later": at(order("theirs", BEATA), NOW),
        "move": at(ORDER, OrderState.CANCELLED, at=NOW),
        "leave": at(ORDER, at=NOW, sent_at=NOW),
        "note": at(ORDER, "theirs", NOW),
        "want_cancel": at(ORDER, NOW),
        "cancel_refused": at(ORDER, "theirs", NOW),
        "record": at(ORDER, told("b-2", ORDER), at=NOW, source=EventSource.POLL),
        "see_foreign": at("practice", "A-1", [told("theirs", None)], BEATA),
        "get": at(ORDER),
        "alive": at(),
        "waiting_for": at(ORDER),
        "known": at("practice", "A-1", [told("b-1", ORDER)]),
    },
    "OrderReader": {
        "orders": at(BEATA, working=False, limit=10),
        "order_history": at(BEATA, ORDER),
        "foreign_orders": at(BEATA),
    },
    "RateRepository": {"take": at(BEATA, "keep_list", TURN, 5)},
    "ScanRepository": {
        "saved_scans": at(BEATA),
        "scan_runs": at(BEATA, LIST, 5),
        "record_run": at(
            BEATA, LIST, day=date(2026, 11, 21), mode="practice", passed=0, found=[]
        ),
        "save": at(BEATA, LIST, {}),
        "delete": at(BEATA, LIST),
    },
    "SecondFactorRepository": {
        "state": at(BEATA),
        "enrol": at(BEATA, NOW),
        "confirm": at(BEATA, NOW, [b"c" * 32]),
        "use_step": at(BEATA, 10**9),
        "use_code": at(BEATA, BACKUP, NOW),
        "remove": at(BEATA),
        "door_verified": at(BEATA, "shell-1", NOW),
        "door_verified_at": at(BEATA, "shell-1"),
    },
    "SessionRepository": {
        "of_user": at(BEATA, NOW),
        "seen": at(SESSION, NOW),
        "verified": at(SESSION, NOW),
        "revoke": at(BEATA, None, NOW),
    },
    "SettingRepository": {
        "put": at("user", ANNA),
        "remove": at("user"),
    },
    "StockRepository": {
        "stocks": at(BEATA, "practice"),
        "seed_stocks": at(BEATA, "paper", [KO]),
        "add_stocks": at(BEATA, "paper", [KO]),
        "remove_stocks": at(BEATA, "practice", ["KO"]),
    },
    "TurnStore": {
        "start": at(
            turn=CARD, conversation=TALK, opens=False, user=BEATA, door="page",
            mode=Mode.PRACTICE, text="theirs", owner=OWNER,
        ),
        "append": at(
            TURN, [NewEvent(kind=EventKind.TEXT, key="t", payload={"text": "theirs"})],
            owner=None, state=TurnState.CANCELLED,
        ),
        "resume": at(TURN, owner=OWNER),
        "turn": at(TURN),
        "turns": at(TALK),
        "ended": at([TURN]),
        "earlier": at(TALK, 9, 9),
        "events": at(TURN),
        "conversations": at(BEATA),
    },
    "WatchlistRepository": {
        "watchlists": at(BEATA),
        "create": at(BEATA, "theirs", [HELD]),
        "replace": at(BEATA, LIST, ["AMD"], "theirs"),
        "add": at(BEATA, LIST, ["AMD"]),
        "remove": at(BEATA, LIST, [HELD]),
        "reorder": at(BEATA, LIST, []),
        "rename": at(BEATA, LIST, "theirs"),
        "apply": at(BEATA, [CHANGE]),
        "delete": at(BEATA, LIST),
    },
}  # fmt: skip

NOBODYS: Final[Mapping[str, str]] = {
    "AuditRepository.append": "an entry about whoever acts, chained after everybody's",
    "AuditRepository.hash_at": "a hash",
    "DelayRepository": "the house's own notes of failed attempts",
    "GenerationRepository": "tokens of kinds of answers",
    "ImpliedHistoryRepository": "the market's history",
    "KeptSettings": "the installation's settings",
    "LastKnownRepository.keep": "called by the house, for many at once",
    "LastKnownRepository.prune": "called by the house; by age alone",
    "PersonRepository": "signing in: whoever asks is nobody yet (mfa.security.accounts decides)",
    "OwnerStore": "who runs turns, whosever they are",
    "SessionRepository.by_id": "says whose a session is: the guard's question",
    "SessionRepository.find": "says whose a token is: the guard's question",
    "SessionRepository.open": "signing in: whoever asks is nobody yet",
    "SettingRepository.all": "the installation's settings",
    "SettingRepository.changes": "the installation's settings",
    "SettingRepository.dated": "the installation's settings",
    "StockRepository.keep_figures": "the market's figures",
}
"""What has no person's rows, and why it may be asked by anybody."""


@dataclass(frozen=True)
class Method:
    owner: type
    name: str

    @property
    def label(self) -> str:
        return f"{self.owner.__name__}.{self.name}"


def _methods() -> Iterator[Method]:
    for found in pkgutil.iter_modules(mfa.store.__path__):
        module = importlib.import_module(f"mfa.store.{found.name}")
        for owner in vars(module).values():
            if not inspect.isclass(owner) or owner.__module__ != module.__name__:
                continue
            given = inspect.signature(owner).parameters.get("database")
            if given is None:
                continue
            for name, method in inspect.getmembers(owner, inspect.isfunction):
                if not name.startswith("_"):
                    assert method is not None
                    yield Method(owner, name)


METHODS: Final = tuple(_methods())


def _made(owner: type, database: Database) -> Any:
    known = {
        "database": database, "mode": Mode.PRACTICE, "schema": "practice", "clock": RealClock(),
    }  # fmt: skip
    return owner(**{name: known[name] for name in inspect.signature(owner).parameters})


@pytest.fixture(scope="module")
def house(module_database: Database) -> tuple[Database, Import]:
    return module_database, plant(module_database)


def test_every_method_of_every_repository_is_walked_or_is_nobodys() -> None:
    known = {f"{owner}.{name}" for owner, names in ASKED.items() for name in names}
    found = {each.label for each in METHODS if each.owner.__name__ not in NOBODYS}
    assert found == known | {name for name in NOBODYS if "." in name}


def test_every_table_with_a_user_is_forced_to_show_a_person_only_their_own(
    database: Database,
) -> None:
    with database.owner_connection() as conn:
        for table in guarded(database):
            row = conn.execute(
                "SELECT relrowsecurity AND relforcerowsecurity AND EXISTS ("
                " SELECT FROM pg_policy p WHERE p.polrelid = c.oid) FROM pg_class c"
                " WHERE c.oid = %s::regclass",
                (".".join(table),),
            ).fetchone()
            assert row == (True,), table


def test_every_other_table_is_known_to_be_nobodys_or_held_by_a_policy(database: Database) -> None:
    """A new table either says whose its rows are, or is put down here by somebody who thought."""
    with database.owner_connection() as conn:
        rows = conn.execute(
            "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n"
            " ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND NOT c.relrowsecurity"
            " AND n.nspname IN ('magnus', 'practice', 'paper')"
        ).fetchall()
    books = {
        "account", "practice_state", "ledger", "fill", "settlement", "lot", "closed_trade",
        "dividend", "interest_accrual", "equity_snapshot", "broker_order",
    }  # fmt: skip
    open_to_all = {"migration", "turn_owner", "generation", "stock_figures", "implied_volatility"}
    assert {name for schema, name in rows if schema == "magnus"} <= open_to_all
    assert {name for schema, name in rows if schema != "magnus"} <= books


def test_the_application_is_no_superuser_and_owns_nothing(database: Database) -> None:
    with database.connection() as conn:
        row = conn.execute(
            "SELECT session_user, rolsuper, rolbypassrls, rolcreaterole,"
            " (SELECT count(*) FROM pg_class c WHERE c.relowner = r.oid)"
            " FROM pg_roles r WHERE r.rolname = current_user"
        ).fetchone()
    assert row == ("magnus_app", False, False, False, 0)


@pytest.mark.parametrize(
    "method",
    [each for each in METHODS if each.name in ASKED.get(each.owner.__name__, {})],
    ids=lambda each: each.label,
)
def test_anna_reads_and_changes_nothing_of_beatas(
    house: tuple[Database, Import], method: Method
) -> None:
    database, kept = house
    before = everything(database)
    assert SECRET in before["magnus.turn"]
    given, named = ASKED[method.owner.__name__][method.name](kept)
    said: object = None
    with acting_as(ANNA):
        repository = _made(method.owner, database)
        try:
            said = getattr(repository, method.name)(*given, **named)
            if isinstance(said, Iterator):
                said = list(said)
        except (MagnusError, LookupError) as refused:
            said = refused.args
    for hers in (SECRET, FOREIGN, HELD):
        assert hers not in repr(said)
    assert everything(database) == before


@pytest.mark.parametrize("doing", ["read", "update", "delete", "insert"])
def test_no_statement_of_annas_reaches_beatas_rows(
    house: tuple[Database, Import], doing: str
) -> None:
    """Not by way of any repository: as if somebody had got a statement of their own in."""
    database, _ = house
    tables = guarded(database)
    before = everything(database)
    with database.owner_connection() as owner:
        rows = {
            table: owner.execute(
                sql.SQL("SELECT to_jsonb(t)::text FROM {} t WHERE user_name = %s").format(
                    sql.Identifier(*table)
                ),
                (BEATA,),
            ).fetchone()
            for table in tables
        }
    assert not {table for table, row in rows.items() if row is None and table[0] == "magnus"}
    for table in tables:
        name = sql.Identifier(*table)
        row = rows[table]
        with acting_as(ANNA):
            if doing == "insert":
                if row is None:
                    continue
                with pytest.raises(NotYours), database.connection() as conn:
                    conn.execute(
                        sql.SQL(
                            "INSERT INTO {0} OVERRIDING SYSTEM VALUE"
                            " SELECT * FROM jsonb_populate_record(NULL::{0}, %s)"
                        ).format(name),
                        (row[0],),
                    )
                continue
            with database.connection() as conn:
                match doing:
                    case "read":
                        assert not rows_of(conn, BEATA, table), table
                    case "update":
                        changed = sql.SQL("UPDATE {} SET user_name = user_name").format(name)
                        _nothing(conn, changed)
                    case _:
                        _nothing(conn, sql.SQL("DELETE FROM {}").format(name))
    assert everything(database) == before


def _nothing(conn: psycopg.Connection[Any], statement: sql.Composed) -> None:
    with conn.transaction(force_rollback=True):
        assert conn.execute(statement).rowcount == 0


def test_nobody_sees_nothing_and_the_house_sees_all(house: tuple[Database, Import]) -> None:
    database, _ = house
    scope_text = "SELECT count(*) FROM magnus.turn"
    with as_house():
        assert database.read(lambda conn: conn.execute(scope_text).fetchone()) == (1,)
    token = scope._bound.set(scope.NOBODY)
    try:
        assert database.read(lambda conn: conn.execute(scope_text).fetchone()) == (0,)
    finally:
        scope._bound.reset(token)


def test_what_nobody_is_bound_to_is_refused_where_several_sign_in(database: Database) -> None:
    database.unbound = None
    with pytest.raises(NotYours, match="Nobody is signed in"), database.connection():
        pass
    with acting_as(ANNA), database.connection() as conn:
        assert conn.execute("SELECT magnus.acting()").fetchone() == (ANNA,)


def test_a_thread_bound_to_one_person_is_not_bound_to_another() -> None:
    with acting_as(ANNA):
        with pytest.raises(NotYours), acting_as(BEATA):
            pass
        with acting_as(ANNA):
            assert scope.bound() == ANNA
    assert scope.bound() is None


@pytest.mark.parametrize("name", ["", "*", "x" * 65, "a\nb", "a\0"])
def test_what_is_no_name_is_no_scope(name: str) -> None:
    with pytest.raises(InputError), acting_as(name):
        pass


def test_a_name_is_a_value_and_never_a_statement(database: Database) -> None:
    evil = "x'; SET magnus.\"user\" = '*"
    with acting_as(evil), database.connection() as conn:
        assert conn.execute("SELECT magnus.acting()").fetchone() == (evil,)


def test_a_session_that_comes_back_to_the_pool_is_nobodys(database: Database) -> None:
    with acting_as(ANNA), database.connection() as conn:
        conn.execute("SELECT 1")
    taken = [database.pool.getconn() for _ in range(3)]
    try:
        for each in taken:
            assert each.execute("SELECT magnus.acting()").fetchone() == ("",)
    finally:
        for each in taken:
            database.pool.putconn(each)


def test_glances_follow_whom_the_thread_is_bound_to(house: tuple[Database, Import]) -> None:
    database, _ = house

    def count(conn: psycopg.Connection[Any]) -> Any:
        return conn.execute("SELECT count(*) FROM magnus.turn").fetchone()

    seen = []
    for user in (BEATA, ANNA, BEATA):
        with acting_as(user):
            seen.append(database.glance(count))
    assert seen == [(1,), (0,), (1,)]
