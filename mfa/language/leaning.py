"""What a turn takes along from the requests before it: the thing spoken of and nothing else.

'And its earnings?' keeps the company and drops the price; 'the second one' points into the last
list; 'back to Tesla' finds the request about it again. Functions of what was heard; the state is
the conversation's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from mfa.language import wording
from mfa.language.followups import place_in
from mfa.language.slots import missing_slots
from mfa.language.understanding import Understanding

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


def settled(
    language: Language,
    base: Understanding,
    intent: str,
    slots: Mapping[str, Any],
    confidence: float,
) -> Understanding:
    """`base` with what the conversation makes of it."""
    order = language.catalogue.slots
    kept = {name: slots[name] for name in order if name in slots}
    found = language.catalogue.intents[intent]
    runner_up = base.intent if base.intent != intent else base.runner_up
    return replace(
        base, intent=intent, confidence=round(confidence, 4), slots=kept, runner_up=runner_up,
        missing=missing_slots(found, kept),
    )  # fmt: skip


def requests(heard: Sequence[Understanding]) -> list[Understanding]:
    """The requests among the turns; confirmations, greetings and unknown messages are none."""
    return [turn for turn in heard if turn.intent not in wording.NO_TOPIC]


def changed_last(heard: Sequence[Understanding], topic: Understanding) -> list[str]:
    """Names of the slots that the last request set anew."""
    asked = requests(heard)
    before = asked[-2].slots if len(asked) > 1 and asked[-2].intent == topic.intent else {}
    return [name for name, value in topic.slots.items() if before.get(name) != value]


def place_said(heard: Sequence[Understanding], plain: str) -> str | None:
    """The symbol of the last numbered list that 'the second one' points at."""
    for turn in reversed(heard):
        if len(turn.slots.get("symbols", ())) > 1:
            return place_in(plain, turn.slots["symbols"])
    return None


def ordered(
    language: Language, topic: Understanding, alone: Understanding, plain: str
) -> Understanding | None:
    """'Place it' of a trade that was judged, 'cancel it' of an order that was asked about."""
    if topic.intent == "evaluate_trade" and wording.PLACES.fullmatch(plain):
        wanted = "execute_trade"
    elif topic.intent == "check_order_status" and wording.CANCELS.fullmatch(plain):
        wanted = "cancel_order"
    else:
        return None
    admitted = language.catalogue.intents[wanted].slots
    slots = {name: value for name, value in topic.slots.items() if name in admitted}
    return settled(language, replace(alone, also=None), wanted, slots, wording.REPEATED)


def asked_of(language: Language, alone: Understanding, meant: Understanding) -> Understanding:
    """'Back to Tesla: where are the supports?' asks that of Tesla."""
    admitted = language.catalogue.intents[meant.intent].slots
    named = {k: v for k, v in alone.slots.items() if k in _IDENTIFIES & admitted}
    base = replace(meant, text=alone.text)
    return settled(language, base, meant.intent, {**named, **meant.slots}, meant.confidence)


def returned_to(
    heard: Sequence[Understanding], alone: Understanding, rest: str
) -> Understanding | None:
    """The earlier request that is named: by what it was, by its symbol, by its kind."""
    earlier = requests(heard)[::-1]
    for pattern, intents in wording.NAMED_AGAIN:
        of_kind = [turn for turn in earlier if turn.intent in intents]
        if of_kind and pattern.match(rest):
            return of_kind[0]
    named = set(alone.slots.get("symbols", ()))
    earlier = [turn for turn in earlier if turn is not heard[-1]]
    for turn in earlier:
        if named & set(turn.slots.get("symbols", ())):
            return turn
    return next((turn for turn in earlier if turn.intent == alone.intent), None)


def resolved(
    language: Language,
    topic: Understanding,
    alone: Understanding,
    plain: str,
    *,
    today: date,
    held: frozenset[str],
) -> Understanding:
    """The message read with what 'it' stands for, where that makes it clearer."""
    if (watchlist := topic.slots.get("watchlist")) and wording.GOES_THROUGH.match(plain):
        text = wording.IT.sub(f"my {watchlist} list", alone.text)
        return replace(language.understand(text, today=today, held=held), text=alone.text)
    if (trader := topic.slots.get("trader")) and (of := wording.OF_THEM.search(plain)):
        text = f"{plain[: of.start()]}{trader}'s{plain[of.end() :]}"
        said = language.slots_for(text, wording.OF_TRADERS, today=today, held=held)
        slots = {**said, "trader": trader}
        base = replace(alone, also=None)
        return settled(language, base, wording.OF_TRADERS, slots, wording.REPEATED)
    symbols = topic.slots.get("symbols", ())
    unsure = alone.confidence < wording.SURE and not alone.slots
    if (concept := topic.slots.get("concept")) is not None:
        name = str(concept)
    elif len(symbols) == 1 and (unsure or alone.intent in wording.WITHOUT_A_COMPANY):
        name = symbols[0]
    else:
        return alone
    text = wording.ITS.sub(f"{name}'s", wording.IT.sub(name, alone.text))
    if text == alone.text:
        return alone
    named = language.understand(text, today=today, held=held)
    weaker = named.confidence < alone.confidence and (unsure or concept is not None)
    if weaker or named.intent in wording.WITHOUT_A_COMPANY:
        return alone
    return replace(named, text=alone.text)


def leaning(
    language: Language,
    heard: Sequence[Understanding],
    topic: Understanding,
    alone: Understanding,
    plain: str,
) -> Understanding:
    """`alone` with what it leans on; itself where it stands on its own."""
    admitted = language.catalogue.intents[alone.intent].slots
    leans = _leans(alone, plain)
    pointed = place_said(heard, plain)
    period = wording.SAME_PERIOD.search(plain) is not None
    of_list = alone.intent in wording.OF_A_LIST and leans
    if "watchlist" in admitted and (of_list or wording.THAT_LIST.search(plain)):
        alone = _with_list(language, heard, alone)
    if alone.slots.get("symbols") or not (leans or pointed or period):
        return alone
    identifies = _identifies(alone, plain, period=period)
    known = {**topic.slots}
    if "symbols" not in known and (moved := known.get("shock", {}).get("symbol")):
        known["symbols"] = [moved]
    slots = {k: v for k, v in known.items() if k in identifies & admitted}
    own = {k: v for k, v in alone.slots.items() if not (pointed and k in wording.OF_A_PLACE)}
    if pointed and "symbols" in admitted:
        slots["symbols"] = [pointed]
    return settled(language, alone, alone.intent, {**slots, **own}, alone.confidence)


def _leans(alone: Understanding, plain: str) -> bool:
    """Whether the message points at something, or lacks what it asks about."""
    elliptic = (
        alone.intent in _OF_A_COMPANY
        and len(plain.split()) <= wording.ELLIPTIC
        and not _OF_MANY & set(alone.slots)
        and "market" not in plain
    )
    return wording.points_back(plain) or alone.missing == ("symbols",) or elliptic


def _identifies(alone: Understanding, plain: str, *, period: bool) -> frozenset[str]:
    """The slots that say what is spoken of, for this request."""
    on_list = alone.intent == "scan_watchlist" and wording.IT.search(plain)
    if on_list or wording.THAT_LIST.search(plain):
        return frozenset({"watchlist"})
    named = set(_IDENTIFIES)
    if alone.intent in _OF_A_POSITION:
        named |= _THE_OPTION
    if alone.intent in wording.OF_MARKETS:
        named.add("category")
    if period:
        named |= {"start_date", "end_date", "days"}
    if wording.THAT_SECTOR.search(plain):
        named.add("sector")
    return frozenset(named)


def _with_list(
    language: Language, heard: Sequence[Understanding], alone: Understanding
) -> Understanding:
    """'Take it off again': off the list that was last spoken of."""
    lists = (t.slots["watchlist"] for t in reversed(heard) if "watchlist" in t.slots)
    name = next(lists, None)
    if name is None or "watchlist" in alone.slots:
        return alone
    slots = {**alone.slots, "watchlist": name}
    return settled(language, alone, alone.intent, slots, alone.confidence)
