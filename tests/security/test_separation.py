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

import pytest

import mfa.store
from mfa.kernel.cards import CardState, Receipt, ResultStatus
from mfa.kernel.clock import RealClock
from mfa.kernel.errors import MagnusError
from mfa.kernel.mode import Mode
from mfa.kernel.order_book import EventSource
from mfa.kernel.orders import OrderState
from mfa.kernel.scope import acting_as
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
    import_file,
    movement,
    order,
    plant,
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
