"""From the spans of a message to the slots of an intent.

The readers find values; the intent decides what they are: the same date is an expiration in an
order and a period in a history. A slot the intent does not carry is dropped, and a value that does
not have its slot's type is a defect of a reader, dropped here and caught by the tests.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from mfa.language import conditions, freetext, given_names, memories
from mfa.language.amounts import read_numbers
from mfa.language.bound_slots import fill_bounds
from mfa.language.catalogue import Catalogue, Intent
from mfa.language.date_slots import fill_dates
from mfa.language.dates import read_dates
from mfa.language.filters import read_filters
from mfa.language.gazetteer import Gazetteer
from mfa.language.order_slots import fill_orders
from mfa.language.orders import read_instruments, read_words
from mfa.language.spans import Reading, Span
from mfa.language.text import Text
from mfa.language.tickers import read_symbols
from mfa.language.vocabularies import read_vocabularies

_DIRECT: Final = (
    "option_type", "side", "effect", "order_type", "order_id", "strategy", "sector", "rating",
    "view", "outcome", "category", "delta", "dte", "min_score", "min_premium_pct",
    "min_market_cap", "min_price", "max_price", "max_capital", "limit", "min_iv_rank",
    "holdings_only", "no_earnings_days", "days", "week", "quantity", "strike", "strikes",
    "from_strike",
)  # fmt: skip


def read_spans(
    text: Text,
    today: date,
    gazetteer: Gazetteer,
    *,
    held: frozenset[str],
    known_words: frozenset[str],
) -> Reading:
    """Run all readers, the most certain first."""
    reading = Reading(text)
    read_instruments(reading)
    read_filters(reading, today)
    read_dates(reading, today)
    read_symbols(reading, gazetteer, held=held, known_words=known_words)
    read_vocabularies(reading, gazetteer)
    read_numbers(reading)
    read_words(reading)
    return reading


def fill_slots(
    reading: Reading, intents: Sequence[Intent], today: date, catalogue: Catalogue
) -> dict[str, Any]:
    """The slots that the intents admit, in the order of the slot catalogue."""
    admitted = frozenset().union(*(intent.slots for intent in intents))
    spans = _standing(reading.text.lower, sorted(reading.spans, key=lambda s: s.start))
    found: dict[str, Any] = {}
    for slot in _DIRECT:
        for span in spans:
            if span.slot == slot and not (slot in _REFUSED and _is_refused(reading, spans, span)):
                found.setdefault(slot, span.value)
    symbols = list(dict.fromkeys(s.value for s in spans if s.slot == "symbols"))
    if symbols:
        found["symbols"] = symbols
    teams = list(dict.fromkeys(s.value for s in spans if s.slot == "team"))
    if teams:
        found["team"] = teams
    primary = intents[0]
    fill_dates(found, spans, primary, admitted, today)
    fill_orders(found, reading, spans, primary, admitted)
    fill_bounds(found, reading, spans, primary, admitted)
    _fill_free_text(found, reading, primary, admitted)
    if "memory" in admitted and (said := memories.memory(reading.text.plain, primary.name)):
        found["memory"] = said
    _settle(found, primary)
    return {
        name: found[name]
        for name, slot in catalogue.slots.items()
        if name in admitted and name in found and slot.accepts(found[name])
    }


_REFUSED: Final = frozenset({"sector", "strategy", "rating", "option_type", "view", "category"})
_EDGE: Final = re.compile(r"\b(?:rated|the most|most|least) $")
_NOT: Final = re.compile(r"\b(?:not|no|instead of|rather than|except)(?: the| a| an)? $")


def _is_refused(reading: Reading, spans: list[Span], span: Span) -> bool:
    """'not tech, energy': the first is no value where another of its kind is said."""
    others = any(s.slot == span.slot and s.value != span.value for s in spans)
    return others and _NOT.search(reading.text.lower[: span.start]) is not None


def _standing(text: str, spans: list[Span]) -> list[Span]:
    """The spans that stand: 'berkshire, no sorry, exxon' and 'today, no wait, tomorrow' take the
    first one back, and 'not gm' says none where another is said."""
    for match in _TAKEN_BACK.finditer(text):
        after = [s for s in spans if s.start >= match.end() and not _NOT.search(text[: s.start])]
        again = {s.slot for s in after if s.slot == "symbols" or s.start <= match.end() + _NEAR}
        spans = [s for s in spans if s.slot not in again & _ONE_MEANT or s in after]
    named = [s for s in spans if s.slot == "symbols"]
    left = [s for s in named if not _NOT.search(text[: s.start])]
    return [s for s in spans if s.slot != "symbols" or s in left] if left else spans


_NEAR: Final = 20
"""Characters after 'no wait' within which a value replaces the one before it."""
_ONE_MEANT: Final = frozenset(
    {"symbols", "when", "week", "quantity", "strike", "price", "price_spoken", "delta", "dte",
     "team", "option_type", "side", "expiration_exact", "max_price", "max_capital"}
)  # fmt: skip
_TAKEN_BACK: Final = re.compile(
    r"\b(?:no,? (?:sorry|wait|i meant?|make (?:it|that)|actually)|sorry,? (?:no|i meant?)|i meant?|wait,? (?:no|make it)"
    r"|scratch that|correction)\b"
)


def _fill_free_text(
    found: dict[str, Any], reading: Reading, intent: Intent, admitted: frozenset[str]
) -> None:
    text = reading.text
    if "watchlist" in admitted and (
        name := given_names.watchlist(
            text.plain,
            found.get("symbols", ()),
            put_on=intent.name in _PUT_ON,
            free=reading.free,
        )
    ):
        found["watchlist"] = name
        _within_name(found, reading, name)
    of_traders = intent.feature == "xtrades"
    if "trader" in admitted and (
        name := given_names.trader(text.plain, alone=of_traders, free=reading.free)
    ):
        found["trader"] = name
    if "concept" in admitted and (term := freetext.concept(text)):
        found["concept"] = term
    if "task" in admitted and (task := freetext.task(text.plain)):
        found["task"] = task
    if "setting" in admitted:
        found.update(freetext.setting(text.plain))
    if "condition" in admitted and (condition := conditions.condition(text.plain)):
        found["condition"] = condition
    if "shock" in admitted and (shock := conditions.shock(text.plain, found.get("symbols", []))):
        found["shock"] = shock


_PUT_ON: Final = frozenset({"add_to_watchlist", "remove_from_watchlist"})


def _within_name(found: dict[str, Any], reading: Reading, name: str) -> None:
    """A word inside a watchlist's name filters nothing: 'my energy plays list' says no sector."""
    start = reading.text.lower.find(name.lower())
    end = start + len(name)
    for slot in ("sector", "strategy", "rating", "view", "outcome", "category"):
        spans = [s for s in reading.spans if s.slot == slot]
        if spans and all(start <= s.start and s.start < end for s in spans):
            found.pop(slot, None)


def _settle(found: dict[str, Any], intent: Intent) -> None:
    """What one slot says about another."""
    strategy = found.get("strategy")
    if (
        strategy in {"calendar", "double_calendar"}
        and found.get("option_type")
        and intent.name != "learn_strategy"
    ):
        found["strategy"] = (
            f"{found['option_type']}_calendar" if strategy == "calendar" else strategy
        )
    if intent.name == "find_csp_opportunity" and found.get("strategy") == "short_put":
        found["strategy"] = "csp"
    if intent.name == "find_calendar_spread" and found.get("strategy") == "calendar":
        found.pop("strategy")
    if "symbols" in found:
        found.pop("holdings_only", None)
    if intent.name == "check_earnings_risk" and strategy in {"straddle", "strangle"}:
        found.pop("strategy")
    if (shocked := found.get("shock", {}).get("symbol")) in found.get("symbols", ()):
        found["symbols"] = [s for s in found["symbols"] if s != shocked]
        if not found["symbols"]:
            found.pop("symbols")
    if intent.name == "check_xtrades_alerts" and "option_type" not in found:
        found.pop("side", None)


def missing_slots(intent: Intent, slots: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in intent.required if name not in slots)
