"""Which of the lock's packages an installation needs: the lean run, or with chosen extras.

One lock holds every extra's packages for every Python and platform. What belongs to which extra is
not written in it, but each package's `# via` lines say who asked for it: a package is needed when
`pyproject.toml` names it for the chosen extras, or when one that is needed asked for it. Nothing
here reads or writes a file.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==")
_NAME = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
_VIA = re.compile(r"^    #(?: via)?\s+(.+)$")


class LockError(Exception):
    """The lock does not fit `pyproject.toml`. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One pinned package: its lines as they stand in the lock, and who asked for it."""

    name: str
    lines: tuple[str, ...]
    via: frozenset[str]


def normal(name: str) -> str:
    """A package's name in the one spelling that compares (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def entries(lock: str) -> tuple[Entry, ...]:
    """The lock's entries, in its order. A name may stand twice, under different markers."""
    found: list[Entry] = []
    block: list[str] = []
    for line in [*lock.splitlines(), "end==0"]:
        if _PIN.match(line) and block:
            found.append(_entry(block))
            block = []
        if block or _PIN.match(line):
            block.append(line)
    return tuple(found)


def _entry(block: list[str]) -> Entry:
    pin = _PIN.match(block[0])
    if pin is None:
        raise LockError(f"The lock has an entry without a version: {block[0]}")
    via = (match.group(1).split()[0] for line in block if (match := _VIA.match(line)))
    return Entry(
        normal(pin.group(1)),
        tuple(line for line in block if line.strip() and not line.lstrip().startswith("#")),
        frozenset(normal(name) for name in via),
    )


def roots(pyproject: str, extras: Iterable[str]) -> frozenset[str]:
    """The names that `pyproject.toml` asks for itself, with those of `extras`."""
    project = tomllib.loads(pyproject)["project"]
    offered = project.get("optional-dependencies", {})
    wanted = list(project["dependencies"])
    for extra in extras:
        if extra not in offered:
            raise LockError(f"There is no extra {extra!r}; there are {', '.join(sorted(offered))}.")
        wanted += offered[extra]
    names = (_NAME.match(requirement) for requirement in wanted)
    return frozenset(normal(match.group(1)) for match in names if match)


def subset(lock: str, wanted: frozenset[str]) -> str:
    """The part of `lock` that `wanted` needs, as a requirements file with hashes."""
    pinned = entries(lock)
    missing = wanted - {entry.name for entry in pinned}
    if missing:
        raise LockError(f"The lock lacks {', '.join(sorted(missing))}; re-make it with: make lock")
    asked_by: dict[str, set[str]] = defaultdict(set)
    for entry in pinned:
        for parent in entry.via:
            asked_by[parent].add(entry.name)
    needed: set[str] = set()
    waiting = list(wanted)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting.extend(asked_by[name])
    return (
        "\n".join(line for entry in pinned if entry.name in needed for line in entry.lines) + "\n"
    )


def only(lock: str, name: str) -> str:
    """The lock's entries for one package alone."""
    return "\n".join(line for e in entries(lock) if e.name == name for line in e.lines) + "\n"
