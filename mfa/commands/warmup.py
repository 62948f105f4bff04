"""`magnus warmup`: do now what the first start and the first question would otherwise wait for."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click


@click.command()
def warmup() -> None:
    """Make the database, the practice account, the compiled mathematics, all that is made once."""
    # Deferred: the whole house, and what it takes is what is told.
    with _told("Reading the code"):
        from mfa.assistant import Assistant  # noqa: PLC0415
        from mfa.commands.health import Verdict, of_the_house  # noqa: PLC0415
        from mfa.commands.session import settings_for  # noqa: PLC0415
        from mfa.store.database import Database  # noqa: PLC0415
    settings = settings_for()
    with _told("Starting the database"):
        database = Database.open(settings)
    with database:
        with _told("Opening the account (the first time writes its history)"):
            assistant = Assistant.open(settings)
        with assistant:
            with _told("Preparing conversations"):
                assistant.prewarm()
            with _told("Asking every feature once"):
                checks = list(of_the_house(assistant))
    _compile()
    for check in checks:
        if check.verdict is not Verdict.OK:
            click.echo(f"{check.subject}: {check.sentence}", err=True)
    click.echo(f"Ready: {settings.home}")


def _compile() -> None:
    """Kernel by kernel; a line that is written over where a person watches."""
    from core_numba.jit import kernel  # noqa: PLC0415 - deferred like the rest

    began = time.monotonic()
    watched = sys.stdout.isatty()

    def tell(progress: kernel.Progress) -> None:
        if watched:
            line = f"Compiling the mathematics ... {progress.done}/{progress.total} {progress.name}"
            click.echo(f"\r\x1b[K{line}", nl=False)

    count = kernel.prepare(tell)
    if watched:
        click.echo("\r\x1b[K", nl=False)
    if count:
        seconds = time.monotonic() - began
        click.echo(
            f"Compiling the mathematics ... {count} kernels for {kernel.instructions()}, "
            f"{seconds:.1f} s"
        )
    else:
        click.echo("Compiling the mathematics ... not here; NumPy computes.")


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Say what is being done, and when it is done how long it took."""
    click.echo(f"{what} ... ", nl=False)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        click.echo("failed.")
        raise
    click.echo(f"{time.monotonic() - began:.1f} s")
