"""What most commands begin with: the settings, quiet logs, an assistant that is closed after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mfa.kernel.logs import configure_logs
from mfa.kernel.settings import Settings, load_settings

if TYPE_CHECKING:
    from mfa.assistant import Assistant
    from mfa.security.guard import Guard
    from mfa.store.database import Database


def settings_for(**options: Any) -> Settings:
    """The settings with a command's options; logs below warning only where they were asked for."""
    settings = load_settings(**options)
    level = settings.log_level if "log_level" in settings.model_fields_set else "warning"
    configure_logs(level, settings.log_json)
    return settings


def tell(database: Database, event: str) -> None:
    """Say in every running process of the house that something changed (a `DataEvent`)."""
    from mfa.data.events import MADE_UNTRUE, DataEvent  # noqa: PLC0415 - when it is needed
    from mfa.store.generations import GenerationRepository  # noqa: PLC0415 - same

    GenerationRepository(database).move(MADE_UNTRUE[DataEvent(event)])


@contextmanager
def assistant() -> Iterator[Assistant]:
    """The whole house, for one command; the database stops with its last user."""
    from mfa.assistant import Assistant  # noqa: PLC0415 - seconds of imports; only when needed

    opened = Assistant.open(settings_for())
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def guard() -> Iterator[Guard]:
    """Who may sign in and how, for a command that asks about that alone: the database, no house."""
    from mfa.kernel.scope import as_house  # noqa: PLC0415 - with the rest
    from mfa.security.guard import Guard  # noqa: PLC0415 - the hashing of passwords
    from mfa.store.database import Database  # noqa: PLC0415 - the database
    from mfa.store.settings import SettingRepository  # noqa: PLC0415 - same

    started = settings_for()
    with Database.open(started) as database:
        settings = started.with_database(SettingRepository(database).all())
        with as_house():
            yield Guard.open(database, settings)
