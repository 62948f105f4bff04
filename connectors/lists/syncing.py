"""The lists of an outside system beside the house's own: what taking them over would change.

A list that follows one elsewhere becomes what that one is: its name, its symbols, its order. Lists
of the house's own are never touched: where one has a followed list's name, the follower gets the
outside system's name behind it. A list imported from a file follows the list of its name. What is
gone there stays here, since a list that could not be read looks the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from pydantic import Field

from connectors.base import Result
from mfa.kernel.watchlists import ListChange, Watchlist

FILE: Final = "file"
_LONGEST: Final = 60


class ListDifference(Result):
    """One list: `was` is its name here now, empty where there is none; `name` what it would be."""

    name: str
    change: Literal["new", "renamed", "changed", "reordered", "same", "gone there"]
    was: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    symbols: tuple[str, ...]
    left_out: tuple[str, ...]
    origin: str
    count: int = Field(title="Symbols then")

    @property
    def matters(self) -> bool:
        """Whether taking over would change anything."""
        return self.change not in {"same", "gone there"}


def differences(
    here: Sequence[Watchlist], there: Sequence[Watchlist], *, source: str, title: str
) -> tuple[ListDifference, ...]:
    """Each list of `there` in its order, then the followers whose list is gone there.

    `source` marks the house's lists that follow; `title` is put behind a name that is taken.
    """
    followers = {each.origin: each for each in here if each.source == source and each.origin}
    imported = {
        each.name.casefold(): each
        for each in here
        if each.source in {FILE, source} and not each.origin
    }
    matched = {
        each.origin: followers.get(each.origin) or imported.pop(each.name.casefold(), None)
        for each in there
    }
    followed = {each.name for each in matched.values() if each is not None}
    taken = {each.name.casefold() for each in here if each.name not in followed}
    found = []
    for each in there:
        name = _free(each.name, taken, title)
        taken.add(name.casefold())
        found.append(_difference(each, matched[each.origin], name))
    gone = [each for origin, each in followers.items() if origin not in matched]
    return (*found, *(_gone(each) for each in gone))


def changes(found: Sequence[ListDifference], *, source: str) -> tuple[ListChange, ...]:
    """What to write to take them over; lists that are the same are marked as seen."""
    return tuple(
        ListChange(
            was=each.was, name=each.name, symbols=each.symbols, source=source, origin=each.origin
        )
        for each in found
        if each.change != "gone there"
    )


def _difference(there: Watchlist, here: Watchlist | None, name: str) -> ListDifference:
    had = here.symbols if here is not None else ()
    added = tuple(symbol for symbol in there.symbols if symbol not in set(had))
    removed = tuple(symbol for symbol in had if symbol not in set(there.symbols))
    change: Literal["new", "renamed", "changed", "reordered", "same"]
    if here is None:
        change = "new"
    elif here.name != name:
        change = "renamed"
    elif added or removed:
        change = "changed"
    else:
        change = "same" if had == there.symbols else "reordered"
    return ListDifference(
        name=name, change=change, was=here.name if here is not None else "", added=added,
        removed=removed, symbols=there.symbols, left_out=there.left_out, origin=there.origin,
        count=len(there.symbols),
    )  # fmt: skip


def _gone(here: Watchlist) -> ListDifference:
    return ListDifference(
        name=here.name, change="gone there", was=here.name, added=(), removed=(),
        symbols=here.symbols, left_out=(), origin=here.origin, count=len(here.symbols),
    )  # fmt: skip


def _free(name: str, taken: set[str], title: str) -> str:
    """`name`, or the first like it that no other list has."""
    candidates = [name, f"{name[: _LONGEST - len(title) - 3]} ({title})"]
    candidates += [f"{name[: _LONGEST - 5]} ({number})" for number in range(2, len(taken) + 3)]
    return next(each for each in candidates if each.casefold() not in taken)
