"""Files that are this user's alone: read only when nobody else could have, replaced at once.

A file that others may read or that belongs to somebody else is refused, not repaired: what was in
it may be known already.
"""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path
from typing import Final

from mfa.kernel.errors import MagnusError

_OTHERS: Final = 0o077


class VaultError(MagnusError):
    """The vault or its key cannot be used as it is."""


def private_bytes(path: Path, *, largest: int) -> bytes | None:
    """The content of a private file; None when there is none."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise VaultError(f"{path} cannot be read: {error.strerror}.") from error
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise VaultError(f"{path} is no file.")
        if status.st_mode & _OTHERS:
            raise VaultError(
                f"Others may read {path}.",
                f"Run `chmod 600 {path}`, and rotate the credentials if others use this machine.",
            )
        if status.st_uid != os.geteuid():
            raise VaultError(f"{path} belongs to another user.", "Run Magnus as that user.")
        content = file.read(largest + 1)
    if len(content) > largest:
        raise VaultError(f"{path} is far too large.", "Restore it from a backup.")
    return content


def replace_private(path: Path, content: bytes) -> None:
    """Put `content` in the file's place, all of it or nothing, mode 0600, on the disk."""
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise VaultError(f"{path} cannot be written: {error.strerror}.") from error
