"""From the server's own words to a sentence with a remedy.

The known troubles of a desk's machine have their own sentence; anything else is passed on in the
server's words, last complaint first in importance.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_KNOWN: Final[tuple[tuple[str, str, str], ...]] = (
    (
        r"No space left on device|Disk quota exceeded|File too large",
        "The disk that holds {root} is full, so the database cannot be {doing}.",
        "Free some room there; nothing that was confirmed is lost.",
    ),
    (
        r"Read-only file system",
        "The disk that holds {root} is mounted read-only, so the database cannot be {doing}.",
        "Make it writable, or set MAGNUS_HOME to another disk.",
    ),
    (
        r"could not look up effective user ID",
        "PostgreSQL needs a name for the user that runs it, and this user id has none.",
        "Add it to /etc/passwd, or set DATABASE_URL to a PostgreSQL server.",
    ),
    (
        r"Operation not permitted",
        "The database server cannot run as root, and changing to another user is not permitted.",
        "Run Magnus as an ordinary user, or set DATABASE_URL to a PostgreSQL server.",
    ),
    (
        r"Permission denied",
        "The database in {root} cannot be {doing}: its files belong to another user.",
        "Give the directory to the user who runs Magnus, or set MAGNUS_HOME to one of theirs.",
    ),
    (
        r"could not (create|resize) shared memory|map anonymous|Cannot allocate memory",
        "There is not enough memory for the database to be {doing}.",
        "Close other programs, or set DATABASE_URL to a PostgreSQL server elsewhere.",
    ),
    (
        r"invalid .*checkpoint|not locate a valid checkpoint|incorrect checksum|global/pg_control",
        "The database in {root} is damaged and cannot be {doing}.",
        "Move the directory away and restore a backup.",
    ),
)
_COMPLAINT: Final = re.compile(r"(?:FATAL|PANIC|ERROR|error|could not).*")
_TRANSIENT: Final = re.compile(r"pre-existing shared memory block|Address already in use")


def sentence_for(log: str, root: Path, *, doing: str = "started") -> tuple[str, str]:
    """A message and a remedy for what the server said before it gave up."""
    for pattern, message, remedy in _KNOWN:
        if re.search(pattern, log):
            return message.format(root=root, doing=doing), remedy
    complaints = _COMPLAINT.findall(log)
    said = complaints[-1].strip() if complaints else "it said nothing"
    return f"The database in {root} cannot be {doing}: {said}.", f"See {root / 'postgres.log'}."


def is_transient(log: str) -> bool:
    """Whether trying once more can help: remains of a killed server that are still ending."""
    return _TRANSIENT.search(log) is not None
