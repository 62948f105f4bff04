"""Errors that a person is meant to read: what is wrong, and what to do about it."""

from __future__ import annotations


class MagnusError(Exception):
    """A problem with a clear sentence and, where there is one, the remedy.

    Doors print `str(error)` and never a traceback; anything else that escapes is a defect and is
    logged with its traceback.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(f"{message} {remedy}".strip())
        self.message = message
        self.remedy = remedy


class ConfigurationError(MagnusError):
    """A setting is missing, malformed or contradicts another."""


class StoreError(MagnusError):
    """The database cannot be started, reached or migrated."""


class InputError(MagnusError):
    """What a person or a caller gave cannot be used."""
