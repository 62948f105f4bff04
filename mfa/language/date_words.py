"""What date words mean: a table of patterns, each with the date or the period that it stands for.

A date without a year can point back or ahead; both are kept, and whoever reads the message decides.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from mfa.language import periods
from mfa.language.periods import Period

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
         "august aug", "september sept sep", "october oct", "november nov", "december dec"),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_DAYS: Final = {
    name: number
    for number, names in enumerate(
        ("monday mon", "tuesday tues tue", "wednesday wed", "thursday thurs thur thu",
         "friday fri", "saturday", "sunday")
    )
    for name in names.split()
}  # fmt: skip
_M: Final = "(" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_D: Final = "(" + "|".join(sorted(_DAYS, key=len, reverse=True)) + r")\b"
_ORDINAL: Final = r"(\d{1,2})(?:st|nd|rd|th)?\b"
_YEAR: Final = r"((?:19|20)\d\d)"
_FIRST_TO_FOURTH: Final = ("first", "second", "third", "fourth")
_UNIT: Final = r"(day|week|month|quarter|year)s?"


WEEK_END: Final = "week_end"
"""The unit of a week's last day; options expire on its Friday."""


@dataclass(frozen=True, slots=True)
class When:
    """One date expression: its period if it lies back, its period if it lies ahead.

    `bound` is 'since' or 'by' when only one end was named; `unit` the grain of the words; `ends`
    the two dates of 'from ... to ...'.
    """

    back: Period
    ahead: Period
    unit: str
    bound: str = ""
    ends: tuple[When, When] | None = None

    def period(self, *, ahead: bool) -> Period:
        return self.ahead if ahead else self.back

    @property
    def expiration(self) -> date:
        """The day an option would expire: that day, the week's Friday, the month's third."""
        first, last = self.ahead
        if self.unit == "week":
            return periods.shift(first, periods.FRIDAY)
        if self.unit in {"month", "quarter", "year"}:
            return periods.third_friday(last)
        return periods.shift(last, -2) if self.unit == WEEK_END else last


_Builder = Callable[["re.Match[str]", date], When | None]


def _both(period: Period, unit: str) -> When:
    return When(period, period, unit)


def _day(day: date | None) -> When | None:
    return None if day is None else _both((day, day), "day")


def _either(back: date | None, ahead: date | None) -> When | None:
    if back is None or ahead is None:
        return None
    return When((back, back), (ahead, ahead), "day")


def _full_year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _month_day(month: int, day: int, year: str | None, today: date) -> When | None:
    if year:
        return _day(periods.on_day(_full_year(year), month, day))
    return _either(
        periods.nearest_year(today, month, day, ahead=False),
        periods.nearest_year(today, month, day, ahead=True),
    )


def named_month(match: re.Match[str], today: date) -> When | None:
    which, name, year = match.group(1), match.group(2), match.group(3)
    number = _MONTHS[name]
    if year:
        return _both(periods.month(date(int(year), number, 1)), "month")
    back = date(today.year - (number > today.month), number, 1)
    ahead = date(today.year + (number < today.month), number, 1)
    if which in {"last", "previous"} and back.month == today.month:
        back = back.replace(year=back.year - 1)
    if which == "next" and ahead.month == today.month:
        ahead = ahead.replace(year=ahead.year + 1)
    when = When(periods.month(back), periods.month(ahead), "month")
    if which in {"last", "previous"}:
        return replace(when, ahead=when.back)
    return replace(when, back=when.ahead) if which == "next" else when


def _monthly(match: re.Match[str], today: date) -> When | None:
    number, year = _MONTHS[match.group(1)], match.group(2)
    first = date(int(year) if year else today.year, number, 1)
    if not year and periods.third_friday(first) < today:
        first = first.replace(year=first.year + 1)
    return _day(periods.third_friday(first))


def _nth_of_month(match: re.Match[str], today: date) -> When | None:
    """'The third Friday of October'."""
    said, number = match.group(1), _MONTHS[match.group(3)]
    nth = int(said[0]) if said[0].isdigit() else _FIRST_TO_FOURTH.index(said) + 1
    days = [
        _nth_weekday(min(max(today.year + k, 1900), 2199), number, _DAYS[match.group(2)], nth)
        for k in (-1, 0, 1)
    ]
    back = [day for day in days if day <= today]
    ahead = [day for day in days if day >= today]
    return _either(back[-1] if back else None, ahead[0] if ahead else None)


