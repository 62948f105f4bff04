"""`magnus halt` and `magnus resume`: stop every order, and let them be sent again.

`halt` needs no database, no assistant and no settings file. `resume` is a separate deliberate act:
it asks for a word, or for an option with a long name, and for the second factor of the
installation's own person where one is enrolled. Anybody at any door may halt; only that person, at
this terminal, lets orders be sent again.
"""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Final

import click

WORD: Final = "RESUME"
OFFERS: Final = (
    "Working orders stay at the broker: cancel them there, or with"
    " `magnus ask 'cancel all my orders'`.\n"
    "What is held can be closed with `magnus ask 'close everything despite the halt'`."
)


@click.command()
@click.option("--reason", default="", help="Why; shown wherever the halt is.")
def halt(reason: str) -> None:
    """Stop every order at once. Nothing is sent until `magnus resume`."""
    from actions.halt import Halt  # noqa: PLC0415 - light, and only for this
    from mfa.kernel.home import home_of_environment  # noqa: PLC0415 - same

    standing = Halt(home_of_environment()).set(reason, by=person())
    click.echo(standing.sentence)
    click.echo(OFFERS)


@click.command()
@click.option("--yes-send-orders-again", "sure", is_flag=True, help="Do not ask for the word.")
def resume(sure: bool) -> None:  # noqa: FBT001 - click's
    """Let orders be sent again after a halt."""
    from actions.halt import Halt  # noqa: PLC0415 - as above
    from mfa.kernel.home import home_of_environment  # noqa: PLC0415 - as above

    home = home_of_environment()
    kept = Halt(home)
    standing = kept.standing()
    if standing is None:
        click.echo("Magnus is not halted.")
        return
    click.echo(standing.sentence)
    if not sure:
        if not sys.stdin.isatty():
            raise click.UsageError("Say it at a terminal, or with --yes-send-orders-again.")
        if click.prompt(f"Type {WORD} to let orders be sent again", default="") != WORD:
            raise click.Abort
    _show_second_factor(home)
    kept.lift()
    click.echo("Orders can be sent again.")
    _record(standing.reason)


def _show_second_factor(home: Path) -> None:
    """Ask for it where there is one and it was not shown here within 15 minutes. Where nobody ever
    enrolled one nothing is asked, and no database is needed."""
    from mfa.security.second_factor import FOLDER  # noqa: PLC0415 - ciphers

    if not (home / FOLDER).exists():
        return
    from mfa.acting import own_session  # noqa: PLC0415 - the house of actions
    from mfa.commands.session import guard  # noqa: PLC0415 - the database's room
    from mfa.security.guard import Level  # noqa: PLC0415 - same

    with guard() as opened:
        session = own_session("shell")
        if opened.level(opened.owner, session, own_machine=True) >= Level.ADMIN:
            return
        code = click.prompt("Code of your authenticator, or a backup code")
        if not opened.verify(opened.owner, session, code):
            raise click.ClickException("That code is wrong, or was used before. It stays halted.")


def _record(reason: str) -> None:
    """Write down who lifted the halt; it is lifted also where that cannot be written."""
    from actions.audit import AuditKind  # noqa: PLC0415 - the database's room, last
    from mfa.commands.audit import opened  # noqa: PLC0415 - same
    from mfa.kernel.errors import MagnusError  # noqa: PLC0415 - same

    try:
        with opened() as audit:
            audit.record(AuditKind.RESUME, user=person(), door="shell", reason=reason)
    except MagnusError as error:
        click.echo(f"It was not written into the audit: {error}", err=True)


def person() -> str:
    """Who sits at this machine, as the system calls them."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a user id without a name
        return "somebody at this machine"
