"""`magnus doctor`: is everything there and well, in plain words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from mfa.kernel.errors import MagnusError

if TYPE_CHECKING:
    from mfa.commands.health import Check


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@click.option("--sources", is_flag=True, help="Ask connected vendors in practice, too.")
@click.pass_context
def doctor(context: click.Context, as_json: bool, sources: bool) -> None:  # noqa: FBT001 - click's
    """Look at everything that Magnus stands on. Ends with 1 when anything is broken."""
    # Deferred: the whole house.
    from mfa.commands.health import Verdict  # noqa: PLC0415

    checks = []
    colours = {Verdict.OK: "green", Verdict.CAREFUL: "yellow", Verdict.BROKEN: "red"}
    for check in _checks(sources=sources):
        checks.append(check)
        if not as_json:
            mark = click.style(f"{check.verdict.value:8}", fg=colours[check.verdict])
            click.echo(f"{mark}{check.subject:18}{check.sentence}")
    if as_json:
        rows = [
            {"subject": c.subject, "verdict": c.verdict.value, "sentence": c.sentence}
            for c in checks
        ]
        click.echo(json.dumps(rows, ensure_ascii=False))
    context.exit(1 if any(c.verdict is Verdict.BROKEN for c in checks) else 0)


def _checks(*, sources: bool) -> Iterator[Check]:
    from mfa.commands.action_health import of_acting, of_the_halt  # noqa: PLC0415 - as above
    from mfa.commands.health import (  # noqa: PLC0415 - as above
        Check,
        Verdict,
        before_opening,
        of_the_house,
    )
    from mfa.commands.language_health import of_the_language  # noqa: PLC0415 - as above
    from mfa.commands.meaning_health import of_meaning  # noqa: PLC0415 - as above
    from mfa.commands.session import assistant, settings_for  # noqa: PLC0415 - as above
    from mfa.commands.sign_in_health import of_signing_in  # noqa: PLC0415 - as above
    from mfa.commands.source_health import of_the_sources  # noqa: PLC0415 - as above

    try:
        settings = settings_for()
    except MagnusError as error:
        yield Check("settings", Verdict.BROKEN, str(error))
        return
    yield from before_opening(settings)
    yield of_the_halt(settings.home)
    try:
        with assistant() as opened:
            yield from of_the_sources(opened, ask=sources)
            yield from of_the_language(opened)
            yield of_meaning()
            yield of_signing_in(opened.guard, opened.settings.mode)
            yield from of_acting(opened.database, settings.home)
            yield from of_the_house(opened)
    except MagnusError as error:
        yield Check("database", Verdict.BROKEN, str(error))
