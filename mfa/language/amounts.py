"""Numbers of an order: strikes, quantities, prices, told apart by the words beside them.

A number without such a word stays unread.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
from typing import Final

from mfa.language.filters import NUMBER, number
from mfa.language.orders import option_type
from mfa.language.spans import Reading

_SIGNED: Final = re.compile(
    r"(?<![\w.$])([+-])(\d{1,4}) (?=[a-z]{1,5}\b|\$[a-z]|\d{1,2}/\d{1,2}\b)"
)
_STRIKES: Final = re.compile(
    rf"(?<![\w.])\$?{NUMBER} ?(?:/|-| and | by | x )\s?\$?{NUMBER}(?:(?: ?/ ?|-)\$?{NUMBER}(?:(?: ?/ ?|-)\$?{NUMBER})?)? ?(p|c|puts?|calls?)?"
    rf"(?=\b[ ]?(?:bull|bear|credit|debit|put|call|vertical|iron|spread|strangle|condor|butterfly|collar|$))"
)
_LETTERED: Final = re.compile(rf"(?<![\w.])\$?{NUMBER} ?(p|c)\b(?!\w)")
_BEFORE_TYPE: Final = re.compile(
    rf"(?<![\w.])\$?{NUMBER}(?:[ -]strike)?(?= (?:(?:(?!days?\b|weeks?\b|months?\b|delta|dte|percent|dollar)[a-z]{{3,9}} ?\d{{0,2}} )?(?:put|call)s?\b(?! (?:that|this|it|them) (?:in|on|down|into))|straddle|(?:january|february|march|april|may|june|july|august|september|october|november|december) (?:put|call)))"
)
_STRIKE_WORD: Final = re.compile(
    rf"\bstrikes?(?: price)?(?: (?:of|at|to|is))? \$?{NUMBER}|\$?{NUMBER}[ -](?:strike|line)\b"
)
_THE_STRIKES: Final = re.compile(rf"\bthe \$?{NUMBER}'?s\b")
_TOWARDS: Final = re.compile(r"\b(?:to|at|into|for) (?:the |a )?$")
_ROLL_FROM: Final = re.compile(
    rf"\bfrom (?:the )?(?:strike )?\$?{NUMBER}(?: ?(?:strike|puts?|calls?|p|c))? to (?:the )?(?:strike )?\$?{NUMBER}\b(?! ?(?:days|dte|%))"
)
_ROLL_TO: Final = re.compile(
    rf"\b(?:up|down|out|in)?(?: and (?:up|down|out))?(?:[:,]| ?\bto) (?:the |a )?\$?{NUMBER}\b(?! ?(?:days|dte|%|weeks|months|contracts|/|delta))"
)
_PRICE: Final = re.compile(
    rf"(?:@ ?|\b(?:for|at|by|get|got|limit(?: price)?(?: of| at)?|price of|a limit of) )(?:a (?:limit|price|credit|debit) of |(?:no|not) (?:less|more) than |at (?:least|most) |(?:a )?min(?:imum)?(?: of)? |least |a |about |around |roughly )?\$?{NUMBER}(?!\d|%| ?(?:%|percent|dte|days|delta|put(?! (?:that|this|it|them))|call|p\b|c\b|strike|contracts?|shares|years?|weeks?|months?|k\b|of\b|more\b|day\b|\+))(?: ?(?:credit|debit|limit|each|or better|per share|a share|apiece|cents?\b))?"
)
_DOLLARS: Final = re.compile(
    r"\b(?:for|at) (?:(\d{1,3}) dollars?|a (?:dollar|buck))(?: and)?(?: (\d{1,2})(?: cents)?)?\b(?! (?:strike|puts?|calls?))"
)
_LAST_DECIMAL: Final = re.compile(
    r"(?<=[pc\d] )\$?(\d{0,4}\.\d{1,2})(?=$|,|\?| (?:then|and|plus|also|good|ok|okay|worth|smart|or)\b)"
)
_ARROW: Final = re.compile(
    rf"(?:->|=>|→|(?<= )>(?= )) ?(?:[\d/]+ )?\$?{NUMBER}\b(?!/)(?: ?[pc]\b)?"
)
_PRICED: Final = re.compile(
    rf"\b(?:net )?(?:credit|debit|price|premium|px)(?: of| is| was|:)? \$?{NUMBER}(?!\d| ?(?:%|percent|to\b|-|k\b|dte))|\bgot \$?{NUMBER} for (?:it|them|that)\b"
)
_STRIKE_LIST: Final = re.compile(
    rf"\bstrikes?:? \$?{NUMBER}((?:(?:, and |, ?| and |/| )\$?{NUMBER}){{1,3}})\b(?! ?(?:dte|days|%|contracts|puts|calls))"
)
_SLASHES: Final = re.compile(rf"(?<![\w./]){NUMBER}/{NUMBER}/{NUMBER}(?:/{NUMBER})?(?![\w/])")
_CREDIT: Final = re.compile(
    rf"(?<![\w.])\$?{NUMBER} (?:credit|debit|limit|premium|cents?|or better)\b"
)
_QUANTITY: Final = re.compile(
    r"\b(?:qty|quantity|size)[ :]{0,2}(\d{1,6})\b(?! ?%)|(?<![\w.])x ?(\d{1,4})(?![\w.%])|(?<![\w.$/-])(\d{1,6}|\d{1,3}(?:,\d{3})+)(?: ?x\b|(?: more| other| yes| no)? (?:contracts?|shares?|shs?\b|lots?|of (?:the|those|these|my|them|'?em)\b|spreads?|iron condors?|straddles?|strangles?))"
)
_COUNTED: Final = re.compile(
    r"(?<![\w.$/@-])(\d{1,4}) (?=(?:[a-z]{1,12} ){0,2}(?:\$?[\d.]+ )?(?:puts|calls|spreads|csps|condors)\b)"
)
_AFTER_SIDE: Final = re.compile(
    r"\b(?:sell(?:ing)?|buy(?:ing)?|sold|bought|short(?:ing)?|writ(?:e|ing)|close|sto|bto|stc|btc|order|open|roll(?:ing)?|trade|record|log|work|place|enter|put on|grab|get me|long)(?: to (?:open|close))? (\d{1,5}) (?=[a-z$])(?!dte|delta|day|strike|puts? |calls? |dollar)"
)
_ONE: Final = re.compile(
    r"\b(?:a|an|one|1)(?: single| of (?:them|those|these|the))?(?: (?:[a-z][a-z-]{0,12}|\$?[\d./]+)){0,3}? (?:put|call|contract|spread|csp|iron condor|straddle|strangle|covered call)\b(?!s)|\b(?:just|only) (?:the )?(?:one|1)\b(?! (?:with|that|on|in))"
)
_A_GOOD: Final = re.compile(
    r"\b(?:a|an|one) (?:good|better|best|nice|decent|safe|new|different|covered|great|cheap|safer)\b"
)


_A_SHAPE: Final = re.compile(r"an? .*(?:spread|condor|straddle|strangle)")
"""'An iron condor' is counted in an order; in a question it is only spoken of."""
_TO_MONTH: Final = re.compile(
    rf"\bto (?:the )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*(?: \d{{1,2}}(?:st|nd|rd|th)?,?)?(?: monthly)? (?:the |at )?\$?{NUMBER}(?![\d/]|(?:st|nd|rd|th)\b| ?(?:dte|days|%|contracts))"
)
_PAIR: Final = re.compile(r"(?<![\w./$-])\$?(\d{2,4}(?:\.\d+)?)/\$?(\d{2,4}(?:\.\d+)?)(?![\w/])")
_LATEST_DAY: Final = 31
"""A second number beyond it makes a pair of strikes of what might have been a date."""
_SOME_DAYS: Final = re.compile(
    r"(?:\b(under|below|less than|at most|no more than|within|none [\w ]{0,20}(?:beyond|over|past)|not (?:beyond|over|past)) )?(?<![\w.$/-])((?!1 )\d{1,3})[ -](day|week|month)s?\b(?! (?:range|ago|trial|moving|average|high|low|sma|ema|chart))"
)
_DOLLAR_OPTION: Final = re.compile(
    rf"\$?{NUMBER}[ -]dollar(?= (?:[a-z.&']+ ){{0,2}}(?:put|call)s?\b)"
)
_AT_BOTH: Final = re.compile(rf"\b(puts?|calls?) at \$?{NUMBER} and \$?{NUMBER}(?![\d%])")


def read_numbers(reading: Reading) -> None:
    """Claim strikes, quantities and prices; dates, DTE and deltas must be claimed before."""
    if reading.counts:
        _read_digits(reading)
    for match in _ONE.finditer(reading.text.lower):
        if not _A_GOOD.match(match.group()):
            kind = "one_such" if _A_SHAPE.fullmatch(match.group()) else "one"
            reading.note(match.start(), match.start(), kind, 1)


def _read_digits(reading: Reading) -> None:
    _signed(reading)
    for match in _ARROW.finditer(reading.text.lower):
        reading.add(*match.span(1), "to_strike", number(match.group(1)), "_strike_")
    for match in reading.find(_AT_BOTH):
        values = sorted({number(match.group(2)), number(match.group(3))})
        reading.add(match.start(2), match.end(), "strikes", values, "_strikes_")
    for match in reading.find(_DOLLAR_OPTION):
        reading.add(match.start(), match.end(), "strike", number(match.group(1)), "_strike_")
    _several_strikes(reading)
    _strikes_with_letter(reading)
    _quantities(reading)
    _single_strikes(reading)
    _counted(reading)
    _prices(reading)
    for match in reading.find(_ROLL_TO):
        reading.add(match.start(), match.end(), "to_strike", number(match.group(1)), "to _strike_")
    for match in _TO_MONTH.finditer(reading.text.lower):
        reading.add(*match.span(1), "to_strike", number(match.group(1)), "_strike_")
    for match in reading.find(_SOME_DAYS):
        last = int(match.group(2)) * _DAYS_OF[match.group(3)]
        reading.note(match.start(), match.end(), "some_days", [0 if match.group(1) else last, last])


_DAYS_OF: Final = {"day": 1, "week": 7, "month": 30}


def _signed(reading: Reading) -> None:
    """'-1 AAPL': a broker's sign says the side."""
    for match in reading.find(_SIGNED):
        reading.note(match.start(), match.end(), "side", "sell" if match.group(1) == "-" else "buy")
        reading.add(match.start(), match.end() - 1, "quantity", int(match.group(2)), "_qty_")


