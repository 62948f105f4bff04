"""Whose rows the work of this thread may see and change: one person's, or the whole house's.

The database holds everybody to it (`mfa.store.row_security`); this module only carries the name to
where a transaction begins. Once bound to a person, a thread cannot be bound to another one. The
house's own work (recovery of turns, pruning, signing in) says so with `as_house`; nothing that a
person, a model or a connector hands in may decide on that.

A context does not reach threads that are made inside it: whoever makes one runs it in a copy of the
context (`contextvars.copy_context`) or binds it anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from mfa.kernel.errors import InputError

HOUSE: Final = "*"
"""Everybody's rows. No person is called so."""
NOBODY: Final = ""
"""Nobody's rows."""
_LONGEST: Final = 64

_bound: ContextVar[str | None] = ContextVar("magnus_user", default=None)


class NotYours(InputError):  # noqa: N818 - the state it tells of is its name
    """What was asked for or changed belongs to somebody else."""


def bound() -> str | None:
    """The person, `HOUSE` or `NOBODY`; None where nobody has said."""
    return _bound.get()


@contextmanager
def acting_as(user: str) -> Iterator[None]:
    """Within, only this person's rows are there. `NotYours` inside the scope of another one."""
    token = _bound.set(_narrowed(user))
    try:
        yield
    finally:
        _bound.reset(token)


@contextmanager
def as_house() -> Iterator[None]:
    """Within, everybody's rows are there."""
    token = _bound.set(HOUSE)
    try:
        yield
    finally:
        _bound.reset(token)


def act_as(user: str) -> None:
    """From here on, on this thread: for doors whose frame is not theirs to leave (a page's script).

    Replaces whoever it was bound to, since the door has just asked who sits there.
    """
    _bound.set(user if user == NOBODY else _checked(user))


def own(user: str) -> str:
    """`user`, or `NotYours` where this thread is bound to somebody else."""
    return _narrowed(user)


def may_see(user: str) -> bool:
    """Whether rows of `user` are there for this thread."""
    there = _bound.get()
    return there is None or there in {HOUSE, user}


def _narrowed(user: str) -> str:
    there = _bound.get()
    if there is not None and there not in {HOUSE, user}:
        raise NotYours("That belongs to another person.", "Sign in as that person.")
    return _checked(user)


def _checked(user: str) -> str:
    if not user or user == HOUSE or len(user) > _LONGEST or not user.isprintable():
        raise InputError(f"{user!r} cannot be a person's name.")
    return user
