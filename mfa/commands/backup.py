"""`magnus backup` and `magnus restore`: everything Magnus knows, in one file and back."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write everything to FILE, as of one moment. Magnus may go on meanwhile."""
    # Deferred: the database's room.
    from mfa.commands.session import settings_for  # noqa: PLC0415
    from mfa.store.backup import backup as write  # noqa: PLC0415
    from mfa.store.database import Database  # noqa: PLC0415

    with Database.open(settings_for()) as database:
        manifest = write(database, file)
    click.echo(f"{file}: {sum(manifest.rows.values())} rows in {len(manifest.rows)} tables.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def restore(file: Path, yes: bool) -> None:  # noqa: FBT001 - click's
    """Put FILE's content in the place of what is there: all of it or nothing."""
    from mfa.commands.session import settings_for  # noqa: PLC0415 - as above
    from mfa.store.backup import restore as read  # noqa: PLC0415 - as above
    from mfa.store.database import Database  # noqa: PLC0415 - as above

    settings = settings_for()
    where = settings.home if settings.database_url is None else "the database of DATABASE_URL"
    if not yes:
        click.confirm(f"Everything in {where} is replaced by {file}. Go on?", abort=True)
    with Database.open(settings) as database:
        manifest = read(database, file)
    click.echo(
        f"Restored {sum(manifest.rows.values())} rows as of {manifest.made:%Y-%m-%d %H:%M} UTC."
    )
