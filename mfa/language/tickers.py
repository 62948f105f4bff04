"""Which words of a message are symbols: cashtags, tickers in either case, company names.

Refuses ordinary words: a ticker that is also a word counts in lower case only beside a word that
takes a symbol, and a capitalised word only where capitals mean something.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from mfa.language.catalogue import word_list
from mfa.language.gazetteer import Gazetteer
from mfa.language.spans import Reading

MASK: Final = "_sym_"
_CASHTAG: Final = re.compile(r"\$([a-z]{1,5}(?:\.[ab])?)\b")
_CAPITALS: Final = re.compile(
    r"(?<![\w$'.])(?:([A-Z]{2,5}(?:\.[AB])?)(?:'s|s)?|(?<!/)([A-Z])(?:'s)?(?!/))(?![\w'])"
)
_LOWER: Final = re.compile(r"(?<![\w$'.])([a-z]{1,5}(?:\.[ab])?)(?:'s)?(?![\w'])")
_WORD: Final = re.compile(r"(?<![\w$'.])([a-z]{5,14})(?:'s)?(?![\w'])")
_TAKES: Final = re.compile(
    r"\b(?:on|of|for|in|about|with|my|against|is|was|are|did|does|quote|price|ticker|symbol|buy|sell|short|roll|close|research|rate|add|remove|analy[sz]e|check|watch|scan|shares of|stock|or|and|vs|versus|compare|around|own|hold|holding|trading|than|will|has|how'?s|what'?s|when'?s|why'?s|drop|exit|delete|take|put|shares|at) $"
)
_SYMBOL_WORD: Final = re.compile(
    r"\b(?:ticker|tickers|symbol|symbols|stock symbol|stock|shares of|quote) $"
)
_FOLLOWED: Final = re.compile(
    r"'s\b| a (?:buy|sell|hold|good)\b| (?:stock|shares?|puts?|calls?|options?|earnings|price|quote|position|chart|dividends?|iv|volatility|trading|covered|wheel|csps?|strike|ticker|calendar|spread|\d+(?:\.\d+)? ?(?:p|c|put|call|strike)\b)\b"
)
_ENDS: Final = re.compile(
    r" ?(?:$|[?.!,;]| (?:today|now|right now|at|trading|doing|this|next|last|for|_|do|going|report|be|up|down|and|or|vs|versus|is|off|from|on|to|puts?|\d))"
)
_BESIDE_ANOTHER: Final = re.compile(r"(?:,| or| and| vs\.?| versus) [A-Z$]")
_COUNTED: Final = re.compile(r"(?<![\w.$])\d{1,4} $")
_OF_IT: Final = re.compile(r" (?:\$?[\d.]+ ?)?(?:puts?|calls?|shares?|p|c)\b")
"""'1 f 11 put': what is counted before a put can only be a symbol."""
_INSTRUMENT: Final = re.compile(r" (?:puts?|calls?|shares?|stock|options?|position)\b")
_BROKERS: Final = frozenset({"schwab", "robinhood", "fidelity"})
_GENERIC: Final = frozenset({"target", "block", "square", "gap", "progressive", "shell"})
_NEVER_LOWER: Final = word_list("never_lower_tickers")
_TYPO_SCORE: Final = 84.0


def read_symbols(
    reading: Reading,
    gazetteer: Gazetteer,
    *,
    held: frozenset[str],
    known_words: frozenset[str],
) -> None:
    """Claim every symbol.

    `held` are tickers the person holds, known even when no table has them; `known_words` are
    ordinary words, which are never a misspelt company.
    """
    for match in reading.find(_CASHTAG):
        reading.add(match.start(), match.end(), "symbols", match.group(1).upper(), MASK)
    _names(reading, gazetteer)
    _capitals(reading, gazetteer, held)
    _lower_case(reading, gazetteer, held)
    _in_plural(reading, gazetteer, known_words)
    _misspelt(reading, gazetteer, known_words)


def _names(reading: Reading, gazetteer: Gazetteer) -> None:
    plain, lower = reading.text.plain, reading.text.lower
    for start, end, symbol in gazetteer.names.matches(lower):
        word = lower[start:end].removesuffix("'s")
        if not reading.free(start, end):
            continue
        if word in gazetteer.word_names and not _named(
            plain, lower, start, end, shouted=reading.text.shouted
        ):
            continue
        reading.add(start, end, "symbols", symbol, MASK)


def _named(plain: str, lower: str, start: int, end: int, *, shouted: bool) -> bool:
    """Whether a company's name that is also a word is meant as the company."""
    before, after, word = lower[:start], lower[end:], lower[start:end]
    if _is_target(before, after, word):
        return False
    if word in _BROKERS and _THROUGH.search(before):
        return bool(_FOLLOWED.match(after))
    if _POSSESSED.search(before):
        return bool(_INSTRUMENT.match(after)) and word not in _GENERIC
    capital = plain[start].isupper() and not shouted
    if capital and (start > 0 or _BESIDE_ANOTHER.match(plain[end:])):
        return True
    return bool(_FOLLOWED.match(after)) or bool(_TAKES.search(before) and _ENDS.match(after))


def _is_target(before: str, after: str, word: str) -> bool:
    """'Profit target', 'at target', 'target strike': what is aimed at, and no shop."""
    if _AIMED_BEFORE.search(before):
        return True
    return word == "target" and bool(_REACHED.search(before) or _AIMED_AFTER.match(after))


