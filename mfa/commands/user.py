"""`magnus user`: who may sign in, and their second factor.

The shell is the installation's own person's: whoever may use its database may use this.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from mfa.commands import session

if TYPE_CHECKING:
    from mfa.security.guard import Guard
    from mfa.store.sessions import Session


@click.group()
def user() -> None:
    """Users of the page, their passwords, sessions and second factors."""


@user.command()
@click.argument("name")
def add(name: str) -> None:
    """Let NAME sign in. The first user is you: what is here already is theirs."""
    with session.guard() as guard:
        first = not guard.accounts.there_are_any()
        person = guard.accounts.add(name, _new_password())
    click.echo(f"{person.login} may sign in.")
    if first:
        click.echo(f"This installation's account, books and settings are {person.login}'s.")
    else:
        click.echo(
            f"{person.login} has lists, scans and conversations of their own, and no account."
        )


@user.command(name="list")
def list_() -> None:
    """Name the users, with their open sessions."""
    with session.guard() as guard:
        people = guard.accounts.all()
        for person in people:
            known = [
                "the installation's own" if person.user == guard.owner else "",
                "second factor" if guard.factor.is_enrolled(person.user) else "",
                f"{len(guard.sessions.of_user(person.user))} sessions",
                "disabled" if person.disabled_at else "",
            ]
            click.echo(f"{person.login}: {', '.join(filter(None, known))}")
    if not people:
        click.echo("Nobody signs in here. Begin with: magnus user add NAME")


@user.command()
@click.argument("name")
@click.option("--again", is_flag=True, help="Let them sign in again.")
def disable(name: str, again: bool) -> None:  # noqa: FBT001 - click's
    """Keep NAME from signing in, and end their sessions."""
    with session.guard() as guard:
        guard.accounts.disable(name, disabled=not again)
    click.echo(f"{name} may sign in again." if again else f"{name} may not sign in any more.")


@user.command()
@click.argument("name")
def passwd(name: str) -> None:
    """Give NAME another password; their sessions end."""
    with session.guard() as guard:
        guard.accounts.named(name)
        guard.accounts.set_password(name, _new_password())
    click.echo("Done. Every session has ended.")


@user.command()
@click.argument("name", required=False)
@click.option("--end", metavar="ID", help="End this one; the beginning of its id is enough.")
@click.option("--end-all", is_flag=True, help="End all of them.")
def sessions(name: str | None, end: str | None, end_all: bool) -> None:  # noqa: FBT001 - click's
    """Where NAME is signed in, and an end to it; without a name this installation's own person."""
    with session.guard() as guard:
        who = guard.owner if name is None else guard.accounts.named(name).user
        standing = guard.sessions.of_user(who)
        if end_all:
            click.echo(f"Ended: {guard.sessions.revoke(who)}.")
        elif end is not None:
            meant = [each for each in standing if str(each.id).startswith(end.lower())]
            if len(meant) != 1:
                raise click.ClickException(f"{end!r} names {len(meant)} sessions.")
            guard.sessions.revoke(who, meant[0].id)
            click.echo(f"Ended: {told_of(meant[0])}.")
        else:
            for each in standing:
                click.echo(f"{str(each.id)[:8]}  {told_of(each)}")
            if not standing:
                click.echo("There is none.")


def told_of(each: Session) -> str:
    """'Firefox on Linux at 192.0.2.7, since 20 Nov 16:00, last seen 20 Nov 17:31 UTC'."""
    since, seen = (f"{at:%d %b %H:%M}" for at in (each.created_at, each.seen_at))
    where = f"{each.device or each.door} at {each.address}"
    return f"{where}, since {since}, last seen {seen} UTC"


@user.command(name="2fa")
@click.argument("name", required=False)
@click.option("--remove", is_flag=True, help="Take the second factor away.")
@click.option("--codes", is_flag=True, help="Make other backup codes.")
@click.option("--verify", is_flag=True, help="Show it now, for this terminal's next 15 minutes.")
def two_factor(name: str | None, remove: bool, codes: bool, verify: bool) -> None:  # noqa: FBT001 - click's
    """Enrol a second factor for NAME; without a name for this installation's own person."""
    with session.guard() as guard:
        who = guard.owner if name is None else guard.accounts.named(name).user
        login = name or guard.owner
        if verify:
            _verify(guard, who)
        elif remove:
            if guard.factor.is_enrolled(who):
                _check(guard, who)
            gone = guard.factor.remove(who)
            click.echo("It is removed." if gone else "There was none.")
        elif codes:
            _check(guard, who)
            _say(guard.factor.new_codes(who))
        else:
            told = guard.factor.enrol(who, login)
            if sys.stdout.isatty():
                click.echo(told.blocks())
            click.echo(f"Your authenticator takes this address:\n  {told.uri}\nor this secret:")
            click.echo(f"  {told.secret}\nIt counts once a code has been entered.")
            _say(guard.factor.confirm(who, click.prompt("Code")))


def _verify(guard: Guard, who: str) -> None:
    from mfa.acting import own_session  # noqa: PLC0415 - deferred: the house of actions

    if not guard.verify(who, own_session("shell"), click.prompt("Code")):
        raise click.ClickException("That code is wrong, or was used before.")
    click.echo("Verified for 15 minutes.")


def _check(guard: Guard, who: str) -> None:
    if not guard.factor.verify(who, click.prompt("Code of now, or a backup code")):
        raise click.ClickException("That code is wrong, or was used before.")


def _say(codes: tuple[str, ...]) -> None:
    click.echo("Backup codes, each good for one time. They are not shown again:")
    for code in codes:
        click.echo(f"  {code}")


def _new_password() -> str:
    given: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return given
