"""Making the data directory, and refusing one that is not ours to run.

`initdb` works in a scratch directory that is renamed when it is complete and on the disk, so an
interrupted one leaves nothing that could be mistaken for data. What already exists is never
repaired or removed here: a person's books may be in it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from mfa.kernel.errors import StoreError
from mfa.store.binaries import MAJOR, Binaries
from mfa.store.diagnosis import sentence_for
from mfa.store.identity import Identity
from mfa.store.places import PORT, Places
from mfa.store.processes import is_server_of, pid_in

OWNER: Final = "magnus"
_SCRATCH: Final = "making-"
_SMALL: Final = {
    # One person's desk: small memory, few processes, nothing replicated.
    "shared_buffers": "48MB",
    "max_connections": "60",
    "work_mem": "8MB",
    "maintenance_work_mem": "32MB",
    "max_worker_processes": "2",
    "max_parallel_workers_per_gather": "0",
    "autovacuum_max_workers": "1",
    "io_method": "sync",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "min_wal_size": "32MB",
    "max_wal_size": "256MB",
    # Durable: an acknowledged commit is on the disk.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    # Times are UTC, messages are the ones that `diagnosis` knows.
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
    "cluster_name": "magnus",
}


def command(binaries: Binaries, places: Places, identity: Identity) -> list[str]:
    """The server's command line; settings here win over a file somebody edited."""
    settings = {
        **_SMALL,
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": str(places.socket_directory(identity)),
        "unix_socket_permissions": "0700",
    }
    line = [str(binaries.program("postgres")), "-D", str(places.data)]
    for name, value in settings.items():
        line += ["-c", f"{name}={value}"]
    return line


def environment() -> dict[str, str]:
    """A server's environment: nothing of the caller's, whose PG* variables would change it."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def prepare(places: Places, binaries: Binaries, identity: Identity) -> None:
    """Make the data directory when there is none; call under the `starting` lock only."""
    for left in places.root.glob(f"{_SCRATCH}*"):
        shutil.rmtree(left, ignore_errors=True)
    try:
        found = next(iter(places.data.iterdir()), None) is not None
    except FileNotFoundError:
        found = False
    except PermissionError as error:
        raise StoreError(
            f"The database in {places.data} belongs to another user.",
            "Run Magnus as the user who made it, or set MAGNUS_HOME to a directory of yours.",
        ) from error
    if found:
        _check_version(places)
        _clear_remains(places, identity)
    else:
        _create(places, binaries, identity)


def _check_version(places: Places) -> None:
    try:
        version = (places.data / "PG_VERSION").read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        version = ""
    if version == str(MAJOR):
        return
    if version.isdigit():
        raise StoreError(
            f"The database in {places.data} was made by PostgreSQL {version}; "
            f"this Magnus brings PostgreSQL {MAJOR}.",
            "Back it up with the Magnus that made it, move the directory away, and restore.",
        )
    raise StoreError(
        f"{places.data} is damaged or not a database: its file PG_VERSION is missing or garbled.",
        "Move the directory away; then restore a backup, or start afresh.",
    )


def _clear_remains(places: Places, identity: Identity) -> None:
    """Remove the pid file and socket that no live server of this directory owns.

    No process of ours is alive here (the `server` lock was free), so a server that is alive was
    started by other means, and is left alone. PostgreSQL's own check asks only whether some process
    has the number: a reused one, or a zombie that nobody reaps, would stop it for ever.
    """
    file = places.data / "postmaster.pid"
    pid = pid_in(file)
    if pid is not None and is_server_of(pid, places.data):
        raise StoreError(
            f"A PostgreSQL server that Magnus did not start (process {pid}) uses {places.data}.",
            f"Stop it: kill -INT {pid}",
        )
    socket = places.socket_directory(identity) / f".s.PGSQL.{PORT}"
    for remains in (file, socket, socket.with_name(f"{socket.name}.lock")):
        remains.unlink(missing_ok=True)


def _create(places: Places, binaries: Binaries, identity: Identity) -> None:
    scratch = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=places.root))
    try:
        identity.own(scratch)
        arguments = [str(binaries.program("initdb")), "-D", str(scratch), "-U", OWNER]
        arguments += ["-A", "trust", "--encoding=UTF8", "--locale=C.UTF-8"]
        _initdb([*arguments, "--no-sync", "--no-instructions"], places, identity)
        _initdb([arguments[0], "--sync-only", "-D", str(scratch)], places, identity)
        scratch.rename(places.data)
        directory = os.open(places.root, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except OSError as error:
        raise StoreError(
            f"The database could not be made in {places.root}: {error.strerror}."
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _initdb(arguments: list[str], places: Places, identity: Identity) -> None:
    try:
        done = subprocess.run(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
            cwd="/",
            env=environment(),
            umask=0o077,
            start_new_session=True,
            **identity.spawning(),
        )
    except PermissionError as error:  # not allowed to become that user
        raise StoreError(*sentence_for(str(error), places.root, doing="made")) from error
    if done.returncode:
        raise StoreError(*sentence_for(done.stdout, places.root, doing="made"))
