"""A conversation: what a later message inherits from the ones before.

'What about tesla?' repeats the last request with another symbol, 'make it 2 contracts' changes one
slot, 'and its earnings?' takes along only what identifies the thing spoken of. A topic switch
inherits nothing. The state is the list of understandings so far; it is rebuilt by hearing the
messages again and never stored.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from mfa.language.catalogue import word_list
from mfa.language.features import words_of
from mfa.language.followups import (
    after_refusal,
    agrees,
    bare_value,
    is_change,
    place_in,
    refuses,
    renamed,
)
from mfa.language.memories import names_a_memory, waves_off
from mfa.language.parts import begins
from mfa.language.slots import missing_slots
from mfa.language.understanding import UNKNOWN, Understanding

if TYPE_CHECKING:
    from mfa.language.language import Language

_IDENTIFIES: Final = frozenset({"symbols", "watchlist", "trader", "team", "order_id"})
_THE_OPTION: Final = frozenset({"option_type", "strike", "strikes", "expiration"})
_OF_A_POSITION: Final = frozenset(
    {"position_details", "close_position", "roll_position", "assignment_check", "evaluate_trade",
     "profit_target_check", "cancel_order", "check_order_status", "check_earnings_risk"}
)  # fmt: skip
"""Requests for which the option, too, identifies what was spoken of; others ask of the company."""
_OF_A_COMPANY: Final = frozenset(
    {"price_quote", "check_earnings", "check_options_flow", "find_zones", "get_stock_rating",
     "research_stock", "analyze_iv", "explain_move", "recommend_options", "plan_strategy"}
)  # fmt: skip
_OF_MANY: Final = frozenset(
    {"watchlist", "sector", "holdings_only", "start_date", "end_date", "days", "limit"}
)
_CONFIRM: Final = re.compile(
    r"(?:(?:yes|yep|yeah|yup|ya|sure|ok|okay|confirm(?:ed)?|affirmative|absolutely|correct|right|fine|sounds good|looks good|go ahead|go for it|do it|do that|send it|place it|submit(?: it)?|please do|proceed|please|that's right|exactly|execute(?: it)?|make it so|of course|definitely|let's do it|lets do it|thanks)[,.! ]*)+"
)
_DECLINE: Final = re.compile(
    r"(?:(?:no|nope|nah|no way|never ?mind|forget (?:it|that|about it)|cancel(?: that| it)?|don't(?: do it)?|dont|do not(?: do it)?|stop|not now|no thanks|no thank you|thanks|skip(?: it)?|leave it|abort|scratch that|drop it|not yet|hold off|wait)[,.! ]*)+"
)
_REPEAT: Final = re.compile(
    r"^(?:and |ok(?:ay)?,? |so |now )*(?:what about|how about|and(?: for| on| with)?|same (?:for|with|on|thing for|thing on)|do the same (?:for|on)|or|try|for|also)\b",
    re.IGNORECASE,
)
_REFINE: Final = re.compile(
    r"^(?:same(?: but| thing but)?|make (?:it|that|them)|but\b|only\b|just\b|instead|no,|nope,|not\b|actually|change (?:it|that|the)|use\b|with\b|at\b|in\b|for\b|under\b|over\b|below|above|the\b|sorry|i meant?|rather|let's (?:do|use|make)|limit (?:it|that)|sort|show only|exclude|on\b|by\b|since\b|from\b|and (?:in|for|with|under|over|at|from|on|only)\b|what about|how about|and\b)|\binstead\??$|\bonly\??$",
    re.IGNORECASE,
)
_LEANS: Final = re.compile(
    r"\b(?:its|it's|it|that one|this one|(?:that|this)(?! (?:week|month|quarter|year|morning|afternoon|evening|friday|monday))|their|they|them|those|these|he|him|his|she|her|the same (?:one|stock|company|position)|the (?:stock|company|position|put|call|option|trade))\b",
    re.IGNORECASE,
)
_BACK: Final = re.compile(r"\b(?:back to|return(?:ing)? to|again about|as for)\b", re.IGNORECASE)


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
        return next((t for t in reversed(self.turns) if t.intent not in _NO_TOPIC), None)

    def _in_context(self, alone: Understanding, today: date) -> Understanding:
        plain = " ".join(alone.text.lower().replace("’", "'").split()).strip(" ?")
        topic = self.topic
        if (reply := self._reply(topic, alone, plain, today)) is not None:
            return replace(alone, intent=reply, confidence=1.0, slots={}, missing=(), also=None)
        if (rest := after_refusal(plain)) is not None and (
            topic is None or _OVER.match(plain) or not self._own(topic, alone, today)
        ):
            meant = self.language.understand(rest, today=today, held=self.held)
            alone = replace(meant, text=alone.text)
        if topic is None:
            return alone
        if (corrected := _CORRECTS.match(plain)) and not self._own(topic, alone, today):
            meant = self.language.understand(
                alone.text[corrected.end() :], today=today, held=self.held
            )
            return self._leaning(topic, replace(meant, text=alone.text), f"it {plain}")
        if _BACK.search(plain) and (earlier := self._returned_to(alone)) is not None:
            return self._changed(earlier, alone, today)
        if self._answers(topic, alone, plain, today) or self._repeats(topic, alone, plain, today):
            return self._changed(topic, alone, today)
        return self._leaning(topic, self._resolved(topic, alone, today), plain)

    def _reply(
        self, topic: Understanding | None, alone: Understanding, plain: str, today: date
    ) -> str | None:
        """'confirm' or 'decline' when the message is no more than that."""
        if _DECLINE.fullmatch(plain):
            return "decline"
        if alone.intent == "remember" and waves_off(plain):
            return "decline"
        if alone.intent == "forget_memory" and names_a_memory(plain):
            return None
        if refuses(plain) and not (topic and self._own(topic, alone, today)):
            return "decline"
        if agrees(plain) or (_CONFIRM.fullmatch(plain) and plain not in {"thanks", "please"}):
            return "confirm"
        return None

    def _resolved(self, topic: Understanding, alone: Understanding, today: date) -> Understanding:
        """The message read with the company that 'it' stands for, where that makes it clearer."""
        symbols = topic.slots.get("symbols", ())
        if len(symbols) != 1 or alone.intent not in _WITHOUT_A_COMPANY:
            return alone
        text = _ITS.sub(f"{symbols[0]}'s", _IT.sub(symbols[0], alone.text))
        if text == alone.text:
            return alone
        named = self.language.understand(text, today=today, held=self.held)
        if named.intent in _WITHOUT_A_COMPANY:
            return alone
        return replace(named, text=alone.text)

    def _returned_to(self, alone: Understanding) -> Understanding | None:
        named = set(alone.slots.get("symbols", ()))
        earlier = [turn for turn in reversed(self.turns[:-1]) if turn.intent not in _NO_TOPIC]
        for turn in earlier:
            if named & set(turn.slots.get("symbols", ())):
                return turn
        return next((turn for turn in earlier if turn.intent == alone.intent), None)

    def _own(self, topic: Understanding, alone: Understanding, today: date) -> dict[str, Any]:
        own = self.language.slots_for(alone.text, topic.intent, today=today, held=self.held)
        admitted = self.language.catalogue.intents[topic.intent].slots
        if not own:
            own = {k: v for k, v in bare_value(topic, alone.text).items() if k in admitted}
        if topic.intent == "roll_position" and "strike" not in own and "from_strike" in own:
            own = {("strike" if k == "from_strike" else k): v for k, v in own.items()}
        if "watchlist" not in own and (name := renamed(topic, alone.text)):
            own["watchlist"] = name
        shock = topic.slots.get("shock")
        size = _PERCENT.search(alone.text)
        if shock and size and "shock" not in own:
            own["shock"] = {**shock, "pct": math.copysign(float(size.group(1)), shock["pct"])}
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
        if not self._own(topic, alone, today) or len(words) > _LONGEST:
            return False
        masked = self.language.masked(alone.text, today=today, held=self.held)
        if not _QUESTION.match(plain) and is_change(words_of(masked)):
            return True
        other = alone.intent not in {topic.intent, UNKNOWN}
        if other and _stands_alone(plain, alone.confidence):
            return False
        if alone.intent == topic.intent and len(words) <= _SHORT and not begins(plain):
            return True
        content = self._content_words(plain)
        if _REPEAT.match(plain) or _REFINE.search(plain):
            return content <= 1 or not other or alone.confidence < _DOUBTFUL
        doubtful = not other or alone.confidence < _SURE
        return (content == 0 and doubtful) or (len(words) <= 2 and alone.confidence < _DOUBTFUL)

    def _content_words(self, plain: str) -> int:
        """Words that neither lead a follow-up nor carry a value."""
        stripped = _LEAD.sub(" ", plain)
        return sum(1 for w in re.findall(r"[a-z']+", stripped) if w in _REQUEST_WORDS)

    def _changed(self, topic: Understanding, alone: Understanding, today: date) -> Understanding:
        own = self._own(topic, alone, today)
        slots = {**topic.slots}
        for name, value in own.items():
            slots.pop(_EXCLUDES.get(name, ""), None)
            slots[name] = value
        return self._with(
            replace(alone, also=None),
            topic.intent,
            slots,
            max(alone.confidence, 0.75) if alone.intent == topic.intent else 0.75,
        )

    def _leaning(self, topic: Understanding, alone: Understanding, plain: str) -> Understanding:
        intent = self.language.catalogue.intents[alone.intent]
        elliptic = (
            alone.intent in _OF_A_COMPANY
            and len(plain.split()) <= 5
            and not _OF_MANY & set(alone.slots)
        )
        leans = _LEANS.search(plain) or alone.missing == ("symbols",) or elliptic
        pointed = place_in(plain, topic.slots.get("symbols", ()))
        if alone.slots.get("symbols") or not (leans or pointed):
            return alone
        identifies = _IDENTIFIES | (_THE_OPTION if alone.intent in _OF_A_POSITION else set())
        if _THAT_SECTOR.search(plain):
            identifies = identifies | {"sector"}
        if _THAT_LIST.search(plain):
            identifies = frozenset({"watchlist"})
        slots = {k: v for k, v in topic.slots.items() if k in identifies and k in intent.slots}
        if pointed and "symbols" in slots:
            slots["symbols"] = [pointed]
        return self._with(alone, alone.intent, {**slots, **alone.slots}, alone.confidence)

    def _with(
        self, base: Understanding, intent: str, slots: Mapping[str, Any], confidence: float
    ) -> Understanding:
        order = self.language.catalogue.slots
        kept = {name: slots[name] for name in order if name in slots}
        found = self.language.catalogue.intents[intent]
        runner_up = base.intent if base.intent != intent else base.runner_up
        return replace(
            base, intent=intent, confidence=round(confidence, 4), slots=kept, runner_up=runner_up,
            missing=missing_slots(found, kept),
        )  # fmt: skip


def _stands_alone(plain: str, confidence: float) -> bool:
    """Whether a message that means something else says so clearly enough to be taken at its word."""
    leans = _LEANS.search(plain) and not _REFINE.search(plain)
    return confidence >= _SURE and bool(leans or _ASKS.match(_AND.sub("", plain)))


_LONGEST: Final = 12
_SHORT: Final = 6
"""Words of a message that may only change the last one, and of one that needs no more to do so."""
_DOUBTFUL: Final = 0.5
_SURE: Final = 0.6
_CORRECTS: Final = re.compile(
    r"(?:(?:no|nope|sorry|wait|oh|not that)[,.! ]+)*i (?:meant|mean|wanted|said|was asking (?:for|about))(?: to)?\b[,: ]*",
    re.IGNORECASE,
)
_OVER: Final = re.compile(r"(?:never ?mind|forget|cancel|scratch)\b")
_THAT_LIST: Final = re.compile(r"\b(?:that|this|the same) (?:watch ?)?list\b")
_THAT_SECTOR: Final = re.compile(r"\b(?:that|this|the same|in the) sector\b")
_ASKS: Final = re.compile(
    r"(?:what|how)(?!'?s? about\b|'?s? if\b)(?:'?s)?\b|(?:when|where|why|who)(?:'?s)?\b|(?:is|are|do|does|did|can|should)\b"
)
_QUESTION: Final = re.compile(
    r"(?:and |so |ok |but )*(?:(?:what|how)(?!'?s? (?:about|if)\b)|when|where|why|who|is|are|do|does|did)(?:'?s)?\b"
)
_AND: Final = re.compile(r"^(?:(?:and|so|ok|okay|then|but|now) )+")
_PERCENT: Final = re.compile(r"(\d{1,3}(?:\.\d+)?) ?(?:%|percent)")
_NO_TOPIC: Final = frozenset({UNKNOWN, "greeting", "help", "confirm", "decline"})
_WITHOUT_A_COMPANY: Final = frozenset(
    {UNKNOWN, "explain_concept", "learn_strategy", "help", "greeting"}
)
_IT: Final = re.compile(r"\b(?:it|that one|this one)\b(?!'s\b)", re.IGNORECASE)
_ITS: Final = re.compile(r"\bits\b", re.IGNORECASE)
_EXCLUDES: Final = {
    "expiration": "dte",
    "dte": "expiration",
    "strike": "delta",
    "delta": "strike",
    "start_date": "days",
    "days": "start_date",
}
_LEAD: Final = re.compile(r"\b(?:what about|how about|same (?:but|for|thing)|make it|i meant?)\b")
_REQUEST_WORDS: Final = word_list("requests")
