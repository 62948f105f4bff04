"""Later messages that only change a value: 'make it 3', '.45 instead', 'strike 135', '3% rather'.

A number without a word counts only beside a request that is open, and takes the slot that the
request already has a like value in. Nothing here decides what a message with content of its own
means.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from mfa.language.catalogue import word_list
from mfa.language.filters import NUMBER, number
from mfa.language.parts import begins, is_scene, pieces
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
    r"\b(?:the )?(first|second|third|fourth|fifth|last|[1-5](?:st|nd|rd|th))(?: (?:one|of (?:them|those|these)|symbol|stock|name|company|ticker|on the list))\b|\b(?:number|no\.?|#) ?(one|two|three|four|five|[1-5])\b",
    re.IGNORECASE,
)
_YES: Final = word_list("yes")
_AGREES: Final = _YES | word_list("agreeing")
_NO: Final = re.compile(
    r"^(?:no|nope|nah|never ?mind|forget (?:it|that|about it)|cancel (?:that|it)|don't|do not|stop|not now|hold on|wait|scratch that)\b[,.;:! -]*",
    re.IGNORECASE,
)


def agrees(plain: str) -> bool:
    """'Yes, it is correct': a yes, and nothing beside it but the like."""
    words = re.findall(r"[a-z']+", plain.lower())
    return bool(words) and len(words) <= 9 and words[0] in _YES and set(words) <= _AGREES


def refuses(plain: str) -> bool:
    """'Never mind, dear, I'd better ask my wife first': a no, and no request after it."""
    match = _NO.match(plain)
    if match is None:
        return False
    left = [
        piece
        for piece, _ in pieces(plain[match.end() :])
        if piece.lower() not in {"dear", "thanks"}
    ]
    return all(
        not begins(piece) and (is_scene(piece) or len(piece.split()) <= 1) for piece in left
    ) and not re.search(r"\d|\b(?:meant|mean)\b", plain)


def after_refusal(plain: str) -> str | None:
    """What is asked for after a refusal: 'never mind, show my puts' asks for the puts."""
    match = _NO.match(plain)
    if match is None or match.group().lower().startswith(("stop", "do")):
        return None
    rest = plain[match.end() :].strip()
    return rest if len(rest.split()) > 1 and begins(rest) else None


def is_change(words: Sequence[str]) -> bool:
    """Whether masked words hold nothing but values and the words of a change."""
    if not all(w.startswith("_") or w in _FOLLOWING or not w.isalpha() for w in words):
        return False
    valued = any(w.startswith("_") and w not in {"_sym_", "_team_"} for w in words)
    return valued or not set(words) & _NAMES_A_VALUE


_NAMES_A_VALUE: Final = word_list("named_values")
"""Words of a change only beside a value; without one they ask for something."""


def bare_value(topic: Understanding, plain: str) -> dict[str, Any]:
    """The slot of the open request that a number without a word is meant for."""
    if (days := _DAYS.search(plain)) is not None:
        last = min(int(days.group(2)), 3_700)
        return {"dte": [0 if days.group(1) else last, last]}
    match = _BARE.search(plain)
    if match is None:
        return {}
    size, slots = number(match.group(2)), topic.slots
    if "shock" in slots:
        shock = slots["shock"]
        return {"shock": {**shock, "pct": _signed(plain, size, shock["pct"])}}
    if _DELTA.search(plain):
        delta = round(size / 100 if size > 1 else size, 4)
        return {"delta": [delta, delta]} if delta <= 1 else {}
    if topic.intent == "change_setting" and "setting" in slots:
        return {"value": match.group().strip().replace(" percent", "%")}
    return _of_an_order(topic, plain, match)


def _of_an_order(topic: Understanding, plain: str, match: re.Match[str]) -> dict[str, Any]:
    """A price, a strike near the one there is, or a number of contracts; an alert's threshold."""
    value = number(match.group(2)) * (-1 if match.group(1) else 1)
    if topic.intent == "create_alert" and "condition" in topic.slots:
        return {"condition": {**topic.slots["condition"], "value": value}}
    if topic.intent not in _ORDERS or match.group(3) or not 0 < value <= 10_000:
        return {}
    strike = topic.slots.get("strike", topic.slots.get("from_strike"))
    near = bool(strike) and value > 5 and 0.6 <= value / strike <= 1.6
    if not value.is_integer() or "." in match.group(2):
        slot = "limit_price"
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
