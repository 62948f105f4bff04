"""`magnus connect` and `magnus disconnect`: vendors' credentials, tested before they are kept.

Secrets are typed unseen, or come from the environment or as JSON on standard input; never as an
argument, which other users of the machine and the shell's history would see.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import click
from pydantic import SecretStr

from mfa.kernel.errors import InputError

if TYPE_CHECKING:
    from connectors.vendors.ground.door import CredentialField, Secrets, VendorDoor
    from connectors.vendors.ground.login import Login, Step
    from mfa.connecting.connections import Connections, Tried

PREFIX: Final = "MAGNUS_CONNECT_"
_LARGEST: Final = 64 << 10
_PAUSE: Final = 2.0
_LOOKS: Final = 90


@click.command()
@click.argument("vendor", required=False)
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the fields as JSON, ask nothing.")
@click.option("--paste", is_flag=True, help="Enter tokens instead of signing in.")
@click.option("--other-account", is_flag=True, help="It may be another account than before.")
def connect(
    vendor: str | None,
    from_stdin: bool,  # noqa: FBT001 - click's
    paste: bool,  # noqa: FBT001 - click's
    other_account: bool,  # noqa: FBT001 - click's
) -> None:
    """Connect VENDOR; without it, list the vendors and their state.

    A field may also come from the environment: MAGNUS_CONNECT_ and its name in capitals.
    """
    connections = _connections()
    if vendor is None:
        _list(connections)
        return
    door = connections.door(vendor)
    if not door.fields:
        click.echo(f"{door.title} needs no key. {door.note}")
        return
    click.echo(door.note)
    given = _given(door, from_stdin=from_stdin)
    brought = any(each.name in given for each in door.fields if not each.optional)
    direct = paste or brought or door.login is None
    if direct:
        tried = connections.test(door.vendor, _entered(door.fields, given, ask=not from_stdin))
    else:
        tried = _signed_in(connections, door, given, ask=not from_stdin)
    _kept(connections, tried, other_account=other_account, ask=not from_stdin)


@click.command()
@click.argument("vendor")
@click.option("--yes", is_flag=True, help="Do not ask.")
def disconnect(vendor: str, yes: bool) -> None:  # noqa: FBT001 - click's
    """Delete the credentials of VENDOR here."""
    connections = _connections()
    if not yes:
        click.confirm(f"Delete the credentials of {vendor} on this machine?", abort=True)
    click.echo(connections.disconnect(vendor))


def _connections() -> Connections:
    # Deferred: vendors' doors and the vault, for these two commands only.
    from connectors.vendors.doors import Doors  # noqa: PLC0415
    from mfa.commands.session import settings_for  # noqa: PLC0415
    from mfa.connecting.connections import Connections  # noqa: PLC0415
    from mfa.security.vault import Vault  # noqa: PLC0415

    settings = settings_for()
    vault = Vault(settings.home)
    return Connections(Doors.discover(), vault, origins=settings.vendor_origins)


def _list(connections: Connections) -> None:
    for each in connections.every():
        what = ", ".join(sorted(each.door.provides))
        click.echo(f"{each.door.vendor:13}{each.state():24}{what}")
        if each.fields:
            shown = ", ".join(f"{name} {value}" for name, value in each.fields.items())
            click.echo(f"{'':13}{shown}")
        if each.reminder:
            click.echo(f"{'':13}{each.reminder}")
    for broken in connections.broken:
        click.echo(f"{broken.vendor:13}could not be loaded: {broken.reason}")
    click.echo("Connect one with `magnus connect VENDOR`.")


def _given(door: VendorDoor, *, from_stdin: bool) -> dict[str, SecretStr]:
    """Fields from standard input and from the environment; what was piped in wins."""
    fields = (*door.fields, *(door.login.fields if door.login is not None else ()))
    given = {
        each.name: SecretStr(os.environ[PREFIX + each.name.upper()])
        for each in fields
        if os.environ.get(PREFIX + each.name.upper())
    }
    if not from_stdin:
        return given
    text = sys.stdin.read(_LARGEST)
    try:
        piped = json.loads(text)
    except ValueError:
        piped = None
    if not isinstance(piped, dict) or not all(isinstance(v, str) for v in piped.values()):
        names = ", ".join(f'"{each.name}": "..."' for each in fields if not each.optional)
        raise InputError("Standard input holds no JSON object of texts.", f"Send {{{names}}}.")
    return {**given, **{name: SecretStr(value) for name, value in piped.items()}}


def _entered(
    fields: tuple[CredentialField, ...], given: Mapping[str, SecretStr], *, ask: bool
) -> dict[str, SecretStr]:
    """What was given, and what a person types for the rest."""
    entered = dict(given)
    for each in fields:
        if each.name in entered or not ask:
            continue
        label = f"{each.label} (may be empty)" if each.optional else each.label
        if each.help:
            click.echo(f"  {each.help}")
        text = click.prompt(
            label,
            hide_input=each.secret,
            default=each.choices[0] if each.choices else ("" if each.optional else None),
            show_default=bool(each.choices),
            type=click.Choice(each.choices) if each.choices else str,
        )
        entered[each.name] = SecretStr(text)
    return entered


def _signed_in(
    connections: Connections, door: VendorDoor, given: Mapping[str, SecretStr], *, ask: bool
) -> Tried:
    """Drive the vendor's sign-in to its end, then test the tokens that it gave."""
    fields = door.login.fields if door.login is not None else ()
    account = {name: s for name, s in given.items() if name not in {f.name for f in fields}}
    login = connections.login(door.vendor)
    try:
        started = _entered(fields, {n: s for n, s in given.items() if n not in account}, ask=ask)
        step = login.begin(started)
        looks = 0
        while step.tokens is None:
            step, looks = _led(login, step, looks, ask=ask)
        click.echo(step.sentence)
        tokens: Secrets = {**step.tokens, **account}
    finally:
        login.close()
    return connections.test(door.vendor, tokens)


def _led(login: Login, step: Step, looks: int, *, ask: bool) -> tuple[Step, int]:
    """One step further. `InputError` where it ends."""
    from connectors.vendors.ground.login import Wants  # noqa: PLC0415 - as above

    if step.wants is Wants.CREDENTIALS:
        raise InputError(step.sentence, "Nothing was stored.")
    if step.wants is Wants.PATIENCE:
        if looks >= _LOOKS:
            raise InputError(step.sentence, "It takes too long; nothing was stored.")
        time.sleep(_PAUSE)
        return login.poll(), looks + 1
    if not ask:
        raise InputError(step.sentence, "A person has to do this: run it in a terminal.")
    click.echo(step.sentence)
    if step.wants is Wants.APPROVAL:
        click.prompt("Press Enter when it is done", default="", show_default=False)
        return login.poll(), looks
    try:
        return login.answer(SecretStr(click.prompt("Code", hide_input=True))), looks
    except InputError as error:
        click.echo(str(error))
        return step, looks


def _kept(connections: Connections, tried: Tried, *, other_account: bool, ask: bool) -> None:
    click.echo(tried.sentence)
    if tried.passed and tried.another and not other_account and ask:
        click.confirm(
            f"The account connected before is {tried.before}, this one is {tried.account}. "
            "Store it all the same?",
            abort=True,
        )
        other_account = True
    masked = connections.keep(tried, another=other_account)
    shown = ", ".join(f"{name} {value}" for name, value in masked.fields.items())
    click.echo(f"Stored encrypted: {shown}.")
    click.echo("A Magnus that is running takes it up at its next start.")