def _weekday(match: re.Match[str], today: date) -> When | None:
    which, number = match.group(1) or "", _DAYS[match.group(2)]
    if which in {"last", "past", "previous"}:
        return _day(periods.weekday_before(today, number, same_day=False))
    if which == "next":
        return _day(periods.weekday_after(today, number, same_day=False))
    if which == "this":
        return _day(periods.weekday_after(today, number, same_day=True))
    return _either(
        periods.weekday_before(today, number, same_day=True),
        periods.weekday_after(today, number, same_day=True),
    )


def _of_month(match: re.Match[str], today: date) -> When | None:
    number = int(match.group(1))
    days = [
        periods.on_day((m := periods.add_months(today.replace(day=1), k)).year, m.month, number)
        for k in range(-3, 4)
    ]
    known = [day for day in days if day is not None]
    back = [day for day in known if day <= today]
    ahead = [day for day in known if day >= today]
    return _either(back[-1] if back else None, ahead[0] if ahead else None)


_WHOLE: Final[dict[str, Callable[[date, int], Period]]] = {
    "week": periods.week,
    "month": periods.month,
    "quarter": periods.quarter,
    "year": periods.year,
}
_OFFSET: Final = {"last": -1, "previous": -1, "prior": -1, "this": 0, "current": 0, "present": 0, "next": 1,
                  "coming": 1, "following": 1}  # fmt: skip


def _whole(match: re.Match[str], today: date) -> When | None:
    unit = match.group(2)
    return _both(_WHOLE[unit](today, _OFFSET[match.group(1)]), unit)


def _end_of(match: re.Match[str], today: date) -> When | None:
    letter = match.group(6)
    unit = (
        match.group(2)
        or match.group(4)
        or {"w": "week", "m": "month", "q": "quarter", "y": "year"}[letter]
    )
    last = _WHOLE[unit](today, 1 if match.group(1) else 0)[1]
    return _both((last, last), WEEK_END if unit == "week" else "day")


def _step(day: date, count: int, unit: str) -> date:
    if unit in {"day", "week"}:
        return periods.shift(day, count * (7 if unit == "week" else 1))
    return periods.add_months(day, count * {"month": 1, "quarter": 3, "year": 12}[unit])


def _rolling(match: re.Match[str], today: date) -> When | None:
    count = min(int(match.group(1) or 1), 2_000)
    return _both((_step(today, -count, match.group(2)), today), "span")


def _ago(match: re.Match[str], today: date) -> When | None:
    return _day(_step(today, -min(int(match.group(1)), 2_000), match.group(2)))


def _to_date(match: re.Match[str], today: date) -> When | None:
    unit = {"y": "year", "m": "month", "q": "quarter", "w": "week"}[match.group()[0]]
    return _both((_WHOLE[unit](today, 0)[0], today), "span")


def _so_far(match: re.Match[str], today: date) -> When | None:
    return _both((_WHOLE[match.group(1)](today, 0)[0], today), "span")


def _weekend(match: re.Match[str], today: date) -> When | None:
    monday, _ = periods.week(today, {"last": -1, "past": -1, "next": 1}.get(match.group(1), 0))
    return _both((periods.shift(monday, 5), periods.shift(monday, 6)), "span")


def _days_of(match: re.Match[str], today: date) -> When | None:
    """'the 1st to the 15th of August'."""
    return _between(_MONTHS[match.group(3)], match.group(1), match.group(2), match.group(4), today)


def _days_in(match: re.Match[str], today: date) -> When | None:
    """'August 1 to 15'."""
    return _between(_MONTHS[match.group(1)], match.group(2), match.group(3), None, today)


def _between(month: int, first: str, last: str, year: str | None, today: date) -> When | None:
    left = _month_day(month, int(first), year, today)
    right = _month_day(month, int(last), year, today)
    if left is None or right is None or int(first) > int(last):
        return None
    ahead = (right.ahead[0].replace(day=int(first)), right.ahead[1])
    back = (left.back[0], left.back[1].replace(day=int(last)))
    return When(back, ahead, "span")


