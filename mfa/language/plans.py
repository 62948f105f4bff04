"""From an understanding to a plan: a small data-flow of named steps over connector queries.

Templates are data (`plans.toml`). A plan asks only queries that the registry has: where a needed
one is missing the answer is `Unplanned` with the sentence to say, and it becomes a plan by itself
on the day the connector joins. Nothing here runs anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Protocol

from mfa.language.catalogue import Catalogue
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

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "feature": self.feature,
            "query": self.query,
            "params": dict(self.params),
            "after": list(self.after),
        }


_ANSWERS_FOR: Final = MappingProxyType(
    {
        "rating": "ai_research",
        "no_earnings_days": "earnings",
        "watchlist": "tradingview",
        "holdings_only": "positions",
    }
)
"""Filters whose values another feature knows: a query that takes one asks there by itself."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in a stable order. None at all for a greeting, for help and for `unknown`."""

    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()
    """Sentences about a second part that could not be planned."""

    @property
    def features(self) -> tuple[str, ...]:
        """Every feature the answer draws on: those asked, then those that its filters need."""
        asked = [step.feature for step in self.steps]
        filtered = [_ANSWERS_FOR[n] for s in self.steps for n in s.params if n in _ANSWERS_FOR]
        return tuple(dict.fromkeys((*asked, *filtered)))

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

    @classmethod
    def load(cls, catalogue: Catalogue) -> Planner:
        return cls(catalogue, MappingProxyType(load_templates(catalogue)))

    def plan(
        self, understanding: Understanding, *, registry: Registry | None = None
    ) -> Plan | Unplanned:
        """The plan of both parts of a message. Without a registry every query counts as there.

        When only the second part cannot be planned the plan carries a note that says so.
        """
        first = self._part(understanding, understanding.intent, registry)
        if isinstance(first, Unplanned) or understanding.also is None:
            return first
        second = self._part(understanding, understanding.also, registry)
        if isinstance(second, Unplanned):
            return Plan(first.steps, (second.reason,))
        known = {(s.feature, s.query, repr(sorted(s.params.items()))) for s in first.steps}
        added = tuple(
            s for s in second.steps
            if (s.feature, s.query, repr(sorted(s.params.items()))) not in known
        )  # fmt: skip
        taken = {s.id for s in first.steps}
        return Plan(first.steps + tuple(_renamed(s, taken) for s in added))

    def _part(
        self, understanding: Understanding, intent: str, registry: Registry | None
    ) -> Plan | Unplanned:
        found = self.catalogue.intents.get(intent)
        if found is None:
            return Plan(())
        for slot in found.required:
            if slot not in understanding.slots:
                return Unplanned(found.questions[slot], found.feature, slot)
        steps: list[Step] = []
        for template in self.templates[intent]:
            if not template.applies(understanding.text, understanding.slots):
                continue
            if registry is not None and not registry.available(template.feature, template.query):
                if template.optional:
                    continue
                return Unplanned(self._not_there(template.feature), template.feature)
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
