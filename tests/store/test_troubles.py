"""What goes wrong on a person's machine is said in a sentence, and nothing is made worse."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from pydantic import SecretStr

from mfa.kernel.errors import StoreError
from mfa.store import binaries
from mfa.store.binaries import Binaries
from mfa.store.database import Database
from mfa.store.diagnosis import sentence_for
from mfa.store.identity import identity_for
from mfa.store.places import Places
from mfa.store.server import EmbeddedServer

AS_ROOT = os.geteuid() == 0


@pytest.fixture
def made(magnus_home: Path) -> EmbeddedServer:
    """A server that was made, and is stopped."""
    server = EmbeddedServer(magnus_home / "database")
    server.start()
    assert server.stop()
    return server


def test_an_interrupted_beginning_leaves_nothing_that_matters(magnus_home: Path) -> None:
    root = magnus_home / "database"
    Places(root).prepare(identity_for(root))
    (root / "making-half").mkdir()
    (root / "making-half" / "PG_VERSION").write_text("1")
    server = EmbeddedServer(root)
    server.start()
    assert server.answers()
    assert not (root / "making-half").exists()


def test_data_of_another_major_version_are_refused_and_kept(made: EmbeddedServer) -> None:
    (made.places.data / "PG_VERSION").write_text("16\n")
    with pytest.raises(
        StoreError, match=r"made by PostgreSQL 16; this Magnus brings PostgreSQL 18"
    ):
        made.start()
    assert (made.places.data / "global" / "pg_control").exists()


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe"])
def test_data_without_a_version_are_refused_and_kept(
    made: EmbeddedServer, content: bytes | None
) -> None:
    version = made.places.data / "PG_VERSION"
    version.unlink()
    if content is not None:
        version.write_bytes(content)
    with pytest.raises(StoreError, match=r"PG_VERSION is missing or garbled\. Move the directory"):
        made.start()
    assert (made.places.data / "global" / "pg_control").exists()


def test_damaged_data_are_called_damaged(made: EmbeddedServer) -> None:
    (made.places.data / "global" / "pg_control").write_bytes(b"nothing like it")
    with pytest.raises(StoreError, match="is damaged and cannot be started"):
        made.start()


def test_a_failed_start_leaves_no_process(made: EmbeddedServer) -> None:
    (made.places.data / "global" / "pg_control").unlink()
    with pytest.raises(StoreError):
        made.start()
    assert made.stop()
    assert made.status().keeper_pid is None


@pytest.mark.skipif(not AS_ROOT, reason="only root runs the server as another user")
def test_a_home_inside_a_private_directory_of_root_is_explained(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(StoreError, match=r"cannot run as root.*may not enter.*Set MAGNUS_HOME"):
        EmbeddedServer(tmp_path / "home" / "database").start()


@pytest.mark.skipif(AS_ROOT, reason="root may write anywhere")
def test_a_directory_that_cannot_be_written_is_named(magnus_home: Path) -> None:
    magnus_home.chmod(0o500)
    with pytest.raises(StoreError, match=r"cannot be used: Permission denied.*MAGNUS_HOME"):
        EmbeddedServer(magnus_home / "database").start()
    magnus_home.chmod(0o700)


def test_a_home_that_is_a_file_is_named(magnus_home: Path) -> None:
    (magnus_home / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot be (made|used)"):
        EmbeddedServer(magnus_home / "file" / "database").start()


def test_a_socket_directory_of_somebody_else_is_refused(magnus_home: Path) -> None:
    server = EmbeddedServer(magnus_home / ("long-" * 30) / "database")
    identity = identity_for(server.places.root)
    directory = server.places.socket_directory(identity)
    assert directory.parent != server.places.root
    directory.symlink_to(magnus_home)
    try:
        with pytest.raises(StoreError, match="somebody else's"):
            server.start()
    finally:
        directory.unlink()


@pytest.mark.skipif(not AS_ROOT, reason="only root runs the server as another user")
def test_programs_in_a_private_place_are_copied_once(
    magnus_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = binaries.packaged().installed
    package = tmp_path / "site" / source.parent.name
    shutil.copytree(source, package / source.name)
    libraries = source.parent.parent / f"{source.parent.name}.libs"
    shutil.copytree(libraries, tmp_path / "site" / libraries.name)
    (tmp_path / "site").chmod(0o700)
    monkeypatch.setattr(binaries, "packaged", lambda: Binaries(package / source.name))
    server = EmbeddedServer(magnus_home / "database")
    server.start()
    copies = list((magnus_home / "database").glob("postgresql-*"))
    assert len(copies) == 1
    inode = copies[0].stat().st_ino
    assert server.stop()
    server.start()
    assert server.answers()
    assert copies[0].stat().st_ino == inode
    assert server.stop()


@pytest.fixture
def small_disk(magnus_home: Path) -> Iterator[Path]:
    """A file system of 64 MB, where the machine lets us mount one."""
    disk = magnus_home / "disk"
    disk.mkdir()
    disk.chmod(0o711)
    command = ["mount", "-t", "tmpfs", "-o", "size=64m,mode=711", "none", str(disk)]
    if not AS_ROOT or sys.platform != "linux" or subprocess.run(command, check=False).returncode:
        pytest.skip("a small file system can be mounted by root on Linux only")
    yield disk
    EmbeddedServer(disk / "database").stop()
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_disk_too_full_to_begin_is_named(small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(bytes(50_000_000))
    with pytest.raises(StoreError, match=r"disk that holds .* is full.*Free some room"):
        EmbeddedServer(small_disk / "database").start()
    (small_disk / "ballast").unlink()
    assert EmbeddedServer(small_disk / "database").start()


def test_a_disk_that_fills_up_loses_nothing_and_recovers_when_there_is_room(
    small_disk: Path,
) -> None:
    with Database.open(
        SimpleNamespace(home=small_disk, database_url=None, user="local")
    ) as database:
        with database.owner_connection() as connection:
            connection.execute("CREATE TABLE big (id int, filling text)")
        free = shutil.disk_usage(small_disk).free
        (small_disk / "ballast").write_bytes(bytes(max(free - 4_000_000, 0)))
        stored = _store_until_it_fails(database)
        (small_disk / "ballast").unlink()
        # The full disk may have been the server's end: it ends its other connections meanwhile,
        # and reading is what Magnus repeats.
        row = database.read(
            lambda connection: connection.execute("SELECT count(*) FROM big").fetchone()
        )
        assert stored > 0
        assert row is not None
        assert row[0] >= stored  # every acknowledged one; the failing one may have made it


def _store_until_it_fails(database: Database) -> int:
    """How many large rows were acknowledged."""
    for stored in range(200):
        try:
            with database.connection() as connection:
                connection.execute(
                    "INSERT INTO big SELECT %s, string_agg(md5(random()::text), '') "
                    "FROM generate_series(1, 6000)",
                    [stored],
                )
        except (StoreError, psycopg.OperationalError):
            return stored
    raise AssertionError("the disk was to fill up")


def test_an_unreachable_server_is_named_without_its_password() -> None:
    url = SecretStr("postgresql://ada:hunter2@127.0.0.1:1/desk")
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:1/desk cannot be reached") as caught:
        Database.open(SimpleNamespace(home=Path("/nonexistent"), database_url=url, user="local"))
    assert "hunter2" not in str(caught.value)


def test_an_address_that_is_none_is_refused_without_repeating_it() -> None:
    with pytest.raises(StoreError, match="not a PostgreSQL address") as caught:
        Database.open(
            SimpleNamespace(home=Path(), database_url=SecretStr("mysql=hunter2 x"), user="local")
        )
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("FATAL:  could not write lock file: No space left on device", "is full"),
        ("FATAL:  could not open file: Read-only file system", "read-only"),
        ("initdb: error: could not look up effective user ID 1234: no entry", "needs a name"),
        ("FATAL:  the server could not be started: [Errno 1] Operation not permitted", "as root"),
        ("FATAL:  could not map anonymous shared memory: Cannot allocate memory", "memory"),
        ("LOG:  starting\nFATAL:  something new", "something new"),
        ("", "it said nothing"),
    ],
)
def test_the_servers_words_become_a_sentence(log: str, said: str) -> None:
    assert said in " ".join(sentence_for(log, Path("/data")))


@pytest.mark.skipif(not AS_ROOT, reason="only root can visit another user's home")
def test_root_in_a_users_home_leaves_everything_to_that_user(magnus_home: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    home = magnus_home / "theirs"
    home.mkdir()
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    server = EmbeddedServer(home / "database")
    server.start()
    assert {path.stat().st_uid for path in [home, *home.rglob("*")]} == {nobody.pw_uid}
    assert server.stop()
