"""The halt: a file in the home whose existence stops every order, read before each one is sent.

It works when nothing else does: no database, no assistant, no settings file, nothing but the
standard library. What cannot be looked at counts as halted: a home that is gone, a folder in the
file's place, a missing permission. Lifting it is an act of its own.
"""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from mfa.kernel.errors import MagnusError

FILE: Final = "HALT"
_LARGEST: Final = 4096
_NO_REASON: Final = "No reason was given."


class HaltError(MagnusError):
    """The halt could not be set or lifted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Halted:
    """Orders are stopped. `since` and `by` are None where the file does not say; `readable` is
    False where nobody could look, which counts the same."""

    reason: str
    since: datetime | None = None
    by: str | None = None
    readable: bool = True

    @property
    def sentence(self) -> str:
        when = "" if self.since is None else f" since {self.since:%Y-%m-%d %H:%M} UTC"
        reason = self.reason if self.reason.endswith((".", "!", "?")) else f"{self.reason}."
        return f"Magnus is halted{when}: no order is sent. {reason}"


class Halt:
    """The halt of one home. Safe from any thread and process; keeps nothing in memory."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.path: Final = home / FILE

    def standing(self) -> Halted | None:
        """None only when the home is there, can be looked into, and has no such file."""
        try:
            found = os.lstat(self.path)
        except FileNotFoundError:
            return self._home_is_there()
        except OSError as error:
            return _unreadable(f"{self.path} cannot be looked at: {error.strerror}.")
        if not stat.S_ISREG(found.st_mode):
            return _unreadable(f"{self.path} is no file.")
        return self._read()

    def set(self, reason: str = "", *, by: str) -> Halted:
        """Stop every order from now on. One that stands already stays as it is.

        `HaltError` when it could not be set: then end Magnus itself.
        """
        said = " ".join(reason.split())[:500] or _NO_REASON
        note = {"reason": said, "since": datetime.now(UTC).isoformat(), "by": by}
        try:
            self._home.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
            descriptor = os.open(self.path, flags, 0o600)
        except FileExistsError:
            pass
        except OSError as error:
            self._must_stand(error)
        else:
            _write(descriptor, json.dumps(note).encode())
            _keep(self._home)
        standing = self.standing()
        if standing is None:
            raise HaltError(f"{self.path} was not kept.", "End Magnus with `kill` instead.")
        return standing

    def lift(self) -> Halted | None:
        """Let orders be sent again; what stood until now. None when nothing was halted."""
        standing = self.standing()
        if standing is None:
            return None
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise HaltError(
                f"{self.path} cannot be removed: {error.strerror}.", "Remove it yourself."
            ) from error
        _keep(self._home)
        left = self.standing()
        if left is not None:
            raise HaltError(left.reason, "It stays halted until that is put right.")
        return standing

    def _must_stand(self, error: OSError) -> None:
        """Not being able to write is enough of a halt where nobody can read either."""
        if self.standing() is None:
            raise HaltError(
                f"{self.path} cannot be written: {error.strerror}.",
                "Make that file yourself, or end Magnus with `kill`.",
            ) from error

    def _home_is_there(self) -> Halted | None:
        try:
            found = self._home.stat()
        except OSError as error:
            return _unreadable(f"{self._home} cannot be looked at: {error.strerror}.")
        if not stat.S_ISDIR(found.st_mode):
            return _unreadable(f"{self._home} is no folder.")
        return None

    def _read(self) -> Halted:
        """Whatever the file says, it halts."""
        try:
            descriptor = os.open(self.path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
            with os.fdopen(descriptor, "rb") as file:
                note = json.loads(file.read(_LARGEST).decode("utf-8"))
            return Halted(
                reason=str(note["reason"]),
                since=datetime.fromisoformat(note["since"]),
                by=str(note["by"]),
            )
        except OSError as error:
            return _unreadable(f"{self.path} cannot be read: {error.strerror}.")
        except (ValueError, KeyError, TypeError):
            return Halted(reason=f"{self.path} is there.")


def _unreadable(reason: str) -> Halted:
    return Halted(reason=reason, readable=False)


def _write(descriptor: int, content: bytes) -> None:
    """The file stands already; what it says is worth a try (a full disk keeps the halt)."""
    try:
        os.write(descriptor, content)
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)


def _keep(folder: Path) -> None:
    """Have the folder's entry on the disk, where the system can do that."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)
