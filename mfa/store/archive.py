"""The backup file: a zip of a manifest and PostgreSQL's own archive, written whole or not at all.

The manifest says what the archive must be (its digest), what made it, which migrations it carries
and how many rows each table has, so that a restore can be proved. The file is private (0600): it
holds a person's books. A backup is trusted like a program: restore only your own.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from mfa.kernel.errors import StoreError
from mfa.store.migrate import Applied

_MANIFEST: Final = "manifest.json"
_DUMP: Final = "database.dump"
_BLOCK: Final = 1 << 20


class RecordedMigration(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_name: str
    number: int
    name: str
    checksum: str


class Manifest(BaseModel):
    """What a backup says of itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1] = 1
    magnus: str
    postgres: int
    made: AwareDatetime
    migrations: tuple[RecordedMigration, ...]
    rows: dict[str, int]
    """Rows by `schema.table`."""
    sha256: str

    def applied(self) -> tuple[Applied, ...]:
        return tuple(
            Applied(one.schema_name, one.number, one.name, one.checksum) for one in self.migrations
        )


def write(
    path: Path,
    dump: Callable[[Path], None],
    *,
    magnus: str,
    postgres: int,
    made: datetime,
    migrations: tuple[Applied, ...],
    rows: dict[str, int],
) -> Manifest:
    """Make the backup at `path`; `dump` writes PostgreSQL's archive to the path it is given."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        raise StoreError(
            f"A backup cannot be written to {path.parent}: {error.strerror}.",
            "Choose a directory you may write to.",
        ) from error
    try:
        dump(scratch / _DUMP)
        manifest = Manifest(
            magnus=magnus,
            postgres=postgres,
            made=made,
            migrations=tuple(
                RecordedMigration(
                    schema_name=one.schema, number=one.number, name=one.name, checksum=one.checksum
                )
                for one in migrations
            ),
            rows=rows,
            sha256=_digest(scratch / _DUMP),
        )
        whole = scratch / "whole"
        whole.touch(mode=0o600, exist_ok=False)
        with whole.open("wb") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
                archive.writestr(_MANIFEST, manifest.model_dump_json(indent=2))
                archive.write(scratch / _DUMP, _DUMP)
            file.flush()
            os.fsync(file.fileno())
        whole.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise StoreError(
            f"The backup {path} could not be written: {error.strerror}.",
            "Nothing was left behind; free some room or choose another directory.",
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return manifest


@contextmanager
def opened(path: Path) -> Iterator[tuple[Manifest, Path]]:
    """The manifest, and PostgreSQL's archive as a private file that is proved to be whole."""
    with tempfile.TemporaryDirectory(prefix="magnus-restore-") as scratch:
        dump = Path(scratch) / _DUMP
        try:
            with zipfile.ZipFile(path) as archive:
                manifest = Manifest.model_validate(json.loads(archive.read(_MANIFEST)))
                with archive.open(_DUMP) as source, dump.open("wb") as target:
                    shutil.copyfileobj(source, target, _BLOCK)
        except FileNotFoundError:
            raise StoreError(f"There is no backup at {path}.") from None
        except (zipfile.BadZipFile, KeyError, ValueError, ValidationError, EOFError):
            raise StoreError(f"{path} is not a Magnus backup, or is damaged.") from None
        except OSError as error:
            raise StoreError(f"The backup {path} cannot be read: {error.strerror}.") from error
        if _digest(dump) != manifest.sha256:
            raise StoreError(f"{path} is damaged: its content is not what its manifest says.")
        yield manifest, dump


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some file systems refuse to sync a directory
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
