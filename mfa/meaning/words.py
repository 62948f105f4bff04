"""Search by words: how much of a question's weight stands in an owner's texts, from 0 to 1.

BM25 (S. Robertson, H. Zaragoza, The Probabilistic Relevance Framework, 2009) over what each owner
says, divided by the most that the question could reach. Needs nothing but the texts; it is what
search falls back to, and what keeps search by meaning to the words that were said.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_WORD: Final = re.compile(r"[a-z0-9]+")
_ENDING: Final = re.compile(r"(?<=[a-z]{3})(?:ing|ed|es|ly|s|e)$")
_SATURATION: Final = 1.2
_LENGTH: Final = 0.75


@dataclass(frozen=True, slots=True)
class Passage:
    """A text and whose it is; an owner may have several."""

    owner: str
    text: str


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    return _ENDING.sub("", word)


def words_of(text: str) -> list[str]:
    """The words of three letters and more, without common endings."""
    return [_stem(word) for word in _WORD.findall(text.lower()) if len(word) > 2]


class Words:
    """Counts of the passages' words. Immutable."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self._counts: dict[str, Counter[str]] = {}
        for passage in passages:
            self._counts.setdefault(passage.owner, Counter()).update(words_of(passage.text))
        self._lengths = {owner: counts.total() for owner, counts in self._counts.items()}
        self._mean = sum(self._lengths.values()) / max(1, len(self._lengths))
        self._owners_with = Counter(word for counts in self._counts.values() for word in counts)

    def shares(self, question: str) -> dict[str, float]:
        """By owner, those alone that have a word of the question."""
        asked = {word: self._rarity(word) for word in sorted(set(words_of(question)))}
        most = sum(asked.values()) * (_SATURATION + 1)
        found: dict[str, float] = {}
        for owner, counts in self._counts.items():
            short = 1 - _LENGTH + _LENGTH * self._lengths[owner] / (self._mean or 1.0)
            reached = sum(
                weight * counts[word] * (_SATURATION + 1) / (counts[word] + _SATURATION * short)
                for word, weight in asked.items()
                if counts[word]
            )
            if reached:
                found[owner] = reached / most
        return found

    def _rarity(self, word: str) -> float:
        having = self._owners_with[word]
        return math.log(1 + (len(self._counts) - having + 0.5) / (having + 0.5))
