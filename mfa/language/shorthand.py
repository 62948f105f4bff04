"""Words of the desk written short, and days in words: put in the form that the readers know.

Each only where it can mean nothing else. A rule names a piece of text that all its matches hold, so
that most messages are tried with few of them.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

_SMALL_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh",
    "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth",
    "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth")  # fmt: skip
_ORDINAL_OF: Final = {
    **{name: place for place, name in enumerate(_SMALL_ORDINALS, start=1)},
    **{f"twenty {name}": 20 + place for place, name in enumerate(_SMALL_ORDINALS[:9], start=1)},
    "thirtieth": 30,
    "thirty first": 31,
}
_PLACES_IN_A_LIST: Final = 5
"""'The second' is more often a place in a list than a day."""
_ORDINALS: Final = "|".join(
    name.replace(" ", "[ -]") for name in sorted(_ORDINAL_OF, key=len, reverse=True)
)
_LATER_ORDINALS: Final = "|".join(
    name.replace(" ", "[ -]")
    for name, place in sorted(_ORDINAL_OF.items(), key=lambda each: -len(each[0]))
    if place > _PLACES_IN_A_LIST
)
_MONTHS: Final = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
)


def _nth(words: str) -> str:
    return f"{_ORDINAL_OF[words.lower().replace('-', ' ')]}th"


_Replacement = str | Callable[["re.Match[str]"], str]
_RULES: Final[tuple[tuple[str, re.Pattern[str], _Replacement], ...]] = tuple(
    (cue, re.compile(pattern, re.IGNORECASE), word)
    for cue, pattern, word in (
        ("lmt", r"\blmt(?= ?[$@.\d])", "limit"),
        ("lmt", r"(?<=\d )lmt\b", "limit"),
        ("mkt", r"\bmkt(?= order|$)", "market"),
        ("wk", r"\bwk(?= ?\d)", "week"),
        ("yest", r"\byest\b", "yesterday"),
        ("bot ", r"\bbot(?= \d| an? )", "bought"),
        ("sld", r"\bsld(?= \d| an? )", "sold"),
        ("s ", r"^s (?=\d+ \$?[a-z]{1,5} )", "sell "),
        ("b ", r"^b (?=\d+ \$?[a-z]{1,5} )", "buy "),
        (".", r"(?<![\w.])(0?\.\d+(?:-0?\.\d+)?)d\b", r"\1 delta"),
        ("d", r"\b(next|past|last|within|in|over|coming) (\d{1,3})d\b", r"\1 \2 days"),
        ("w", r"\b(next|past|last|within|in|over|coming) (\d{1,3})w\b", r"\1 \2 weeks"),
        ("|", r"\|delta\|", "delta"),
        ("[", r"(?:\bin )?\[ ?(\$?[\d.]+k?) ?, ?(\$?[\d.]+k?) ?\]", r"\1 to \2"),
        ("cal", r"\bput cals?\b", "put calendars"),
        ("cal", r"\bcall cals?\b", "call calendars"),
        ("er", r"\bers?\b(?= (?:date|report|risk|this|next|before|soon))|(?<=\bno )ers?\b", "earnings"),
        (" cr", r"(?<=\d )(?:cr)\b", "credit"),
        ("qtr", r"\bqtr(s?)\b", r"quarter\1"),
        ("yr", r"\byr(s?)\b", r"year\1"),
        ("wk", r"(?<=[\dtsx] )wk(s?)\b", r"week\1"),
        (" mo", r"\b(this|last|next|past|per) mo\b", r"\1 month"),
        ("in'", r"\b([a-z]{2,12})in'(?![a-z])", r"\1ing"),
        ("=", r"(?<=[a-z]) ?= ?(?=[\w.$\"'])", " "),
        ("_", r"\b(iv|market|option|min|max|order|win|front|back|no|profit)_(?=[a-z])", r"\1 "),
        ("n ", r"(?:(?<=[a-z,] )|^)n(?= \$?[a-z]{2})", "and"),
        ("b", r"(?<!\w)(?:abt|'?bout)\b", "about"),
        ("inferior", r"\binferior to\b", "below"),
        ("superior", r"\bsuperior to\b", "above"),
        ("no ", r"\bno (?:higher|greater|bigger|larger|worse) than\b", "at most"),
        ("no ", r"\bno (?:lower|smaller) than\b", "at least"),
        ("d", r"(?<=[ ,;])(\d{1,3})d\b(?! ?(?:sma|ema|ma|high|low|avg|chart|vol))", r"\1 days"),
        ("fortnight", r"\b(?:a )?fortnight\b", "2 weeks"),
        ("half", r"\bhalf (?:of )?(?:its |the |my )?(?=max)", "50% of "),
        ("", r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(\d{1,2})(?!\w)", r"\1 \2"),
        ("per cent", r"\bper cent\b", "percent"),
        (" of", r"\b(above|below|under|over) of\b", r"\1"),
        ("no", r"\b(?:nothing|none|no one) (?:over|above|beyond|more than)\b", "at most"),
        (") ", r"(?<=\w) \d\) ", ", "),
        (") ", r"(?<![\w(])\d\) ", ""),
        ("gm", r"(?-i:^gm(?=[ !.]*$))", "good morning"),
        ("δ", r"(?<!\w)Δ(?!\w)|(?<=[\d ])Δ", " delta"),
        ("bps", r"(\d+(?:\.\d+)?) ?bps\b(?= (?:on|of) (?:the )?strike)", lambda m: f"{float(m[1]) / 100:g}%"),
    )
)  # fmt: skip
_DAYS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), word)
    for pattern, word in (
        (rf"\b(the )?({_ORDINALS}),? (?:day )?(?:of )?({_MONTHS})\b", lambda m: f"{m[3]} {_nth(m[2])}"),
        (rf"\b({_MONTHS}),? (?:the )?({_ORDINALS})\b", lambda m: f"{m[1]} {_nth(m[2])}"),
        (rf"\bthe ({_LATER_ORDINALS})\b", lambda m: f"the {_nth(m[1])}"),
    )
)  # fmt: skip
_A_DAY: Final = (
    "first", "second", "third", "ourth", "fifth", "sixth", "venth", "ighth", "ninth", "tenth",
    "lfth", "teenth", "tieth",
)  # fmt: skip
"""What the name of a day in words holds."""


def written_out(plain: str) -> str:
    """`plain` without shorthand."""
    lower = f"{plain.lower()} "
    for cue, pattern, word in _RULES:
        if cue in lower:
            plain = pattern.sub(word, plain)
    if any(each in lower for each in _A_DAY):
        for pattern, word in _DAYS:
            plain = pattern.sub(word, plain)
    return plain
