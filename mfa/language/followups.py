"""Later messages that only change a value: 'make it 3', '.45 instead', 'strike 135', '3% rather'.

A number without a word counts only beside a request that is open, and takes the slot that the
request already has a like value in. Nothing here decides what a message with content of its own
means.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from mfa.language.catalogue import word_list
from mfa.language.filters import NUMBER, number
from mfa.language.understanding import Understanding

_BARE: Final = re.compile(rf"(?<![\w.$/-])(-?)\$?{NUMBER}(?![\w/]|[.,]\d)( ?%| percent)?")
_DAYS: Final = re.compile(
    r"(?:\b(under|below|less than|within|at most|max)\b )?(?<![\w.$/-])(\d{1,4}) ?(?:days?|dte)\b(?! ago)",
    re.IGNORECASE,
)
_DELTA: Final = re.compile(r"\bdeltas?\b", re.IGNORECASE)
_UP: Final = re.compile(
    r"\b(?:up|rises?|rall(?:y|ies)|gains?|jumps?|higher|plus)\b|\+", re.IGNORECASE
)
_DOWN: Final = re.compile(
    r"\b(?:down|falls?|drops?|loses?|crash(?:es)?|lower|minus)\b", re.IGNORECASE
)
_COUNTS: Final = re.compile(
    r"\b(?:make|only|just) (?:it|that|them)?|^(?:no,? )?only|\b(?:contracts?|shares?)\b",
    re.IGNORECASE,
)
_FOLLOWING: Final = word_list("following")
_ORDERS: Final = frozenset(
    {"execute_trade", "record_trade", "evaluate_trade", "roll_position", "close_position"}
)
_INSTEAD: Final = re.compile(
    r"^(?:no,? |not that,? )?(?:(?:what|how) about|try|use|now|and|do|scan|same (?:for|with|on)) (?:my |the )?(?P<a>[\w&' -]{2,40}?)(?: (?:list|watchlist|instead|now|please))*$|^(?:my |the )?(?P<b>[\w&' -]{2,40}?)(?: (?:list|watchlist))? (?:instead|rather|now)$",
    re.IGNORECASE,
)
_PLACES: Final = {
    name: place
    for place, names in enumerate(
        ("first 1st one", "second 2nd two", "third 3rd three", "fourth 4th four", "fifth 5th five")
    )
    for name in names.split()
}
_PLACE: Final = re.compile(
    r"\b(?:the )?(first|second|third|fourth|fifth|last|[1-5](?:st|nd|rd|th))(?: (?:one|of (?:them|those|these)|symbol|stock|name|company|ticker|on the list)\b|(?= ?[.!]*$))|(?:\b(?:number|no\.?) ?|#)(one|two|three|four|five|[1-5])\b",
    re.IGNORECASE,
)


def is_change(words: Sequence[str]) -> bool:
    """Whether masked words hold nothing but values and the words of a change."""
    if not all(w.startswith("_") or w in _FOLLOWING or not w.isalpha() for w in words):
        return False
    valued = any(w.startswith("_") and w not in {"_sym_", "_team_"} for w in words)
    return valued or not set(words) & _NAMES_A_VALUE


_NAMES_A_VALUE: Final = word_list("named_values")
"""Words of a change only beside a value; without one they ask for something."""


def bare_value(topic: Understanding, plain: str, changed: Sequence[str] = ()) -> dict[str, Any]:
    """The slot of the open request that a number without a word is meant for.

    `changed` names what was said last: 'no, 30' is said of that.
    """
    slots = topic.slots
    if topic.intent == "change_setting" and "setting" in slots:
        return _of_a_setting(plain)
    if (days := _DAYS.search(plain)) is not None:
        last = min(int(days.group(2)), 3_700)
        return {"dte": [0 if days.group(1) else last, last]}
    match = _BARE.search(plain)
    if match is None:
        return {}
    size = number(match.group(2))
    if "shock" in slots:
        shock = slots["shock"]
        return {"shock": {**shock, "pct": _signed(plain, size, shock["pct"])}}
    if _DELTA.search(plain):
        delta = round(size / 100 if size > 1 else size, 4)
        return {"delta": [delta, delta]} if delta <= 1 else {}
    return _of_an_order(topic, plain, match) or _of_the_last(slots, changed, plain)


def _of_a_setting(plain: str) -> dict[str, Any]:
    """'No, off', '70%'."""
    if (switched := plain.lower().strip(" .!")) in {"on", "off"}:
        return {"value": switched}
    match = _BARE.search(plain)
    return {} if match is None else {"value": match.group().strip().replace(" percent", "%")}


_ONLY_A_NUMBER: Final = re.compile(
    rf"(?:(?:make|say|try|use|just|only|rather|it|that|to|at|up to|more like|with|instead|raise|lower|increase|reduce|cut|bump|and|what if i had|if i had|let us say|let's say) ?)*(\$?){NUMBER} ?(k\b)?(?: ?(?:instead|please|pls|rather|dollars|bucks))?[.! ?]*",
    re.IGNORECASE,
)
_IN_DOLLARS: Final = frozenset(
    {"max_price", "min_price", "max_capital", "limit_price", "strike", "min_market_cap"}
)
_WHOLE: Final = frozenset({"min_iv_rank", "min_score", "limit", "week", "quantity", "days"})


def _of_the_last(slots: Mapping[str, Any], changed: Sequence[str], plain: str) -> dict[str, Any]:
    match = _ONLY_A_NUMBER.fullmatch(plain.strip())
    if match is None:
        return {}
    value = number(match.group(2)) * (1_000 if match.group(3) else 1)
    for slot in changed:
        if slot in _IN_DOLLARS:
            return {slot: value}
        if match.group(1) or match.group(3) or not value.is_integer():
            continue
        if slot == "dte":
            return {"dte": [0 if slots["dte"][0] < slots["dte"][1] else int(value), int(value)]}
        if slot in _WHOLE:
            return {slot: int(value)}
    return {}


def _of_an_order(topic: Understanding, plain: str, match: re.Match[str]) -> dict[str, Any]:
    """A price, a strike near the one there is, or a number of contracts; an alert's threshold."""
    value = number(match.group(2)) * (-1 if match.group(1) else 1)
    if topic.intent == "create_alert" and "condition" in topic.slots:
        return {"condition": {**topic.slots["condition"], "value": value}}
    if topic.intent not in _ORDERS or match.group(3) or not 0 < value <= 10_000:
        return {}
    strike = topic.slots.get("strike", topic.slots.get("from_strike"))
    near = bool(strike) and value > 5 and 0.6 <= value / strike <= 1.6
    first_strike = "option_type" in topic.slots and not strike and "strikes" not in topic.slots
    if not value.is_integer() or "." in match.group(2):
        slot = "limit_price"
    elif first_strike and value > 5 and not _COUNTS.search(plain):
        slot = "strike"
    else:
        slot = "strike" if near and not _COUNTS.search(plain) else "quantity"
    return {slot: int(value) if slot == "quantity" else value}


