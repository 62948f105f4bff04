"""The mode is a type, not a flag: it decides the schema, the sources and the badge."""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    """Where prices come from and what an order would touch."""

    PRACTICE = "practice"
    """Built-in market: real closes replayed, quotes computed, orders filled by rules."""
    PAPER = "paper"
    """Live data, simulated fills."""
    LIVE = "live"
    """A real broker and real money."""

    @property
    def schema(self) -> str:
        """The PostgreSQL schema that holds this mode's books."""
        return self.value

    @property
    def badge(self) -> str:
        """What stands on every page, card and record."""
        return self.value.upper()
