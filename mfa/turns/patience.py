"""Waiting for a database that went away: the store restarts it, we ask again for a while.

Only for statements that may be sent twice. Gives up with a sentence, never hangs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

import psycopg

from mfa.kernel.errors import StoreError

T = TypeVar("T")

LOST: Final = (psycopg.OperationalError, psycopg.InterfaceError, StoreError)
"""What a lost, starting, stopping or overloaded database looks like from here."""
_FIRST_WAIT: Final = 0.05
_LONGEST_WAIT: Final = 1.0


class StoreLost(StoreError):  # noqa: N818 - the state it tells of is its name
    """The database stayed away longer than we were willing to wait."""


def persist(
    action: Callable[[], T], *, patience: float, wait: Callable[[float], object] = time.sleep
) -> T:
    """`action()`, again and again for `patience` seconds while the database is lost."""
    until = time.monotonic() + patience
    pause = _FIRST_WAIT
    while True:
        try:
            return action()
        except LOST as error:
            if time.monotonic() + pause > until:
                raise StoreLost(
                    f"The database could not be reached for {patience:.0f} seconds ({error}).",
                    "`magnus doctor` shows what is wrong with it.",
                ) from error
        wait(pause)
        pause = min(2 * pause, _LONGEST_WAIT)
