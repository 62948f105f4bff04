"""The grammar of orders: OCC symbols, broker shorthand, side, effect, strike, quantity, price.

What is read here is what the words say; whether an order may carry it is the intent's affair and
whether it may be sent is nobody's in this room.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final

from mfa.language.filters import NUMBER, number
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
_SIGNED: Final = re.compile(r"(?<![\w.$])([+-])(\d{1,4}) (?=[a-z]{1,5}\b|\$[a-z])")
_STRIKES: Final = re.compile(
    rf"(?<![\w.])\$?{NUMBER} ?(?:/|-| and | by | x )\s?\$?{NUMBER}(?:(?: ?/ ?|-)\$?{NUMBER}(?:(?: ?/ ?|-)\$?{NUMBER})?)? ?(p|c|puts?|calls?)?"
    rf"(?=\b[ ]?(?:bull|bear|credit|debit|put|call|vertical|iron|spread|strangle|condor|butterfly|collar|$))"
)
_LETTERED: Final = re.compile(rf"(?<![\w.])\$?{NUMBER} ?(p|c)\b(?!\w)")
_BEFORE_TYPE: Final = re.compile(
    rf"(?<![\w.])\$?{NUMBER}(?:[ -]strike)?(?= (?:(?:[a-z]{{3,9}} ?\d{{0,2}} )?(?:put|call)s?\b|straddle|(?:january|february|march|april|may|june|july|august|september|october|november|december) (?:put|call)))"
)
_STRIKE_WORD: Final = re.compile(
    rf"\bstrikes?(?: price)?(?: (?:of|at|to|is))? \$?{NUMBER}|\$?{NUMBER}[ -](?:strike|line)\b"
)
_ROLL_FROM: Final = re.compile(
    rf"\bfrom (?:the )?\$?{NUMBER}(?: ?(?:strike|puts?|calls?|p|c))? to (?:the )?\$?{NUMBER}\b(?! ?(?:days|dte|%))"
)
_ROLL_TO: Final = re.compile(
    rf"\b(?:up|down|out|in)?(?: and (?:up|down|out))? ?\bto (?:the |a )?\$?{NUMBER}\b(?! ?(?:days|dte|%|weeks|months|contracts|/|delta))"
)
_PRICE: Final = re.compile(
    rf"(?:@ ?|\b(?:for|at|limit(?: price)?(?: of| at)?|price of|a limit of) )(?:a (?:limit|price|credit|debit) of |least |a |about )?\$?{NUMBER}(?!\d|%| ?(?:%|percent|dte|days|delta|put|call|p\b|c\b|strike|contracts?|shares|weeks|months|k\b))(?: ?(?:credit|debit|limit|each|or better|per share|a share|apiece))?"
)
_CREDIT: Final = re.compile(rf"(?<![\w.])\$?{NUMBER} (?:credit|debit|limit|premium)\b")
_QUANTITY: Final = re.compile(
    r"(?<![\w.$/-])(\d{1,6}|\d{1,3}(?:,\d{3})+)(?: ?x\b|(?: more| other)? (?:contracts?|shares?|lots?|of (?:the|those|these|my)|spreads?|iron condors?|straddles?|strangles?))"
)
_COUNTED: Final = re.compile(
    r"(?<![\w.$/@-])(\d{1,4}) (?=(?:[a-z]{1,12} ){0,2}(?:\$?[\d.]+ )?(?:puts|calls|spreads|csps|condors)\b)"
)
_AFTER_SIDE: Final = re.compile(
    r"\b(?:sell|buy|sold|bought|short|write|close|sto|bto|stc|btc|order|roll|trade|record|log)(?: to (?:open|close))? (\d{1,5}) (?=[a-z$])(?!dte|delta|day|strike|puts? |calls? |dollar)"
)
_ONE: Final = re.compile(
    r"\b(?:a|an|one|1)(?: single)?(?: (?:[a-z]{1,12}|\$?[\d.]+)){0,3}? (?:put|call|contract|spread|csp|iron condor|straddle|strangle|covered call)\b(?!s)"
)
_A_GOOD: Final = re.compile(
    r"\b(?:a|an|one) (?:good|better|best|nice|decent|safe|new|different|covered|great|cheap|safer)\b"
)
_TYPE: Final = re.compile(r"\b(puts?|calls?)\b")
_NO_TYPE_BEFORE: Final = re.compile(
    r"\b(?:covered|cash[ -]secured|secured|poor man'?s covered|margin|protective|married|conference|phone|to|will|please|would|could|should|can|don't) $"
)
_NO_TYPE_AFTER: Final = re.compile(
    r" ?(?:me\b|us\b|it\b|him|that\b|this\b|off|away|back\b|/ ?(?:call|put)|(?:and|or|to|-) ?(?:call|put)s?\b|calendar|diagonal|ratio|[\w .$,&-]{1,40}? (?:on|in|into|onto|to) (?:my|the|a)\b[\w ]{0,25}(?:list|database))"
)
_SELL: Final = re.compile(
    r"\b(?:sell(?:ing)?|sold|short(?:ing|ed)?(?= (?:a|an|\d|puts?|calls?|[a-z]{1,5} \d))|writ(?:e|ing)(?! down)|wrote)\b"
)
_BUY: Final = re.compile(
    r"\b(?:buy(?:ing)?|bought|purchas(?:e|ed|ing)|long(?= (?:a|an|\d|puts?|calls?)))\b(?! power)"
)
_ORDER_TYPE: Final = re.compile(
    r"\b(?:(limit)(?: order| at| price| of| \$?\d)|(market)(?: order| price|$)|at (?:the )?(market)\b)"
)
_ORDER_ID: Final = re.compile(
    r"\border (?:id |number |no\.? |#)?#?([a-z]*-?\d[\w-]{1,35})\b|#(\d[\w-]{2,35})\b"
)


def read_instruments(reading: Reading) -> None:
    """Claim OCC symbols and order codes; to run before anything else."""
    for match in reading.find(_OCC):
        root, day, letter, strike = match.groups()
        try:
            expiration = datetime.strptime(day, "%y%m%d").date()  # noqa: DTZ007 - a bare date
        except ValueError:
            continue
        _note_option(reading, match, root, expiration, letter, int(strike) / 1000)
    for match in reading.find(_CODE):
        side, effect = _CODES[match.group(1)]
        reading.note(match.start(), match.end(), "side", side)
        reading.note(match.start(), match.end(), "effect", effect)


def _note_option(
    reading: Reading, match: re.Match[str], root: str, expiration: date, letter: str, strike: float
) -> None:
    start, end = match.span()
    reading.add(start, end, "symbols", root.upper(), "_sym_ _strike_ " + _type(letter))
    reading.note(start, end, "expiration_exact", expiration.isoformat())
    reading.note(start, end, "option_type", _type(letter))
    reading.note(start, end, "strike", strike)


def _type(word: str) -> str:
    return "put" if word.startswith("p") else "call"


def read_words(reading: Reading) -> None:
    """Side, effect, option type, order type and order id: words that stay visible."""
    lower = reading.text.lower
    for match in reading.find(_TO_EFFECT):
        reading.note(match.start(), match.end(), "effect", match.group(2) or match.group(3))
    sides = [(m.start(), "sell") for m in _SELL.finditer(lower)]
    sides += [
        (m.start(), "buy")
        for m in _BUY.finditer(lower)
        if lower[m.end() :].lstrip()[:4] != "back" or True
    ]
    for at, side in sorted(sides):
        reading.note(at, at, "side", side)
    for match in reading.find(_TYPE):
        before, after = lower[: match.start()], lower[match.end() :]
        if _NO_TYPE_BEFORE.search(before) or _NO_TYPE_AFTER.match(after):
            continue
        if re.search(r"(?:put|call)s? ?(?:/|-|and|or|to) ?$", before):
            continue
        if (
            not before.strip()
            and re.match(r" \$?[a-z]{1,12}\b(?! ?(?:\d|for|on|at|expir|spread))", after)
            and match.group() == "put"
        ):
            continue
        reading.note(match.start(), match.end(), "option_type", _type(match.group(1)))
    for match in reading.find(_ORDER_TYPE):
        reading.note(
            match.start(), match.end(), "order_type", "limit" if match.group(1) else "market"
        )
    for match in reading.find(_ORDER_ID):
        value = reading.text.plain[slice(*match.span(1 if match.group(1) else 2))]
        reading.add(match.start(), match.end(), "order_id", value, "order _id_")


def read_numbers(reading: Reading) -> None:
    """Claim strikes, quantities and prices; dates, DTE and deltas must be claimed before."""
    for match in reading.find(_SIGNED):
        reading.note(match.start(), match.end(), "side", "sell" if match.group(1) == "-" else "buy")
        reading.add(match.start(), match.end() - 1, "quantity", int(match.group(2)), "_qty_")
    for match in reading.find(_STRIKES):
        values = sorted({number(g) for g in match.group(1, 2, 3, 4) if g})
        if len(values) > 1:
            if match.group(5):
                reading.note(match.start(), match.end(), "option_type", _type(match.group(5)))
            reading.add(match.start(), match.end(), "strikes", values, "_strikes_")
    for match in reading.find(_ROLL_FROM):
        reading.note(match.start(), match.end(), "from_strike", number(match.group(1)))
        reading.add(
            match.start(),
            match.end(),
            "to_strike",
            number(match.group(2)),
            "from _strike_ to _strike_",
        )
    for match in reading.find(_LETTERED):
        reading.note(match.start(), match.end(), "option_type", _type(match.group(2)))
        reading.add(
            match.start(),
            match.end(),
            "strike",
            number(match.group(1)),
            "_strike_ " + _type(match.group(2)),
        )
    for pattern in (_AFTER_SIDE, _QUANTITY):
        for match in reading.find(pattern):
            at = match.span(1)
            reading.add(*at, "quantity", _whole(match.group(1)), "_qty_")
    for pattern in (_STRIKE_WORD, _BEFORE_TYPE):
        for match in reading.find(pattern):
            value = (
                number(match.group(1) or match.group(2))
                if pattern is _STRIKE_WORD
                else number(match.group(1))
            )
            if (
                value < 5
                and value == int(value)
                and "$" not in match.group()
                and "strike" not in match.group()
            ):
                reading.add(*match.span(1), "quantity", int(value), "_qty_")
            else:
                reading.add(match.start(), match.end(), "strike", value, "_strike_")
    for match in reading.find(_COUNTED):
        reading.add(*match.span(1), "quantity", int(match.group(1)), "_qty_")
    for pattern in (_CREDIT, _PRICE):
        for match in reading.find(pattern):
            value = number(match.group(1))
            spoken = match.start(1) in reading.text.spoken
            reading.add(
                match.start(),
                match.end(),
                "price_spoken" if spoken else "price",
                value,
                "at _price_",
            )
    for match in reading.find(_ROLL_TO):
        reading.add(match.start(), match.end(), "to_strike", number(match.group(1)), "to _strike_")
    lower = reading.text.lower
    for match in _ONE.finditer(lower):
        if not _A_GOOD.match(match.group()):
            reading.note(match.start(), match.start(), "one", 1)


def _whole(text: str) -> int:
    return int(text.replace(",", ""))