def _several_strikes(reading: Reading) -> None:
    """'150/145 put spread', and 'from 50 to 48' of a roll."""
    for match in reading.find(_STRIKE_LIST):
        values = sorted({number(n) for n in re.findall(NUMBER, match.group())})
        if len(values) > 1:
            reading.add(match.start(), match.end(), "strikes", values, "_strikes_")
    for match in reading.find(_SLASHES):
        values = sorted({number(g) for g in match.groups() if g})
        reading.add(match.start(), match.end(), "strikes", values, "_strikes_")
    for match in reading.find(_PAIR):
        values = sorted({number(match.group(1)), number(match.group(2))})
        if len(values) > 1 and number(match.group(2)) > _LATEST_DAY:
            reading.add(match.start(), match.end(), "strikes", values, "_strikes_")
    for match in reading.find(_STRIKES):
        values = sorted({number(g) for g in match.group(1, 2, 3, 4) if g})
        if len(values) > 1:
            if match.group(5):
                reading.note(match.start(), match.end(), "option_type", option_type(match.group(5)))
            reading.add(match.start(), match.end(), "strikes", values, "_strikes_")
    for match in reading.find(_ROLL_FROM):
        start, end = match.span()
        reading.note(start, end, "from_strike", number(match.group(1)))
        reading.add(start, end, "to_strike", number(match.group(2)), "from _strike_ to _strike_")


