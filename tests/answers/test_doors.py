"""The terminal and the JSON document say what the blocks say."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from rich.console import Console

from mfa.answers.blocks import (
    BLOCK,
    Block,
    ChartBlock,
    Column,
    NoticeBlock,
    Series,
    TableBlock,
    Unit,
)
from mfa.answers.document import Transcript, document
from mfa.answers.sources import source_line
from mfa.answers.terminal import chart_lines, print_blocks, sparkline
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Provenance, derived
from mfa.store.turn_records import EventKind, Turn, TurnEvent, TurnState
from tests.answers.made import NOW, SOURCE, STALE, answer, found
from tests.answers.test_account_answers import BALANCE, CURVE, SUMMARY

TURN = Turn(
    id=UUID(int=1), conversation=UUID(int=2), seq=1, user="local", door="test",
    mode=Mode.PRACTICE, text="Status?", intent="portfolio_status", state=TurnState.FINISHED,
    last_event=9, created_at=NOW, finished_at=NOW,
)  # fmt: skip


def printed(blocks: list[Block], width: int = 120) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, color_system=None)
    print_blocks(blocks, mode=Mode.PRACTICE, console=console)
    return out.getvalue()


def test_the_terminal_shows_text_table_chart_and_sources_as_footnotes() -> None:
    text = printed(answer("Status", found(SUMMARY), found(CURVE, STALE), intent="portfolio_status"))
    assert text.startswith(" PRACTICE ")
    assert "$105,123.45" in text
    assert "Collateral tied up" in text
    assert "[1] practice account · 15 Jun 2021 10:30 New York" in text
    assert "[2] practice account · 15 Jun 2021 10:21 New York · STALE" in text


def test_text_from_a_source_is_not_read_as_markup() -> None:
    table = TableBlock(
        title="[bold]t", columns=(Column(key="a", label="a"),), rows=(("[red]x[/red]",),),
        provenance=SOURCE,
    )  # fmt: skip
    text = printed([table, NoticeBlock(level="info", text="[link]n", suggestions=("[s]",))])
    for literal in ("[bold]t", "[red]x[/red]", "[link]n", "“[s]”"):
        assert literal in text


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_no_figure_is_cut_off_however_narrow_the_terminal(width: int) -> None:
    amounts = tuple(Decimal(f"{n}234567.89") for n in range(1, 10))
    columns = tuple(Column(key=str(n), label=f"Amount {n}", unit=Unit.USD) for n in range(1, 10))
    name = Column(key="name", label="Position")
    table = TableBlock(
        title="Held", columns=(name, *columns), rows=(("KO 55 put 16 Jul 2021", *amounts),),
        provenance=SOURCE, numbered=True,
    )  # fmt: skip
    text = printed([table], width)
    assert "KO 55 put 16 Jul 2021" in text
    assert all(f"${n},234,567.89" in text for n in range(1, 10))
    assert "…" not in text
    assert max(len(line) for line in text.splitlines()) <= width


def test_a_line_is_drawn_from_its_lowest_to_its_highest() -> None:
    assert sparkline([1, 2, 3, 4, 5, 6, 7, 8]) == "▁▂▃▄▅▆▇█"
    assert sparkline([5, 5, 5]) == "▄▄▄"
    assert sparkline([1, None, 2]) == "▁ █"
    assert len(sparkline(list(range(1000)))) == 60
    assert sparkline([]) == ""


def test_bars_are_as_long_as_their_values() -> None:
    chart = ChartBlock(
        title="P&L", kind="bar", provenance=SOURCE,
        series=(Series(name="s", x=("2021-04", "2021-05"), y=(10.0, -20.0)),),
    )  # fmt: skip
    lines = chart_lines(chart)
    assert lines == ["P&L", f"2021-04 {'█' * 15} $10.00", f"2021-05 {'█' * 30} −$20.00"]


def test_a_line_over_time_ends_with_what_is_now_and_one_over_prices_does_not() -> None:
    over_time = Series(name="s", x=("2021-06-14", "2021-06-15"), y=(10.0, 8.0))
    over_prices = Series(name="s", x=(50.0, 60.0), y=(-20.0, 8.0))
    charts = [
        ChartBlock(title="Value", kind="line", provenance=SOURCE, series=(series,))
        for series in (over_time, over_prices)
    ]
    assert chart_lines(charts[0])[1] == "█▁  $8.00 (low $8.00, high $10.00)"
    assert chart_lines(charts[1])[1] == "▁█  low −$20.00, high $8.00"


def test_a_source_line_names_time_delay_and_what_a_figure_was_computed_from() -> None:
    quotes = Provenance(source="quotes", as_of=NOW, delay=timedelta(minutes=15), computed=True)
    assert source_line(derived("theta", quotes, SOURCE)) == (
        "theta · 15 Jun 2021 10:30 New York · delayed 15 min · from practice account and quotes "
        "· computed"
    )


def events(blocks: list[Block]) -> list[TurnEvent]:
    told: list[tuple[EventKind, dict[str, Any]]] = [
        (EventKind.ACCEPTED, {"text": "Status?"}),
        (EventKind.UNDERSTOOD, {"intent": "portfolio_status", "confidence": 0.97}),
        (
            EventKind.PLANNED,
            {"steps": [{"id": "a", "title": "Reading", "feature": "dashboard",
                        "query": "get_balance", "params": {}, "after": []}]},
        ),
        (EventKind.STEP_STARTED, {"id": "a", "title": "Reading"}),
        (EventKind.STEP_DONE, {"id": "a", "title": "Reading", "outcome": "found", "ms": 3.5}),
        *(
            (EventKind.BLOCK, {"index": n, "block": BLOCK.dump_python(block, mode="json")})
            for n, block in enumerate(blocks)
        ),
        (EventKind.FINISHED, {"blocks": len(blocks), "ms": 21.5}),
    ]  # fmt: skip
    return [
        TurnEvent(turn=TURN.id, seq=n, kind=kind, key=str(n), payload=payload,
                  at=datetime.now(UTC))
        for n, (kind, payload) in enumerate(told, 1)
    ]  # fmt: skip


def test_the_document_has_every_figure_with_its_source() -> None:
    blocks = answer("Status", found(BALANCE), intent="portfolio_status")
    made = document(TURN, events(blocks))
    assert json.loads(json.dumps(made)) == made
    assert (made["mode"], made["question"], made["intent"], made["state"], made["ms"]) == (
        "practice", "Status?", "portfolio_status", "finished", 21.5,
    )  # fmt: skip
    assert made["confidence"] == 0.97
    assert made["steps"] == [
        {"id": "a", "title": "Reading", "feature": "dashboard", "query": "get_balance",
         "outcome": "found", "ms": 3.5}
    ]  # fmt: skip
    assert made["figures"][0] == {
        "label": "Account value", "value": 105123.45, "unit": "usd", "source": "practice account",
        "as_of": "2021-06-15T14:30:00+00:00", "delay": 0.0, "stale": False, "computed": False,
        "inputs": ["practice account"],
    }  # fmt: skip
    assert [f["label"] for f in made["figures"]].count("Cash") == 1
    assert len(made["blocks"]) == len(blocks)


def test_a_turn_that_was_cut_off_keeps_what_it_had_said() -> None:
    said = TurnEvent(
        turn=TURN.id, seq=1, kind=EventKind.TEXT, key="t", at=NOW,
        payload={"index": 0, "text": "Your account "},
    )  # fmt: skip
    cut = TurnEvent(
        turn=TURN.id, seq=2, kind=EventKind.INTERRUPTED, key="i", at=NOW, payload={"message": "m"}
    )
    heard = Transcript.of([said, cut])
    assert (heard.partial, heard.state) == ({0: "Your account "}, "interrupted")
    heard.hear(TurnEvent(turn=TURN.id, seq=3, kind=EventKind.RESUMED, key="r", at=NOW, payload={}))
    assert heard.state == "running"


def test_whole_decimals_are_integers_in_the_document() -> None:
    whole = BALANCE.model_copy(update={"equity": Decimal("105000.00")})
    blocks = answer("Status", found(whole), intent="portfolio_status")
    assert document(TURN, events(blocks))["figures"][0]["value"] == 105000
    assert Unit.USD.value == "usd"
