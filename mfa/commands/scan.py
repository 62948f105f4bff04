"""`magnus scan`: scans of the premium scanner that one keeps under a name, and what they found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from mfa.assistant import Assistant
    from mfa.kernel.outcome import Outcome
    from mfa.store.scans import ScanRepository


@click.group()
def scan() -> None:
    """Scans for premium, kept under a name."""


@scan.command()
@click.argument("name")
@click.option("--param", "-p", "params", multiple=True, metavar="NAME=VALUE", help="Repeatable.")
def save(name: str, params: tuple[str, ...]) -> None:
    """Keep a scan under NAME, for example: magnus scan save Condors -p strategy=iron_condor"""
    # Deferred: the whole house.
    from mfa.commands.query import typed_values  # noqa: PLC0415
    from mfa.data.requests import validated  # noqa: PLC0415

    with _house() as (opened, scans):
        query = opened.data.registry.find("premium_scanner", "scan").query
        given = typed_values(params, query.params.model_json_schema())
        checked = validated("premium_scanner", query, given)
        limits = checked.model_dump(mode="json", exclude_unset=True)
        replaced = scans.save(opened.settings.user, name, limits)
    click.echo(f"{'Replaced' if replaced else 'Saved'}. `magnus scan run {name!r}` runs it.")


@scan.command(name="list")
def list_() -> None:
    """Name the saved scans, with their last runs."""
    with _house() as (opened, _):
        outcome = opened.data.query("premium_scanner", "saved_scans", user=opened.settings.user)
    for row in getattr(_value(outcome), "rows", ()):
        times = "1 run" if row.runs == 1 else f"{row.runs} runs"
        last = f"{times}, last {row.last_run:%Y-%m-%d}: {row.last_best}" if row.runs else "not run"
        click.echo(f"{row.name}: {row.strategy}, {row.limits}; {last}")


@scan.command()
@click.argument("name")
def run(name: str) -> None:
    """Run the saved scan NAME now, and keep what it finds in its history."""
    with _house() as (opened, _):
        outcome = opened.data.query(
            "premium_scanner", "run_saved", {"name": name}, user=opened.settings.user
        )
    value = _value(outcome)
    for place, row in enumerate(getattr(value, "rows", ()), 1):
        click.echo(
            f"{place:3} {row.trade:62} ${row.premium:>9,.2f} for ${row.capital:>10,.2f}"
            f"  {row.annual_pct:6.1f} % a year  chance {row.chance_pct:3.0f} %"
            f"  score {row.score:.0f}"
        )
    for warning in getattr(value, "warnings", ()):
        click.echo(warning, err=True)


@scan.command()
@click.argument("name")
def history(name: str) -> None:
    """Say what the saved scan NAME found on which day."""
    with _house() as (opened, _):
        outcome = opened.data.query(
            "premium_scanner", "history", {"name": name}, user=opened.settings.user
        )
    for row in getattr(_value(outcome), "rows", ()):
        click.echo(f"{row.day:%Y-%m-%d} {row.mode}: {row.passed:,} within its limits; {row.best}")


@scan.command()
@click.argument("name")
def delete(name: str) -> None:
    """Forget the saved scan NAME and its history."""
    with _house() as (opened, scans):
        scans.delete(opened.settings.user, name)
    click.echo("Deleted.")


@contextmanager
def _house() -> Iterator[tuple[Assistant, ScanRepository]]:
    # Deferred: the whole house.
    from mfa.commands.session import assistant  # noqa: PLC0415
    from mfa.store.scans import ScanRepository  # noqa: PLC0415

    with assistant() as opened:
        yield opened, ScanRepository(opened.database)


def _value(outcome: Outcome[Any]) -> Any:
    """What was found; nothing, with the reason printed, where there is none."""
    from mfa.kernel.errors import MagnusError  # noqa: PLC0415 - as above
    from mfa.kernel.outcome import Failed, Found  # noqa: PLC0415 - as above

    if isinstance(outcome, Found):
        return outcome.value
    if isinstance(outcome, Failed):
        raise MagnusError(outcome.message)
    click.echo(outcome.reason)
    return None
