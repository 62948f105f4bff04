"""`magnus understand` and `magnus plan`: what a message means, without meeting any account."""

from __future__ import annotations

import io
import json
import sys
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from mfa.kernel.errors import InputError

if TYPE_CHECKING:
    from connectors.registry import Declarations
    from mfa.language.language import Language
    from mfa.language.understanding import Understanding

_TODAY = click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Read relative dates as on this day (default: the exchange's date now).",
)


@click.command()
@click.argument("text", required=False)
@click.option("--jsonl", is_flag=True, help="Read JSON lines from standard input.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@_TODAY
def understand(text: str | None, jsonl: bool, as_json: bool, today: datetime | None) -> None:  # noqa: FBT001 - click's
    """Say what TEXT is understood to mean.

    With --jsonl, each line of standard input is {"text": "..."} or {"turns": ["...", "..."]}, and
    one line of JSON answers each.
    """
    if jsonl == (text is not None):
        raise click.UsageError("Give a TEXT, or --jsonl and lines on standard input.")
    # Deferred: half a second of imports, not needed to say the above.
    from mfa.language.bulk import understand_many  # noqa: PLC0415
    from mfa.language.language import Language  # noqa: PLC0415

    day = _day(today)
    if text is None:
        lines = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")
        for answer in understand_many(lines, day):
            click.echo(answer)
        return
    understood = Language.load().understand(text, today=day)
    if as_json:
        click.echo(json.dumps(understood.to_dict(), ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(understood)))


@click.command()
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@_TODAY
def plan(text: str, as_json: bool, today: datetime | None) -> None:  # noqa: FBT001 - click's
    """Print the steps that would answer TEXT, or the sentence that says what is missing.

    Connectors and actions are known from their declarations: no database is opened for it.
    """
    from connectors.registry import Declarations  # noqa: PLC0415 - as above
    from mfa.language.language import Language  # noqa: PLC0415 - as above
    from mfa.language.plans import Unplanned  # noqa: PLC0415 - as above

    day = _day(today)
    language = Language.load()
    understood = language.understand(text, today=day)
    planned = language.plan(understood, today=day, registry=_Declared(Declarations.discover()))
    if not language.is_clear(understood):
        click.echo(_doubt(language, understood), err=True)
    if as_json:
        click.echo(json.dumps(planned.to_dict(), ensure_ascii=False))
        return
    if isinstance(planned, Unplanned):
        raise InputError(planned.reason)
    if not planned.steps:
        click.echo("It needs no data.")
    for number, step in enumerate(planned.steps, start=1):
        after = f" (after {', '.join(step.after)})" if step.after else ""
        params = ", ".join(f"{name}={value!r}" for name, value in step.params.items())
        click.echo(f"{number}. {step.title}: {step.feature}.{step.query}({params}){after}")
    for note in planned.notes:
        click.echo(note)


class _Declared:
    """What connectors and actions declare, as the planner asks for it."""

    def __init__(self, connectors: Declarations) -> None:
        from actions.proposing import BESIDES  # noqa: PLC0415 - as above
        from actions.registry import ActionRegistry  # noqa: PLC0415 - as above

        self._connectors = connectors
        self._actions = ActionRegistry.discover().actions.keys() | BESIDES

    def available(self, feature: str, query: str) -> bool:
        if feature == "actions":
            return query in self._actions
        return self._connectors.available(feature, query)


def _doubt(language: Language, understood: Understanding) -> str:
    """What a person would be asked before anything of this plan ran."""
    from mfa.language.guesses import guesses  # noqa: PLC0415 - as above

    offer = guesses(language.catalogue, understood)
    said = "It is not clear what this means, and you would be asked first."
    return "\n".join([said, *(f"  {label}" for label in offer)])


def _day(given: datetime | None) -> date:
    from mfa.kernel.clock import RealClock  # noqa: PLC0415 - as above

    return RealClock().today() if given is None else given.date()


def _lines(understood: Understanding) -> list[str]:
    lines = [f"intent      {understood.intent} ({understood.confidence:.0%})"]
    if understood.runner_up is not None:
        lines.append(f"runner-up   {understood.runner_up} ({understood.runner_up_confidence:.0%})")
    if understood.also is not None:
        lines.append(f"also        {understood.also}")
    lines += [f"slot        {name} = {value}" for name, value in understood.slots.items()]
    lines += [f"missing     {name}" for name in understood.missing]
    return lines
