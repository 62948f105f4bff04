"""Date words of a message: 'last month', 'Dec 18', 'january monthly', 'past 30 days'.

A reading keeps both ways a date without a year can point; the intent decides later which one is
meant, and whether it is an expiration or a period. Nothing here guesses a date nobody named.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Final

from mfa.language.date_words import RULES, When, named_month
from mfa.language.periods import Period
from mfa.language.spans import Reading, Span

_MAY: Final = re.compile(
    r"(?:in|since|by|for|of|between|end of|mid|last|this|next|during|from|until|till|before|after|and|to|the|through)(?: early| late)? $"
)
_MAY_AFTER: Final = re.compile(r" ?(?:\d|month|expir|opex|trades|puts?|calls?|results|p&l|$)")
_SINCE: Final = re.compile(r"\b(?:since|after|starting(?: from)?|beginning)(?: the)? $")
_BY: Final = re.compile(r"\b(?:by|until|till|up to|before|through|no later than)(?: the)? $")
_JOIN: Final = re.compile(r" ?(?:to|and|until|till|through|thru|-) ?(?:the )?")
_FROM: Final = re.compile(r"\b(?:from|between)(?: the)? $")


def _is_month_word(lower: str, match: re.Match[str]) -> bool:
    """'may' and 'march' are verbs more often than months; the neighbours decide."""
    word = match.group().split()[-1]
    if word not in {"may", "march", "mar"}:
        return True
    before, after = lower[: match.start()], lower[match.end() :]
    return bool(_MAY.search(before)) or (
        bool(before) and bool(_MAY_AFTER.match(after)) and word != "mar"
    )


def read_dates(reading: Reading, today: date) -> None:
    """Claim every date expression as a span of slot 'when'."""
    lower = reading.text.lower
    found: list[Span] = []
    for pattern, build in RULES:
        for match in reading.find(pattern):
            if build is named_month and not _is_month_word(lower, match):
                continue
            when = build(match, today)
            if when is None or not reading.free(match.start(), match.end()):
                continue
            span = Span(match.start(), match.end(), "when", when)
            reading.add(span.start, span.end, span.slot, when)
            found.append(span)
    if not found:
        return
    found.sort(key=lambda s: s.start)
    reading.spans[:] = [s for s in reading.spans if s.slot != "when"]
    reading.spans += [_marked(lower, span, today) for span in _joined(lower, found)]


def _joined(lower: str, spans: list[Span]) -> list[Span]:
    """'from 3 May to 7 May' and 'between January and March' become one period."""
    result = [spans[0]]
    for left, right in pairwise(spans):
        gap = lower[left.end : right.start]
        opened = _FROM.search(lower[: left.start])
        a, b = left.value, right.value
        both_days = {a.unit, b.unit} <= {"day"} or {a.unit, b.unit} <= {"month"}
        joined = _JOIN.fullmatch(gap) and (opened or (both_days and gap.strip() not in {"", "and"}))
        if result[-1] is left and gap in {", ", " (", " - "} and a.ahead == b.ahead:
            result[-1] = Span(left.start, right.end, "when", b)
        elif result[-1] is left and joined:
            when = When(_cover(a.back, b.back), _cover(a.ahead, b.ahead), "span", ends=(a, b))
            start = opened.start() if opened else left.start
            result[-1] = Span(start, right.end, "when", when)
        else:
            result.append(right)
    return result


def _cover(first: Period, second: Period) -> Period:
    return (first[0], second[1]) if first[0] <= second[1] else (second[0], first[1])


def _marked(lower: str, span: Span, today: date) -> Span:
    before = lower[: span.start]
    when: When = span.value
    start = span.start
    for pattern, bound in ((_SINCE, "since"), (_BY, "by")):
        if (match := pattern.search(before)) is not None:
            when, start = replace(when, bound=bound), match.start()
    return Span(start, span.end, "when", when, _mask(when, today))


def _mask(when: When, today: date) -> str:
    """How the date looks to the classifier: where it lies from today, and its grain."""
    if when.bound:
        return f"_{when.bound}_"
    if when.back != when.ahead:
        return "_month_" if when.unit == "month" else "_day_"
    first, last = when.back
    if last < today:
        return "_past_"
    if first > today:
        return "_next_"
    return (
        "_today_"
        if first == last
        else ("_past_" if when.unit == "span" and last == today else "_this_")
    )
