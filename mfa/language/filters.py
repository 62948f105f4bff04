"""Bounds and filters said in a message: DTE, delta, IV rank, prices, capital, how many.

Each rule is a pattern and a function from its match to a value; the first to claim wins. A number
with no word that says what it counts stays unread.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any, Final

from mfa.language import periods
from mfa.language.spans import Reading

NUMBER: Final = r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,9}(?:\.\d{1,6})?|\.\d{1,6})"
MONEY: Final = rf"\$?\s?{NUMBER}\s?(k\b|thousand\b|m\b|mm\b|mil\b|million\b|grand\b|b\b|bn\b|billion\b|t\b|trillion\b)?(?:\s?(?:dollars?|bucks|usd))?"
_SCALE: Final = {"k": 1e3, "g": 1e3, "t": 1e12, "m": 1e6, "b": 1e9}
_UNDER: Final = r"(?:(?:\bunder|below|less than|no more than|not more than|at most|max(?:imum)?(?: of)?|up to|within|cheaper than|lower than|fewer than|smaller than)\b|<=?)"
_OVER: Final = r"(?:over|above|more than|at least|no less than|min(?:imum)?(?: of)?|greater than|higher than|>=?|north of|exceed(?:s|ing)?|larger than|bigger than)"
_TO: Final = r"\s?(?:-|to|and|through)\s?"


def number(text: str) -> float:
    return float(text.replace(",", ""))


def money(text: str, scale: str | None) -> float:
    """'5' with 'k' is 5000.0; the first letter of the scale decides."""
    if not scale:
        return number(text)
    return number(text) * (1e3 if scale.startswith("th") else _SCALE[scale[0]])


def _whole(text: str) -> int:
    return int(number(text))


def _delta(value: float) -> float:
    return round(value / 100 if value > 1 else value, 4)


def _pair(low: Any, high: Any) -> list[Any] | None:
    return [low, high] if low <= high else [high, low]


def _delta_range(low: float, high: float) -> list[float] | None:
    a, b = _delta(low), _delta(high)
    return _pair(a, b) if 0 <= a <= 1 and 0 <= b <= 1 else None


def _dte(low: int, high: int) -> list[int] | None:
    return _pair(low, high) if high <= 3_700 and low <= 3_700 else None


_DAYS_OF: Final = {"day": 1, "week": 7, "month": 30}
Rule = tuple[re.Pattern[str], str, str, Callable[["re.Match[str]"], Any]]


def _rule(pattern: str, slot: str, mask: str, value: Callable[[re.Match[str]], Any]) -> Rule:
    return re.compile(pattern), slot, mask, value


_IV: Final = r"(?:iv|implied vol(?:atility)?)[ -]?(?:rank|r|percentile)|ivr|iv"
_DTE_WORD: Final = r"(?:-|\s)?(?:dte|days? (?:to|till|until) (?:expir\w+|exp)|days? to go)"
_RULES: Final[tuple[Rule, ...]] = (
    _rule(rf"\b{_OVER}\s?{NUMBER}%?\s(?:{_IV})\b|\b(?:{_IV})\s?(?:is\s|of\s)?(?:{_OVER})\s?{NUMBER}\b", "min_iv_rank", "_ivrank_",
          lambda m: _whole(m[1] or m[2]) if number(m[1] or m[2]) <= 100 else None),
    _rule(rf"\b(?:{_IV})\s?{NUMBER}\+", "min_iv_rank", "_ivrank_", lambda m: _whole(m[1]) if number(m[1]) <= 100 else None),
    _rule(r"\b0[ -]?dte\b", "dte", "_dte_", lambda _: [0, 0]),
    _rule(r"\bzero dte\b", "dte", "_dte_", lambda _: [0, 0]),
    _rule(rf"\b(\d+){_TO}(\d+){_DTE_WORD}\b|\bdte (?:of |between )?(\d+){_TO}(\d+)\b", "dte", "_dte_",
          lambda m: _dte(int(m[1] or m[3]), int(m[2] or m[4]))),
    _rule(rf"{_UNDER}\s?(\d+){_DTE_WORD}\b|\bdte\s?{_UNDER}\s?(\d+)\b|\b(?:expir\w+|exp) (?:with)?in (?:the next |less than |under )?(\d+) days\b",
          "dte", "_dte_", lambda m: _dte(0, int(m[1] or m[2] or m[3]))),
    _rule(rf"(?<![\w.$])(\d+){_DTE_WORD}\b|\bdte (?:of |around |about |near )?(\d+)\b", "dte", "_dte_",
          lambda m: _dte(int(m[1] or m[2]), int(m[1] or m[2]))),
    _rule(rf"\b(?:in |about |around )?(\d+){_TO}(\d+)[ -](day|week|month)s?(?: out| away| from now)?\b(?! ago)", "dte", "_dte_",
          lambda m: _dte(int(m[1]) * _DAYS_OF[m[3]], int(m[2]) * _DAYS_OF[m[3]])),
    _rule(r"\b(\d+)[ -](day|week|month)s?(?: out| away| from now)\b", "dte", "_dte_",
          lambda m: _dte(*(2 * [int(m[1]) * _DAYS_OF[m[2]]]))),
    _rule(r"\b(?:a|one) (week|month) (?:out|from now|away)\b", "dte", "_dte_", lambda m: [_DAYS_OF[m[1]]] * 2),
    _rule(r"\b(?:in |over |for |within )?(?:the )?(?:next|coming|upcoming|following) (\d+) (day|week|month)s?\b|\bwithin (\d+) (day|week|month)s?\b",
          "days", "_next_", lambda m: int(m[1] or m[3]) * _DAYS_OF[m[2] or m[4]] if int(m[1] or m[3]) <= 1_000 else None),
    _rule(r"\bin (?:about |around )?(\d+) (day|week|month)s?\b(?:'s? time)?(?! or)", "in_days", "_next_",
          lambda m: int(m[1]) * _DAYS_OF[m[2]] if int(m[1]) <= 1_000 else None),
    _rule(r"\b(?:horizon|window|look-?ahead)(?: of| is|:)? (\d+)[ -](day|week|month)s?\b", "days", "_next_", lambda m: int(m[1]) * _DAYS_OF[m[2]] if int(m[1]) <= 1_000 else None),
    _rule(r"\bin (?:a|one) (week|month)\b", "in_days", "_next_", lambda m: _DAYS_OF[m[1]]),
    _rule(rf"\bdeltas?\s(?:of\s|around\s|about\s|between\s|from\s)?{NUMBER}{_TO}{NUMBER}|(?<![\w$]){NUMBER}{_TO}{NUMBER}[ -]?(?:deltas?|Δ)\b",
          "delta", "_delta_", lambda m: _delta_range(number(m[1] or m[3]), number(m[2] or m[4]))),
    _rule(rf"{_UNDER}\s?{NUMBER}[ -]?deltas?\b|\bdeltas?\s?(?:is\s)?{_UNDER}\s?{NUMBER}", "delta", "_delta_",
          lambda m: _delta_range(0.0, number(m[1] or m[2]))),
    _rule(rf"\b{_OVER}\s?{NUMBER}[ -]?deltas?\b|\bdeltas?\s(?:is\s)?{_OVER}\s?{NUMBER}(?![\d%])", "delta", "_delta_",
          lambda m: _delta_range(number(m[1] or m[2]), 1.0) if number(m[1] or m[2]) <= 100 else None),
    _rule(rf"(?<![\w$.])-?{NUMBER}[ -]?(?:deltas?|Δ)\b(?!\s?(?:exposure|neutral))|\bdeltas?\s(?:(?:of|around|about|near|at|roughly|close to)\s){{0,2}}-?{NUMBER}(?![\d%])",
          "delta", "_delta_", lambda m: _delta_range(v := number(m[1] or m[2]), v) if number(m[1] or m[2]) <= 100 else None),
    _rule(rf"\bscor(?:es?|ing)\s(?:of\s)?(?:{_OVER}\s?)?(\d+)\b\+?(?: or (?:more|better|higher))?|\b{_OVER}\s?(\d+)\s(?:score|points)\b", "min_score", "_score_",
          lambda m: int(m[1] or m[2]) if int(m[1] or m[2]) <= 100 else None),
    _rule(rf"{NUMBER}\s?(?:%|percent) (?:of|on) (?:the )?strike\b|\b{NUMBER}\s?(?:%|percent) min(?:imum)?\b", "min_premium_pct", "_pct_", lambda m: number(m[1] or m[2])),
    _rule(rf"\b(?:premium|yield|return|roi|pay|paying)s?\s(?:of\s)?(?:is\s)?(?:{_OVER}\s)?{NUMBER}\s?(?:%|percent)|\b(?:{_OVER}\s?)?{NUMBER}\s?(?:%|percent)\+?(?: or more)?\s(?:premium|yield|return|roi)\b",
          "min_premium_pct", "_pct_", lambda m: number(m[1] or m[2])),
    _rule(rf"\b(?:market[ -]?cap(?:itali[sz]ation)?s?|m(?:kt ?)?cap|cap)\s?(?:is\s|of\s)?{_OVER}\s?{MONEY}|\b{_OVER}\s?{MONEY}\s(?:in )?(?:market[ -]?cap|cap)\b",
          "min_market_cap", "_cap_", lambda m: money(m[1] or m[3], m[2] or m[4])),
    _rule(rf"\b(?:capital|collateral|cash|buying power|bp|margin)\s(?:is\s|of\s|required\s)?{_UNDER}\s?{MONEY}|\b(?:{_UNDER}|with|only|have|using|for|got|have got|less than)\s(?:only\s|just\s|about\s)?{MONEY}\s(?:of |in )?(?:capital|collateral|cash|buying power|bp|to (?:invest|spend|work with|deploy|tie up|play with|spare|use|put to work)|(?:sitting|lying|idle|spare|available|free)\b[\w ]{{0,12}})\b|\b{MONEY}\s(?:max(?:imum)? )?(?:capital|collateral|to (?:invest|spend|work with|deploy))\b",
          "max_capital", "_money_", lambda m: next(money(m[i], m[i + 1]) for i in (1, 3, 5) if m[i])),
    _rule(rf"(?:\b|(?=<))(?:{_UNDER}|with|for)\s?{NUMBER}\s?(k)\b", "max_capital", "_money_", lambda m: money(m[1], m[2])),
    _rule(rf"(?<![\w.])\$?{NUMBER}\s?(?:to|and|-)\s?\$?{NUMBER}\s(?:dollars|bucks|usd)\b|(?<![\w.])\$\s?{NUMBER}\s?(?:to|-)\s?\$\s?{NUMBER}(?![\d%/]|\s?(?:k\b|put|call))", "price_range", "_price_",
          lambda m: _pair(number(m[1] or m[3]), number(m[2] or m[4]))),
    _rule(rf"\b(?:between|priced|px|prices?)\s(?:is\s|range\s|of\s)?(?:between\s|from\s)?\$?{NUMBER}\s?(?:and|to|-)\s?\$?{NUMBER}(?![\d%/]|\s?(?:dte|delta|days|weeks|put|call))(?:\s(?:dollars|bucks))?", "price_range", "_price_",
          lambda m: _pair(number(m[1]), number(m[2]))),
    _rule(rf"(?:\b(?:price|priced|share price|stock price|trading|cost\w*)\s(?:is\s)?)?{_UNDER}\s?\$\s?{NUMBER}(?!\s?(?:k|m|b|%|dte))\b(?:\s(?:a|per) share)?|\b(?:stocks?|shares?|price|priced|px|tickers?|names?|companies|trading|ones?)\s?(?:is\s)?{_UNDER}\s?{NUMBER}\b(?!\s?(?:%|percent|dte|delta|days|k|m|b|iv))|{_UNDER}\s?{NUMBER}\s?(?:dollars|bucks|a share|per share)\b|\bsub[ -]?\$?{NUMBER}(?: px| dollars| bucks)?\b|\b(?:max(?:imum)? (?:price|px)|(?:price|px) max(?:imum)?)(?: of| is)? \$?{NUMBER}\b",
          "max_price", "_price_", lambda m: number(m[1] or m[2] or m[3] or m[4] or m[5])),
    _rule(rf"\b(?:min(?:imum)? (?:price|px)|(?:price|px) min(?:imum)?)(?: of| is)? \$?{NUMBER}\b", "min_price", "_price_", lambda m: number(m[1])),
    _rule(rf"\b(?:(?:price|priced|share price|stock price|trading|cost\w*)\s(?:is\s)?)?{_OVER}\s?\$\s?{NUMBER}(?!\s?(?:k|m|b|%|dte))\b(?:\s(?:a|per) share)?|\b(?:stocks?|shares?|price|priced|px|tickers?|names?|companies|trading|ones?)\s?(?:is\s)?{_OVER}\s?{NUMBER}\b(?!\s?(?:%|percent|dte|delta|days|k|m|b|iv))|\b{_OVER}\s?{NUMBER}\s?(?:dollars|bucks|a share|per share)\b",
          "min_price", "_price_", lambda m: number(m[1] or m[2] or m[3])),
    _rule(rf"(?:\b{_OVER}|\bupwards of|\bworth|>)\s?(?:over |more than |above )?\$?{NUMBER}\s?(bn|billion|trillion|b|t)\b(?: (?:and|or) (?:up|more|above|over))?|\$?\b{NUMBER}\s?(bn|billion|trillion|b|t)\b(?:\s(?:market )?caps?)?(?:\+|\s(?:and|or) (?:up|more|above|over|larger|bigger))|\bexclud\w+ [a-z ]{{0,30}}{_UNDER}\s\$?{NUMBER}\s?(bn|billion|trillion|b|t)\b",
          "min_market_cap", "_cap_", lambda m: next(money(m[i], m[i + 1]) for i in (1, 3, 5) if m[i])),
    _rule(rf"\b(?:ty(?:ing|e)|tie)s? up (?:about |around |roughly )?(?:{_UNDER}\s)?{MONEY}|(?:\b|(?=<)){_UNDER}\s?{MONEY} (?:tied up|cash)\b|\b(?:i|we|i've|we've)(?: only| just| have)* (?:got|have)(?: only| just| about| around| like)? (?=\$|\d[\d,]*\s?(?:k\b|dollars|bucks|thousand)){MONEY}",
          "max_capital", "_money_", lambda m: next(money(m[i], m[i + 1]) for i in (1, 3, 5) if m[i])),
    _rule(r"\b(?:top|best|first|last|latest|biggest|largest|highest|worst|recent|most recent|give me|show me|show|list|list of|pull up|furnish|name|return|fetch|provide|find(?: me)?|past|previous|next)\s(\d{1,3})\b(?!\s?(?:%|percent|days?|weeks?|months?|quarters?|years?|dte|delta|contracts?|shares?|puts? on|calls? on|hours?|x\b|/|-|dollars|strike)|\.\d|[\d,:/%-])",
          "limit", "_count_", lambda m: int(m[1]) or None),
    _rule(r"\b(\d{1,3})\s(?:best|most recent|latest|biggest|largest|highest|worst|richest|top)\b", "limit", "_count_", lambda m: int(m[1]) or None),
    _rule(r"\bweek\s(?:#|number )?(\d{1,2})\b", "week", "_week_", lambda m: int(m[1]) if 1 <= int(m[1]) <= 22 else None),
)  # fmt: skip
_RULES_WITHOUT_DIGITS: Final = tuple(r for r in _RULES if r"\d" not in r[0].pattern)
"""A rule that names a digit anywhere needs one in every match: what it could match without one is
a rule of its own."""
_HOLDINGS: Final = re.compile(
    r"\b(?:(?:of|on|from|for|among|against|in|only) )?(?:(?:the |my |those )?(?:stocks?|shares|names|companies|symbols|tickers) (?:that |which )?(?:i|we) (?:already )?(?:hold|own|have)|my (?:(?!watch)[a-z]{1,10} ){0,2}holdings|my (?:stocks|own stocks)|(?:vs|against|over) my shares|(?:what|things) i (?:own|hold)|(?:i|that i) (?:already )?own)\b"
)
_RATED: Final = re.compile(
    r"\b(?:rated|rating of|rates?)(?: as)?(?: an?)? (?:strong )?(buy|sell|hold)\b|\b(buy|sell|hold)[- ]rated\b"
)
_VIEW_OF: Final = {"buy": "bullish", "sell": "bearish", "hold": "neutral"}
_NO_EARNINGS: Final = re.compile(
    r"\b(?:no|(?:nothing|none|nobody|not (?:any|anything|those|the ones|names|stocks)|(?:leaving|leave|rule|ruling) out (?:anything|any|those|names|stocks|companies|the ones)|exclud(?:e|ing) (?:anything|any|those|names|stocks|companies|the ones)|skip(?:ping)? (?:anything|any|those|names|stocks|companies|the ones)) (?:with|having|that has|that have|that|which|who)|(?:must|should|can|may|do|does|will)(?: not|n't) have|without|avoid(?:ing)?|not? having|exclud(?:e|ing)|skip|skipping|drop|doesn't have|don't have|free of|isn't reporting|not reporting)(?: any)?(?: upcoming)? (?:earnings|reports?|prints?(?! of)|results?)(?: reports?| dates?| announcements?| coming up| due)?"
    r"(?: (?:(?:in |during |within )?(?:the )?(this|next|within the|during the) (week|month|quarter)|(?:(?:in|within|for|over) (?:the )?(?:next )?|(?:the )?next )(\d+) (days?|weeks?|months?)|(before|until|through|prior to) (?:the )?(?:expir\w+|exp|it expires|they expire)|(soon)))?\b"
)

_REPORTS_NOTHING: Final = re.compile(
    r"\b(?:report(?:s|ing)? nothing|(?:nothing|none|nobody|no one|no names?) (?:that )?report(?:s|ing)?|(?:do|does|did|will|must|should|are|is)(?: not|n't) (?:due to )?report(?:ing)?|not (?:due to )?report(?:ing)?|earnings[ -]free)"
    r"(?: (?:(?:in |during |within )?(?:the )?(this|next) (week|month|quarter)|(?:(?:in|within|for|over) (?:the )?(?:next )?|(?:the )?next )(\d+) (days?|weeks?|months?)|(before|until|through|prior to) (?:the )?(?:expir\w+|exp|it expires|they expire)|(soon)))?\b"
)


def read_filters(reading: Reading, today: date) -> None:
    """Claim bounds and filters. Must run before dates ('no earnings this month')."""
    for match in reading.find(_NO_EARNINGS):
        days = _no_earnings(match, today)
        reading.add(match.start(), match.end(), "no_earnings_days", days, "_noearnings_")
    for match in reading.find(_REPORTS_NOTHING):
        days = _no_earnings(match, today)
        reading.add(match.start(), match.end(), "no_earnings_days", days, "_noearnings_")
    for match in reading.find(_RATED):
        view = _VIEW_OF[match.group(1) or match.group(2)]
        reading.add(match.start(), match.end(), "rating", view, view)
    for pattern, slot, mask, value in _RULES if reading.counts else _RULES_WITHOUT_DIGITS:
        for match in reading.find(pattern):
            if (found := value(match)) is not None:
                reading.add(match.start(), match.end(), slot, found, mask)
    for match in reading.find(_HOLDINGS):
        reading.note(match.start(), match.end(), "holdings_only", value=True)


def _no_earnings(match: re.Match[str], today: date) -> int:
    """Days; -1, until the option expires, where no period is said."""
    which, unit, count, counted, bound = match.group(1, 2, 3, 4, 5)
    if bound:
        return -1
    if count:
        return min(int(count), 1_000) * _DAYS_OF[counted.rstrip("s")]
    if unit:
        period = {"week": periods.week, "month": periods.month, "quarter": periods.quarter}[unit]
        return (period(today, 1 if which == "next" else 0)[1] - today).days
    return -1
