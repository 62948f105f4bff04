"""`magnus watchlists`: the person's lists, changing them, and taking TradingView's over.

A sync is shown before it is done: without --apply it changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from connectors.lists.syncing import ListDifference
    from mfa.kernel.watchlists import Watchlist
    from mfa.store.watchlists import WatchlistRepository

_FILE_LIMIT = 1 << 20
_MARKS = {"new": "+", "renamed": "~", "changed": "~", "reordered": "~"}


@click.group(invoke_without_command=True)
@click.pass_context
def watchlists(context: click.Context) -> None:
    """Your lists of symbols; without a command, which there are."""
    if context.invoked_subcommand is None:
        context.invoke(list_)


@watchlists.command(name="list")
def list_() -> None:
    """Say which lists there are."""
    with _lists(changing=False) as (user, repository):
        found = _kept(repository, user)
    for each in found:
        click.echo(f"{each.name:32}{len(each.symbols):5}  {each.source}")
    if not found:
        click.echo("You have no watchlists yet. `magnus watchlists create NAME` makes one.")


@watchlists.command()
@click.argument("name")
@click.option("--export", "as_file", is_flag=True, help="As TradingView's 'Import list' reads it.")
def show(name: str, as_file: bool) -> None:  # noqa: FBT001 - click's
    """Say what is on the list NAME."""
    from connectors.vendors.files.tradingview import exported  # noqa: PLC0415 - when it is asked

    with _lists(changing=False) as (user, repository):
        found = _one(repository, user, name)
    if as_file:
        click.echo(exported(found.symbols), nl=False)
        return
    click.echo(f"{found.name}: {', '.join(found.symbols) or 'empty'}")


@watchlists.command()
@click.argument("name")
@click.argument("symbols", nargs=-1)
def create(name: str, symbols: tuple[str, ...]) -> None:
    """Make the list NAME, with SYMBOLS on it."""
    with _lists() as (user, repository):
        repository.create(user, name, symbols)
    click.echo(f"{name} is made, with {len(symbols)} on it.")


@watchlists.command()
@click.argument("name")
@click.argument("symbols", nargs=-1, required=True)
def add(name: str, symbols: tuple[str, ...]) -> None:
    """Put SYMBOLS at the end of the list NAME."""
    with _lists() as (user, repository):
        found = _one(repository, user, name)
        new = repository.add(user, found.name, symbols)
    click.echo(f"Added to {found.name}: {', '.join(new) or 'nothing that was not there'}.")
    _warn_of_sync(found)


@watchlists.command()
@click.argument("name")
@click.argument("symbols", nargs=-1, required=True)
def remove(name: str, symbols: tuple[str, ...]) -> None:
    """Take SYMBOLS off the list NAME."""
    with _lists() as (user, repository):
        found = _one(repository, user, name)
        gone = repository.remove(user, found.name, symbols)
    click.echo(f"Taken off {found.name}: {', '.join(gone) or 'nothing, none was on it'}.")
    _warn_of_sync(found)


@watchlists.command()
@click.argument("name")
@click.argument("new_name")
def rename(name: str, new_name: str) -> None:
    """Call the list NAME otherwise."""
    with _lists() as (user, repository):
        found = _one(repository, user, name)
        repository.rename(user, found.name, new_name)
    click.echo(f"{found.name} is called {new_name} now.")
    _warn_of_sync(found)


@watchlists.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
def delete(name: str, yes: bool) -> None:  # noqa: FBT001 - click's
    """Forget the list NAME."""
    with _lists() as (user, repository):
        found = _one(repository, user, name)
        if not yes:
            click.confirm(f"Delete {found.name} with {len(found.symbols)} symbols?", abort=True)
        repository.delete(user, found.name)
    click.echo(f"{found.name} is deleted.")


@watchlists.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", help="What to call the list, instead of the file's name.")
def import_(file: Path, name: str | None) -> None:
    """Read a list that was exported from TradingView; one of its name is replaced."""
    from connectors.lists.syncing import FILE  # noqa: PLC0415 - when it is asked
    from connectors.vendors.files.tradingview import read_watchlist  # noqa: PLC0415 - same

    with file.open("rb") as opened:
        found = read_watchlist(opened.read(_FILE_LIMIT + 1))
    wanted = (name if name is not None else file.stem).strip()
    with _lists() as (user, repository):
        repository.replace(user, wanted, found.symbols, FILE)
    click.echo(f"{wanted} holds {len(found.symbols)} symbols.")
    if found.left_out:
        click.echo(f"No US stocks, left out: {', '.join(found.left_out)}.")


@watchlists.command()
@click.option("--apply", is_flag=True, help="Take the lists over, as they were just shown.")
@click.pass_context
def sync(context: click.Context, apply: bool) -> None:  # noqa: FBT001 - click's
    """Compare your lists with TradingView's; with --apply, take those over."""
    # Deferred: the whole house, because it knows what is connected.
    from connectors.lists.syncing import changes  # noqa: PLC0415
    from connectors.tradingview import SOURCE, SyncStatus  # noqa: PLC0415
    from mfa.commands.session import assistant  # noqa: PLC0415
    from mfa.data.events import DataEvent  # noqa: PLC0415
    from mfa.kernel.outcome import Absent, Found  # noqa: PLC0415
    from mfa.store.watchlists import WatchlistRepository  # noqa: PLC0415

    with assistant() as opened:
        outcome = opened.data.query("tradingview", "sync", user=opened.settings.user)
        if not isinstance(outcome, Found) or not isinstance(outcome.value, SyncStatus):
            if isinstance(outcome, Absent):
                click.echo(outcome.reason, err=True)
                context.exit(0)
            click.echo(getattr(outcome, "message", ""), err=True)
            context.exit(1)
        status = outcome.value
        for row in status.rows:
            click.echo(_line(row))
        for warning in status.warnings:
            click.echo(warning, err=True)
        if not apply:
            if status.to_change:
                click.echo("Nothing was changed. Take them over with --apply.")
            return
        repository = WatchlistRepository(opened.database)
        repository.apply(opened.settings.user, changes(status.rows, source=SOURCE))
        opened.data.invalidate(DataEvent.WATCHLIST_CHANGED)
    click.echo(f"{status.to_change} of {status.lists} lists changed.")


