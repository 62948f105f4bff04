"""Where actions put the files that they make for a person: folders of the home, private to it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from mfa.kernel.errors import InputError

_BITS: Final = 8


@dataclass(frozen=True, slots=True)
class Folders:
    """Of one home. A file is named by what it holds, its day and its card, so that carrying a card
    out twice makes one file."""

    home: Path

    def write(self, folder: str, name: str, ending: str, text: str, card: UUID | None) -> Path:
        """Write a file that is not there yet, whole or not at all. `InputError` when it cannot be
        written."""
        place = self.home / folder
        path = place / f"{name}-{str(card)[:_BITS]}.{ending}"
        try:
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
            aside = path.with_suffix(f".{ending}.part")
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            aside.replace(path)
        except OSError as error:
            raise InputError(f"{path} cannot be written: {error.strerror}.") from error
        return path

    def remove(self, path: str, sha256: str) -> None:
        """Take away a file that was made here, unless it was changed since."""
        file = Path(path)
        if not file.resolve().is_relative_to(self.home.resolve()):
            raise InputError("That file is not of this home.")
        try:
            if fingerprint(file.read_bytes()) != sha256:
                raise InputError(f"{file.name} was changed since.", "Delete it yourself.")
            file.unlink()
        except FileNotFoundError:
            raise InputError(f"{file.name} is gone already.") from None
        except OSError as error:
            raise InputError(f"{file} cannot be removed: {error.strerror}.") from error


def fingerprint(content: bytes) -> str:
    """SHA-256."""
    return hashlib.sha256(content).hexdigest()
