"""What a turn asks a language model, where one is set up: how to read a message, how to plan it.

Whoever waits has `waited`, which gives None when an answer does not come in time. A model that
could not be asked is a sentence for the person, and the turn goes on without it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final, Protocol, TypeVar

from connectors.registry import Declared
from mfa.kernel.logs import get_logger
from mfa.kernel.outcome import Failed, FailureKind
from mfa.language.model_plans import ModelPlanner
from mfa.language.plans import Plan
from mfa.language.second_opinion import Opinion, SecondOpinion
from mfa.language.understanding import Understanding

T = TypeVar("T")

NO_MODEL: Final = (
    "No language model is set up that could be asked; one is chosen on the page Settings."
)

log = get_logger(__name__)


class Waited(Protocol):
    """`ask()` within `deadline` seconds, or None."""

    def __call__(self, ask: Callable[[], T], deadline: float) -> T | None: ...


def opinion_on(
    understood: Understanding,
    second: SecondOpinion | None,
    waited: Waited,
    *,
    earlier: Sequence[str],
    today: date,
    held: frozenset[str],
) -> Opinion:
    """What the model makes of a message; the message as it is where no model is wanted."""
    if second is None or not second.is_wanted(understood):
        return Opinion(understanding=understood)
    answer = waited(
        lambda: second.on(understood, earlier=earlier, today=today, held=held), second.deadline
    )
    if answer is None:
        log.warning("understanding.model_late", model=second.model.name)
        return second.silent(understood, _late(second.model.name, second.deadline))
    return answer


def proposal(
    planner: ModelPlanner,
    waited: Waited,
    text: str,
    *,
    queries: Sequence[Declared],
    earlier: Sequence[str],
    today: date,
    notes: str = "",
) -> dict[str, Any]:
    """What the model's word changes in a plan: steps and whose they are, or why there are none."""
    answer = waited(
        lambda: planner.propose(text, queries=queries, earlier=earlier, today=today, notes=notes),
        planner.deadline,
    )
    if isinstance(answer, Plan):
        return {**answer.to_dict(), "proposed_by": planner.model.name}
    late = _late(planner.model.name, planner.deadline).message
    return {"not_proposed": late if answer is None else answer.reason}


def said_of_it(second: SecondOpinion | None, state: Mapping[str, Any]) -> str | None:
    """Why a language model did not help with a message that is not understood."""
    if second is None:
        return NO_MODEL
    told: str | None = state["plan"].get("not_proposed") or state.get("hearing", {}).get("said")
    return told


def _late(name: str, seconds: float) -> Failed:
    return Failed(FailureKind.TIMEOUT, f"{name} did not answer within {seconds:g} seconds.")
