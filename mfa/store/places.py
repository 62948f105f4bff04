"""Where the embedded server keeps its things, and who may enter.

    <home>/database/            0700, or 0710 root:magnus-db when root runs Magnus
        data/                   0700, the server user's: PostgreSQL's own directory
        run/                    0700, the server user's: the socket
        postgres.log            0600
        clients starting keeper server     0600, empty files that are locked (see `locks`)

The server listens on that socket only and trusts whoever reaches it, so the directory is the
password: nobody but the server's user, and root, can walk into `run`. Root enters because it is
root; the server's user enters `database` through its group. Looser modes found here are tightened,
and a socket directory that belongs to somebody else is refused, not used.
"""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mfa.kernel.errors import StoreError
from mfa.store.identity import Identity
from mfa.store.locks import open_lock

PORT: Final = 5432
_SOCKET_LIMIT: Final = 100
"""Bytes of a socket's path: the kernel's limit is 107 on Linux and 103 on macOS."""
_SPECIAL: Final = frozenset(",\"'\\")
"""Characters that mean something in a list of socket directories."""


@dataclass(frozen=True, slots=True)
class Places:
    """The paths below one database directory."""

    root: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def log(self) -> Path:
        return self.root / "postgres.log"

    @property
    def clients(self) -> Path:
        """Held shared by every process that uses the server."""
        return self.root / "clients"

    @property
    def starting(self) -> Path:
        """Held while somebody starts the server."""
        return self.root / "starting"

    @property
    def keeper(self) -> Path:
        """Held by the keeper as long as it lives."""
        return self.root / "keeper"

    @property
    def server(self) -> Path:
        """Held by every process of the server, the keeper included, as long as one lives."""
        return self.root / "server"

    def socket_directory(self, identity: Identity) -> Path:
        """`run`, or a short private directory in /tmp where the socket's path would not do.

        The fallback does not follow TMPDIR: every process must find the same place.
        """
        wanted = self.root / "run"
        fits = len(os.fsencode(wanted / f".s.PGSQL.{PORT}.lock")) <= _SOCKET_LIMIT
        if fits and not set(str(wanted)) & _SPECIAL:
            return wanted
        digest = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        return Path("/tmp") / f"magnus-{identity.uid}-{digest}"  # noqa: S108 - checked by `prepare`

    def is_prepared(self) -> bool:
        """Whether `prepare` succeeded here once."""
        return os.path.lexists(self.server)

    def prepare(self, identity: Identity) -> None:
        """Make the directories, or say in one sentence why they cannot be used."""
        try:
            self._make_root(identity)
            self._make_private(self.socket_directory(identity), identity)
            self._make_files()
        except PermissionError as error:
            raise StoreError(
                f"The database directory {self.root} cannot be used: {error.strerror} "
                f"({error.filename}).",
                "Give it to the user who runs Magnus, or set MAGNUS_HOME to a directory of theirs.",
            ) from error
        except OSError as error:
            raise StoreError(
                f"The database directory {self.root} cannot be made: {error.strerror}.",
                "Set MAGNUS_HOME to a directory on a local disk with room.",
            ) from error
        if not os.access(self.root, os.W_OK | os.X_OK):
            raise StoreError(
                f"The database directory {self.root} cannot be written.",
                "Give it to the user who runs Magnus, or set MAGNUS_HOME to a directory of theirs.",
            )

    def _make_root(self, identity: Identity) -> None:
        missing = [step for step in reversed(self.root.parents) if not step.exists()]
        for step in missing:
            step.mkdir(exist_ok=True)
            step.chmod(0o711 if identity.dropped else 0o700)
        if identity.dropped and (wall := identity.may_enter(self.root.parent)):
            raise StoreError(
                f"The database server cannot run as root; it runs as {identity.name}, who may not "
                f"enter {wall}.",
                "Set MAGNUS_HOME to a directory that others may walk to, such as /var/lib/magnus.",
            )
        self.root.mkdir(mode=0o700, exist_ok=True)
        if identity.dropped and self.root.parent.stat().st_uid == identity.uid:
            identity.own(self.root)  # root visits a user's home
        status = self.root.stat()
        if not identity.dropped or status.st_uid == identity.uid:
            mode = 0o700
        else:
            mode = 0o710
            if status.st_gid != identity.gid:
                os.chown(self.root, -1, identity.gid)
        if stat.S_IMODE(status.st_mode) != mode:
            self.root.chmod(mode)

    def _make_files(self) -> None:
        """The empty files, owned like the directory: root may run Magnus in a user's home."""
        owner = self.root.stat()
        for path in (self.log, self.clients, self.starting, self.keeper, self.server):
            descriptor = open_lock(path)
            try:
                if os.fstat(descriptor).st_uid != owner.st_uid:
                    os.fchown(descriptor, owner.st_uid, owner.st_gid)
            finally:
                os.close(descriptor)

    def _make_private(self, directory: Path, identity: Identity) -> None:
        directory.mkdir(mode=0o700, exist_ok=True)
        status = directory.lstat()
        if not stat.S_ISDIR(status.st_mode) or status.st_uid not in {identity.uid, os.geteuid()}:
            raise StoreError(
                f"{directory} is somebody else's, so the database's socket cannot live there.",
                "Remove it, or set MAGNUS_HOME to a shorter path.",
            )
        if status.st_uid != identity.uid:
            identity.own(directory)
        if stat.S_IMODE(status.st_mode) != 0o700:
            directory.chmod(0o700)
