"""`magnus memory`: what Magnus remembers about its user: listed, added, edited, forgotten.

Opens the database alone; running pages are told what changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from mfa.kernel.settings import Settings
    from mfa.store.memories import MemoryRepository


@click.group(invoke_without_command=True)
@click.pass_context
def memory(context: click.Context) -> None:
    """Show what is remembered, or change it."""
    if context.invoked_subcommand is None:
        context.invoke(list_)


@memory.command(name="list")
def list_() -> None:
    """Everything that is remembered, the latest first."""
    from mfa.answers.format import format_date  # noqa: PLC0415 - when it is needed, as below
    from mfa.kernel.errors import StoreError  # noqa: PLC0415
    from mfa.kernel.outcome import Found  # noqa: PLC0415

    with _kept(changing=False) as (settings, repository):
        outcome = repository.memories(settings.user, settings.mode.value)
    if not isinstance(outcome, Found):
        raise StoreError(getattr(outcome, "message", "Memories could not be read."))
    for each in outcome.value:
        click.echo(f"{each.id:>5}  {format_date(each.said_at.date())}  {each.kind:12}{each.text}")
    if not outcome.value:
        click.echo("Nothing is remembered. Add something: magnus memory add TEXT")


@memory.command()
@click.argument("text", nargs=-1, required=True)
@click.option(
    "--kind", type=click.Choice(["preference", "fact"]), help="Instead of what the words say."
)
def add(text: tuple[str, ...], kind: str | None) -> None:
    """Remember TEXT."""
    from datetime import UTC, datetime  # noqa: PLC0415

    from mfa.kernel.errors import InputError  # noqa: PLC0415
    from mfa.kernel.memories import kind_of  # noqa: PLC0415
    from mfa.kernel.outcome import Absent, Found  # noqa: PLC0415

    words = " ".join(text)
    with _kept() as (settings, repository):
        outcome = repository.remember(
            settings.user, words, said_at=datetime.now(UTC),
            kind="preference" if (kind or kind_of(words)) == "preference" else "fact",
        )  # fmt: skip
    if not isinstance(outcome, Found):
        said = outcome.reason if isinstance(outcome, Absent) else outcome.message
        raise InputError(said)
    click.echo(f"Remembered as {outcome.value.id}, a {outcome.value.kind}.")


@memory.command()
@click.argument("number", type=int)
@click.argument("text", nargs=-1, required=True)
def edit(number: int, text: tuple[str, ...]) -> None:
    """Put other words in the place of memory NUMBER."""
    with _kept() as (settings, repository):
        changed = repository.edit(settings.user, number, " ".join(text))
    click.echo(f"{changed.id} is: {changed.text}")


@memory.command()
@click.argument("numbers", type=int, nargs=-1, required=True)
def forget(numbers: tuple[int, ...]) -> None:
    """Take the memories NUMBERS away for good."""
    with _kept() as (settings, repository):
        for number in numbers:
            repository.forget(settings.user, number)
            click.echo(f"{number} is forgotten.")


@contextmanager
def _kept(*, changing: bool = True) -> Iterator[tuple[Settings, MemoryRepository]]:
    from mfa.commands.session import settings_for, tell  # noqa: PLC0415
    from mfa.store.database import Database  # noqa: PLC0415
    from mfa.store.memories import MemoryRepository  # noqa: PLC0415
    from mfa.store.settings import SettingRepository  # noqa: PLC0415

    started = settings_for()
    with Database.open(started) as database:
        settings = started.with_database(SettingRepository(database).all())
        yield settings, MemoryRepository(database)
        if changing:
            tell(database, "memories_changed")
