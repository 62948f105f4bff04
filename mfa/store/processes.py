"""Whose process is it? Answered from what the process is, never from a number in a file.

Process ids are reused. Before anything here is believed, or signalled, the process must be the
right program over the right directory.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def command_of(pid: int) -> list[str]:
    """The command line of a live process; empty when there is none or it may not be seen."""
    if sys.platform == "linux":
        try:
            raw = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return []
        return [os.fsdecode(part) for part in raw.rstrip(b"\0").split(b"\0")] if raw else []
    done = subprocess.run(
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.split()


def is_server_of(pid: int, data: Path) -> bool:
    """Whether `pid` is a PostgreSQL server over exactly this data directory."""
    command = command_of(pid)
    if not command or not Path(command[0]).name.startswith("postgres"):
        return False
    if str(data) in command:
        return True
    # `ps` gives one string: a directory with a space in it comes apart at the space.
    return sys.platform != "linux" and f" {data} " in f" {' '.join(command)} "


def is_keeper_of(pid: int, root: Path) -> bool:
    """Whether `pid` is the keeper of this database directory."""
    line = " ".join(command_of(pid))
    return "keeper.py" in line and str(root / "clients") in line


def pid_in(path: Path) -> int | None:
    """The process id that a pid file claims; None for a missing, empty or garbled one."""
    try:
        first = path.read_bytes()[:64].split(b"\n", 1)[0].strip()
    except OSError:
        return None
    # A negative number addresses a whole process group: it is garbage here.
    return int(first) if first.isdigit() and len(first) < 12 and int(first) > 1 else None
