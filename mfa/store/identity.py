"""As whom the database server runs.

PostgreSQL refuses to run as root, rightly. An ordinary user runs it as themselves. Root runs it as
the owner of the data, or of the home, where that is somebody else (`sudo magnus` in a user's home
must not lock them out); otherwise as the system user `magnus-db`, made here once. That user owns
nothing but the data and the socket directory, and has no shell and no home.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mfa.kernel.errors import StoreError

SYSTEM_USER: Final = "magnus-db"
_ROOT: Final = 0
_USERS: Final = Path("/etc/passwd")


@dataclass(frozen=True, slots=True)
class Identity:
    """The user that runs the server; `dropped` when it is not the user that runs Magnus."""

    uid: int
    gid: int
    dropped: bool

    @property
    def name(self) -> str:
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return f"user {self.uid}"

    def spawning(self) -> dict[str, Any]:
        """Arguments for `subprocess` that make the child run as this user."""
        if not self.dropped:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give `path` to this user where Magnus itself is another."""
        if self.dropped:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def may_enter(self, directory: Path) -> Path | None:
        """The first directory on the way that this user may not walk through, or None."""
        for step in [*reversed(directory.parents), directory]:
            try:
                status = step.stat()
            except FileNotFoundError:
                return None
            if status.st_uid == self.uid:
                allowed = status.st_mode & 0o100
            elif status.st_gid == self.gid:
                allowed = status.st_mode & 0o010
            else:
                allowed = status.st_mode & 0o001
            if not allowed:
                return step
        return None


def identity_for(root: Path) -> Identity:
    """Who runs the server of the database directory `root`, which need not exist yet."""
    if os.geteuid() != _ROOT:
        return Identity(uid=os.geteuid(), gid=os.getegid(), dropped=False)
    for place in (root / "data", root, root.parent):
        try:
            status = place.stat()
        except FileNotFoundError:
            continue
        if status.st_uid != _ROOT:
            return Identity(uid=status.st_uid, gid=status.st_gid, dropped=True)
    user = _system_user()
    return Identity(uid=user.pw_uid, gid=user.pw_gid, dropped=True)


def _system_user() -> pwd.struct_passwd:
    """The system user, created on first use.

    Under a lock: four `useradd` at once write four users of one name.
    """
    with suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    complaint = ""
    with _USERS.open() as users:
        fcntl.flock(users, fcntl.LOCK_EX)
        with suppress(KeyError):
            return pwd.getpwnam(SYSTEM_USER)
        complaint = _create_user()
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise StoreError(
            "The database server cannot run as root, and the system user "
            f"{SYSTEM_USER!r} for it could not be made ({complaint}).",
            f"Create the user {SYSTEM_USER!r}, run Magnus as an ordinary user, or set "
            "DATABASE_URL to a PostgreSQL server.",
        ) from None


def _create_user() -> str:
    """Ask the system's own tool; its complaint, empty when it made none."""
    if useradd := shutil.which("useradd"):
        command = [useradd, "--system", "--user-group", "--no-create-home"]
        command += ["--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    elif adduser := shutil.which("adduser"):  # busybox: short options only
        command = [adduser, "-S", "-D", "-H", "-h", "/nonexistent", "-s", "/bin/false", SYSTEM_USER]
    else:
        return "neither useradd nor adduser is installed"
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=30, check=False, cwd="/"
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return done.stderr.strip() or done.stdout.strip() or f"exit status {done.returncode}"
