"""`magnus actions` and `magnus audit`: what can be done, what was, and the proof of it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result

from actions.audit import Audit, AuditKind
from actions.audit_export import COLUMNS, write_csv, write_json
from actions.audit_head import HeadNote
from actions.halt import Halt
from actions.registry import ActionRegistry
from mfa.cli import cli
from mfa.commands.action_health import of_acting, of_the_halt
from mfa.commands.action_reference import actions_page, described, in_a_line
from mfa.commands.health import Verdict
from mfa.kernel.clock import RealClock
from mfa.kernel.settings import load_settings
from mfa.store.audit import AuditRepository, chained
from mfa.store.database import Database
from tests.actions.house import ADA, BUY, KEEP, House

CARD = uuid4()
Run = Callable[..., Result]


@pytest.fixture
def run(magnus_home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("MAGNUS_HOME", str(magnus_home))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return lambda *arguments: CliRunner().invoke(cli, arguments)


def test_an_action_is_told_in_a_line_and_in_a_section() -> None:
    assert "at once" in in_a_line(KEEP)
    assert "3/h" in in_a_line(KEEP)
    text = described(BUY)
    assert "Permission: USER (VERIFIED in LIVE). Card: yes, for 120 seconds." in text
    assert "| `quantity` | integer |" in text
    assert "an opposite order" in text


def test_the_page_has_every_action() -> None:
    page = actions_page()
    for name in ActionRegistry.discover().actions:
        assert f"\n## {name}\n" in page


def test_the_command_lists_every_action(run: Run) -> None:
    told = run("actions")
    assert told.exit_code == 0
    for name in ActionRegistry.discover().actions:
        assert name in told.output


def test_what_was_done_is_shown_exported_and_proved(run: Run, magnus_home: Path) -> None:
    assert "Nothing has been done yet" in run("audit", "show").output
    settings = load_settings()
    with Database.open(settings) as database:
        audit = Audit(AuditRepository(database, RealClock()), HeadNote(magnus_home))
        audit.record(AuditKind.HALT, user="ada", door="page", reason="=1+1", card=CARD)
    assert "2 entries" in run("audit", "verify").output
    assert "=1+1" in run("audit", "show", "--limit", "1").output
    assert "=1+1" in run("audit", "show", "--card", str(CARD)).output
    assert "=1+1" not in run("audit", "show", "--card", str(uuid4())).output
    assert "2 entries" in run("audit", "export", str(magnus_home / "a.json")).output
    begun, entry = json.loads((magnus_home / "a.json").read_text())
    text = json.dumps(entry["entry"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert chained(begun["hash"], text) == entry["hash"]
    table = list(csv.DictReader(io.StringIO(run("audit", "export", "--csv").output)))
    assert [row["kind"] for row in table] == ["begun", "halt"]

    with Database.open(settings) as database, database.owner_connection() as conn:
        conn.execute("ALTER TABLE magnus.audit DISABLE TRIGGER ALL")
        conn.execute("DELETE FROM magnus.audit WHERE seq = 2")
        conn.execute("ALTER TABLE magnus.audit ENABLE TRIGGER ALL")
    cut = run("audit", "verify")
    assert cut.exit_code == 1
    assert "1 entries are missing at the end" in cut.output
    assert run("audit", "accept").exit_code != 0
    assert "Noted anew" in run("audit", "accept", "--i-restored-a-backup").output
    assert run("audit", "verify").exit_code == 0
    assert "missing at the end" in run("audit", "export").output

    Halt(magnus_home).set("fire", by="ada")
    assert run("resume", "--yes-send-orders-again").exit_code == 0
    assert "resume" in run("audit", "show").output


def test_doctor_says_what_stands_in_the_way_of_acting(database: Database, tmp_path: Path) -> None:
    house = House.build(database, tmp_path)
    assert of_the_halt(tmp_path / "new").verdict is Verdict.OK
    assert of_the_halt(tmp_path).verdict is Verdict.OK
    house.desk.halt("fire", ADA)
    assert of_the_halt(tmp_path).verdict is Verdict.CAREFUL
    assert "fire" in of_the_halt(tmp_path).sentence
    found = {check.subject: check for check in of_acting(database, tmp_path)}
    assert {name: check.verdict for name, check in found.items()} == {
        "actions": Verdict.OK,
        "audit": Verdict.OK,
    }
    HeadNote(tmp_path).path.unlink()
    broken = {check.subject: check for check in of_acting(database, tmp_path)}["audit"]
    assert broken.verdict is Verdict.BROKEN
    assert "magnus audit verify" in broken.sentence


def test_a_spreadsheet_runs_nothing_of_it(database: Database, tmp_path: Path) -> None:
    house = House.build(database, tmp_path)
    house.desk.halt("=HYPERLINK()", ADA)
    house.desk.confirmations.confirm(house.buy(2).id, ADA)
    rows = list(AuditRepository(database, house.wall).rows())
    table, exact = io.StringIO(), io.StringIO()
    assert write_csv(rows, table) == write_json(rows, exact) == len(rows) == 5
    lines = list(csv.reader(io.StringIO(table.getvalue())))
    assert lines[0] == [*COLUMNS, "hash"]
    assert not [cell for line in lines for cell in line if cell.startswith(("=", "+", "@"))]
    assert [each["hash"] for each in json.loads(exact.getvalue())] == [row.hash for row in rows]
