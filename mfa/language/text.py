"""A message made ready to be read: one spelling of quotes, spaces and numbers.

Spoken numbers become digits here ('one seventy' is 170, 'two fifty' 250 and marked as spoken, for
only the context says whether it is 2.50). Nothing is thrown away except what lies beyond the
length a person would type; the original text stays with the caller.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from mfa.language.catalogue import word_list
from mfa.language.repairs import repaired
from mfa.language.shorthand import written_out
from mfa.language.spelling import corrected

LONGEST: Final = 1_200
"""Characters read of a message; what follows is not understood, whatever it is."""

_QUOTES: Final = str.maketrans(
    {"‘": "'", "’": "'", "‛": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": " - ",
     "−": "-", "‐": "-", "‑": "-", "…": " ... ", "×": "x"}
)  # fmt: skip
_FUNCTION_WORDS: Final = word_list("function")
_SPACE: Final = re.compile(r"\s+")
_UNITS: Final = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS: Final = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES: Final = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 10**9}
_NUMBER_WORD: Final = "|".join((*_UNITS, *_TENS, *_SCALES))
_SPOKEN: Final = re.compile(
    rf"\b(?:(?:a|an)[ ](?=(?:hundred|thousand|million|billion)\b))?"
    rf"(?:{_NUMBER_WORD})(?:[ -](?:(?:(?<=hundred )|(?<=thousand )|(?<=million ))and[ ])?(?:{_NUMBER_WORD}))*(?:[ ]point(?:[ ](?:{_NUMBER_WORD}))+)?\b"
    rf"|\b(?:zero[ ])?point(?:[ ](?:{_NUMBER_WORD}))+\b",
    re.IGNORECASE,
)
_LONE_ONE: Final = re.compile(
    r"(?:contracts?|shares?|puts?|calls?|percent|days?|weeks?|months?|years?|lots?|spreads?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Text:
    """A normalised message. `lower` has the same length as `plain`, character for character."""

    plain: str
    lower: str
    spoken: frozenset[int]
    """Where in `plain` a number stands that was said as 'two fifty'."""
    shouted: bool
    """The whole message is in capitals, and not of symbols alone, so that capitals mean nothing."""


@lru_cache(maxsize=256)
def read(message: str) -> Text:
    """Normalise `message`. Any string is accepted."""
    plain = unicodedata.normalize("NFKC", message[: LONGEST * 2]).translate(_QUOTES)
    if not plain.isprintable():
        plain = "".join(c if c.isprintable() else " " for c in plain)
    plain = _SPACE.sub(" ", plain).strip()[:LONGEST]
    plain = corrected(plain)
    plain = written_out(plain)
    plain, spoken = repaired(*_digits_for_words(plain))
    lower = plain.lower()
    if len(lower) != len(plain):
        lower = "".join(low if len(low := c.lower()) == 1 else c for c in plain)
    letters = sum(map(str.isalpha, plain))
    shouted = letters > 8 and " " in plain and letters == sum(map(str.isupper, plain))
    shouted = shouted and not _FUNCTION_WORDS.isdisjoint(re.findall("[a-z]+", lower))
    return Text(plain, lower, frozenset(spoken), shouted)


def _digits_for_words(plain: str) -> tuple[str, set[int]]:
    pieces: list[str] = []
    spoken: set[int] = set()
    length = last = 0
    for match in _SPOKEN.finditer(plain):
        words = match.group().lower().replace("-", " ").split()
        if words[0] in _SCALES:
            continue
        if words == ["one"] and not _LONE_ONE.match(plain[match.end() :].lstrip()):
            continue
        number, paired = spoken_number(words)
        if number is None:
            continue
        before = plain[last : match.start()]
        pieces += [before, number]
        length += len(before)
        if paired:
            spoken.add(length)
        length += len(number)
        last = match.end()
    pieces.append(plain[last:])
    return "".join(pieces), spoken


def spoken_number(words: list[str]) -> tuple[str | None, bool]:
    """The digits that number words stand for, and whether they were a pair such as 'two fifty'.

    'one seventy' -> 170, 'two seventy five' -> 275, 'twenty twenty one' -> 2021, 'a hundred and
    five' -> 105, 'two point five' -> 2.5, 'point three' -> 0.3. None when they make no number.
    """
    words = [w for w in words if w not in {"and", "a", "an"}]
    if "point" in words:
        at = words.index("point")
        whole, _ = spoken_number(words[:at]) if at else ("0", False)
        digits = [str(_UNITS.get(w, _TENS.get(w, ""))) for w in words[at + 1 :]]
        return (
            (None, False)
            if whole is None or "" in digits
            else (f"{whole}.{''.join(digits)}", False)
        )
    if any(w in _SCALES for w in words):
        return _with_scale(words), False
    return _of_groups(words)


def _with_scale(words: list[str]) -> str | None:
    """'fifty billion' -> '50 billion', which still says that no share is meant; else digits."""
    if words[-1] in {"million", "billion"} and len(words) > 1:
        many, _ = spoken_number(words[:-1])
        return None if many is None else f"{many} {words[-1]}"
    return str(_scaled(words))


def _of_groups(words: list[str]) -> tuple[str | None, bool]:
    groups = _groups(words)
    if len(groups) == 1:
        return str(groups[0]), False
    if len(groups) == 2 and 1 <= groups[0] <= 99 and 10 <= groups[1] <= 99:
        return f"{groups[0]}{groups[1]}", True
    return None, False


def _groups(words: list[str]) -> list[int]:
    """'two seventy five' -> [2, 75]."""
    groups: list[int] = []
    open_tens = False
    for word in words:
        if word in _TENS:
            groups.append(_TENS[word])
            open_tens = True
            continue
        unit = _UNITS[word]
        if open_tens and 1 <= unit <= 9:
            groups[-1] += unit
        else:
            groups.append(unit)
        open_tens = False
    return groups


def _scaled(words: list[str]) -> int:
    total = current = 0
    for word in words:
        scale = _SCALES.get(word)
        if scale is None:
            current += _UNITS.get(word, _TENS.get(word, 0))
        elif scale == 100:
            current = max(current, 1) * 100
        else:
            total += max(current, 1) * scale
            current = 0
    return total + current