def _signed(plain: str, size: float, before: float) -> float:
    """A move of `size` percent; up or down as is said, else the way of the one before."""
    if _UP.search(plain):
        return size
    return -size if _DOWN.search(plain) or before < 0 else size


def renamed(topic: Understanding, plain: str) -> str | None:
    """'Dividend Kings instead': the watchlist that is meant now."""
    if "watchlist" not in topic.slots:
        return None
    match = _INSTEAD.match(plain.strip(" .!?"))
    if match is None:
        return None
    name = (match.group("a") or match.group("b")).strip()
    words = name.lower().split()
    return name if len(words) <= 3 and not set(words) & _FOLLOWING else None


def place_in(plain: str, symbols: Sequence[str]) -> str | None:
    """The symbol that 'the second one' points at in a list, or None."""
    match = _PLACE.search(plain)
    if match is None or len(symbols) < 2:
        return None
    said = (match.group(1) or match.group(2)).lower()
    if said == "last":
        return symbols[-1]
    place = _PLACES.get(said, int(said[0]) - 1 if said[0].isdigit() else 0)
    return symbols[place] if place < len(symbols) else None


_THE_STRIKE: Final = re.compile(
    rf"\b(?:the|a) \$?{NUMBER}(?![\w/%]|[.,]\d| ?(?:delta|dte|day|week|month|contract|share|percent))"
)


def struck_anew(topic: Understanding, plain: str) -> float | None:
    """'What about the 290 for 3.90': the strike that is meant now, near the one there was."""
    before = topic.slots.get("strike")
    match = _THE_STRIKE.search(plain)
    if before is None or match is None or topic.intent not in _ORDERS - {"roll_position"}:
        return None
    value = number(match.group(1))
    return value if 0.6 <= value / before <= 1.6 else None


_DROPS: Final = re.compile(
    r"(?:drop|remove|lose|clear|ignore|skip|lift|without|forget)(?: about)? (?:the |my |that |any )?([a-z ]{2,20}?) (?:filter|limit|condition|bound|restriction|requirement|part|bit)s?"
)
_DROPPED: Final[Mapping[str, tuple[str, ...]]] = {
    "dte": ("dte",),
    "expiration": ("expiration", "dte"),
    "expiry": ("expiration", "dte"),
    "date": ("start_date", "end_date", "days", "expiration"),
    "delta": ("delta",),
    "sector": ("sector",),
    "price": ("min_price", "max_price"),
    "iv": ("min_iv_rank",),
    "iv rank": ("min_iv_rank",),
    "ivr": ("min_iv_rank",),
    "earnings": ("no_earnings_days",),
    "score": ("min_score",),
    "rating": ("rating",),
    "capital": ("max_capital",),
    "premium": ("min_premium_pct",),
    "market cap": ("min_market_cap",),
    "strategy": ("strategy",),
    "symbol": ("symbols",),
}


def dropped(plain: str, slots: Mapping[str, Any]) -> frozenset[str]:
    """'Drop the dte filter': the slots of the last request that no longer count."""
    match = _DROPS.fullmatch(plain.strip(" .!"))
    names = _DROPPED.get(match.group(1), ()) if match is not None else ()
    return frozenset(names) & set(slots)


_A_NAME: Final = re.compile(
    r"(?:(?:and|or|what about|how about|same for|now|also|then) )*(?:from |by |for )?@?([A-Za-z][\w-]{2,30}?)(?:'s)?[.! ?]*",
    re.IGNORECASE,
)


def other_trader(plain: str) -> str | None:
    """'And krazya?', of traders: a name and nothing beside it."""
    match = _A_NAME.fullmatch(plain.strip())
    return None if match is None or match.group(1).lower() in _NO_NAME else match.group(1)


_NO_NAME: Final = (
    _FOLLOWING | word_list("requests") | word_list("not_traders") | word_list("function")
    | word_list("yes") | word_list("agreeing")
)  # fmt: skip
