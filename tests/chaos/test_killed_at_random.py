"""kill -9 of the application, of PostgreSQL and of both, while turns, orders and clock move.

An application whose server alone was killed must answer a question asked afterwards; then its own
life ends by kill -9 too, as every one here does.

After each kill: nothing acknowledged is missing, the books balance to the cent, every order has as
much as its fills say, and the next start is clean: a turn that was cut off is marked so, and no
turn runs without an owner.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import psutil
import pytest

from connectors.practice.desk import PracticeDesk
from mfa.assistant import Assistant
from mfa.kernel.outcome import Found
from mfa.kernel.settings import load_settings
from mfa.store.turn_records import ENDINGS, EventKind, TurnState

CHILD = Path(__file__).with_name("desk_under_fire.py")
READY_WITHIN = 60.0


@dataclass
class Promises:
    """What the killed process had acknowledged."""

    turns: set[UUID] = field(default_factory=set)
    events: dict[tuple[UUID, int], str] = field(default_factory=dict)
    orders: dict[str, Decimal] = field(default_factory=dict)
    clock: datetime | None = None
    refused: list[str] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)

    def hear(self, line: str) -> None:
        match line.split():
            case ["turn", turn]:
                self.turns.add(UUID(turn))
            case ["event", turn, seq, kind]:
                self.events[UUID(turn), int(seq)] = kind
            case ["order", client_id, filled]:
                self.orders[client_id] = Decimal(filled)
            case ["resetting"]:
                self.orders.clear()
            case ["clock", moment]:
                self.clock = datetime.fromisoformat(moment)
            case ["reset"]:
                self.clock = None
            case ["ready", seconds]:
                self.starts.append(float(seconds))
            case ["refused", *_]:
                self.refused.append(line)


class Desk:
    """One life of the application."""

    def __init__(self, home: Path, seed: int, promises: Promises) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(CHILD), str(home), str(seed)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=CHILD.parents[2],
        )
        self.promises = promises
        self.errors: list[str] = []
        self._known = len(promises.starts)
        self._threads = [
            threading.Thread(target=self._listen, daemon=True),
            threading.Thread(target=self._listen_to_errors, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.promises.hear(line.rstrip("\n"))

    def _listen_to_errors(self) -> None:
        assert self.process.stderr is not None
        self.errors.extend(self.process.stderr)

    def wait_until_ready(self) -> None:
        until = time.monotonic() + READY_WITHIN
        while len(self.promises.starts) == self._known:
            assert self.process.poll() is None, "".join(self.errors)
            assert time.monotonic() < until, "the application did not start"
            time.sleep(0.02)

    def wait_for_new_turns(self) -> None:
        """The application outlives its server: it accepts and answers a question asked after."""
        before = set(self.promises.turns)
        until = time.monotonic() + READY_WITHIN
        while not any(
            kind == "finished" and turn not in before
            for (turn, _), kind in self.promises.events.copy().items()
        ):
            assert self.process.poll() is None, "".join(self.errors)
            assert time.monotonic() < until, "no question was answered after the server's death"
            time.sleep(0.05)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        for thread in self._threads:
            thread.join(10)


def postmaster(home: Path) -> int | None:
    """The pid of this home's database server, told by its own pid file."""
    for file in home.glob("database/**/postmaster.pid"):
        try:
            pid = int(file.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if psutil.pid_exists(pid) else None
    return None


def kill_server(home: Path) -> bool:
    pid = postmaster(home)
    if pid is None:
        return False
    os.kill(pid, signal.SIGKILL)
    return True


def left_running(home: Path) -> list[str]:
    """Processes that name this home on their command line, some seconds after the last use."""
    until = time.monotonic() + 20
    while True:
        names = [
            " ".join(process.info["cmdline"])
            for process in psutil.process_iter(["cmdline", "status"])
            if any(str(home) in part for part in process.info["cmdline"] or ())
        ]
        if not names or time.monotonic() > until:
            return names
        time.sleep(0.2)


def check(home: Path, promises: Promises) -> int:
    """Start cleanly; hold the stored state against every promise. How many turns were cut off."""
    assistant = Assistant.open(load_settings(home=home))
    try:
        assistant.engine.recover()
        stored = {turn: assistant.engine.events(turn) for turn in promises.turns}
        for (turn, seq), kind in promises.events.items():
            events = stored.get(turn) or assistant.engine.events(turn)
            assert len(events) >= seq, f"event {seq} of turn {turn} is lost"
            assert events[seq - 1].kind.value == kind
        cut_off = 0
        for turn, events in stored.items():
            assert [event.seq for event in events] == list(range(1, len(events) + 1))
            assert events[0].kind is EventKind.ACCEPTED
            assert events[-1].kind in ENDINGS, f"turn {turn} is left running"
            cut_off += events[-1].kind is EventKind.INTERRUPTED
            assert assistant.engine.turn(turn).state is not TurnState.RUNNING
        desk = assistant.desk
        assert desk is not None
        if promises.clock is not None:
            assert desk.clock.now() >= promises.clock, "the practice clock went back"
        assert desk.differences() == ()
        check_orders(desk, promises)
        return cut_off
    finally:
        assistant.close()


def check_orders(desk: PracticeDesk, promises: Promises) -> None:
    found = desk.broker.orders(datetime(2020, 1, 1, tzinfo=UTC))
    assert isinstance(found, Found)
    stored = {each.client_id: each for each in found.value}
    for client_id, filled in promises.orders.items():
        assert stored[client_id].filled >= filled, f"order {client_id} lost fills"
    for each in found.value:
        assert each.filled == sum(abs(fill.quantity) for fill in each.fills)


def siege(home: Path, kills: int, seed: int) -> str:
    chance, promises, cut_off = random.Random(seed), Promises(), 0
    done = {"application": 0, "server": 0, "both": 0}
    for number in range(kills):
        target = ("application", "server", "both")[number % 3]
        desk = Desk(home, seed * 1000 + number, promises)
        try:
            desk.wait_until_ready()
            time.sleep(chance.uniform(0.1, 1.5))
            if target != "application":
                assert kill_server(home), "there was no server to kill"
            if target == "server":
                desk.wait_for_new_turns()
            done[target] += 1
        finally:
            desk.kill()
        cut_off = check(home, promises)
    assert left_running(home) == []
    return (
        f"{kills} kills {done}: {len(promises.turns)} turns, {len(promises.events)} acknowledged "
        f"events, {len(promises.orders)} orders, none lost, {cut_off} turns cut off and marked so; "
        f"slowest start {max(promises.starts):.2f} s"
    )


def test_six_kills_lose_nothing(magnus_home: Path) -> None:
    print(siege(magnus_home, kills=6, seed=1))


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_thirty_kills_lose_nothing(magnus_home: Path) -> None:
    print(siege(magnus_home, kills=30, seed=2))
