"""What a composer gets: the question as understood, and what was answered, step by step.

Also the small tools of all composers: figures that carry their provenance, text with places for
them. Nothing here computes a figure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias, TypeVar

from connectors.base import Result
from mfa.answers.blocks import Block, Figure, TextBlock, Unit
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Found, Outcome, Provenance
from mfa.language.language import Language
from mfa.language.plans import Step
from mfa.language.understanding import Understanding

R = TypeVar("R", bound=Result)
Value: TypeAlias = Decimal | float | int | date | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A step and what came of it."""

    step: Step
    outcome: Outcome[Result]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A message, its plan's outcomes, and the house as it stands.

    `unplanned` is why there was nothing to ask; `notes` are sentences about a second part that was
    not planned, or about who planned; `available` says whether a feature's query exists now.
    `proposed_by` is the language model that chose the steps; `model_said` why one did not help;
    `missed_before` is whether the message before was not understood either.
    """

    understanding: Understanding
    answered: tuple[Answered, ...]
    unplanned: str | None
    notes: tuple[str, ...]
    mode: Mode
    today: date
    language: Language
    available: Callable[[str, str], bool]
    cards: tuple[Block, ...] = ()
    """What was asked to be done: cards, and what kept one from being made."""
    proposed_by: str | None = None
    model_said: str | None = None
    missed_before: bool = False

    def found(self, model: type[R]) -> Iterator[Found[R]]:
        """Every answer of this kind that was found, in the plan's order."""
        for each in self.answered:
            outcome = each.outcome
            if isinstance(outcome, Found) and isinstance(outcome.value, model):
                yield Found(outcome.value, outcome.provenance)

    def first(self, model: type[R]) -> Found[R] | None:
        return next(self.found(model), None)

    def slot(self, name: str) -> Any:
        return self.understanding.slots.get(name)

    def says(self, pattern: str) -> bool:
        """Whether the message has these words (a regular expression, any case)."""
        return re.search(rf"\b(?:{pattern})\b", self.understanding.text, re.IGNORECASE) is not None


Composer: TypeAlias = Callable[[Question], list[Block]]


class Writer:
    """Sentences with figures of one provenance; `text()` is the block of all of them."""

    def __init__(self, provenance: Provenance) -> None:
        self.provenance = provenance
        self._sentences: list[str] = []
        self._figures: dict[str, Figure] = {}

    def say(self, template: str, **figures: tuple[str, Value | None, Unit]) -> None:
        """Add a sentence; `figures` are (label, value, unit) by the name of their place in it.

        A sentence one of whose figures could not be had is left out: half of it would mislead.
        """
        if any(value is None for _, value, _ in figures.values()):
            return
        renamed = {name: self._place(name, figure) for name, figure in figures.items()}
        kept = template.replace("{{", "{{{{").replace("}}", "}}}}")  # `braced` text stays braced
        self._sentences.append(
            kept.format_map({name: f"{{{place}}}" for name, place in renamed.items()})
        )

    def text(self) -> TextBlock:
        return TextBlock(template=" ".join(self._sentences), figures=self._figures)

    def __bool__(self) -> bool:
        return bool(self._sentences)

    def _place(self, name: str, figure: tuple[str, Value | None, Unit]) -> str:
        label, value, unit = figure
        if value is None:
            raise ValueError(f"{label} has no value")
        made = Figure(label=label, value=value, unit=unit, provenance=self.provenance)
        place, number = name, 2
        while self._figures.get(place, made) != made:
            place, number = f"{name}_{number}", number + 1
        self._figures[place] = made
        return place


def braced(text: str) -> str:
    """Text from a source, safe as part of a template."""
    return text.replace("{", "{{").replace("}", "}}")


def iso(day: date | None) -> str | None:
    """A date as a table's cell."""
    return None if day is None else day.isoformat()