def _strikes_with_letter(reading: Reading) -> None:
    """'170p'."""
    for match in reading.find(_LETTERED):
        kind = option_type(match.group(2))
        reading.note(match.start(), match.end(), "option_type", kind)
        value = number(match.group(1))
        reading.add(match.start(), match.end(), "strike", value, f"_strike_ {kind}")


def _quantities(reading: Reading) -> None:
    for pattern in (_AFTER_SIDE, _QUANTITY):
        for match in reading.find(pattern):
            which = match.lastindex or 1
            said = int(match.group(which).replace(",", ""))
            reading.add(*match.span(which), "quantity", said, "_qty_")


def _single_strikes(reading: Reading) -> None:
    """'strike 170', '170 put'; a small whole number before 'puts' counts them instead."""
    for match in reading.find(_STRIKE_WORD):
        value = number(match.group(1) or match.group(2))
        slot = "strike_to" if _TOWARDS.search(reading.text.lower[: match.start()]) else "strike"
        reading.add(match.start(), match.end(), slot, value, "_strike_")
    for match in reading.find(_THE_STRIKES):
        slot = "strike_to" if _TOWARDS.search(reading.text.lower[: match.start()]) else "strike"
        reading.add(match.start(), match.end(), slot, number(match.group(1)), "_strike_")
    for match in reading.find(_BEFORE_TYPE):
        value = number(match.group(1))
        said = match.group()
        if value < 5 and value.is_integer() and "$" not in said and "strike" not in said:
            reading.add(*match.span(1), "quantity", int(value), "_qty_")
        else:
            reading.add(match.start(), match.end(), "strike", value, "_strike_")


def _counted(reading: Reading) -> None:
    for match in reading.find(_COUNTED):
        reading.add(*match.span(1), "quantity", int(match.group(1)), "_qty_")


def _prices(reading: Reading) -> None:
    """'for 2.50', '2.50 credit', '60 cents'; a spoken 'two fifty' keeps that it was spoken."""
    for match in reading.find(_DOLLARS):
        cents = int(match.group(2) or 0)
        if match.group(2):
            value = int(match.group(1) or 1) + cents / 100
            reading.add(match.start(), match.end(), "price", value, "at _price_")
    for pattern in (_CREDIT, _PRICE, _PRICED):
        for match in reading.find(pattern):
            which = 1 if match.group(1) else 2
            slot = "price_spoken" if match.start(which) in reading.text.spoken else "price"
            value = number(match.group(which))
            if match.group().rstrip("s").endswith("cent"):
                slot, value = "price", value / 100
            reading.add(match.start(), match.end(), slot, value, "at _price_")
    if any(span.slot == "strike" for span in reading.spans):
        for match in reading.find(_LAST_DECIMAL):
            reading.add(match.start(), match.end(), "price", number(match[1]), "at _price_")
