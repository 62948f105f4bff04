"""The watchlists of the first connected vendor that keeps some, found anew at each question.

Lists are no market data: they are asked for whatever the mode is, and only when a person wants to
compare them. The order of the settings is about prices and is not looked at here.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from mfa.kernel.errors import MagnusError
from mfa.kernel.outcome import Absent, Failed, FailureKind, Outcome
from mfa.kernel.watchlists import Watchlist

if TYPE_CHECKING:
    from connectors.sources.shelf import Shelf


class ConnectedLists:
    """`WatchlistSource`. `shelf` gives the vendors for one question."""

    def __init__(self, shelf: Callable[[], AbstractContextManager[Shelf]]) -> None:
        self._shelf = shelf

    def watchlists(self, user: str) -> Outcome[tuple[Watchlist, ...]]:
        """`Absent` with the ways to connect where no such vendor is connected."""
        try:
            with self._shelf() as shelf:
                return _ask(shelf, user)
        except MagnusError as error:
            return Failed(FailureKind.UNAVAILABLE, str(error))


def _ask(shelf: Shelf, user: str) -> Outcome[tuple[Watchlist, ...]]:
    doors = [each for each in shelf.doors.doors.values() if "watchlists" in each.provides]
    connected = [each for each in doors if each.vendor in shelf.connected]
    if not connected:
        ways = " ".join(
            f"{door.title} is not connected (`magnus connect {door.vendor}`). {door.note}".strip()
            for door in doors
        )
        return Absent(ways or "No vendor here keeps watchlists.")
    opened = shelf.open(connected[0].vendor)
    if isinstance(opened, Failed):
        return opened
    if opened.watchlists is None:
        return Failed(
            FailureKind.NOT_SUPPORTED, f"{connected[0].title} keeps no watchlists after all."
        )
    return opened.watchlists.watchlists(user)
