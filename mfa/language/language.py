"""The front of the room: text in, `Understanding` out, and from it a plan.

Needs no network, no key and no account. The same text on the same day always gives the same
result; any text gives one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from mfa.language.catalogue import DIALOGUE_ONLY, Catalogue, load_catalogue, word_list
from mfa.language.coins import slots_of
from mfa.language.dialogue import Dialogue
from mfa.language.features import words_of
from mfa.language.gazetteer import Gazetteer, load_gazetteer, term_flags
from mfa.language.model import Model, load_model
from mfa.language.needs import SEVERAL, needed, needs_of
from mfa.language.parts import Part, cue_of, pieces, split_parts
from mfa.language.plans import UNIVERSES, Plan, Planner, Registry, Unplanned
from mfa.language.slots import missing_slots, read_spans
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
    def load(cls, own: Path | None = None) -> Language:
        """The bundled language, with the model that a person trained, where `own` is a current one.

        `ConfigurationError` when a bundled file is wrong.
        """
        catalogue = load_catalogue()
        if own is None:
            model = load_model()
        else:
            # Deferred: it brings the log along, which the bundled language can do without.
            from mfa.language.own import load_own  # noqa: PLC0415

            model = load_own(own)
        return cls(catalogue, load_gazetteer(), model, Planner.load(catalogue))

    def understand(
        self, text: str, *, today: date, held: frozenset[str] = frozenset()
    ) -> Understanding:
        """What `text` means on its own. `held`: tickers of the account, known as symbols."""
        reading = self._read(read(text), today, held)
        ranked = self._ranked(reading)
        if self.corrected and (meant := self.corrected.get(_masked(reading))) is not None:
            asked = [(meant, 1.0)]
        else:
            asked = self._asked(reading, ranked[0], today, held)
        intent, confidence = asked[0]
        also = asked[1][0] if len(asked) > 1 else None
        runner_up, runner_up_confidence = next(r for r in ranked if r[0] != intent)
        found = self.catalogue.intents[intent]
        both = [found] if also is None else [found, self.catalogue.intents[also]]
        slots = slots_of(reading, both, today, self.catalogue)
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
        today: date,
        registry: Registry | None = None,
    ) -> Plan | Unplanned:
        """The steps that answer it, or the reason why there are none (see `plans`)."""
        if understanding.intent in _ALONE:
            return self.planner.plan(understanding, registry=registry)
        reading = self._read(read(understanding.text), today, frozenset())
        further: tuple[str, ...] = ()
        if understanding.also is not None:
            asked = self._asked(reading, (understanding.intent, 1.0), today, frozenset())
            further = tuple(i for i, _ in asked if i not in understanding.intents)
        missing = "symbols" in understanding.missing
        drawn = needed(
            reading,
            self.model.repair,
            self.model.known_words,
            covered=self.planner.covered(understanding),
            eager=UNIVERSES if missing else frozenset(),
        )
        if drawn:
            intents = [i for i in self.catalogue.intents.values() if i.feature in drawn]
            said = slots_of(reading, intents, today, self.catalogue)
            named = {n: v for n, v in said.items() if n in _NAMES}
            understanding = replace(understanding, slots={**named, **understanding.slots})
        return self.planner.plan(understanding, registry=registry, further=further, drawn=drawn)

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
        return slots_of(reading, [self.catalogue.intents[intent]], today, self.catalogue)

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

    def _asked(
        self, reading: Reading, whole: tuple[str, float], today: date, held: frozenset[str]
    ) -> list[tuple[str, float]]:
        """Each thing that the message asks for with its confidence, in order; at least one.

        `whole` is what the message means when it is read as one.
        """
        plain = reading.text.plain
        cut = pieces(plain)
        if not 1 < len(cut) <= _MOST_PIECES:
            cue = cue_of(reading.masked())
            return [(cue, _SURE_PART)] if cue and whole[1] < _SURE_PART else [whole]
        readings = {piece: self._read(read(piece), today, held) for piece, _ in cut}
        named = {piece: cue_of(readings[piece].masked()) for piece in readings}
        parts = split_parts(plain, named)
        if len(parts) == 1:
            return [whole]
        found: list[tuple[str, float]] = []
        told = False
        needs = needs_of(reading, self.model.repair, self.model.known_words)
        for part in parts:
            already = readings.get(part.text)
            meant = self._meant(part, already or self._read(read(part.text), today, held), needs)
            if meant is None:
                told = told or part.scene
            elif meant[0] not in {intent for intent, _ in found}:
                found.append(meant)
        if len(found) > 1:
            return found
        if found and told and found[0][1] > whole[1]:
            return found
        return [whole]

    def _meant(
        self, part: Part, reading: Reading, needs: Mapping[str, float]
    ) -> tuple[str, float] | None:
        """What a part asks for; None when it only tells of something or is not clear.

        The words of a part are few, those of the message more: the intent counts whose feature the
        whole message needs.
        """
        words = words_of(reading.masked())
        if part.cue is not None:
            ranked = [(part.cue, _NAMED)]
        elif part.scene or _is_bare(words):
            return None
        else:
            ranked = self._ranked(reading)[:_GUESSES]

        def need(intent: str) -> float:
            return needs.get(self.catalogue.intents[intent].feature, _UNSAID)

        intent, confidence = max(ranked, key=lambda r: (r[1] ** 0.5 * need(r[0]), r[0]))
        if intent in _NO_PART:
            return None
        if part.cue is not None:
            clear = need(intent) >= _NAMED_NEED
        elif confidence >= _CLEAR_PART:
            clear = need(intent) >= _NEEDED
        else:
            clear = confidence >= _HEARD and min(need(intent), needs[SEVERAL]) >= _SURE_NEED
        return (intent, max(confidence, _CLEAR_PART)) if clear else None


def _is_bare(words: Sequence[str]) -> bool:
    """Whether words are values alone ('KO,') or the tag of a question ('is that smart')."""
    said = set(words) - _FUNCTION_WORDS
    return said <= _GENERIC or all(word.startswith("_") for word in said)


_GUESSES: Final = 4
_HEARD: Final = 0.1
_NAMED_NEED: Final = 0.015
_NEEDED: Final = 0.15
_SURE_NEED: Final = 0.5
_UNSAID: Final = 0.3
"""How much a feature counts that is never drawn in."""
_CLEAR_PART: Final = 0.45


def _masked(reading: Reading) -> str:
    return " ".join(word for word in words_of(reading.masked()) if word != "?")


_MOST_PIECES: Final = 12
_NAMED: Final = 0.9
"""Confidence in a part that is nothing but a request's short name."""
_GENERIC: Final = word_list("generic")
_FUNCTION_WORDS: Final = word_list("function") | {"?"}
_NO_PART: Final = (
    frozenset({UNKNOWN, "greeting", "help", "remember", "recall_memory"}) | DIALOGUE_ONLY
)
_ALONE: Final = _NO_PART
"""What is answered without asking anything more."""
_NAMES: Final = frozenset({"concept", "team", "trader"})
"""Slots that say what a drawn-in feature is asked about."""
