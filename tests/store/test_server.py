"""The embedded server: private, durable, shared by processes, gone with the last of them."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from mfa.kernel.errors import StoreError
from mfa.store import binaries, cluster
from mfa.store.database import Database
from mfa.store.identity import identity_for
from mfa.store.server import EmbeddedServer

CLIENT = """
import sys, types
from pathlib import Path
from mfa.store.database import Database
settings = types.SimpleNamespace(home=Path(sys.argv[1]), database_url=None, user="local")
with Database.open(settings) as database:
    with database.connection() as c:
        system = c.execute("SELECT system_identifier FROM pg_control_system()").fetchone()[0]
    print(system, flush=True)
    sys.stdin.read()
"""


def client(home: Path) -> subprocess.Popen[str]:
    """Another process that opens the database, says the cluster's identity, and stays."""
    return subprocess.Popen(
        [sys.executable, "-c", CLIENT, str(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def eventually(claim: Callable[[], bool], within: float = 15.0) -> bool:
    until = time.monotonic() + within
    while time.monotonic() < until:
        if claim():
            return True
        time.sleep(0.02)
    return False


def running(home: Path) -> bool:
    return EmbeddedServer(home / "database").status().running


def one(conninfo: str, query: bytes) -> object:
    with psycopg.connect(conninfo) as connection:
        row = connection.execute(query).fetchone()
        assert row is not None
        return row[0]


def test_it_is_durable_listens_nowhere_and_lets_nobody_else_in(server: EmbeddedServer) -> None:
    conninfo = server.conninfo()
    assert one(conninfo, b"SHOW listen_addresses") == ""
    assert one(conninfo, b"SHOW fsync") == "on"
    assert one(conninfo, b"SHOW synchronous_commit") == "on"
    root = server.places.root
    for place in (root / "data", root / "run"):
        assert stat.S_IMODE(place.stat().st_mode) == 0o700, place
    assert stat.S_IMODE(root.stat().st_mode) & 0o007 == 0
    assert stat.S_IMODE((root / "postgres.log").stat().st_mode) == 0o600


def test_the_server_never_runs_as_root(server: EmbeddedServer) -> None:
    pid = server.status().pid
    assert pid is not None
    assert Path(f"/proc/{pid}").stat().st_uid != 0


def test_four_processes_on_an_empty_directory_make_one_database(magnus_home: Path) -> None:
    clients = [client(magnus_home) for _ in range(4)]
    said = [(one.stdout.readline() if one.stdout else "").strip() for one in clients]
    assert said[0].isdigit(), said
    assert set(said) == {said[0]}
    log = (magnus_home / "database" / "postgres.log").read_text()
    assert log.count("database system is ready to accept connections") == 1
    assert sorted(one.communicate()[0] for one in clients) == ["", "", "", ""]
    assert [one.returncode for one in clients] == [0, 0, 0, 0]


def test_it_stays_while_anyone_uses_it_and_goes_with_the_last(magnus_home: Path) -> None:
    first = EmbeddedServer(magnus_home / "database", linger=0)
    second = EmbeddedServer(magnus_home / "database", linger=0)
    first.start()
    second.start()
    first.release()
    time.sleep(1.2)
    assert running(magnus_home)
    second.release()
    assert eventually(lambda: not running(magnus_home))
    assert eventually(lambda: first.status().keeper_pid is None)


def test_it_lingers_for_the_next_command(magnus_home: Path) -> None:
    server = EmbeddedServer(magnus_home / "database", linger=3)
    server.start()
    before = server.status().pid
    server.release()
    time.sleep(1.2)
    server.start()
    assert server.status().pid == before


def test_stop_does_not_wait_for_the_grace(magnus_home: Path) -> None:
    server = EmbeddedServer(magnus_home / "database", linger=600)
    server.start()
    assert server.stop()
    assert not running(magnus_home)


def test_stop_leaves_a_server_that_others_use(magnus_home: Path) -> None:
    first, second = (EmbeddedServer(magnus_home / "database") for _ in range(2))
    first.start()
    second.start()
    assert first.stop() is False
    assert second.answers()
    second.release()


def test_no_server_outlives_an_application_that_was_killed(magnus_home: Path) -> None:
    application = client(magnus_home)
    assert application.stdout is not None
    application.stdout.readline()
    assert running(magnus_home)
    application.kill()
    application.communicate()
    assert eventually(lambda: not running(magnus_home))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_no_server_outlives_a_keeper_that_was_killed(magnus_home: Path) -> None:
    server = EmbeddedServer(magnus_home / "database")
    server.start()
    keeper = server.status().keeper_pid
    assert keeper is not None
    os.kill(keeper, signal.SIGKILL)
    assert eventually(lambda: not running(magnus_home))


@pytest.mark.parametrize("victims", ["server", "keeper", "server and keeper"])
def test_after_a_kill_the_next_use_starts_it_again_and_nothing_is_lost(
    magnus_home: Path, victims: str
) -> None:
    server = EmbeddedServer(magnus_home / "database")
    with Database.on(server) as database:
        with database.owner_connection() as connection:
            connection.execute("CREATE TABLE kept (id int); INSERT INTO kept VALUES (42)")
        for _ in range(2):
            status = server.status()
            assert status.pid is not None
            assert status.keeper_pid is not None
            if "keeper" in victims:
                os.kill(status.keeper_pid, signal.SIGKILL)
            if "server" in victims:
                os.kill(status.pid, signal.SIGKILL)
            time.sleep(0.05)  # a session may live for an instant longer than its server
            with database.connection() as connection:
                assert connection.execute("SELECT id FROM kept").fetchall() == [(42,)]


@pytest.mark.parametrize("content", ["", "garbage\n/nowhere", "-1\n", "999999999999999\n", "{pid}"])
def test_a_pid_file_that_lies_is_neither_trusted_nor_followed(
    magnus_home: Path, content: str
) -> None:
    server = EmbeddedServer(magnus_home / "database")
    server.start()
    pid = server.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert server.stop()
    bystander = subprocess.Popen(["sleep", "60"])
    try:
        file = magnus_home / "database" / "data" / "postmaster.pid"
        file.write_text(content.format(pid=bystander.pid))
        server.start()
        assert server.answers()
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_server_that_is_busy_is_waited_for_and_not_replaced(magnus_home: Path) -> None:
    first = EmbeddedServer(magnus_home / "database")
    first.start()
    pid = first.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    late = client(magnus_home)
    time.sleep(1.5)
    assert late.poll() is None
    os.kill(pid, signal.SIGCONT)
    assert (late.stdout.readline() if late.stdout else "").strip().isdigit()
    late.communicate()
    assert first.status().pid == pid


def test_a_server_that_somebody_else_started_is_refused_and_left_alone(magnus_home: Path) -> None:
    """The same binaries over the same data, but not by a keeper of ours."""
    server = EmbeddedServer(magnus_home / "database")
    server.start()
    assert server.stop()
    identity = identity_for(server.places.root)
    foreign = subprocess.Popen(
        cluster.command(binaries.packaged(), server.places, identity),
        stderr=subprocess.DEVNULL,
        env=cluster.environment(),
        cwd="/",
        **identity.spawning(),
    )
    try:
        assert eventually(server.answers)
        with pytest.raises(StoreError, match=f"did not start .process {foreign.pid}."):
            server.start()
        assert foreign.poll() is None
    finally:
        foreign.send_signal(signal.SIGINT)
        foreign.wait()


@pytest.mark.parametrize(
    "name",
    ["with space", "ünïcode", "comma,and'quote", "a-directory-with-a-long-name-" * 6],
)
def test_any_home_will_do_however_it_is_called(magnus_home: Path, name: str) -> None:
    server = EmbeddedServer(magnus_home / name / "database")
    assert one(server.start(), b"SELECT 1") == 1
    assert server.stop()
    directory = server.places.socket_directory(identity_for(server.places.root))
    assert list(directory.iterdir()) == []
    directory.rmdir()


def test_a_linked_home_is_the_same_home(magnus_home: Path) -> None:
    (magnus_home / "real").mkdir()
    (magnus_home / "real").chmod(0o711)
    (magnus_home / "link").symlink_to("real")
    first = EmbeddedServer(magnus_home / "real" / "database")
    second = EmbeddedServer(magnus_home / "link" / "database")
    assert first.start() == second.start()
    second.release()
    assert first.stop()
