"""Killed at any line while a card is confirmed: never twice, never unwritten, the chain whole.

Every line of ours between the click and the receipt is a place to die at. The usual run takes some
of them, `make test-all` every one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from signal import SIGKILL
from typing import Any

import pytest

from actions.audit_head import HeadNote
from actions.audit_proof import prove
from mfa.kernel.cards import CardState
from mfa.store.audit import AuditRepository
from mfa.store.database import Database
from tests.actions.dying import ROOT, send_into
from tests.actions.house import ADA, House

SOME = 30


@dataclass
class Stage:
    house: House
    process: subprocess.Popen[str]
    numbers: Iterator[int] = field(default_factory=count)

    def confirm(self, last: int | None) -> tuple[list[str], int]:
        """A fresh card, confirmed by a process that dies at line `last`, and then by us: the lines
        it reached (none when it died) and how often the order was sent in all."""
        house, card = self.house, self.house.buy(2)
        folder = house.home / str(next(self.numbers))
        folder.mkdir()
        sent, report = folder / "sent", folder / "report"
        ended = self._run(
            conninfo=house.database.conninfo, home=str(house.home), card=str(card.id), last=last,
            sent=str(sent), report=str(report),
        )  # fmt: skip
        assert ended == (0 if last is None else -SIGKILL)
        orders = _lines(sent)
        told = [row.kind for row in AuditRepository(house.database, house.wall).of_card(card.id)]
        assert orders <= told.count("execution") <= told.count("confirmation") <= 1
        was_open = house.desk.cards.card(card.id, ADA).state is CardState.OPEN
        house.sent.trouble = lambda: send_into(str(sent))
        house.desk.confirmations.confirm(card.id, ADA)
        assert _lines(sent) == orders + was_open
        house.wall.move(minutes=30)
        house.desk.executor.settle_cut_off()
        assert house.desk.cards.card(card.id, ADA).receipt is not None
        proof = prove(AuditRepository(house.database, house.wall), HeadNote(house.home))
        assert proof.problems == ()
        return (json.loads(report.read_text()) if report.exists() else []), _lines(sent)

    def _run(self, **task: Any) -> int:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()
        return int(json.loads(self.process.stdout.readline()))


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines()) if path.exists() else 0


@pytest.fixture
def stage(database: Database, tmp_path: Path) -> Iterator[Stage]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.actions.dying"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield Stage(House.build(database, tmp_path), process)
    process.communicate()


def _places(stage: Stage) -> list[int]:
    """Where each line is reached for the first time."""
    reached, orders = stage.confirm(None)
    assert orders == 1
    return [reached.index(line) for line in dict.fromkeys(reached)]


def _die(stage: Stage, places: list[int]) -> None:
    outcomes = {stage.confirm(last)[1] for last in places}
    assert outcomes <= {0, 1}
    assert 1 in outcomes


def test_killed_at_some_lines_a_card_is_carried_out_once_at_most(stage: Stage) -> None:
    places = _places(stage)
    assert len(places) > 100
    _die(stage, places[:: len(places) // SOME])


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_at_every_line_a_card_is_carried_out_once_at_most(stage: Stage) -> None:
    _die(stage, _places(stage))
