"""The front of the room: text in, `Understanding` out, and from it a plan.

Needs no network, no key and no account. The same text on the same day always gives the same
result; any text gives one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from mfa.language.catalogue import DIALOGUE_ONLY, Catalogue, load_catalogue
from mfa.language.dialogue import Dialogue
from mfa.language.features import words_of
from mfa.language.gazetteer import Gazetteer, load_gazetteer, term_flags
from mfa.language.model import Model, load_model
from mfa.language.parts import split_parts
from mfa.language.plans import Plan, Planner, Registry, Unplanned
from mfa.language.slots import fill_slots, missing_slots, read_spans
from mfa.language.spans import Reading
from mfa.language.text import Text, read
from mfa.language.understanding import UNKNOWN, Understanding

THRESHOLD: Final = 0.45
"""Confidence from which an understanding may be acted on without asking."""
_SURE_PART: Final = 0.55


@dataclass(frozen=True, slots=True)
class Language:
    """Immutable and safe to share between threads.

    `corrected` holds what this person has said that a message means, by its masked text.
    """

    catalogue: Catalogue
    gazetteer: Gazetteer
    model: Model
    planner: Planner
    corrected: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def load(cls) -> Language:
        """The bundled language. `ConfigurationError` when a file of it is wrong."""
        catalogue = load_catalogue()
        return cls(catalogue, load_gazetteer(), load_model(), Planner.load(catalogue))

    def understand(
        self, text: str, *, today: date, held: frozenset[str] = frozenset()
    ) -> Understanding:
        """What `text` means on its own. `held`: tickers of the account, known as symbols."""
        reading = self._read(read(text), today, held)
        ranked = self._ranked(reading)
        intent, confidence = ranked[0]
        second = None
        if self.corrected and (meant := self.corrected.get(_masked(reading))) is not None:
            intent, confidence = meant, 1.0
        else:
            second = self._second(reading.text, intent, today, held)
        if second is not None:
            intent, confidence = second[0]
        also = second[1] if second is not None else None
        runner_up, runner_up_confidence = next(r for r in ranked if r[0] != intent)
        found = self.catalogue.intents[intent]
        both = [found] if also is None else [found, self.catalogue.intents[also]]
        slots = fill_slots(reading, both, today, self.catalogue)
        return Understanding(
            text=text,
            intent=intent,
            confidence=round(confidence, 4),
            runner_up=runner_up,
            runner_up_confidence=round(runner_up_confidence, 4),
            slots=slots,
            missing=missing_slots(found, slots),
            also=also,
        )

    def masked(self, text: str, *, today: date, held: frozenset[str] = frozenset()) -> str:
        """`text` as the classifier sees it: words, and types in the place of values."""
        return _masked(self._read(read(text), today, held))

    def question(self, understanding: Understanding) -> str | None:
        """What to ask next, or None when nothing required is missing."""
        if not understanding.missing:
            return None
        return self.catalogue.question(understanding.intent, understanding.missing[0])

    @staticmethod
    def is_clear(understanding: Understanding) -> bool:
        """Whether to act without asking which of the two best guesses is meant."""
        return understanding.confidence >= THRESHOLD

    def plan(
        self,
        understanding: Understanding,
        *,
        today: date,  # noqa: ARG002 - templates with relative dates will need it
        registry: Registry | None = None,
    ) -> Plan | Unplanned:
        """The steps that answer it, or the reason why there are none (see `plans`)."""
        return self.planner.plan(understanding, registry=registry)

    def dialogue(
        self,
        previous: Sequence[str] = (),
        *,
        today: date,
        held: frozenset[str] = frozenset(),
    ) -> Dialogue:
        """A conversation that has already heard the user's `previous` messages."""
        dialogue = Dialogue(self, held=held)
        for text in previous:
            dialogue.understand(text, today=today)
        return dialogue

    def slots_for(
        self, text: str, intent: str, *, today: date, held: frozenset[str]
    ) -> dict[str, Any]:
        """The slots `intent` would read in `text`, whatever `text` itself means."""
        reading = self._read(read(text), today, held)
        return fill_slots(reading, [self.catalogue.intents[intent]], today, self.catalogue)

    def _read(self, text: Text, today: date, held: frozenset[str]) -> Reading:
        return read_spans(
            text, today, self.gazetteer, held=held, known_words=self.model.known_words
        )

    def _ranked(self, reading: Reading) -> list[tuple[str, float]]:
        """Intents by falling probability."""
        words = words_of(reading.masked())
        if not any(word.startswith("_") or self.model.knows(word) for word in words):
            return [(UNKNOWN, 0.9), *((n, 0.0) for n in self.model.intents if n != UNKNOWN)]
        probabilities = self.model.classify(words, term_flags(reading.text.lower, self.model.terms))
        order = probabilities.argsort(kind="stable")[::-1]
        return [(self.model.intents[k], float(probabilities[k])) for k in order]

    def _second(
        self, text: Text, whole: str, today: date, held: frozenset[str]
    ) -> tuple[tuple[str, float], str] | None:
        """Both intents of a message that asks for two things, or None."""
        for left, right in split_parts(text.plain):
            first = self._ranked(self._read(read(left), today, held))[0]
            second = self._ranked(self._read(read(right), today, held))[0]
            if first[0] in _NO_PART and first[0] != whole:
                continue
            apart = first[0] != second[0] and not {first[0], second[0]} & _NO_PART
            if apart and first[1] >= _SURE_PART and second[1] >= _SURE_PART:
                return first, second[0]
        return None


def _masked(reading: Reading) -> str:
    return " ".join(words_of(reading.masked()))


_NO_PART: Final = frozenset({UNKNOWN, "greeting", "help"}) | DIALOGUE_ONLY
