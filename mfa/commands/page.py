"""`magnus run`: serve the page on this machine until it is stopped."""

from __future__ import annotations

import os
import sys

import click


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Exactly this port.")
@click.option("--address", help="Listen on this address instead of this machine's own.")
@click.option("--open/--headless", "open_", default=None, help="Open a browser, or never.")
def run(port: int | None, address: str | None, open_: bool | None) -> None:  # noqa: FBT001 - click's
    """Serve the page until Ctrl-C. Says where it is once it answers."""
    # Deferred: the other commands need none of it.
    from mfa.commands.session import settings_for  # noqa: PLC0415
    from mfa.run import run_page  # noqa: PLC0415

    given = {"port": port, "address": address}
    asked = {name: value for name, value in given.items() if value is not None}
    settings = settings_for(**asked)
    if settings.address not in ("127.0.0.1", "::1", "localhost"):
        click.echo(
            f"Careful: on {settings.address}, other machines reach this page. It shows nothing to"
            " anybody who has not signed in; `magnus user add NAME` makes an account. What is typed"
            " travels as it is: put a server that speaks TLS in front.",
            err=True,
        )
    run_page(
        settings,
        port_asked="port" in settings.model_fields_set,
        open_browser=_has_screen() if open_ is None else open_,
    )


def _has_screen() -> bool:
    """Whether a person sits in front of this machine's own screen."""
    screen = (
        sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    return sys.stdout.isatty() and bool(screen) and "SSH_CONNECTION" not in os.environ
