"""How far the audit reaches, noted a second time: a file of mode 0600 in the home.

The database alone cannot show that its last entries were cut off. The note is advanced after each
commit and never goes back by itself; a crash between commit and note leaves it a little behind,
which proves as much.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from mfa.kernel.logs import get_logger
from mfa.security.files import VaultError, private_bytes, replace_private
from mfa.store.audit import Head

FILE: Final = "audit.head"
_LOCK: Final = "audit.lock"
_LARGEST: Final = 4096

log = get_logger(__name__)


class HeadNote:
    """The note of one home. Safe between threads and processes."""

    def __init__(self, home: Path) -> None:
        self.path: Final = home / FILE
        self._lock = home / _LOCK

    def read(self) -> Head | None:
        """None where nothing was noted yet. `VaultError` for a note that is damaged or that others
        could have written."""
        content = private_bytes(self.path, largest=_LARGEST)
        if content is None:
            return None
        try:
            note = json.loads(content)
            return Head(int(note["count"]), str(note["hash"]))
        except (ValueError, KeyError, TypeError):
            raise VaultError(f"{self.path} is damaged.") from None

    def advance(self, head: Head, hash_at: Callable[[int], str | None]) -> None:
        """Note a later head; an earlier one is passed over. A chain that no longer holds what was
        noted before (`hash_at` gives an entry's hash) is not followed: its entries were cut off,
        and new ones must not cover that. The entry is committed already, so what keeps the note
        from being written is told to the log, and by the next verification."""
        try:
            with self._locked():
                noted = self.read()
                if noted is not None and noted.count >= head.count:
                    return
                if noted is not None and noted.count and hash_at(noted.count) != noted.hash:
                    log.error("audit.cut_off", noted=noted.count, count=head.count)
                    return
                self._write(head)
        except (VaultError, OSError) as error:
            log.warning("audit.not_noted", count=head.count, reason=str(error))

    def accept(self, head: Head) -> None:
        """Begin anew from `head`: a person's act after a backup was restored."""
        with self._locked():
            self._write(head)

    def _write(self, head: Head) -> None:
        replace_private(self.path, json.dumps({"count": head.count, "hash": head.hash}).encode())

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._lock.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
