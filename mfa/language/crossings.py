"""Features that a message draws in beside its intent: 'puts on names near a demand zone'.

Data (`crossings.toml`): for requests that search or judge, words that name another feature add a
step there. Orders, lessons and settings draw in nothing by words of the table. What a message
needs beyond those words is learned (see `needs`), and the step that asks it is found here too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from mfa.kernel.errors import ConfigurationError
from mfa.language.catalogue import Catalogue, read_toml
from mfa.language.plan_templates import StepTemplate, template_of

FILE: Final = "crossings.toml"
PART_OF: Final = MappingProxyType({"orders": "actions", "trade_preview": "actions"})
"""Connectors that answer for a feature of another name."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A step that is added to the plans of these intents when its words are said."""

    intents: frozenset[str]
    step: StepTemplate

    def applies(self, intent: str, text: str, slots: Mapping[str, Any]) -> bool:
        return intent in self.intents and self.step.applies(text, slots)


def step_for(
    feature: str, crossings: Sequence[Crossing], text: str, slots: Mapping[str, Any]
) -> StepTemplate | None:
    """The step that asks `feature` best: with values of the message before one without, with words
    of the message before one without. None when none has the values it cannot do without.
    """
    asking = [
        c.step
        for c in crossings
        if PART_OF.get(c.step.feature, c.step.feature) == feature
        and all(name in slots for name in c.step.needs)
    ]

    def rank(step: StepTemplate) -> tuple[bool, int]:
        if step.says is None:
            return not step.needs, 1
        return not step.needs, 0 if step.says.search(text.lower()) else 2

    return min(asking, key=rank, default=None)


def load_crossings(catalogue: Catalogue) -> tuple[Crossing, ...]:
    """The bundled crossings. `ConfigurationError` names the entry at fault."""
    document = read_toml(FILE)
    groups: dict[str, list[str]] = document["intents"]
    crossings = []
    for name, table in document["crossing"].items():
        of = table.pop("of")
        intents = frozenset(intent for group in of for intent in groups[group])
        if strange := sorted(intents - set(catalogue.intents)):
            raise ConfigurationError(
                f"Language catalogue, {FILE} [{name}]: no such intent {strange[0]!r}.",
                "Use a name of intents.toml.",
            )
        crossings.append(Crossing(intents, template_of(name, {"id": name, **table}, catalogue)))
    return tuple(crossings)


def load_covers(catalogue: Catalogue) -> Mapping[str, frozenset[str]]:
    """Features that an intent answers for itself, by intent. `ConfigurationError` as above."""
    covers: dict[str, frozenset[str]] = {}
    for intent, features in read_toml(FILE)["covers"].items():
        strange = {intent} - set(catalogue.intents) or set(features) - set(catalogue.features)
        if strange:
            raise ConfigurationError(
                f"Language catalogue, {FILE} [covers]: no such name {min(strange)!r}.",
                "Use names of intents.toml and features.toml.",
            )
        covers[intent] = frozenset(features)
    return MappingProxyType(covers)
