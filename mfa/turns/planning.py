"""A turn's plan: of its command, of its words, or of a language model; with what is remembered.

Nothing is asked and nothing is proposed here but the language model, where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from mfa.language.model_plans import is_uncovered
from mfa.language.plans import Plan, Step, Unplanned
from mfa.language.understanding import UNKNOWN, Understanding
from mfa.turns.advice import Waited, proposal
from mfa.turns.commands import COMMAND
from mfa.turns.hearing import understanding_of
from mfa.turns.means import Available, Means
from mfa.turns.proposing import ACTIONS
from mfa.turns.remembering import notes_about, remembered


def planned(
    state: Mapping[str, Any],
    means: Means,
    *,
    user: str,
    waited: Waited,
    earlier: Callable[[], Sequence[str]],
) -> dict[str, Any]:
    """The plan of an understanding that stands in a turn's state, as JSON. `waited` waits for the
    language model; `earlier` are the conversation's messages before."""
    understood = understanding_of(state["understanding"])
    today = date.fromisoformat(state["today"])
    clear = means.language.is_clear(understood)
    made = _of_words(understood, means, today, clear=clear)
    plan: dict[str, Any] = {"steps": [], "notes": [], **made.to_dict()}
    planner = means.model_planner
    asked = state.get("hearing", {}).get("asked", True)
    if planner is not None and asked and is_uncovered(understood, made, clear=clear):
        plan |= proposal(
            planner, waited, understood.text,
            queries=means.data.registry.queries(), earlier=earlier(), today=today,
            notes=notes_about(understood.text, means.data, user=user),
        )  # fmt: skip
        if clear and understood.intent != UNKNOWN:
            plan.setdefault("unplanned", plan.get("not_proposed"))
    return remembered(plan, understood, means.data, user=user, language=means.language, today=today)


def _of_words(
    understood: Understanding, means: Means, today: date, *, clear: bool
) -> Plan | Unplanned:
    """What is not clear is not planned; a command means what it says."""
    if understood.intent == COMMAND:
        return _of_command(understood, means)
    if not clear:
        return Plan(())
    return means.language.plan(understood, today=today, registry=Available(means))


def _of_command(understood: Understanding, means: Means) -> Plan | Unplanned:
    action, params = understood.slots["action"], understood.slots["params"]
    if not Available(means).available(ACTIONS, action):
        return Unplanned(f"There is no command /{action}; `magnus actions` lists them.")
    title = action.replace("_", " ").capitalize()
    return Plan((Step(id=action, title=title, feature=ACTIONS, query=action, params=params),))
