"""kill -9 of the server, of its keeper and of applications, at random, while applications write.

Every acknowledged row must be there afterwards, no process may be left, and the database must
answer within seconds of each kill.
"""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

from mfa.store.database import Database
from mfa.store.server import EmbeddedServer

SCRIPT = Path(__file__).with_name("torture_client.py")


class Application:
    """A writing process whose acknowledgements go to a file that outlives it."""

    numbers = itertools.count(1)

    def __init__(self, home: Path, notes: Path) -> None:
        number = next(self.numbers)
        self.said, self.complaints = notes / f"said-{number}", notes / f"complaints-{number}"
        with self.said.open("wb") as said, self.complaints.open("wb") as complaints:
            self.process = subprocess.Popen(
                [sys.executable, str(SCRIPT), str(home), str(number)],
                stdout=said,
                stderr=complaints,
            )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def torture(home: Path, notes: Path, *, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    settings = SimpleNamespace(home=home, database_url=None, user="local")
    watcher = EmbeddedServer(home / "database")
    with Database.open(settings) as database, database.owner_connection() as connection:
        connection.execute("CREATE TABLE ledger (number bigint PRIMARY KEY)")
    applications = [Application(home, notes) for _ in range(2)]
    gone: list[Application] = []
    slowest = 0.0
    for _ in range(kills):
        time.sleep(chance.uniform(0.3, 1.0))
        victim = chance.choice(["server", "keeper", "application", "server, keeper", "all"])
        status = watcher.status()
        for name, pid in (("keeper", status.keeper_pid), ("server", status.pid)):
            if pid and (name in victim or victim == "all"):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        if victim in {"application", "all"}:
            dead = applications if victim == "all" else [chance.choice(applications)]
            for one in list(dead):
                one.kill()
                applications.remove(one)
                gone.append(one)
                applications.append(Application(home, notes))
        began = time.monotonic()
        with Database.open(settings) as database:
            database.read(lambda c: c.execute("SELECT 1").fetchone())
        slowest = max(slowest, time.monotonic() - began)
    for one in applications:
        assert one.process.poll() is None, one.complaints.read_text()
        one.kill()
    acknowledged = {
        int(line)
        for one in [*gone, *applications]
        for line in one.said.read_text().split("\n")[:-1]
    }
    with Database.open(settings) as database:
        rows = database.read(lambda c: c.execute("SELECT number FROM ledger").fetchall())
    assert acknowledged - {row[0] for row in rows} == set()
    assert len(acknowledged) > 50 * kills
    assert watcher.stop()
    assert watcher.status().keeper_pid is None
    print(f"{kills} kills, {len(acknowledged)} acknowledged, slowest return {slowest:.2f} s")
    assert slowest < 20


def test_six_kills_lose_nothing_and_leave_nothing(magnus_home: Path, tmp_path: Path) -> None:
    torture(magnus_home, tmp_path, kills=6, seed=20210615)


@pytest.mark.slow
def test_thirty_kills_lose_nothing_and_leave_nothing(magnus_home: Path, tmp_path: Path) -> None:
    torture(magnus_home, tmp_path, kills=30, seed=int(os.environ.get("TORTURE_SEED", "1")))
