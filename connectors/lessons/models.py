"""What education can be asked and what it answers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from connectors.base import Params, Result

Term = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
ExampleUnit = Literal[
    "usd", "usd_per_day", "percent", "shares", "contracts", "count", "days", "number"
]


class ConceptParams(Params):
    concept: Term = Field(description="The term to explain, as a person would write it.")


class StrategyParams(Params):
    strategy: Term = Field(description="The strategy to teach, as a person would write it.")


class ExampleFigure(Result):
    """One number of a worked example. `unit` is a unit name of the answer blocks."""

    name: str
    value: float
    unit: ExampleUnit


class WorkedExample(Result):
    """Markdown with `{name}` placeholders, each the name of one of `figures`.

    Given numbers and computed ones are figures alike; the computed ones are worked out by code
    whenever the example is read.
    """

    template: str
    figures: tuple[ExampleFigure, ...]


class Explanation(Result):
    """What a term means. `formula` is plain text; `related` are names that can be asked next."""

    name: str
    title: str
    definition: str
    formula: str | None
    example: WorkedExample
    risks: tuple[str, ...]
    references: tuple[str, ...]
    related: tuple[str, ...]


class Explanations(Result):
    """One entry, or two where the question was about a difference. `note` says so where the entry
    was found by what the question is about."""

    entries: tuple[Explanation, ...]
    note: str = ""


class Lesson(Result):
    """How a strategy works, step by step. `note` as in `Explanations`."""

    name: str
    title: str
    summary: str
    outlook: str
    steps: tuple[str, ...]
    max_profit: str
    max_loss: str
    break_even: str
    example: WorkedExample
    management: tuple[str, ...]
    risks: tuple[str, ...]
    references: tuple[str, ...]
    related: tuple[str, ...]
    note: str = ""


class Entry(Result):
    name: str
    title: str


class Contents(Result):
    """Everything the library can explain or teach, by title."""

    concepts: tuple[Entry, ...]
    strategies: tuple[Entry, ...]
