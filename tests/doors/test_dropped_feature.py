"""A feature joins by a file, and nothing else changes: every door has it. A broken one harms none.

The file is dropped into a folder that counts as part of the `connectors` package; each command is
the real one on a real home.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import connectors
from connectors.registry import Declarations
from mfa import cli
from mfa.answers.blocks import TableBlock, TextBlock
from mfa.answers.compose.any_result import any_result
from mfa.answers.compose.question import Answered, Question
from mfa.assistant import Assistant
from mfa.data.requests import Served
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Found
from mfa.kernel.settings import load_settings
from mfa.language.plans import Step
from mfa.language.understanding import Understanding
from mfa.store.server import EmbeddedServer

TIDES = '''
"""High and low water of a harbour: nothing that Magnus was made for."""

from decimal import Decimal

from pydantic import Field

from connectors.base import (
    LONG_TTL, PRICES, DataConnector, DataSourceType, Params, QueryContext, Result, query,
)
from mfa.kernel.outcome import Absent, Found, Outcome, Provenance


class HarbourParams(Params):
    harbour: str = Field(description="Its name.")


class Water(Result):
    hour: int
    metres: Decimal = Field(title="Metres")


class Tides(Result):
    highest: Decimal = Field(title="Highest water")
    rows: tuple[Water, ...] = Field(title="Water by hour")


class TidesConnector(DataConnector):
    name = "tides"
    description = "Tides."
    source_type = DataSourceType.COMPUTED

    @query(
        description="High and low water of a day.", examples=("When is high water in Hull?",),
        cache=LONG_TTL, depends=PRICES,
    )
    def today(self, params: HarbourParams, context: QueryContext) -> Outcome[Tides]:
        if params.harbour != "Hull":
            return Absent(f"There is no harbour in {params.harbour}.")
        rows = (Water(hour=3, metres=Decimal("7.10")), Water(hour=9, metres=Decimal("1.20")))
        at = self.sources.clock.now()
        return Found(Tides(highest=Decimal("7.10"), rows=rows), Provenance(source="moon", as_of=at))
'''


@pytest.fixture
def dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose files are found as if they lay in `connectors`."""
    monkeypatch.setattr(connectors, "__path__", [*connectors.__path__, str(tmp_path)])
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if name.startswith("connectors.") and str(tmp_path) in str(sys.modules[name].__file__):
            del sys.modules[name]
            monkeypatch.delattr(connectors, name.partition(".")[2], raising=False)


@pytest.fixture
def home(magnus_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in ("DATABASE_URL", "MAGNUS_DATABASE_URL", "MAGNUS_CONFIG", "MAGNUS_REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MAGNUS_HOME", str(magnus_home))
    yield magnus_home
    EmbeddedServer(magnus_home / "database").stop()


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    capsys.readouterr()
    ended = cli.run(list(arguments))
    out, err = capsys.readouterr()
    assert ended == code, (out, err)
    return out


def test_a_dropped_file_is_behind_every_door(
    dropped: Path, home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (dropped / "tides.py").write_text(TIDES)

    # the shell
    asked = ("query", "tides", "today", "-p", "harbour=Hull", "--json")
    told = json.loads(said(capsys, *asked))
    assert told["value"]["highest"] == "7.10"
    assert told["provenance"]["source"] == "moon"
    assert "tides.today" in said(capsys, "query", "tides")
    assert "tides" in said(capsys, "doctor")

    # the reference page
    said(capsys, "docs", str(tmp_path / "docs"))
    page = (tmp_path / "docs" / "queries.md").read_text()
    section = page.partition("### tides.today")[2].partition("### ")[0]
    assert "When is high water in Hull?" in section
    assert "| `harbour` | string | Its name. |" in section
    assert "Dropped when these change: clock, market." in section

    with Assistant.open(load_settings()) as assistant:
        # the data service: cached, invalidated, counted
        data = assistant.data
        first = data.ask("tides", "today", {"harbour": "Hull"})
        assert isinstance(first.outcome, Found)
        assert data.ask("tides", "today", {"harbour": "Hull"}).served is Served.CACHED
        data.invalidate("order_filled")
        assert data.ask("tides", "today", {"harbour": "Hull"}).served is Served.CACHED
        data.invalidate("clock_moved")
        assert data.ask("tides", "today", {"harbour": "Hull"}).served is Served.FETCHED
        assert data.stats().queries["tides.today"].hits == 2

        # the tool that a model is offered
        (tool,) = [
            each["function"]
            for each in data.registry.tools()
            if each["function"]["name"] == "tides__today"
        ]
        assert tool["parameters"]["required"] == ["harbour"]

        # an answer of blocks
        question = Question(
            understanding=Understanding(text="tides", intent="tides", confidence=1.0),
            answered=(
                Answered(
                    step=Step(id="a", title="Tides", feature="tides", query="today"),
                    outcome=first.outcome,
                ),
            ),
            unplanned=None, notes=(), mode=Mode.PRACTICE, today=date(2021, 6, 15),
            language=assistant.language, available=data.registry.available,
        )  # fmt: skip
        text, table = any_result(question)
        assert isinstance(text, TextBlock)
        assert "Highest water" in text.template
        assert isinstance(table, TableBlock)
        assert [row[0] for row in table.rows] == [3, 9]


def test_a_broken_file_is_told_and_takes_nothing_down(
    dropped: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (dropped / "tides.py").write_text("import a_package_that_nobody_has")
    health = said(capsys, "doctor", code=1)
    (line,) = [line for line in health.splitlines() if line.startswith("broken")]
    assert "connectors.tides" in line
    assert "Did not load: ModuleNotFoundError" in line
    assert json.loads(said(capsys, "query", "dashboard", "get_balance", "--json"))["value"]
    assert said(capsys, "query", "tides", "today", code=1) == ""


def test_a_plan_asks_only_what_is_there(
    dropped: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`magnus plan` opens no house: it knows the declarations."""
    (dropped / "tides.py").write_text(TIDES)
    declared = Declarations.discover()
    assert declared.available("tides", "today")
    assert declared.available("dashboard", "get_summary")
    assert not declared.available("orders", "place")
    assert "dashboard.get_summary" in said(capsys, "plan", "What's my portfolio status?")
    assert "actions.submit_order" in said(capsys, "plan", "Sell one KO put at 50 for me")
    said(capsys, "plan", "Alert me when KO falls below 50", code=1)
    assert not (home / "database").exists()
