"""Four applications that start at the same moment on an empty directory share one database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg

from mfa.store.server import EmbeddedServer

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = ROOT / "mfa" / "store" / "migrations"
HOUSE, MODE = (list((MIGRATIONS / part).glob("*.sql")) for part in ("house", "mode"))
STARTER = """
import sys
from mfa.assistant import Assistant
from mfa.kernel.settings import load_settings
with Assistant.open(load_settings()) as assistant:
    turn = assistant.engine.start("What's my portfolio status?", door="chaos")
    print(list(assistant.engine.follow(turn.id))[-1].kind.value, assistant.desk.status().equity)
    sys.stdout.flush()
    sys.stdin.read()
"""


def test_four_processes_on_an_empty_directory_share_one_database(magnus_home: Path) -> None:
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", STARTER],
            env={**os.environ, "MAGNUS_HOME": str(magnus_home)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _ in range(4)
    ]
    try:
        answers = [each.stdout.readline().split() for each in starters if each.stdout is not None]
        servers = list(magnus_home.glob("database/**/postmaster.pid"))
        conninfo = EmbeddedServer(magnus_home / "database").conninfo("magnus")
        with psycopg.connect(conninfo) as connection:
            seeded = connection.execute("select count(*) from practice.account").fetchone()
            applied = connection.execute("select count(*) from magnus.migration").fetchone()
    finally:
        for each in starters:
            each.communicate("")
    assert [answer[0] for answer in answers] == ["finished"] * 4
    assert len({answer[1] for answer in answers}) == 1, "one account, seeded once"
    assert len(servers) == 1
    assert seeded == (1,)
    assert applied == (len(HOUSE) + 3 * len(MODE),)
    assert [each.returncode for each in starters] == [0] * 4