_AIMED_BEFORE: Final = re.compile(r"\b(?:profit|price) $")
_REACHED: Final = re.compile(r"\b(?:at|near|past|hit|hits|over|reached|above) $")
_AIMED_AFTER: Final = re.compile(
    r" (?:price|delta|profit|date|market|allocation|hit|strike|exp|iv|dte)"
)
_THROUGH: Final = re.compile(r"\b(?:at|with|from|via|through|over at|on|my) $")
_POSSESSED: Final = re.compile(r"\b(?:a|the|my|your|his) $")


def _capitals(reading: Reading, gazetteer: Gazetteer, held: frozenset[str]) -> None:
    text = reading.text
    if text.shouted:
        return
    found = [
        (m.group(k), *m.span(k)) for m in _CAPITALS.finditer(text.plain) for k in (1, 2) if m[k]
    ]
    found.sort(key=lambda each: (each[0] in gazetteer.acronyms, each[1]))
    for word, start, end in found:
        if not reading.free(start, end):
            continue
        known = word in gazetteer.tickers or word in held
        before, after = text.lower[:start], text.lower[end:]
        if word in gazetteer.acronyms and not (
            known and (_SYMBOL_WORD.search(before) or _listed(reading, start, end))
        ):
            continue
        if len(word) == 1 and (
            not known
            or (
                word == "A"
                and re.match(r" [a-z]", after)
                and (
                    not start
                    or not _FOLLOWED.match(after)
                    or re.match(r" (?:put|call|covered|calendar|spread|wheel|csp|strike)", after)
                )
            )
        ):
            continue
        if word == "IT" and re.match(r" (?:sector|stocks)", after):
            continue
        if not known and (len(word) < 2 or "." in word):
            continue
        reading.add(start, end, "symbols", word, MASK)


def _listed(reading: Reading, start: int, end: int) -> bool:
    """Whether a symbol stands right beside it in a list: 'ORCL, MU and COST'."""
    near = [(s.start, s.end) for s in reading.spans if s.slot == "symbols"]
    lower = reading.text.lower
    return any(
        _COMMA.fullmatch(lower[e:start]) is not None
        if e <= start
        else _COMMA.fullmatch(lower[end:s]) is not None
        for s, e in near
    )


_COMMA: Final = re.compile(r" ?(?:,|/|&|,? ?and|,? ?or|\+) ?")


def _lower_case(reading: Reading, gazetteer: Gazetteer, held: frozenset[str]) -> None:
    text = reading.text
    for match in reading.find(_LOWER):
        symbol = match.group(1).upper()
        if symbol not in gazetteer.tickers and symbol not in held:
            continue
        if (
            text.plain[match.start()].isupper()
            and not text.shouted
            and match.start() > 0
            and symbol in gazetteer.word_tickers
            and symbol != text.plain[slice(*match.span(1))]
        ):
            continue
        if symbol in gazetteer.word_tickers | gazetteer.acronyms and not _lower_counts(
            text.lower, match, symbol
        ):
            continue
        reading.add(match.start(), match.end(1), "symbols", symbol, MASK)


def _in_plural(reading: Reading, gazetteer: Gazetteer, known_words: frozenset[str]) -> None:
    """'amds iv rank': a possessive without its apostrophe, where a symbol can stand."""
    for match in _PLURAL.finditer(reading.text.lower):
        symbol = match.group(1).upper()
        if symbol not in gazetteer.tickers or match.group() in known_words:
            continue
        if symbol in gazetteer.word_tickers or symbol in gazetteer.acronyms:
            continue
        if reading.free(*match.span()) and _FOLLOWED.match(reading.text.lower[match.end() :]):
            reading.add(match.start(), match.end(), "symbols", symbol, MASK)


_PLURAL: Final = re.compile(r"(?<![\w$'.])([a-z]{3,5})s(?![\w'])")


def _lower_counts(lower: str, match: re.Match[str], symbol: str) -> bool:
    before, after = lower[: match.start()], lower[match.end(1) :]
    if _SYMBOL_WORD.search(before) and _ENDS.match(after):
        return symbol.lower() not in {"a", "it", "on", "all", "now"} or bool(
            re.search(r"(?:ticker|symbol) $", before)
        )
    if symbol.lower() in _NEVER_LOWER:
        return False
    if len(symbol) == 1 and _COUNTED.search(before) and _OF_IT.match(after):
        return True
    takes = bool(_TAKES.search(before)) or not before
    return takes and (bool(_FOLLOWED.match(after)) or (bool(before) and bool(_ENDS.match(after))))


def _misspelt(reading: Reading, gazetteer: Gazetteer, known_words: frozenset[str]) -> None:
    """'microsfot' -> MSFT: only for a word that the language's own vocabulary does not know."""
    for match in reading.find(_WORD):
        if match.group(1) in known_words or match.group(1).rstrip("s") in known_words:
            continue
        name = closest_name(match.group(1), gazetteer.single_names)
        if name is not None:
            symbol = gazetteer.names.phrases[(name,)]
            reading.add(match.start(), match.end(1), "symbols", symbol, MASK)


@lru_cache(maxsize=4096)
def closest_name(word: str, names: tuple[str, ...]) -> str | None:
    """The one company name a word is a typing error of, or None."""
    found = process.extractOne(word, names, scorer=fuzz.ratio, score_cutoff=_TYPO_SCORE)
    if found is None or found[0][0] != word[0]:
        return None
    name = str(found[0])
    return name if OSA.distance(word, name) <= (1 if len(name) < 8 else 2) else None
