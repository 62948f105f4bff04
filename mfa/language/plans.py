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
from mfa.language.crossings import PART_OF, Crossing, load_covers, load_crossings, step_for
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
UNIVERSES: Final = frozenset(
    {
        "tradingview", "positions", "database_scan", "xtrades", "premium_scanner", "options_flow",
        "sector_analysis", "earnings", "opportunities", "calendar_spreads",
    }
)  # fmt: skip
"""Features that say of which symbols a message speaks when it names none."""


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
        asked = [PART_OF.get(step.feature, step.feature) for step in self.steps]
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
    covers: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def load(cls, catalogue: Catalogue) -> Planner:
        templates = MappingProxyType(load_templates(catalogue))
        return cls(catalogue, templates, load_crossings(catalogue), load_covers(catalogue))

    def plan(
        self,
        understanding: Understanding,
        *,
        registry: Registry | None = None,
        further: Sequence[str] = (),
        drawn: Sequence[str] = (),
    ) -> Plan | Unplanned:
        """The plan of every part of a message. Without a registry every query counts as there.

        `further` are the intents of a third part and more, `drawn` features that the message needs
        beside those of its intents (see `needs`). What cannot be planned is a note that says so,
        unless nothing else can be. Symbols that a first part lacks are those of the universe that
        the message names ('which of my holdings are near support').
        """
        intents = (*understanding.intents, *further)
        parts = [self._part(understanding, intent, registry) for intent in intents]
        first = parts[0]
        if isinstance(first, Unplanned):
            elsewhere = first.slot == "symbols" and not UNIVERSES.isdisjoint(drawn)
            if first.slot is None or not (elsewhere or any(_planned(p) for p in parts[1:])):
                return first
            if elsewhere and self._step_of(first.feature, understanding) is not None:
                parts[0], drawn = Plan(()), (str(first.feature), *drawn)
        steps: list[Step] = []
        notes: list[str] = []
        served: list[str] = []
        for intent, part in zip(intents, parts, strict=True):
            if isinstance(part, Unplanned):
                notes.append(part.reason)
            else:
                self._join(steps, part.steps)
                served += [self.catalogue.intents[intent].feature] if part.steps else []
        beside = self._drawn(understanding, [f for f in drawn if f not in served])
        self._draw(understanding, beside, steps, notes, registry)
        serves = tuple(self.catalogue.intents[name].feature for name in intents) if steps else ()
        return Plan(tuple(steps), tuple(dict.fromkeys(notes)), serves)

    @staticmethod
    def _join(steps: list[Step], more: Sequence[Step]) -> None:
        """Add the steps that ask something new, each under a name of its own."""
        known = {s.asks for s in steps}
        taken = {s.id for s in steps}
        steps += [_renamed(s, taken) for s in more if s.asks not in known]

    def covered(self, understanding: Understanding) -> frozenset[str]:
        """Features that the one request of a message answers by itself."""
        if understanding.also is not None:
            return frozenset()
        return self.covers.get(understanding.intent, frozenset())

    def _drawn(self, understanding: Understanding, features: Sequence[str]) -> list[StepTemplate]:
        """Steps of the features that the words draw in beside those of the intents."""
        intent, text, slots = understanding.intent, understanding.text, understanding.slots
        covered = self.covered(understanding)
        said = [c.step for c in self.crossings if c.applies(intent, text, slots)]
        said = [step for step in said if step.feature not in covered]
        better = [self._step_of(step.feature, understanding) for step in said]
        by_words = [b if b and b.needs else s for s, b in zip(said, better, strict=True)]
        learned = [self._step_of(feature, understanding) for feature in features]
        return [*by_words, *(step for step in learned if step is not None)]

    def _draw(
        self,
        understanding: Understanding,
        templates: Sequence[StepTemplate],
        steps: list[Step],
        notes: list[str],
        registry: Registry | None,
    ) -> None:
        """Ask the features that no step asks yet."""
        for template in templates:
            if PART_OF.get(template.feature, template.feature) in Plan(tuple(steps)).features:
                continue
            if registry is not None and not registry.available(template.feature, template.query):
                notes.append(self._not_there(template.feature))
                continue
            self._join(steps, self._steps(template, understanding))

    def _step_of(self, feature: str | None, understanding: Understanding) -> StepTemplate | None:
        if feature is None:
            return None
        return step_for(feature, self.crossings, understanding.text, understanding.slots)

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


def _planned(part: Plan | Unplanned) -> bool:
    return isinstance(part, Plan) and bool(part.steps)


def _renamed(step: Step, taken: set[str]) -> Step:
    if step.id not in taken:
        return step
    return Step(
        id=f"also_{step.id}", title=step.title, feature=step.feature, query=step.query,
        params=step.params, after=tuple(f"also_{a}" if a in taken else a for a in step.after),
    )  # fmt: skip