def _line(row: ListDifference) -> str:
    name = f"{row.was} -> {row.name}" if row.change == "renamed" else row.name
    parts = [f"+{symbol}" for symbol in row.added] if row.change != "new" else list(row.symbols)
    parts += [f"-{symbol}" for symbol in row.removed]
    return f"{_MARKS.get(row.change, ' ')} {name:32}{row.change:12}{' '.join(parts)}".rstrip()


@contextmanager
def _lists(*, changing: bool = True) -> Iterator[tuple[str, WatchlistRepository]]:
    """The user and their lists; running pages are told when lists changed."""
    from mfa.commands.session import settings_for, tell  # noqa: PLC0415 - the ground floor
    from mfa.store.database import Database  # noqa: PLC0415 - same
    from mfa.store.settings import SettingRepository  # noqa: PLC0415 - same
    from mfa.store.watchlists import WatchlistRepository  # noqa: PLC0415 - same

    started = settings_for()
    with Database.open(started) as database:
        user = started.with_database(SettingRepository(database).all()).user
        yield user, WatchlistRepository(database)
        if changing:
            tell(database, "watchlist_changed")


def _kept(repository: WatchlistRepository, user: str) -> tuple[Watchlist, ...]:
    from mfa.kernel.errors import StoreError  # noqa: PLC0415 - the ground floor
    from mfa.kernel.outcome import Found  # noqa: PLC0415 - same

    outcome = repository.watchlists(user)
    if not isinstance(outcome, Found):
        raise StoreError(getattr(outcome, "message", "Watchlists could not be read."))
    return outcome.value


def _one(repository: WatchlistRepository, user: str, name: str) -> Watchlist:
    """The list of that name, whatever its case: what is changed is not guessed."""
    from mfa.kernel.errors import InputError  # noqa: PLC0415 - the ground floor

    found = _kept(repository, user)
    for each in found:
        if each.name.casefold() == name.strip().casefold():
            return each
    names = ", ".join(each.name for each in found) or "none yet"
    raise InputError(f"You have no list {name.strip()!r}.", f"Yours are: {names}.")


def _warn_of_sync(found: Watchlist) -> None:
    if found.origin:
        click.echo("This list follows TradingView's: the next sync makes it like that one again.")