def _edge_of(match: re.Match[str], today: date) -> When | None:
    """'end of Q1', 'mid december'."""
    if match.group(2):
        when = _quarter_of(int(match.group(2)), None, today)
    else:
        number = _MONTHS[match.group(3)]
        back = date(today.year - (number > today.month), number, 1)
        ahead = date(today.year + (number < today.month), number, 1)
        when = When(periods.month(back), periods.month(ahead), "month")
    place = match.group(1)

    def of(period: Period) -> date:
        if place == "end":
            return period[1]
        return period[0] if place in {"start", "beginning"} else periods.shift(period[0], 14)

    return _either(of(when.back), of(when.ahead))


def _half(match: re.Match[str], today: date) -> When | None:
    first = (match.group(1) or match.group(2)) in {"first", "1st", "1"}
    year = int(match.group(3)) if match.group(3) else today.year
    if first:
        return _both((date(year, 1, 1), date(year, 6, 30)), "span")
    return _both((date(year, 7, 1), date(year, 12, 31)), "span")


def _holiday(match: re.Match[str], today: date) -> When | None:
    """The named day, this year's or the next and the last."""
    name = match.group(1).removeprefix("the ")

    def of(year: int) -> date:
        if name.startswith("thanks"):
            return _nth_weekday(year, 11, 3, 4)
        if name.startswith("lab"):
            return _nth_weekday(year, 9, 0, 1)
        if name.startswith("mem"):
            return periods.weekday_before(date(year, 5, 31), 0, same_day=True)
        if name.startswith("new"):
            return date(year, 12, 31) if name.endswith("eve") else date(year, 1, 1)
        month, day = _FIXED[next(k for k in _FIXED if k in name)]
        return date(year, month, day - name.endswith("eve"))

    years = [of(min(max(today.year + k, 1900), 2199)) for k in (-1, 0, 1)]
    back = [day for day in years if day <= today]
    ahead = [day for day in years if day >= today]
    return _either(back[-1] if back else None, ahead[0] if ahead else None)


_FIXED: Final = {"christmas": (12, 25), "halloween": (10, 31), "july": (7, 4),
                 "independence": (7, 4), "valentine": (2, 14)}  # fmt: skip


