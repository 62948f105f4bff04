"""`magnus import` and `magnus imports`: an account's history by file, shown before it is kept.

A broker's CSV export becomes the imported account; a watchlist exported from TradingView becomes a
watchlist. Nothing is kept before it was shown and confirmed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mfa.kernel.errors import InputError

if TYPE_CHECKING:
    from connectors.imported.importing import ListPreview
    from mfa.store.imports import Import, ImportRepository
    from mfa.store.watchlists import WatchlistRepository


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--broker", help="Read it as this broker's export and no other's.")
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="'THEIRS=ours'",
    help="The file's column for one of ours (date, kind, symbol, quantity, price, fees, amount, "
    "memo, effect). Repeatable; for a header that no broker is known by.",
)
@click.option("--name", help="Name of a watchlist; the file's own without it.")
@click.option("--dry-run", is_flag=True, help="Show what would be added, and add nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def import_(  # noqa: PLR0917 - click's
    file: Path,
    broker: str | None,
    pairs: tuple[str, ...],
    name: str | None,
    dry_run: bool,  # noqa: FBT001 - click's
    yes: bool,  # noqa: FBT001 - click's
) -> None:
    """Add a broker's export, or a list exported from TradingView, after showing what it holds.

    Known are exports of Robinhood, Schwab, Fidelity, tastytrade, IBKR Flex and a plain format with
    the columns date, kind, symbol, quantity, price, fees, amount, memo. The same file again adds
    nothing.
    """
    # Deferred: the connectors' and the database's rooms.
    from connectors.imported import importing  # noqa: PLC0415
    from mfa.commands.import_table import said_of, table_of  # noqa: PLC0415

    content, columns = file.read_bytes(), _columns(pairs)
    with _stores() as (user, imports, lists):
        listed = None
        if broker is None and columns is None:
            listed = importing.preview_list(lists, user, name or file.stem, content)
        if listed is not None:
            _keep_list(lists, user, listed, dry_run=dry_run, yes=yes)
            return
        try:
            shown = importing.preview(
                imports, user, file.name, content, broker=broker, columns=columns
            )
        except InputError as error:
            raise error if columns else _with_columns(error, content) from None
        click.echo("\n".join(filter(None, (table_of(shown), said_of(shown)))))
        if dry_run or not shown.new:
            return
        if not yes:
            click.confirm(f"Add {_rows(len(shown.new))}?", abort=True)
        kept = importing.keep(imports, user, shown)
        click.echo(
            f"Import {kept.id}: {_rows(kept.added)} added. Undo: magnus imports undo {kept.id}"
        )


@click.group(invoke_without_command=True)
@click.pass_context
def imports(context: click.Context) -> None:
    """List what was imported, and what of it does not fit together."""
    if context.invoked_subcommand is not None:
        return
    from connectors.imported.fold import fold  # noqa: PLC0415 - as above
    from connectors.imported.misfits import misfits  # noqa: PLC0415 - as above
    from mfa.kernel.clock import RealClock  # noqa: PLC0415 - as above

    with _stores() as (user, repository, _):
        found = repository.imports(user)
        for each in found:
            click.echo(_line(each))
        problems = misfits(fold(repository.movements(user)), RealClock().now())
    if not found:
        click.echo("Nothing was imported yet. Begin with: magnus import FILE")
    for problem in problems:
        click.echo(f"! {problem}")


@imports.command()
@click.argument("number", type=click.IntRange(min=1), metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
def undo(number: int, yes: bool) -> None:  # noqa: FBT001 - click's
    """Remove exactly what the import ID added."""
    with _stores() as (user, repository, _):
        found = next((each for each in repository.imports(user) if each.id == number), None)
        if found is None:
            raise InputError(f"You have no import {number}.", "'magnus imports' lists them.")
        if not yes:
            click.confirm(f"Remove {_line(found)}?", abort=True)
        gone = repository.undo(user, number)
        click.echo(f"Import {gone.id} is undone: {_rows(gone.added)} removed.")


@contextmanager
def _stores() -> Iterator[tuple[str, ImportRepository, WatchlistRepository]]:
    from mfa.commands.session import settings_for  # noqa: PLC0415 - as above
    from mfa.store.database import Database  # noqa: PLC0415 - as above
    from mfa.store.imports import ImportRepository  # noqa: PLC0415 - as above
    from mfa.store.watchlists import WatchlistRepository  # noqa: PLC0415 - as above

    settings = settings_for()
    with Database.open(settings) as database:
        yield settings.user, ImportRepository(database), WatchlistRepository(database)


def _with_columns(error: InputError, content: bytes) -> InputError:
    """The problem, and how the file's own columns can be named where it has any."""
    from connectors.vendors.files.history import columns_of  # noqa: PLC0415 - as above

    try:
        theirs = ", ".join(columns_of(content)[:20])
    except InputError:
        return error
    remedy = f"The file's columns are {theirs}; say which are ours with --map 'THEIRS=date' ..."
    return InputError(error.message, f"{error.remedy} {remedy}".strip())


def _columns(pairs: tuple[str, ...]) -> dict[str, str] | None:
    if not pairs:
        return None
    found = {}
    for pair in pairs:
        theirs, sign, ours = pair.rpartition("=")
        if not sign or not theirs.strip() or not ours.strip():
            raise click.UsageError(f"{pair!r} is not 'THEIR COLUMN=our column'.")
        found[theirs] = ours
    return found


def _keep_list(
    lists: WatchlistRepository, user: str, shown: ListPreview, *, dry_run: bool, yes: bool
) -> None:
    from connectors.imported.importing import keep_list  # noqa: PLC0415 - as above

    symbols = shown.file.symbols
    click.echo(f"A list of {len(symbols)} symbols: {', '.join(symbols)}")
    if shown.file.left_out:
        click.echo(f"Left out, as no US stock: {', '.join(shown.file.left_out)}")
    if shown.replaces == symbols:
        click.echo(f"Your list {shown.name!r} holds exactly these already.")
        return
    if dry_run:
        return
    if not yes:
        change = f"Make the list {shown.name!r}"
        if shown.replaces is not None:
            new, gone = set(symbols) - set(shown.replaces), set(shown.replaces) - set(symbols)
            change = f"You have a list {shown.name!r}: {len(new)} come, {len(gone)} go. Replace it"
        click.confirm(f"{change}?", abort=True)
    keep_list(lists, user, shown)
    click.echo(f"The list {shown.name!r} holds {len(symbols)} symbols.")


def _line(each: Import) -> str:
    """'3  2026-11-21 10:31  Schwab  history.csv  120 rows, 4 known before, 2 problems'."""
    counts = [_rows(each.added)]
    counts += [f"{each.duplicates} known before"] if each.duplicates else []
    counts += [f"{each.problems} problems"] if each.problems else []
    when = f"{each.imported_at:%Y-%m-%d %H:%M}"
    return f"{each.id:>4}  {when}  {each.broker:<12}  {each.file_name}  {', '.join(counts)}"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
