"""What a turn's message means after the conversation before it, and what it puts right.

Earlier messages keep the meaning that they were answered with, a language model's included. A
reading that the person picked, or 'no, I meant ...', is a correction of the message before: it
comes out of here to be kept. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Final

from mfa.language.dialogue import Dialogue
from mfa.language.guesses import NOT_OFFERED, guesses, meant_instead, picked
from mfa.language.language import Language
from mfa.language.slots import missing_slots
from mfa.language.understanding import UNKNOWN, Understanding
from mfa.store.turn_records import Earlier

_FIELDS: Final = frozenset(each.name for each in fields(Understanding))
_LEAST_WORDS: Final = 2
"""Words beside values that a message needs before one may learn from it: 'tesla' means anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message understood. `corrects` is the masked message before it and what that meant;
    `missed_before`: that one was not understood either.
    """

    understanding: Understanding
    corrects: tuple[str, str] | None = None
    missed_before: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ear:
    """Hears for one person. `meaning` is what the person has said that a masked message means."""

    language: Language
    meaning: Callable[[str], str | None]
    today: date
    held: frozenset[str] = frozenset()

    def hear(self, text: str, earlier: Sequence[Earlier]) -> Heard:
        dialogue = Dialogue(self._taught(text), held=self.held)
        for each in earlier:
            if each.understood is None:
                dialogue.understand(each.text, self.today)
            else:
                dialogue.turns.append(understanding_of(each.understood))
        if not earlier:
            return Heard(understanding=dialogue.understand(text, self.today))
        before = dialogue.turns[-1]
        missed = not earlier[-1].proposed and (
            before.intent == UNKNOWN or not self.language.is_clear(before)
        )
        if missed and (intent := picked(guesses(self.language.catalogue, before), text)):
            return Heard(
                understanding=self._as_picked(before, intent),
                corrects=self._lesson(before, intent, by_model=False),
            )
        understood = dialogue.understand(text, self.today)
        rest = meant_instead(text)
        if rest is None:
            return Heard(understanding=understood, missed_before=missed)
        dialogue.turns.pop()
        instead = replace(dialogue.understand(rest, self.today), text=text)
        understood = max(understood, instead, key=lambda each: each.confidence)
        by_model = "model" in (earlier[-1].understood or {})
        known = self.language.is_clear(understood) and understood.intent not in NOT_OFFERED
        return Heard(
            understanding=understood,
            corrects=self._lesson(before, understood.intent, by_model=by_model) if known else None,
            missed_before=missed,
        )

    def _taught(self, text: str) -> Language:
        """The language with this person's word on exactly this message, if there is one."""
        masked = self.language.masked(text, today=self.today, held=self.held)
        intent = self.meaning(masked)
        if intent is None or intent not in self.language.catalogue.intents:
            return self.language
        return replace(self.language, corrected={masked: intent})

    def _as_picked(self, before: Understanding, intent: str) -> Understanding:
        """The message before, read as the person says it was meant."""
        found = self.language.catalogue.intents[intent]
        own = self.language.slots_for(before.text, intent, today=self.today, held=self.held)
        slots = {**{k: v for k, v in before.slots.items() if k in found.slots}, **own}
        return Understanding(
            text=before.text, intent=intent, confidence=1.0, slots=slots,
            missing=missing_slots(found, slots),
        )  # fmt: skip

    def _lesson(
        self, before: Understanding, intent: str, *, by_model: bool
    ) -> tuple[str, str] | None:
        """What to keep: nothing where only a slot was wrong, or the message meant nothing alone."""
        unclear = not self.language.is_clear(before)
        if intent == before.intent and not unclear:
            return None
        alone = self.language.understand(before.text, today=self.today, held=self.held)
        if alone.intent != before.intent and not by_model:
            return None  # it leaned on what was said before it
        masked = self.language.masked(before.text, today=self.today, held=self.held)
        words = [word for word in masked.split() if not word.startswith("_")]
        return (masked, intent) if len(words) >= _LEAST_WORDS else None


def understanding_of(stored: Mapping[str, Any]) -> Understanding:
    """An understanding as an event or a checkpoint holds it, beside other things."""
    known = {name: value for name, value in stored.items() if name in _FIELDS}
    return Understanding(**{**known, "missing": tuple(known["missing"])})