def _nth_weekday(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return periods.shift(first, (weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _spelled_quarter(match: re.Match[str], today: date) -> When | None:
    said = match.group(1)
    number = int(said[0]) if said[0].isdigit() else _FIRST_TO_FOURTH.index(said) + 1
    return _quarter_of(number, match.group(2), today)


def _quarter(match: re.Match[str], today: date) -> When | None:
    return _quarter_of(int(match.group(1)), match.group(2), today)


def _quarter_of(number: int, year: str | None, today: date) -> When:
    month = 3 * number - 2
    if year:
        return _both(periods.quarter(date(int(year), month, 1)), "quarter")
    back = date(today.year - (month > today.month), month, 1)
    here = periods.quarter(date(today.year, month, 1))
    ahead = here if here[1] >= today else periods.quarter(date(today.year + 1, month, 1))
    return When(periods.quarter(back), ahead, "quarter")


RULES: Final[tuple[tuple[re.Pattern[str], _Builder], ...]] = tuple(
    (re.compile(pattern), build)
    for pattern, build in (
        (rf"\b(?:the )?(\d\d?)(?:st|nd|rd|th)? ?(?:to|-|through|thru|until|till) ?(?:the )?(\d\d?)(?:st|nd|rd|th)? (?:of )?{_M}(?: {_YEAR}\b)?", _days_of),
        (rf"\b{_M} (\d\d?)(?:st|nd|rd|th)? ?(?:to|-|through|thru|until|till) ?(?:the )?(\d\d?)(?:st|nd|rd|th)?\b(?![\d/.]| ?dte)", _days_in),
        (r"\b((?:19|20)\d\d)-(\d\d?)-(\d\d?)\b",
         lambda m, _: _day(periods.on_day(int(m[1]), int(m[2]), int(m[3])))),
        (r"(?<![\d/.$])(\d\d?)/(\d\d?)/((?:20)?\d\d)(?![\d/])",
         lambda m, t: _month_day(int(m[1]), int(m[2]), m[3], t)),
        (r"(?<![\d/.$])(\d\d?)/(\d\d?)(?![\d/%.]|[ ]?(?:put|call|p|c)?[ ]?(?:credit |debit )?(?:spread|vertical)|[ ]?dte|[ ]of\b)",
         lambda m, t: _month_day(int(m[1]), int(m[2]), None, t)),
        (rf"\b(?:the )?(first|second|third|fourth|1st|2nd|3rd|4th) {_D} (?:of|in) {_M}", _nth_of_month),
        (rf"\b{_M} ?(?:{_YEAR} )?(?:month(?:ly|lies)|opex|option expiration)(?: expir\w+)?\b", _monthly),
        (rf"\b{_M} ?(?:the )?{_ORDINAL},? ?(?:'(\d\d)\b|{_YEAR}\b)?(?!\d|\.\d)",
         lambda m, t: _month_day(_MONTHS[m[1]], int(m[2]), m[3] or m[4], t)),
        (rf"\b(?:the )?(\d\d?)(?:st|nd|rd|th)?(?: of|-)? ?{_M},? ?{_YEAR}?\b",
         lambda m, t: _month_day(_MONTHS[m[2]], int(m[1]), m[3], t)),
        (r"\b(?:the )?end of (?:the |this |(next) )?(week|month|quarter|year)\b|\b(?:the )?()(week|month|quarter|year)(?:[ -]|(?<!week))end\b|\beo()(?:([wmqy]))\b",
         _end_of),
        (rf"\b(?:the )?(end|start|beginning|middle|mid)[ -](?:of )?(?:the )?(?:q([1-4])|{_M})", _edge_of),
        (rf"\b(?:the )?(?:(first|second|1st|2nd) half(?: of)?(?: the| this)?(?: year)?|h([12]))(?: (?:of )?{_YEAR})?\b", _half),
        (r"\b(?:the )?(?:start|beginning) of (?:the |this )?(week|month|quarter|year)\b", lambda m, t: _day(_WHOLE[m[1]](t, 0)[0])),
        (r"\b(christmas(?: (?:eve|day))?|new year'?s?(?: (?:eve|day))?|halloween|thanksgiving(?: day)?|labou?r day|memorial day|independence day|(?:the )?(?:fourth|4th) of july|valentine'?s?(?: day)?)\b", _holiday),
        (rf"\b(\d+) {_UNIT} ago\b", _ago),
        (r"\b(last|previous|prior|this|current|present|next|coming|following)(?: (?:calendar|trading|whole|full))? (week|month|quarter|year)\b(?:'s)?", _whole),
        (rf"\b(?:the )?(?:last|past|previous|prior|trailing) (?:(\d+) )?{_UNIT}\b", _rolling),
        (r"\b(?:the )?(week|month|quarter|year) so far\b", _so_far),
        (r"\b(?:(this|next|last|past|the|coming) )?weekend\b", _weekend),
        (rf"\b(?:the )?(first|second|third|fourth|[1-4](?:st|nd|rd|th)) quarter(?:(?: of)? {_YEAR})?\b", _spelled_quarter),
        (r"\b(?:ytd|mtd|qtd|wtd|year[ -]to[ -]date|month[ -]to[ -]date|quarter[ -]to[ -]date|week[ -]to[ -]date)\b", _to_date),
        (rf"\bq([1-4])(?:[ ,]+{_YEAR})?\b", _quarter),
        (rf"\b(?:(last|previous|next|this) )?{_M}(?:,? {_YEAR})?(?![\w])", named_month),
        (rf"\b(?:(last|past|previous|this|next|coming) )?{_D}(?:'s)?", _weekday),
        (r"\bthe (\d\d?)(?:st|nd|rd|th)\b", _of_month),
        (r"\b(?:today|tonight|this (?:morning|afternoon|evening)|so far today)\b(?:'s)?", lambda _, t: _day(t)),
        (r"\byesterday\b(?:'s)?", lambda _, t: _day(periods.shift(t, -1))),
        (r"\b(?:tomorrow|tmrw|tomm?orow)\b(?:'s)?", lambda _, t: _day(periods.shift(t, 1))),
        (r"(?:(?<=\bin )|(?<=\bof )|(?<=\bfor )|(?<=\bduring )|(?<=\bsince )|(?<=\bthroughout )|(?<=\bfrom )|(?<=\ball ))((?:19|20)\d\d)\b(?!\.\d| shares| contracts)",
         lambda m, _: _both(periods.year(date(int(m[1]), 1, 1)), "year")),
    )
)  # fmt: skip
