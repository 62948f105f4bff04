"""Signing in where a key does not do: a conversation in steps, driven by a page or a command.

A login asks nothing of a terminal, sleeps nowhere and writes nothing to the disk. Whoever drives it
does what the last `Step` wants, and keeps the step's `tokens` once they have passed their test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pydantic import SecretStr


class Wants(StrEnum):
    """What happens next, and who does it."""

    CREDENTIALS = "credentials"
    """`begin`: the person enters name and password (again)."""
    CODE = "code"
    """`answer`: the person enters the code that came."""
    APPROVAL = "approval"
    """`poll`, now and then: the person approves on another device."""
    PATIENCE = "patience"
    """`poll`, in a few seconds: the vendor is not ready yet."""
    NOTHING = "nothing"
    """It is done, and `tokens` are there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Where a login stands. `sentence` is for the person; `trouble` says that something failed.

    `state` is the vendor's own name of where it stands, for logs and tests.
    """

    state: str
    wants: Wants
    sentence: str
    trouble: bool = False
    tokens: Mapping[str, SecretStr] | None = None


class Login(Protocol):
    """One person's way in. No method raises for what the vendor does; none waits for a person."""

    @property
    def step(self) -> Step: ...

    def begin(self, entered: Mapping[str, SecretStr]) -> Step: ...

    def answer(self, code: SecretStr) -> Step: ...

    def poll(self) -> Step: ...

    def close(self) -> None:
        """Forget what was entered and end the connection."""
        ...
