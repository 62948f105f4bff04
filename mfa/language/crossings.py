"""Features that a message draws in beside its intent: 'puts on names near a demand zone'.

Data (`crossings.toml`): for requests that search or judge, words that name another feature add a
step there. Orders, lessons and settings draw in nothing, whatever words they hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mfa.kernel.errors import ConfigurationError
from mfa.language.catalogue import Catalogue, read_toml
from mfa.language.plan_templates import StepTemplate, template_of

FILE: Final = "crossings.toml"


@dataclass(frozen=True, slots=True)
class Crossing:
    """A step that is added to the plans of these intents when its words are said."""

    intents: frozenset[str]
    step: StepTemplate

    def applies(self, intent: str, text: str, slots: Mapping[str, Any]) -> bool:
        return intent in self.intents and self.step.applies(text, slots)


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
