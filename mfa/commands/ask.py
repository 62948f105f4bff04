"""`magnus ask`: one question, one durable turn, its answer in the terminal or as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import click

from mfa.kernel.errors import MagnusError

if TYPE_CHECKING:
    from mfa.store.turn_records import Turn, TurnEvent

DOOR: Final = "shell"


@click.command()
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--conversation", type=click.UUID, help="Go on with this conversation.")
@click.pass_context
def ask(context: click.Context, text: str, as_json: bool, conversation: UUID | None) -> None:  # noqa: FBT001 - click's
    """Ask TEXT and print the answer. Ends with 1 when there is none."""
    # Deferred: the whole house.
    from mfa.commands.session import assistant  # noqa: PLC0415

    with assistant() as opened:
        user = opened.settings.user
        turn = opened.engine.start(text, conversation=conversation, user=user, door=DOOR)
        answer = Answer(turn)
        for event in opened.engine.follow(turn.id):
            answer.hear(event)
    if as_json:
        click.echo(json.dumps(answer.to_dict(), ensure_ascii=False))
    else:
        answer.show()
    context.exit(0 if answer.problem is None else 1)


@dataclass(slots=True)
class Answer:
    """What a turn's events amount to."""

    turn: Turn
    understood: dict[str, Any] = field(default_factory=dict)
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    blocks: dict[int, dict[str, Any]] = field(default_factory=dict)
    ending: str = ""
    said: dict[str, Any] = field(default_factory=dict)

    def hear(self, event: TurnEvent) -> None:
        """Take one event. Those of a resumed turn replace what they repeat."""
        payload = dict(event.payload)
        match event.kind.value:
            case "understood":
                self.understood = payload
            case "planned":
                self.steps = {step["id"]: step for step in payload["steps"]}
            case "step_done":
                self.steps[payload["id"]] = {**self.steps.get(payload["id"], {}), **payload}
            case "block":
                self.blocks[payload["index"]] = payload["block"]
            case "finished" | "failed" | "cancelled" | "interrupted" as ending:
                self.ending, self.said = ending, payload

    @property
    def problem(self) -> str | None:
        """Why this is no answer, or None when it is one."""
        if self.ending != "finished":
            reason = self.said.get("message") or self.said.get("reason")
            return str(reason or "The answer was not completed.")
        outcomes = [step.get("outcome") for step in self.steps.values()]
        if outcomes and all(outcome == "failed" for outcome in outcomes):
            return "None of the sources could be asked."
        return None

    def to_dict(self) -> dict[str, Any]:
        """The JSON object: blocks as stored, figures with provenance, steps with milliseconds."""
        blocks = [self.blocks[index] for index in sorted(self.blocks)]
        return {
            "turn": str(self.turn.id),
            "conversation": str(self.turn.conversation),
            "mode": self.turn.mode.value,
            "text": self.turn.text,
            "state": self.ending,
            "intent": self.understood.get("intent"),
            "understanding": self.understood,
            "blocks": blocks,
            "figures": [
                {"name": name, "block": index, **figure}
                for index, block in enumerate(blocks)
                for name, figure in block.get("figures", {}).items()
            ],
            "steps": list(self.steps.values()),
            "ms": self.said.get("ms"),
            "problem": self.problem,
        }

    def show(self) -> None:
        """Print the blocks; a `MagnusError` when there is nothing but a problem."""
        # Deferred: rich and the block models.
        from mfa.answers.blocks import BLOCK  # noqa: PLC0415
        from mfa.answers.terminal import print_blocks  # noqa: PLC0415

        blocks = [BLOCK.validate_python(self.blocks[index]) for index in sorted(self.blocks)]
        print_blocks(blocks, mode=self.turn.mode)
        if self.ending != "finished" and self.problem is not None:
            raise MagnusError(self.problem)
