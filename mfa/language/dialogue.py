"""A conversation: what a later message inherits from the ones before.

'What about tesla?' repeats the last request with another symbol, 'make it 2 contracts' changes one
slot, 'and its earnings?' takes along only what identifies the thing spoken of. A topic switch
inherits nothing. The state is the list of understandings so far; it is rebuilt by hearing the
messages again and never stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from mfa.language import wording
from mfa.language.features import words_of
from mfa.language.followups import (
    bare_value,
    dropped,
    is_change,
    other_trader,
    renamed,
    struck_anew,
)
from mfa.language.leaning import (
    asked_of,
    changed_last,
    leaning,
    ordered,
    place_said,
    resolved,
    returned_to,
    settled,
)
from mfa.language.memories import names_a_memory, waves_off
from mfa.language.parts import is_scene
from mfa.language.replies import after_refusal, agrees, agrees_to_do, declines, refuses, waves
from mfa.language.slots import read_spans
from mfa.language.text import read
from mfa.language.understanding import UNKNOWN, Understanding

if TYPE_CHECKING:
    from mfa.language.language import Language


@dataclass(slots=True)
class Dialogue:
    """One conversation, heard in order. Not shared between threads."""

    language: Language
    held: frozenset[str] = frozenset()
    turns: list[Understanding] = field(default_factory=list)

    def understand(self, text: str, today: date) -> Understanding:
        """What `text` means after everything heard so far."""
        alone = self.language.understand(text, today=today, held=self.held)
        understood = self._in_context(alone, today) if self.turns else alone
        self.turns.append(understood)
        return understood

    @property
    def topic(self) -> Understanding | None:
        """The last request; confirmations, greetings and unknown messages do not change it."""
        return next((t for t in reversed(self.turns) if t.intent not in wording.NO_TOPIC), None)

    def _in_context(self, alone: Understanding, today: date) -> Understanding:
        plain = read(alone.text).lower.strip(" ?")
        topic = self.topic
        if (answered := self._answered(topic, alone, plain, today)) is not None:
            return answered
        alone = self._after_no(topic, alone, plain, today)
        if topic is None:
            return alone
        if (turned := self._turned(topic, alone, plain, today)) is not None:
            return turned
        if self._answers(topic, alone, plain, today) or self._repeats(topic, alone, plain, today):
            return self._changed(topic, alone, plain, today)
        clearer = resolved(self.language, topic, alone, plain, today=today, held=self.held)
        return leaning(self.language, self.turns, topic, clearer, plain)

    def _answered(
        self, topic: Understanding | None, alone: Understanding, plain: str, today: date
    ) -> Understanding | None:
        """What only answers the turn before: a yes, a no, an order for what was spoken of."""
        if topic is not None and topic is self.turns[-1]:
            placed = ordered(self.language, topic, alone, plain)
            if placed is not None:
                return placed
        reply = self._reply(topic, alone, plain, today)
        if reply is None:
            return None
        return replace(alone, intent=reply, confidence=1.0, slots={}, missing=(), also=None)

    def _after_no(
        self, topic: Understanding | None, alone: Understanding, plain: str, today: date
    ) -> Understanding:
        """'Never mind, show my puts' without its refusal."""
        rest = after_refusal(plain)
        if rest is None:
            return alone
        if topic is None or wording.OVER.match(plain) or not self._own(topic, alone, today):
            meant = self.language.understand(rest, today=today, held=self.held)
            return replace(meant, text=alone.text)
        return alone

    def _turned(
        self, topic: Understanding, alone: Understanding, plain: str, today: date
    ) -> Understanding | None:
        """A correction, a return to an earlier request, a filter taken away."""
        if (as_order := self._as_order(topic, alone, plain, today)) is not None:
            return as_order
        corrected = wording.CORRECTS.match(plain)
        if corrected and not self._own(topic, alone, today):
            rest = plain[corrected.end() :]
            meant = self.language.understand(rest, today=today, held=self.held)
            said = replace(meant, text=alone.text)
            return leaning(self.language, self.turns, topic, said, f"it {plain}")
        if (back := wording.BACK.search(plain)) is not None:
            rest = plain[back.end() :].strip()
            if (asked := wording.asked_anew(rest)) is not None:
                meant = self.language.understand(asked, today=today, held=self.held)
                return asked_of(self.language, alone, meant)
            if (earlier := returned_to(self.turns, alone, rest)) is not None:
                return self._changed(earlier, alone, plain, today)
        if gone := dropped(plain, topic.slots):
            kept = {name: v for name, v in topic.slots.items() if name not in gone}
            return self._as(topic, alone, kept)
        return None

    def _as_order(
        self, topic: Understanding, alone: Understanding, plain: str, today: date
    ) -> Understanding | None:
        """'Make it two contracts': what was nearly taken for an order was one."""
        if topic.runner_up != wording.ORDER or topic.intent not in wording.LIKE_AN_ORDER:
            return None
        slots = self.language.slots_for(topic.text, wording.ORDER, today=today, held=self.held)
        if len(slots.get("symbols", ())) != 1 or "side" not in slots:
            return None
        order = settled(self.language, topic, wording.ORDER, slots, topic.confidence)
        own = self._own(order, alone, today)
        only_there = set(own) - self._admitted(topic) or (
            set(own) & {"quantity", "strike"} and not self._own(topic, alone, today)
        )
        if not only_there or not self._only_changes(order, alone.text, today):
            return None
        return self._changed(order, alone, plain, today)

    def _reply(
        self, topic: Understanding | None, alone: Understanding, plain: str, today: date
    ) -> str | None:
        """'confirm' or 'decline' when the message is no more than that."""
        card = topic is not None and topic is self.turns[-1] and topic.intent in wording.CARDS
        if declines(plain, open_card=card) or (alone.intent == "remember" and waves_off(plain)):
            return "decline"
        if alone.intent == "forget_memory" and names_a_memory(plain):
            return None
        raw = " ".join(alone.text.lower().replace("’", "'").split()).strip(" ?")
        if refuses(raw, open_card=card) and (
            waves(raw) or not (topic and self._own(topic, alone, today))
        ):
            return "decline"
        same = card and topic is not None and not self._own(topic, alone, today)
        return (
            "confirm" if agrees(plain, open_card=card) or (same and agrees_to_do(plain)) else None
        )

    def _own(self, topic: Understanding, alone: Understanding, today: date) -> dict[str, Any]:
        """The slots of the last request that the message says anew."""
        said = wording.LEAD_IN.sub("", alone.text) or alone.text
        hint = wording.OF_THE_GAME if topic.intent in wording.OF_GAMES else ""
        own = self.language.slots_for(said + hint, topic.intent, today=today, held=self.held)
        admitted = self.language.catalogue.intents[topic.intent].slots
        plain = read(said).plain
        if not own or (own.keys() == {"setting"} and "setting" in topic.slots):
            bare = bare_value(topic, plain, changed_last(self.turns, topic))
            own = {k: v for k, v in bare.items() if k in admitted} or own
        if topic.intent == "roll_position" and "strike" not in own and "from_strike" in own:
            own = {("strike" if k == "from_strike" else k): v for k, v in own.items()}
        if "strike" not in own and (strike := struck_anew(topic, plain)) is not None:
            own["strike"] = strike
        if not {"watchlist", "symbols"} & set(own) and (name := renamed(topic, plain)):
            without = said.replace(name, "list")
            own = self.language.slots_for(without, topic.intent, today=today, held=self.held)
            own["watchlist"] = name
        if "trader" in admitted and not own and (trader := other_trader(plain)) is not None:
            own["trader"] = trader
        wording.shocked(topic, own, plain)
        return own

    def _answers(self, topic: Understanding, alone: Understanding, plain: str, today: date) -> bool:
        """Whether a short message fills the slot that was asked for."""
        return (
            bool(topic.missing)
            and topic is self.turns[-1]
            and len(plain.split()) <= 6
            and topic.missing[0] in self._own(topic, alone, today)
            and not (
                alone.confidence >= 0.8
                and alone.intent not in {topic.intent, UNKNOWN}
                and len(plain.split()) > 2
            )
        )

    def _repeats(self, topic: Understanding, alone: Understanding, plain: str, today: date) -> bool:
        """Whether the message is the last request with something changed."""
        words = plain.split()
        if not self._own(topic, alone, today) or len(words) > wording.LONGEST:
            counted = wording.NUMBERED.fullmatch(plain) and "symbols" in self._admitted(topic)
            pointed = place_said(self.turns, plain) is not None
            return bool(counted) or (
                pointed and len(words) <= wording.SHORT and wording.same(plain)
            )
        if alone.intent != topic.intent and wording.acts(alone, plain):
            return False
        if not wording.QUESTION.match(plain) and self._only_changes(topic, alone.text, today):
            return True
        if topic.intent == "explain_concept" and self._names_a_term(plain):
            return True
        return wording.goes_on(topic, alone, plain)

    def _names_a_term(self, plain: str) -> bool:
        """'Gamma?', after another term: nothing but a term of the library."""
        terms = self.language.model.terms.matches(plain)
        return any(end - start >= len(plain.strip(" .!?")) for start, end, _ in terms)

    def _only_changes(self, topic: Understanding, text: str, today: date) -> bool:
        """Whether nothing but values and words of a change are said, before any aside."""
        hint = wording.OF_THE_GAME if topic.intent in wording.OF_GAMES else ""
        first, _, aside = text.partition(",")
        said = first if aside and is_scene(aside.strip()) and len(first.split()) > 1 else text
        if "trader" in topic.slots and other_trader(text) is not None:
            return True
        reading = read_spans(
            read(said + hint),
            today,
            self.language.gazetteer,
            held=self.held,
            known_words=self.language.model.known_words,
        )
        return is_change(words_of(reading.masked(also=self._admitted(topic))))

    def _admitted(self, topic: Understanding) -> frozenset[str]:
        return self.language.catalogue.intents[topic.intent].slots

    def _changed(
        self, topic: Understanding, alone: Understanding, plain: str, today: date
    ) -> Understanding:
        own = self._own(topic, alone, today)
        slots = {**topic.slots}
        if (pointed := place_said(self.turns, plain)) is not None:
            kept = {k: v for k, v in own.items() if k not in wording.OF_A_PLACE}
            own = {**kept, "symbols": [pointed]}
        elif wording.NUMBERED.fullmatch(plain):
            own, slots = {}, {k: v for k, v in slots.items() if k != "symbols"}
        for name, value in own.items():
            for excluded in wording.EXCLUDES.get(name, ()):
                slots.pop(excluded, None)
            slots[name] = value
        return self._as(topic, alone, slots)

    def _as(
        self, topic: Understanding, alone: Understanding, slots: Mapping[str, Any]
    ) -> Understanding:
        """The last request again, with `slots`."""
        sure = alone.confidence if alone.intent == topic.intent else 0.0
        base = replace(alone, also=None)
        return settled(self.language, base, topic.intent, slots, max(sure, wording.REPEATED))
