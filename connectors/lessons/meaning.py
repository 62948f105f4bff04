"""Finds an entry of the library by what it is about, when nobody says its name.

The entry's names, what it says and how people describe it are searched, by meaning where the
embedder is there and by words where not. An entry that is near enough is answered with, and the
next best are named beside it; else the nearest are offered by title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from connectors.lessons.shelf import open_shelf
from mfa.meaning.search import By, Meaning, Ranking
from mfa.meaning.words import Passage

COLLECTION: Final = "library"
_SENTENCE: Final = re.compile(r"(?<=[.;]) ")
_SHORTEST: Final = 15
_LEAD: Final = re.compile(
    r"^\W*(?:(?:what|how) (?:do|would|does) (?:you|we|people|one|they|i) call"
    r"|what(?:'s| is) it called|what(?:'s| is) the (?:name|word|term) (?:of|for)"
    r"|is there a (?:name|word|term) for)"
    r"(?: (?:it|that|this|the thing))?(?: (?:when|if|where|that))?\s+",
    re.IGNORECASE,
)
"""'What do you call it when': says that a name is asked for, and nothing about the thing."""
_CLEAR: Final = {"meaning": (0.7, 0.0), "words": (0.3, 0.1)}
"""Score and lead over the next from which an entry is taken to be meant (tests/education)."""
_OFFERED: Final = {"meaning": 0.5, "words": 0.15}
"""Score from which an entry is worth offering."""


_MOST: Final = 3


@dataclass(frozen=True, slots=True)
class Meant:
    """`name` is None where no entry is near enough; `others` are the next best ones."""

    name: str | None
    others: tuple[str, ...]
    by: By


@cache
def library_passages() -> tuple[Passage, ...]:
    """Every text of every entry that is worth searching."""
    return tuple(_passages())


def _passages() -> Iterator[Passage]:
    shelf = open_shelf()
    for name, entry in (*shelf.concepts.items(), *shelf.strategies.items()):
        said = entry.get("definition") or entry["summary"]
        sentences = (each for each in _SENTENCE.split(said) if len(each) > _SHORTEST)
        for text in dict.fromkeys(
            (entry["title"], *entry["aliases"], *sentences, *shelf.asked[name])
        ):
            yield Passage(name, text)


def find_by_meaning(meaning: Meaning, question: str, *, strategies_only: bool = False) -> Meant:
    """What `question` is about, among concepts and strategies or among strategies alone."""
    about = _LEAD.sub("", question) or question
    found = meaning.search(COLLECTION, library_passages(), about)
    strategies = open_shelf().strategies
    hits = tuple(h for h in found.hits if not strategies_only or h.owner in strategies)
    ranking = Ranking(hits, found.by)
    least, lead = _CLEAR[ranking.by]
    clear = bool(hits) and hits[0].score >= least and ranking.margin >= lead
    offered = [h.owner for h in hits[: _MOST + clear] if h.score >= _OFFERED[ranking.by]]
    return (
        Meant(hits[0].owner, tuple(offered[1:]), ranking.by)
        if clear
        else Meant(None, tuple(offered), ranking.by)
    )
