"""The protocol of whoever knows the settings in force, and the one for where nothing is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from mfa.kernel.outcome import Failed, FailureKind, Outcome
from mfa.kernel.setting_facts import SettingFact
from mfa.kernel.settings import Settings, load_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChange:
    """One change in the database. None is none: not set before, or removed."""

    name: str
    old: Any
    new: Any
    by: str
    at: datetime


class SettingsSource(Protocol):
    """Nothing here raises."""

    def in_force(self) -> Settings:
        """The settings now, with the database's where it can be read."""
        ...

    def facts(self) -> Outcome[tuple[SettingFact, ...]]:
        """Every setting in its order."""
        ...

    def changes(self, name: str | None, limit: int) -> Outcome[tuple[SettingChange, ...]]:
        """The latest first; of one setting, or of all."""
        ...


class StartedSettings:
    """The settings of environment and file, where no database keeps any."""

    def in_force(self) -> Settings:
        return load_settings()

    def facts(self) -> Outcome[tuple[SettingFact, ...]]:
        return _NOWHERE

    def changes(self, name: str | None, limit: int) -> Outcome[tuple[SettingChange, ...]]:
        del name, limit
        return _NOWHERE


_NOWHERE = Failed(FailureKind.NOT_SUPPORTED, "This house keeps no settings.")
