"""`magnus practice`: where the practice clock stands, moving it, and beginning afresh."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from mfa.kernel.errors import InputError

if TYPE_CHECKING:
    from connectors.practice.desk import PracticeDesk
    from mfa.kernel.settings import Settings


@click.group()
def practice() -> None:
    """The built-in market and account."""


@practice.command()
def status() -> None:
    """Say where the practice clock stands and what the account is worth."""
    with _desk() as (_, desk):
        click.echo("\n".join(_standing(desk)))


@practice.command()
@click.option("--days", type=click.IntRange(min=1), help="So many sessions.")
@click.option("--weeks", type=click.IntRange(min=1))
@click.option("--hours", type=click.IntRange(min=1))
@click.option("--to", "to", type=click.DateTime(["%Y-%m-%d"]), help="To a date.")
@click.option("--expiration", is_flag=True, help="To the next expiration of an option held.")
def advance(
    days: int | None,
    weeks: int | None,
    hours: int | None,
    to: datetime | None,
    expiration: bool,  # noqa: FBT001 - click's
) -> None:
    """Move the practice clock, settling what falls due on the way."""
    asked = {
        "days": days,
        "weeks": weeks,
        "hours": hours,
        "to": None if to is None else to.date(),
        "expiration": expiration or None,
    }
    given: dict[str, Any] = {name: value for name, value in asked.items() if value is not None}
    if len(given) != 1:
        raise click.UsageError("Give one of --days, --weeks, --hours, --to and --expiration.")
    with _desk() as (_, desk):
        report = desk.advance(**given)
        lines = [str(event) for event in report.events] or ["Nothing was settled on the way."]
        click.echo("\n".join([*lines, report.note]).rstrip())
        click.echo("\n".join(_standing(desk)))


@practice.command()
@click.option("--seed", type=click.IntRange(min=0), help="Another market and history.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def reset(seed: int | None, yes: bool) -> None:  # noqa: FBT001 - click's
    """Throw the practice account away and begin its history afresh."""
    with _desk() as (settings, desk):
        if not yes:
            click.confirm("This deletes the practice account's history. Go on?", abort=True)
        desk.reset(settings.practice_seed if seed is None else seed)
        click.echo("\n".join(_standing(desk)))


@contextmanager
def _desk() -> Iterator[tuple[Settings, PracticeDesk]]:
    # Deferred: the whole house.
    from mfa.commands.session import assistant  # noqa: PLC0415

    with assistant() as opened:
        if opened.desk is None:
            raise InputError(
                f"Magnus is in {opened.settings.mode.badge} mode, which has no practice account.",
                "Set MAGNUS_MODE=practice for this command.",
            )
        yield opened.settings, opened.desk


def _standing(desk: PracticeDesk) -> list[str]:
    status = desk.status()
    expirations = ", ".join(f"{day:%Y-%m-%d}" for day in status.next_expirations[:4])
    market = "open" if status.market_open else "closed"
    return [
        f"PRACTICE, account {status.account_id}, seed {status.seed}",
        f"Clock        {status.now:%A %Y-%m-%d %H:%M} UTC, the market is {market}",
        f"Data end     {status.last_day}, {status.sessions_left} sessions from now",
        f"Equity       ${status.equity:,.2f}, of it cash ${status.cash:,.2f}",
        f"Positions    {status.open_positions} open, {status.closed_trades} trades closed",
        f"Expirations  {expirations or 'none held'}",
    ]
