"""From an understanding to a plan: a small data-flow of named steps over connector queries.

Templates are data (`plans.toml`). A plan asks only queries that the registry has: where a needed
one is missing the answer is `Unplanned` with the sentence to say, and it becomes a plan by itself
on the day the connector joins. Nothing here runs anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Protocol

from mfa.language.catalogue import Catalogue
from mfa.language.crossings import Crossing, load_crossings
from mfa.language.plan_templates import StepTemplate, load_templates
from mfa.language.understanding import Understanding


class Registry(Protocol):
    """Whoever knows which queries exist now."""

    def available(self, feature: str, query: str) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One query to ask. `params` are JSON values; `after` names steps that must be done before."""

    id: str
    title: str
    feature: str
    query: str
    params: Mapping[str, Any] = field(default_factory=dict)
    after: tuple[str, ...] = ()

    @property
    def asks(self) -> tuple[str, str, str]:
        """What it asks, to tell two steps that ask the same."""
        return self.feature, self.query, repr(sorted(self.params.items()))

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "feature": self.feature,
            "query": self.query,
            "params": dict(self.params),
            "after": list(self.after),
        }


_ACTING: Final = "actions"
"""Under which plans name actions; what is not there is then the room of the message's own."""
_ANSWERS_FOR: Final = MappingProxyType(
    {
        "rating": "ai_research",
        "no_earnings_days": "earnings",
        "watchlist": "tradingview",
        "holdings_only": "positions",
    }
)
"""Filters whose values another feature knows: a query that takes one asks there by itself."""


_PART_OF: Final = MappingProxyType({"orders": "actions", "trade_preview": "actions"})
"""Connectors that answer for a feature of another name."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in a stable order. None at all for a greeting, for help and for `unknown`."""

    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()
    """Sentences about a second part that could not be planned."""
    serves: tuple[str, ...] = ()
    """The features whose requests these are, whoever is asked."""

    @property
    def features(self) -> tuple[str, ...]:
        """Every feature the answer draws on: those asked, then those that its filters need."""
        asked = [_PART_OF.get(step.feature, step.feature) for step in self.steps]
        filtered = [_ANSWERS_FOR[n] for s in self.steps for n in s.params if n in _ANSWERS_FOR]
        return tuple(dict.fromkeys((*asked, *filtered, *self.serves)))

    def to_dict(self) -> dict[str, Any]:
        return {
            "steps": [step.to_dict() for step in self.steps],
            "notes": list(self.notes),
            "features": list(self.features),
        }


@dataclass(frozen=True, slots=True)
class Unplanned:
    """Why there is no plan, as a sentence for the person, with what can be done instead.

    `slot` names what is missing when the reason is a question to the person.
    """

    reason: str
    feature: str | None = None
    slot: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {"unplanned": self.reason, "feature": self.feature, "slot": self.slot}


@dataclass(frozen=True, slots=True)
class Planner:
    """Makes plans from templates."""

    catalogue: Catalogue
    templates: Mapping[str, tuple[StepTemplate, ...]]
    crossings: tuple[Crossing, ...] = ()

    @classmethod
    def load(cls, catalogue: Catalogue) -> Planner:
        templates = MappingProxyType(load_templates(catalogue))
        return cls(catalogue, templates, load_crossings(catalogue))

    def plan(
        self,
        understanding: Understanding,
        *,
        registry: Registry | None = None,
        further: Sequence[str] = (),
    ) -> Plan | Unplanned:
        """The plan of every part of a message. Without a registry every query counts as there.

        `further` are the intents of a third part and more. When only a later part or a crossing
        (see `crossings`) cannot be planned the plan carries a note that says so.
        """
        first = self._part(understanding, understanding.intent, registry)
        if isinstance(first, Unplanned):
            return first
        steps, notes = list(first.steps), list(first.notes)
        later = [
            self._part(understanding, i, registry) for i in (*understanding.intents[1:], *further)
        ]
        for part in later:
            if isinstance(part, Unplanned):
                notes.append(part.reason)
            else:
                self._join(steps, part.steps)
        self._cross(understanding, steps, notes, registry)
        intents = (*understanding.intents, *further)
        serves = tuple(self.catalogue.intents[name].feature for name in intents) if steps else ()
        return Plan(tuple(steps), tuple(dict.fromkeys(notes)), serves)

    @staticmethod
    def _join(steps: list[Step], more: Sequence[Step]) -> None:
        """Add the steps that ask something new, each under a name of its own."""
        known = {s.asks for s in steps}
        taken = {s.id for s in steps}
        steps += [_renamed(s, taken) for s in more if s.asks not in known]

    def _cross(
        self,
        understanding: Understanding,
        steps: list[Step],
        notes: list[str],
        registry: Registry | None,
    ) -> None:
        """Ask the features that the words draw in beside those of the intents."""
        for crossing in self.crossings:
            if not crossing.applies(understanding.intent, understanding.text, understanding.slots):
                continue
            if crossing.step.feature in Plan(tuple(steps)).features:
                continue
            template = crossing.step
            if registry is not None and not registry.available(template.feature, template.query):
                notes.append(self._not_there(template.feature))
                continue
            self._join(steps, self._steps(template, understanding))

    def _part(
        self, understanding: Understanding, intent: str, registry: Registry | None
    ) -> Plan | Unplanned:
        found = self.catalogue.intents.get(intent)
        if found is None:
            return Plan(())
        meant = [
            each
            for each in self.templates[intent]
            if each.applies(understanding.text, understanding.slots)
        ]
        for slot in found.required:
            if slot not in understanding.slots and not any(each.whole for each in meant):
                return Unplanned(found.questions[slot], found.feature, slot)
        steps: list[Step] = []
        for template in meant:
            if registry is not None and not registry.available(template.feature, template.query):
                if template.optional:
                    continue
                room = found.feature if template.feature == _ACTING else template.feature
                return Unplanned(self._not_there(room), room)
            steps += self._steps(template, understanding)
        kept = {step.id for step in steps}
        return Plan(
            tuple(
                Step(
                    id=s.id, title=s.title, feature=s.feature, query=s.query, params=s.params,
                    after=tuple(a for a in s.after if a in kept),
                )
                for s in steps
            )
        )  # fmt: skip

    def _not_there(self, feature: str) -> str:
        room = self.catalogue.features[feature]
        title = room.title[0].upper() + room.title[1:]
        verb = (
            "are"
            if room.title.endswith("s") and not room.title.endswith(("sis", "orders", "here"))
            else "is"
        )
        return f"{title} {verb} not connected yet, so I cannot answer that. {room.instead}"

    @staticmethod
    def _steps(template: StepTemplate, understanding: Understanding) -> list[Step]:
        made = []
        for number, values in enumerate(template.bind(understanding.text, understanding.slots)):
            made.append(
                Step(
                    id=template.id if number == 0 else f"{template.id}_{number + 1}",
                    title=template.title_for(values),
                    feature=template.feature,
                    query=template.query,
                    params=values,
                    after=template.after,
                )
            )
        return made


def _renamed(step: Step, taken: set[str]) -> Step:
    if step.id not in taken:
        return step
    return Step(
        id=f"also_{step.id}", title=step.title, feature=step.feature, query=step.query,
        params=step.params, after=tuple(f"also_{a}" if a in taken else a for a in step.after),
    )  # fmt: skip
