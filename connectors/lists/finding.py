"""The list that a person means: by its name, whatever its case, then by the nearest name.

A name that two lists are equally near to is not decided here: both are named. Where no name is
given, the usual list of the settings is meant, or the only one there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rapidfuzz import fuzz, process, utils

from connectors.base import Sources
from mfa.kernel.outcome import Absent, Found, Outcome
from mfa.kernel.watchlists import Watchlist

NEAR: Final = 75.0
"""Likeness (percent) from which a name is taken for a list's."""
_CLEARLY: Final = 5.0


def chosen_list(sources: Sources, user: str, name: str | None) -> Outcome[Watchlist]:
    """The person's list meant by `name`, or by none; a sentence that names what there is."""
    lists = sources.watchlists.watchlists(user)
    if not isinstance(lists, Found):
        return lists
    wanted = name if name is not None else sources.settings.in_force().watchlist
    chosen: Watchlist | Absent
    if wanted is not None:
        chosen = find_list(wanted, lists.value)
    elif len(lists.value) == 1:
        chosen = lists.value[0]
    else:
        names = ", ".join(each.name for each in lists.value)
        chosen = Absent(
            f"Which list do you mean: {names}? A usual one can be set as 'watchlist'."
            if names
            else "You have no watchlists yet."
        )
    return chosen if isinstance(chosen, Absent) else Found(chosen, lists.provenance)


def lists_to_scan(
    sources: Sources, user: str, name: str
) -> Outcome[tuple[tuple[Watchlist, ...], str | None]]:
    """The lists whose companies a scan looks at, and what to say of the choice.

    'My watchlist' is the usual one of the settings; without one it is every list, which is said: a
    scan changes nothing, so looking at more than was meant costs nobody anything.
    """
    if not is_any(name) or sources.settings.in_force().watchlist is not None:
        chosen = chosen_list(sources, user, None if is_any(name) else name)
        return chosen if not isinstance(chosen, Found) else chosen.map(lambda each: ((each,), None))
    lists = sources.watchlists.watchlists(user)
    if not isinstance(lists, Found):
        return lists
    if not lists.value:
        return Absent("You have no watchlists yet.")
    names = ", ".join(each.name for each in lists.value)
    said = (
        f"No list was named, so all of yours were looked through: {names}. "
        "A usual one can be set as 'watchlist'."
    )
    return lists.map(lambda all_: (all_, said if len(all_) > 1 else None))


def is_any(name: str) -> bool:
    """Whether `name` is no name: 'my watchlist', 'the list', 'my lists'."""
    return set(utils.default_process(name).split()) <= _NO_NAME


_NO_NAME: Final = frozenset({"my", "the", "own", "list", "lists", "watchlist", "watchlists"})


def find_list(name: str, lists: Sequence[Watchlist]) -> Watchlist | Absent:
    """The one list meant by `name`, or a sentence that names what there is."""
    if not lists:
        return Absent("You have no watchlists yet.")
    wanted = _plain(name)
    for each in lists:
        if _plain(each.name) == wanted:
            return each
    near = process.extract(
        wanted, [_plain(each.name) for each in lists], scorer=fuzz.WRatio, limit=2
    )
    best = near[0]
    if best[1] < NEAR:
        names = ", ".join(each.name for each in lists)
        return Absent(f"You have no watchlist {name!r}. Yours are: {names}.")
    if len(near) > 1 and best[1] - near[1][1] < _CLEARLY:
        both = " or ".join(lists[place].name for _, _, place in near)
        return Absent(f"Which list do you mean by {name!r}: {both}?")
    return lists[best[2]]


def _plain(name: str) -> str:
    """Without case, marks, and the word 'list' itself."""
    words = utils.default_process(name).split()
    kept = [word for word in words if word not in {"list", "watchlist", "my", "the"}]
    return " ".join(kept or words)
