"""Every command with another person's ids and names: the shell is the installation's own person's,
and what is Beata's is told and changed by none but those that administer everybody. A new command
fails until it is tried here, or said why not."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import click
import pytest
from click.testing import CliRunner

from mfa.cli import cli
from mfa.kernel.clock import RealClock
from mfa.kernel.scope import as_house
from mfa.kernel.settings import load_settings
from mfa.store.audit import AuditRepository
from mfa.store.database import Database
from mfa.store.imports import Import
from mfa.store.turn_records import EventKind, NewEvent, TurnState
from mfa.store.turns import TurnStore
from tests.conftest import _home, _remove
from tests.security.others_rows import (
    BEATA,
    CARD,
    FOREIGN,
    HELD,
    LIST,
    ORDER,
    OWNER,
    SECRET,
    TALK,
    TURN,
    everything,
    plant,
)

TRIED: Final[Mapping[str, tuple[str, ...]]] = {
    "actions": ("",),
    "ask": (
        "show my watchlists", "what do you remember about me?", "show my orders",
        f"--conversation {TALK} 'what did I ask?'", f"--conversation {TALK} yes",
        f"/cancel_order order_id={ORDER}", "/forget_memory number=1",
        f"add AMD to {LIST}", "/export_data what=watchlists", "/generate_report",
    ),
    "audit verify": ("",),
    "cancel-card": (f"{CARD}",),
    "confirm": (f"{CARD} --yes",),
    "disconnect": ("tradier --yes",),
    "imports": ("",),
    "imports undo": ("{imported} --yes",),
    "memory": ("",),
    "memory add": ("'a note'",),
    "memory edit": ("1 theirs",),
    "memory forget": ("1",),
    "memory list": ("",),
    "practice status": ("",),
    "query": (
        "tradingview fetch_watchlists", "memory list", "orders get_orders",
        f"orders get_orders --param order={ORDER}", "dashboard get_summary",
    ),
    "scan delete": (f"{LIST}",),
    "scan history": (f"{LIST}",),
    "scan list": ("",),
    "scan run": (f"{LIST}",),
    "undo": ("--yes", f"{CARD} --yes"),
    "watchlists": ("",),
    "watchlists add": (f"{LIST} AMD",),
    "watchlists create": ("Mine AMD",),
    "watchlists delete": (f"{LIST} --yes",),
    "watchlists list": ("",),
    "watchlists remove": (f"{LIST} {HELD}",),
    "watchlists rename": (f"{LIST} theirs",),
    "watchlists show": (f"{LIST}", f"{LIST} --export"),
}  # fmt: skip

NOT_TRIED: Final[Mapping[str, str]] = {
    "audit accept": "the note of the chain of everybody's entries: the owner's to begin anew",
    "audit export": "the owner looks at everybody's entries; who else may not is tried elsewhere",
    "audit show": "same",
    "backup": "the whole database in a private file; whoever may run it may read the database",
    "restore": "same",
    "connect": "credentials of the installation's own person, in a vault of this machine",
    "docs": "writes what the code declares",
    "doctor": "counts and states; no person's rows",
    "halt": "a file; reads nothing",
    "resume": "same",
    "import": "adds to the shell's own person's imports; the repository's walk tries anothers'",
    "plan": "reads a message, asks nothing",
    "practice advance": "the books are the installation's own person's alone",
    "practice reset": "same",
    "run": "serves the page, whose every page is walked",
    "scan save": "adds to the shell's own person's scans",
    "settings": "the installation's settings, the owner's to see and change",
    "settings get": "same",
    "settings history": "same",
    "settings set": "same",
    "settings unset": "same",
    "train": "writes a file of the shell's own person's",
    "understand": "reads a message, asks nothing",
    "user 2fa": "administers who may sign in: the owner's",
    "user add": "same",
    "user disable": "same",
    "user list": "same",
    "user passwd": "same",
    "user sessions": "same",
    "warmup": "compiles and loads",
    "watchlists import": "adds to the shell's own person's lists",
    "watchlists sync": "compares a vendor's lists with the shell's own person's",
}


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Every command that does something, as one types it."""
    if not isinstance(command, click.Group):
        yield " ".join(path)
        return
    if command.invoke_without_command and path:
        yield " ".join(path)
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from leaves(found, (*path, name))


@pytest.fixture(scope="module")
def planted() -> Iterator[tuple[Path, Database, Import]]:
    """A home with Beata's rows; its server stays up for all commands."""
    home = _home()
    settings = load_settings(home=home)
    with Database.open(settings) as database:
        with as_house():
            kept = plant(database)
            TurnStore(database).append(  # else the next engine ends it
                TURN, [NewEvent(kind=EventKind.FINISHED, key="end", payload={"ms": 1.0})],
                owner=OWNER, state=TurnState.FINISHED,
            )  # fmt: skip
        yield home, database, kept
    _remove(home)


@pytest.fixture(autouse=True)
def environment(planted: tuple[Path, Database, Import], monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the shell in which commands are typed; answers may take long on a busy machine."""
    monkeypatch.setenv("MAGNUS_HOME", str(planted[0]))
    monkeypatch.setenv("MAGNUS_QUERY_DEADLINE", "60")
    monkeypatch.delenv("DATABASE_URL", raising=False)


def test_every_command_is_tried_or_said_why_not() -> None:
    assert set(leaves(cli)) == {*TRIED, *NOT_TRIED}
    assert not set(TRIED) & set(NOT_TRIED)


@pytest.mark.parametrize("name", sorted(TRIED))
def test_no_command_tells_or_changes_what_is_beatas(
    planted: tuple[Path, Database, Import], name: str
) -> None:
    _, database, kept = planted
    before = everything(database)
    for given in TRIED[name]:
        typed = shlex.split(f"{name} {given.format(imported=kept.id)}")
        told = CliRunner().invoke(cli, typed)
        assert told.exit_code in {0, 1}, (typed, told.output)
        said = f"{told.output} {told.exception}"
        for mark in (SECRET, HELD, FOREIGN, str(TURN), "A-1"):
            assert mark not in said or mark in given, (typed, said)
        assert everything(database) == before, typed


@pytest.mark.parametrize(
    ("typed", "mark"),
    [("memory list", SECRET), ("imports", SECRET), (f"watchlists show {LIST}", HELD)],
)
def test_the_same_command_tells_beata_what_is_hers(
    typed: str, mark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAGNUS_USER", BEATA)
    assert mark in CliRunner().invoke(cli, shlex.split(typed)).output


def test_what_is_exported_is_the_owners_alone(
    planted: tuple[Path, Database, Import],
) -> None:
    """Files that a report or an export leaves in the home, and what the audit says of them."""
    home, database, _ = planted
    for asked in ("/export_data what=watchlists", "/export_data what=trades", "/generate_report"):
        assert CliRunner().invoke(cli, ["ask", asked]).exit_code == 0
    files = [path for name in ("exports", "reports") for path in (home / name).glob("*")]
    assert len(files) >= 3
    for path in files:
        assert path.stat().st_mode & 0o077 == 0
        assert not [m for m in (SECRET, HELD, FOREIGN) if m in path.read_text(encoding="utf-8")]
    with as_house():
        users = {row.user for row in AuditRepository(database, RealClock()).latest(50)}
    assert BEATA in users
