"""Who is alive, told by locks that the kernel releases itself.

A pid file lies after a crash; an flock cannot: it is gone the instant the last process that holds
its open file is gone, however it ended. Every question this package asks about life and death is
therefore a question about a lock. File locks do not work across machines: the home must be a local
disk.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def open_lock(path: Path) -> int:
    """A descriptor of the lock file, made private when it is new; never follows a link."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def is_held(descriptor: int) -> bool:
    """Whether someone holds the lock exclusively. Shared probes do not see each other."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False


def is_shared(path: Path) -> bool:
    """Whether somebody holds the lock shared, as opposed to exclusively or not at all."""
    descriptor = open_lock(path)
    try:
        if is_held(descriptor):
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return not is_held(descriptor)
        return False
    finally:
        os.close(descriptor)


@contextmanager
def holding(path: Path) -> Iterator[int]:
    """The lock, exclusively, for the length of the block; waits for it. Ctrl-C ends the wait."""
    descriptor = open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)
