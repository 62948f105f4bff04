"""The grammar of orders: OCC symbols, broker shorthand, side, effect, strike, quantity, price.

What is read here is what the words say; whether an order may carry it is the intent's affair and
whether it may be sent is nobody's in this room.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from mfa.language.spans import Reading

_OCC: Final = re.compile(r"\b([a-z]{1,6}) {0,5}(\d{6})([cp])(\d{8})\b")
_CODE: Final = re.compile(r"\b(sto|stc|bto|btc)\b(?! ?(?:price|usd|market|halving))")
_CODES: Final = {
    "sto": ("sell", "open"),
    "stc": ("sell", "close"),
    "bto": ("buy", "open"),
    "btc": ("buy", "close"),
}
_TO_EFFECT: Final = re.compile(
    r"\b(buy|sell|bought|sold|buying|selling)[ -]to[ -](open|close)\b|\bto (open|close)\b(?=[ ]*(?:$|[,.@]|at|for|\d))"
)
_OPENS: Final = re.compile(
    r"\bopen(?:ing)? (?:up )?(?:a|an|one|two|three|\d+|the|_qty_)\b[^?.]{0,40}\b(?:condors?|spreads?|puts?|calls?|calendars?|strangles?|straddles?|verticals?|butterfl\w+|csps?|position)"
)
_TYPE: Final = re.compile(r"\b(puts?|calls?)\b")
_NO_TYPE_BEFORE: Final = re.compile(
    r"\b(?:covered|overwrite|cash[ -]secured|secured|poor man'?s covered|margin|protective|married|conference|phone)[ -]$"
)
_VERB_BEFORE: Final = re.compile(r"\b(?:i|we|to|will|please|would|could|should|can|don't) $")
_NO_TYPE_AFTER: Final = re.compile(
    r" ?(?:(?:put|call)s? (?:flow|ratio|volume|skew|parity)\b|(?:from|by) (?!\d|now|today|next|this|last|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|on (?:\d|an?\b|one\b)|in (?:for|my|a|an)\b|shares to\b|/ ?(?:call|put)|(?:and|or|to|-) ?(?:call|put)s?\b|calendar|diagonal|ratio|[\w .$,&-]{1,40}? (?:on|in|into|onto|to) (?:my|the|a)\b[\w ]{0,25}(?:list|database))"
)
_VERB_AFTER: Final = re.compile(r" ?(?:me\b|us\b|it\b|him|that\b|this\b|off|away|back\b)")
_PUTS_IT_DOWN: Final = re.compile(
    r" (?:that|this|it|them|me|one|some\w*|any\w*) (?:in|on|down|into|onto)\b"
)
_NOUN_BEFORE: Final = re.compile(r"\b(?:a|the|my|any|this|that|which|one|\d+) $")
_PAIR: Final = re.compile(r"(?:put|call)s?(?: ?(?:/|-|and|or|to) ?$| $)")
_PLACES_IT: Final = re.compile(
    r" \$?[a-z.]{1,12}(?: (?:and|too|back))? (?:on|onto|in|into)\b(?! (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))"
)
_VERB_PLACE: Final = re.compile(
    r"(?:^|\b(?:and|please|pls|then|just|now|lets|let's|kindly|also)[, ]+)$"
)
_PUT_VERB: Final = re.compile(r" (?!to\b)\$?[a-z]{1,12}\b(?! ?(?:\d|for|on|at|expir|spread))")
_SELL: Final = re.compile(
    r"\b(?:(?<=the )sale(?= of)|dispos(?:e|ing) of|sell(?:ing)?|sold|short(?:ing|ed)?(?= (?:a|an|\d|puts?|calls?|[a-z]{1,5} \d))|writ(?:e|ing)(?! down)|wrote)\b"
)
_BUY: Final = re.compile(
    r"(?<!have to )(?<!had to )(?<!make me )(?<!makes me )(?<!never to have )(?<!never have )(?<!maybe )(?<!rated )(?<!rated a )\b(?:buy(?:ing)?(?!-rated| rated| rating)|bought|acquir(?:e|ing|ed)|purchas(?:e|ed|ing)|long(?= (?:a|an|\d|puts?|calls?)))\b(?! power)"
)
_ORDER_TYPE: Final = re.compile(
    r"\b(?:(limit)(?: order| at| price| of| \$?\d)|(?<=\d )(limit)\b|(market)(?: order| price|$)|at (?:the )?(market)\b)"
)
_ORDER_ID: Final = re.compile(
    r"\borders? (?:id |number |no\.? |#)?#?((?:[a-z]+-)?\d{3,}[\w-]{0,30}|[a-z]{1,3}\d{3,12}|[a-z]+-\d[\w-]{1,30})\b(?! ?(?:shares?|shs?|contracts?|puts?|calls?|[a-z]{1,5} (?:puts?|calls?|shares)))|#(\d[\w-]{2,35})\b"
)


def read_instruments(reading: Reading) -> None:
    """Claim OCC symbols and order codes; to run before anything else."""
    for match in reading.find(_OCC):
        root, day, letter, strike = match.groups()
        try:
            expiration = datetime.strptime(day, "%y%m%d").date()  # noqa: DTZ007 - a bare date
        except ValueError:
            continue
        start, end = match.span()
        kind = option_type(letter)
        reading.add(start, end, "symbols", root.upper(), f"_sym_ _strike_ {kind}")
        reading.note(start, end, "expiration_exact", expiration.isoformat())
        reading.note(start, end, "option_type", kind)
        reading.note(start, end, "strike", int(strike) / 1000)
    for match in reading.find(_ORDER_ID):
        value = reading.text.plain[slice(*match.span(1 if match.group(1) else 2))]
        reading.add(match.start(), match.end(), "order_id", value, "order _id_")
    for match in reading.find(_CODE):
        side, effect = _CODES[match.group(1)]
        reading.note(match.start(), match.end(), "side", side)
        reading.note(match.start(), match.end(), "effect", effect)


def option_type(word: str) -> str:
    return "put" if word.startswith("p") else "call"


def read_words(reading: Reading) -> None:
    """Side, effect, option type, order type and order id: words that stay visible."""
    lower = reading.text.lower
    for match in reading.find(_TO_EFFECT):
        reading.note(match.start(), match.end(), "effect", match.group(2) or match.group(3))
    sides = [(m.start(), "sell") for m in _SELL.finditer(lower)]
    sides += [(m.start(), "buy") for m in _BUY.finditer(lower)]
    for at, side in sorted(sides):
        reading.note(at, at, "side", side)
    if _OPENS.search(lower) is not None:
        reading.note(0, 0, "opens", "open")
    for match in reading.find(_TYPE):
        if _is_option(lower, match):
            reading.note(match.start(), match.end(), "option_type", option_type(match.group(1)))
    for match in _ORDER_TYPE.finditer(lower):
        reading.note(
            match.start(),
            match.end(),
            "order_type",
            "market" if "market" in match.group() else "limit",
        )


def _is_option(lower: str, match: re.Match[str]) -> bool:
    """Whether 'put' or 'call' is an option's type, not a verb, a strategy's name or a pair of both."""
    before, after = lower[: match.start()], lower[match.end() :]
    if _NO_TYPE_BEFORE.search(before) or _NO_TYPE_AFTER.match(after) or _PAIR.search(before):
        return False
    if match.group() in {"put", "call"} and _VERB_BEFORE.search(before):
        return False
    if match.group() == "put" and _PUTS_IT_DOWN.match(after):
        return False
    if _VERB_AFTER.match(after) and not _NOUN_BEFORE.search(before):
        return False
    if match.group() == "put" and _VERB_PLACE.search(before) and _PLACES_IT.match(after):
        return False
    return not (match.group() == "put" and not before.strip() and _PUT_VERB.match(after))
