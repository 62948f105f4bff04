"""Changing a preference on request: what counts at once, and limits only to be made tighter.

Widening a limit is left to the person's own form on the Settings page; so is everything that says
which account, market or mode there is.
"""

from __future__ import annotations

from typing import Any, Final

from pydantic import Field, JsonValue

from actions.action import (
    Action,
    ActionContext,
    ActionParams,
    ActionResult,
    ActionType,
    PermissionLevel,
    ReversibleFor,
    RiskClass,
)
from actions.answers import found
from actions.limits.bounds import NAMES, widens
from mfa.data.events import DataEvent
from mfa.kernel.cards import CardFacts, Receipt
from mfa.kernel.errors import InputError
from mfa.kernel.figures import Figure, Unit
from mfa.kernel.setting_facts import SettingFact, known_name, shown, stored_value
from mfa.store.settings import SettingRepository

_OWN_FORM: Final = "Change it in the form on the Settings page."


class Preference(ActionParams):
    name: str = Field(min_length=1, max_length=60, description="The setting's name.")
    value: JsonValue = Field(description="What it is to be.")


def _fact(context: ActionContext, name: str) -> SettingFact:
    facts: tuple[SettingFact, ...] = found(tuple, context.means.data.sources.settings.facts()).value
    known_name(name)
    return next(fact for fact in facts if fact.name == name)


def _allowed(context: ActionContext, params: Preference) -> tuple[SettingFact, Any]:
    """The setting as it is, and the value to keep. `InputError` for what is not changed so."""
    fact = _fact(context, params.name)
    if not fact.changeable:
        raise InputError(f"{fact.name} cannot be changed here. {fact.why_not}".strip())
    if fact.applies != "at once":
        raise InputError(f"{fact.name} counts at the next start.", _OWN_FORM)
    value = stored_value(params.name, params.value)
    if widens(params.name, fact.given, value):
        raise InputError(
            f"That would widen the limit {params.name}, from {fact.value} to {shown(value)}.",
            f"Only your own form can do that. {_OWN_FORM}",
        )
    return fact, value


def _facts(context: ActionContext, params: Preference) -> CardFacts:
    fact, value = _allowed(context, params)
    provenance = found(tuple, context.means.data.sources.settings.facts()).provenance
    rows = (("It is", fact.value), ("It will be", shown(value)), ("It may be", fact.allowed))
    return CardFacts(
        title=f"Set {fact.name} to {shown(value)}",
        rows=tuple(
            Figure(label=label, value=words, unit=Unit.TEXT, provenance=provenance)
            for label, words in rows if words
        ),
        undo=f"Widening it again is done by your own form alone. {_OWN_FORM}"
        if params.name in NAMES else "",
    )  # fmt: skip


def _set(context: ActionContext, params: Preference) -> ActionResult:
    fact, value = _allowed(context, params)
    repository = SettingRepository(context.database)
    rows = repository.all()
    repository.put(params.name, value, by=f"{context.user}, {context.who.door}")
    context.means.data.invalidate(DataEvent.SETTINGS_CHANGED)
    return ActionResult(
        message=f"{params.name} is {shown(value)} now; it was {fact.value}.",
        details={
            "name": params.name, "kept": params.name in rows, "before": rows.get(params.name),
            "was": fact.given, "after": value,
        },
    )  # fmt: skip


def _put_back(context: ActionContext, receipt: Receipt) -> ActionResult:
    told = receipt.details
    name, repository = told["name"], SettingRepository(context.database)
    if widens(name, told["after"], told["was"]):
        raise InputError(f"Undoing that would widen the limit {name}.", _OWN_FORM)
    if repository.all().get(name) != told["after"]:
        raise InputError(f"{name} was changed since.", _OWN_FORM)
    by = f"{context.user}, {context.who.door}"
    if told["kept"]:
        repository.put(name, told["before"], by=by)
    else:
        repository.remove(name, by=by)
    context.means.data.invalidate(DataEvent.SETTINGS_CHANGED)
    return ActionResult(message=f"{name} is {shown(told['was'])} again.")


UPDATE: Final = Action(
    name="update_preferences", kind=ActionType.KEEP, permission=PermissionLevel.USER,
    params=Preference, risk=RiskClass.LOW, needs_card=False, hourly_limit=60,
    description="Change a preference that counts at once; a limit can only be made tighter.",
    examples=("Set my profit target to 60%",), undoing=ReversibleFor(24 * 60), facts=_facts,
    run=_set, undo=_put_back,
)  # fmt: skip
