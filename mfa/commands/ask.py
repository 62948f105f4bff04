"""`magnus ask`: one question, one durable turn, its answer in the terminal or as JSON.

What needs no card is done at once, when a person reads the answer; a program, which takes JSON, is
given the card alone.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from uuid import UUID

import click

from mfa.kernel.errors import MagnusError

if TYPE_CHECKING:
    from mfa.answers.document import Transcript

DOOR: Final = "shell"


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="TEXT")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--conversation", type=click.UUID, help="Go on with this conversation.")
@click.pass_context
def ask(
    context: click.Context,
    words: tuple[str, ...],
    as_json: bool,  # noqa: FBT001 - click's
    conversation: UUID | None,
) -> None:
    """Ask TEXT and print the answer. Ends with 1 when there is none."""
    # Deferred: the whole house, and rich.
    from mfa.answers.document import Transcript, document  # noqa: PLC0415
    from mfa.answers.terminal import print_blocks  # noqa: PLC0415
    from mfa.commands.cards import door_answer, settled  # noqa: PLC0415
    from mfa.commands.session import assistant  # noqa: PLC0415

    text = " ".join(words)
    with assistant() as opened:
        who = opened.acting.who(opened.settings.user, DOOR, conversation=conversation)
        if door_answer(opened.acting, text, who):
            return
        turn = opened.engine.start(
            text, conversation=conversation, user=opened.settings.user, door=DOOR,
            session=who.session,
        )  # fmt: skip
        events = list(opened.engine.follow(turn.id))
        answer = Transcript.of(events)
        if not as_json:
            print_blocks(answer.ordered, mode=turn.mode)
            settled(opened.acting, answer.ordered, replace(who, conversation=turn.conversation))
    problem = problem_of(answer)
    if as_json:
        click.echo(json.dumps(document(turn, events), ensure_ascii=False))
    elif problem is not None and answer.state != "finished":
        raise MagnusError(problem)
    context.exit(0 if problem is None else 1)


def problem_of(answer: Transcript) -> str | None:
    """Why this is no answer, or None when it is one."""
    if answer.ending is None or answer.state != "finished":
        said = {} if answer.ending is None else answer.ending.payload
        return str(said.get("message") or "The answer was not completed.")
    outcomes = [step.get("outcome") for step in answer.steps.values()]
    if outcomes and all(outcome == "failed" for outcome in outcomes):
        return "None of the sources could be asked."
    return None
