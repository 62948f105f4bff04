"""`magnus settings`: what is in force and why, changing it, and what was changed.

Opens the database alone, so that a setting which keeps the house from standing can be put right.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mfa.kernel.setting_facts import SettingFact
    from mfa.kernel.settings import Settings
    from mfa.store.database import Database
    from mfa.store.settings import SettingRepository

DOOR = "command line"


@click.group(invoke_without_command=True)
@click.pass_context
def settings(context: click.Context) -> None:
    """Show all settings, or work with one of them."""
    if context.invoked_subcommand is None:
        for fact in _facts():
            click.echo(f"{fact.name:20}{fact.value:24}{fact.layer:13}{fact.description}")


@settings.command()
@click.argument("name")
def get(name: str) -> None:
    """Say what NAME is, who says so and what it may be."""
    _say(name)


@settings.command(name="set")
@click.argument("name")
@click.argument("value")
def set_(name: str, value: str) -> None:
    """Set NAME to VALUE in the database. 'none' takes a value away where there may be none."""
    # Deferred, here and below: the ground floor and the database.
    from mfa.commands.session import tell  # noqa: PLC0415
    from mfa.kernel.setting_facts import stored_value  # noqa: PLC0415

    stored = stored_value(name, value)
    with _kept() as (started, database, repository):
        repository.put(name, stored, by=f"{started.user}, {DOOR}")
        tell(database, "settings_changed")
    _say(name)


@settings.command()
@click.argument("name")
def unset(name: str) -> None:
    """Take what was set for NAME out of the database."""
    from mfa.commands.session import tell  # noqa: PLC0415

    with _kept() as (started, database, repository):
        gone = repository.remove(name, by=f"{started.user}, {DOOR}")
        tell(database, "settings_changed")
    if not gone:
        click.echo(f"Nothing was set for {name} in the database.")
    else:
        _say(name)


@settings.command()
@click.argument("name", required=False)
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
def history(name: str | None, limit: int) -> None:
    """Say who changed what, the latest first."""
    from mfa.answers.format import format_when  # noqa: PLC0415
    from mfa.kernel.setting_facts import shown  # noqa: PLC0415

    with _kept() as (_, _, repository):
        changes = repository.changes(name, limit)
    for each in changes:
        before, after = ("not set" if v is None else shown(v) for v in (each.old, each.new))
        click.echo(f"{format_when(each.at)}  {each.name}: {before} -> {after} ({each.by})")
    if not changes:
        click.echo("No setting was changed yet." if name is None else f"{name} was never changed.")


@contextmanager
def _kept() -> Iterator[tuple[Settings, Database, SettingRepository]]:
    from mfa.commands.session import settings_for  # noqa: PLC0415
    from mfa.store.database import Database  # noqa: PLC0415
    from mfa.store.settings import SettingRepository  # noqa: PLC0415

    started = settings_for()
    with Database.open(started) as database:
        yield started, database, SettingRepository(database)


def _facts() -> tuple[SettingFact, ...]:
    from mfa.kernel.setting_facts import setting_facts  # noqa: PLC0415

    with _kept() as (started, _, repository):
        return setting_facts(started, repository.all())


def _say(name: str) -> None:
    from mfa.kernel.setting_facts import known_name  # noqa: PLC0415

    wanted = known_name(name)
    fact = next(each for each in _facts() if each.name == wanted)
    click.echo(f"{fact.name} is {fact.value} (by {fact.layer}).")
    click.echo(fact.description)
    if fact.allowed:
        click.echo(f"It may be {fact.allowed}.")
    click.echo(fact.why_not or f"A change counts {fact.applies}.")
