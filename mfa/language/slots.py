"""From the spans of a message to the slots of an intent.

The readers find values; the intent decides what they are: the same date is an expiration in an
order and a period in a history. A slot the intent does not carry is dropped, and a value that does
not have its slot's type is a defect of a reader, dropped here and caught by the tests.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from mfa.language import conditions, freetext, memories, periods
from mfa.language.amounts import read_numbers
from mfa.language.catalogue import Catalogue, Intent
from mfa.language.date_words import When
from mfa.language.dates import read_dates
from mfa.language.filters import read_filters
from mfa.language.gazetteer import Gazetteer
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
    spans = sorted(reading.spans, key=lambda s: s.start)
    found: dict[str, Any] = {}
    for slot in _DIRECT:
        for span in spans:
            if span.slot == slot and not (slot in _REFUSED and _is_refused(reading, spans, span)):
                found.setdefault(slot, span.value)
    symbols = list(dict.fromkeys(s.value for s in _meant(reading, spans)))
    if symbols:
        found["symbols"] = symbols
    teams = list(dict.fromkeys(s.value for s in spans if s.slot == "team"))
    if teams:
        found["team"] = teams
    primary = intents[0]
    _fill_dates(found, spans, primary, admitted, today)
    _fill_orders(found, reading, spans, primary, admitted)
    _fill_bounds(found, reading, spans, admitted)
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
_NOT: Final = re.compile(r"\b(?:not|no|instead of|rather than|except)(?: the| a| an)? $")


def _is_refused(reading: Reading, spans: list[Span], span: Span) -> bool:
    """'not tech, energy': the first is no value where another of its kind is said."""
    others = any(s.slot == span.slot and s.value != span.value for s in spans)
    return others and _NOT.search(reading.text.lower[: span.start]) is not None


def _meant(reading: Reading, spans: list[Span]) -> list[Span]:
    """The spans of symbols that stand: 'berkshire, no sorry, exxon' takes the first one back."""
    named = [s for s in spans if s.slot == "symbols"]
    for match in _TAKEN_BACK.finditer(reading.text.lower):
        later = [s for s in named if s.start >= match.end()]
        named = later or named
    return named


_TAKEN_BACK: Final = re.compile(
    r"\b(?:no,? (?:sorry|wait|i meant?|make that)|sorry,? (?:no|i meant?)|i meant?|wait,? no"
    r"|scratch that)\b"
)


def _fill_dates(
    found: dict[str, Any], spans: list[Span], intent: Intent, admitted: frozenset[str], today: date
) -> None:
    whens = [s.value for s in spans if s.slot == "when"]
    if "from_expiration" in admitted:
        whens = [each for when in whens for each in when.ends or (when,)]
    for span in spans:
        if span.slot == "expiration_exact":
            found["expiration"] = span.value
        elif span.slot == "in_days":
            _fill_in_days(found, span.value, admitted, today)
    if "expiration" in admitted:
        named = [w for w in whens if _expires(w, intent, admitted, today)]
        if named and "expiration" not in found:
            days = [w.expiration.isoformat() for w in named]
            found["expiration"] = days[-1] if "from_expiration" in admitted else days[0]
            if len(days) > 1 and "from_expiration" in admitted:
                found["from_expiration"] = days[0]
            whens = [w for w in whens if w not in named]
    if "start_date" in admitted and whens:
        whole = [w for w in whens if w.ends] or whens
        if intent.dates == "until":
            whole = [
                replace(w, bound="by") if w.unit == "day" and not w.bound else w for w in whole
            ]
        _fill_period(found, whole, ahead=intent.dates in {"future", "until", "expiration"})


def _expires(when: When, intent: Intent, admitted: frozenset[str], today: date) -> bool:
    """A date is an expiration where no period can be meant, or where one day still to come is."""
    if "start_date" not in admitted:
        return True
    by = when.bound == "by" and intent.name in _BY_EXPIRATION
    one_day = when.unit == "day" and (by or not when.bound) and when.ahead[0] >= today
    return intent.dates == "expiration" and one_day


_BY_EXPIRATION: Final = frozenset({"analyze_iv", "recommend_options", "plan_strategy"})
"""Where 'by next friday' names the expiration to look at."""


def _fill_in_days(found: dict[str, Any], days: int, admitted: frozenset[str], today: date) -> None:
    if "dte" in admitted:
        found.setdefault("dte", [days, days])
    elif "end_date" in admitted and "days" not in admitted:
        found["start_date"] = found["end_date"] = periods.shift(today, days).isoformat()
    else:
        found.setdefault("days", days)


def _fill_period(found: dict[str, Any], whens: list[When], *, ahead: bool) -> None:
    for when in whens:
        first, last = when.period(ahead=ahead)
        if when.bound == "since":
            found["start_date"] = first.isoformat()
        elif when.bound == "by":
            found["end_date"] = last.isoformat()
        elif "start_date" not in found and "end_date" not in found:
            found["start_date"], found["end_date"] = first.isoformat(), last.isoformat()


def _fill_roll(found: dict[str, Any], spans: list[Span], towards: list[float]) -> None:
    """Which strike is held and which is rolled to; a strike alone is the one that is held."""
    named = [s.value for s in spans if s.slot == "strike"]
    to_strikes = towards + [s.value for s in spans if s.slot == "to_strike"]
    if not to_strikes and len(named) > 1:
        to_strikes = named[1:]
    if to_strikes:
        if "strike" in found:
            found.setdefault("from_strike", found["strike"])
        found["strike"] = to_strikes[-1]
    elif "strike" in found and "from_strike" not in found:
        found["from_strike"] = found.pop("strike")


def _fill_orders(
    found: dict[str, Any],
    reading: Reading,
    spans: list[Span],
    intent: Intent,
    admitted: frozenset[str],
) -> None:
    option = "option_type" in found or "strike" in found or "strikes" in found
    towards = [s.value for s in spans if s.slot == "strike_to"]
    if intent.name == "roll_position":
        _fill_roll(found, spans, towards)
    elif towards:
        found.setdefault("strike", towards[0])
    for span in spans:
        if span.slot in {"price", "price_spoken"}:
            _fill_price(found, span, admitted, option=option)
    if intent.name == "execute_trade" and any(s.slot == "opens" for s in spans):
        found.setdefault("effect", "open")
    if intent.name in _IDEAS and "contract" not in reading.text.lower:
        found.pop("quantity", None)
    if "quantity" not in found and any(s.slot == "one" for s in spans) and intent.name in _SINGULAR:
        found["quantity"] = 1
    if "strikes" in found and "strike" in found and "strikes" not in admitted:
        found.pop("strikes")


_IDEAS: Final = frozenset({"find_csp_opportunity", "find_covered_call"})
"""Where a number of puts is a number of ideas, and only contracts are a quantity."""
_SINGULAR: Final = frozenset(
    {"execute_trade", "record_trade", "evaluate_trade", "recommend_options"}
)


def _fill_price(
    found: dict[str, Any], span: Span, admitted: frozenset[str], *, option: bool
) -> None:
    """'at 170' is the strike of an option that has none yet; otherwise a price is the limit."""
    value: float = span.value
    if span.slot == "price_spoken" and option and ("strike" in found or "strikes" in found):
        value /= 100
    needs_strike = (
        "strike" in admitted and option and "strike" not in found and "strikes" not in found
    )
    if needs_strike and (value >= 5 or "limit_price" not in admitted):
        found["strike"] = span.value
    elif "limit_price" in admitted:
        found.setdefault("limit_price", value)


def _fill_bounds(
    found: dict[str, Any], reading: Reading, spans: list[Span], admitted: frozenset[str]
) -> None:
    lower = reading.text.lower
    if "limit" in admitted and "limit_price" not in admitted and (m := _LIMIT.search(lower)):
        found.setdefault("limit", int(m.group(1)))
    if "order_id" in admitted and "order_id" not in found and (m := _BARE_ID.search(lower)):
        found["order_id"] = m.group(1)
    if "max_price" in admitted and "max_price" not in found and (m := _BARE_MAX.search(lower)):
        bound = float(m.group(1))
        if reading.free(*m.span(1)):
            found["max_price"] = bound
    if "min_price" in admitted and "min_price" not in found and (m := _BARE_MIN.search(lower)):
        bound = float(m.group(1))
        if reading.free(*m.span(1)):
            found["min_price"] = bound
    for span in spans:
        if span.slot == "price_range":
            found["min_price"], found["max_price"] = span.value
    if "days" in found and "dte" in admitted and "days" not in admitted:
        found.setdefault("dte", [0, found["days"]])


_LIMIT: Final = re.compile(
    r"\blimit(?: of| to|:)? (\d{1,3})(?: results?| rows?| names?)?(?=$|[ ,.?!;](?! ?(?:dte|days|delta|%)))"
)
_BARE_ID: Final = re.compile(r"(?<![\w.$/-])#?(\d{4,12})(?![\w%/]|[.,]\d)")
_BARE_MAX: Final = re.compile(
    r"(?:\b(?:under|below|less than|cheaper than|at most|up to)|<=?) ?(\d{1,4}(?:\.\d+)?)(?=$|[ ,.?!;])(?! ?(?:%|percent|dte|delta|days?|weeks?|k\b|m\b|b\b|iv|capital|million|billion|thousand|contracts))"
)
_BARE_MIN: Final = re.compile(
    r"(?:\b(?:over|above|more than|at least)|>=?) ?(\d{1,4}(?:\.\d+)?)(?=$|[ ,.?!;])(?! ?(?:%|percent|dte|delta|days?|weeks?|k\b|m\b|b\b|iv|capital|million|billion|thousand|contracts))"
)


def _fill_free_text(
    found: dict[str, Any], reading: Reading, intent: Intent, admitted: frozenset[str]
) -> None:
    text = reading.text
    if "watchlist" in admitted and (
        name := freetext.watchlist(text.plain, found.get("symbols", ()))
    ):
        found["watchlist"] = name
        _within_name(found, reading, name)
    of_traders = intent.feature == "xtrades"
    if "trader" in admitted and (name := freetext.trader(text.plain, alone=of_traders)):
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
    if "symbols" in found:
        found.pop("holdings_only", None)
    if intent.name == "check_xtrades_alerts" and "option_type" not in found:
        found.pop("side", None)


def missing_slots(intent: Intent, slots: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in intent.required if name not in slots)
