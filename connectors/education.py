"""Education: what a term means and how a strategy works, from the curated library.

Definitions are written by people and cited; the numbers in an example are computed when it is
read. An entry is found by its names first, then by what the question is about, which the answer
says. What the library does not hold is absent, with the nearest entries named: nothing is made up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar, Final, TypeVar

from connectors.base import (
    CachePolicy,
    DataConnector,
    DataSourceType,
    NoParams,
    QueryContext,
    query,
)
from connectors.lessons.meaning import Meant, find_by_meaning
from connectors.lessons.models import (
    ConceptParams,
    Contents,
    Entry,
    Explanation,
    Explanations,
    Lesson,
    StrategyParams,
)
from connectors.lessons.shelf import Shelf, find, nearest, open_shelf
from mfa.kernel.outcome import Absent, Found, Outcome, Provenance

_SOURCE: Final = "Magnus library"
_BETWEEN: Final = re.compile(r"\s+(?:and|vs\.?|versus|or)\s+", re.IGNORECASE)
T = TypeVar("T")
_OFFERED: Final = 3
_LASTING: Final = CachePolicy.explicit(timedelta(days=7))


class Education(DataConnector):
    """Terms and strategies of the curated library."""

    name: ClassVar[str] = "education"
    description: ClassVar[str] = "What terms mean and how option strategies work, with sources."
    source_type: ClassVar[DataSourceType] = DataSourceType.COMPUTED

    @query(
        description="Explain a term: definition, formula, worked example, risks, references.",
        examples=("What is theta?", "Explain implied volatility"),
        cache=_LASTING,
    )
    def explain(self, params: ConceptParams, context: QueryContext) -> Outcome[Explanations]:  # noqa: ARG002 - the same for everyone
        """One entry, or two for a difference; strategies are explained as terms too."""
        shelf = open_shelf()
        whole = _explained(shelf, params.concept)
        if whole is not None:
            return self._found(Explanations(entries=(whole,)))
        parts = [_explained(shelf, part) for part in _BETWEEN.split(params.concept)]
        known = tuple(part for part in parts if part is not None)
        if len(parts) > 1 and len(known) == len(parts):
            return self._found(Explanations(entries=known))
        meant = find_by_meaning(self.sources.meaning, params.concept)
        if meant.name is not None:
            entry = _entry(shelf, meant.name)
            return self._found(Explanations(entries=(entry,), note=_note(shelf, meant)))
        phrases = {**shelf.concept_phrases, **shelf.strategy_phrases}
        return _absent(params.concept, (*meant.others, *nearest(params.concept, phrases)), shelf)

    @query(
        description="Teach an option strategy step by step: outlook, profit, loss, example, risks.",
        examples=("How does the wheel strategy work?", "Teach me iron condors"),
        cache=_LASTING,
    )
    def learn(self, params: StrategyParams, context: QueryContext) -> Outcome[Lesson]:  # noqa: ARG002 - the same for everyone
        shelf = open_shelf()
        asked = params.strategy.replace("_", " ")
        name = find(asked, shelf.strategy_phrases)
        if name is not None:
            return self._found(shelf.lesson(name))
        meant = find_by_meaning(self.sources.meaning, asked, strategies_only=True)
        if meant.name is not None:
            lesson = shelf.lesson(meant.name)
            return self._found(lesson.model_copy(update={"note": _note(shelf, meant)}))
        near = (*meant.others, *nearest(asked, shelf.strategy_phrases))
        return _absent(params.strategy, near, shelf)

    @query(
        description="Everything the library can explain or teach.",
        examples=("Which strategies can you teach me?",),
        cache=_LASTING,
    )
    def list(self, params: NoParams, context: QueryContext) -> Outcome[Contents]:  # noqa: ARG002 - the same for everyone
        shelf = open_shelf()
        return self._found(
            Contents(
                concepts=tuple(Entry(name=n, title=e["title"]) for n, e in shelf.concepts.items()),
                strategies=tuple(
                    Entry(name=n, title=e["title"]) for n, e in shelf.strategies.items()
                ),
            )
        )

    def _found(self, value: T) -> Found[T]:
        at = self.sources.clock.now()
        return Found(value, Provenance(source=_SOURCE, as_of=at, note="curated, example computed"))


def _explained(shelf: Shelf, phrase: str) -> Explanation | None:
    for phrases in (shelf.concept_phrases, shelf.strategy_phrases):
        if (name := find(phrase.replace("_", " "), phrases)) is not None:
            return _entry(shelf, name)
    return None


def _entry(shelf: Shelf, name: str) -> Explanation:
    return shelf.concept(name) if name in shelf.concepts else shelf.strategy_as_concept(name)


def _note(shelf: Shelf, meant: Meant) -> str:
    """That the entry was not named, and what else may have been meant."""
    title = shelf.title(str(meant.name))
    others = ", ".join(shelf.title(name) for name in meant.others)
    return f"I take this to be about {title}." + (f" Near it are: {others}." if others else "")


def _absent(asked: str, near: Sequence[str], shelf: Shelf) -> Absent:
    titles = [shelf.title(name) for name in dict.fromkeys(near)][:_OFFERED]
    nearby = f" Nearest: {', '.join(titles)}." if titles else ""
    return Absent(f"The library has no entry for '{asked}'.{nearby}")
