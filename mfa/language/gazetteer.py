"""The bundled table of symbols and closed vocabularies, indexed for reading messages.

Names are data (`symbols.toml`, `phrases.toml`); this file refuses a table in which one name means
two things.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from mfa.kernel.companies import Company, companies
from mfa.kernel.errors import ConfigurationError
from mfa.language.catalogue import read_toml, word_list

_MISSPELT: Final = 5
_MISSPELT_RARER: Final = 8
"""Letters that a name needs for a typing error in it to be recognised; more for rarer companies."""
_TOKEN: Final = re.compile(r"[a-z0-9]+(?:[.'][a-z]+)?|&")


def tokens(phrase: str) -> tuple[str, ...]:
    """The words of a lower-case phrase; hyphens and slashes part words."""
    return tuple(_TOKEN.findall(phrase.lower()))


@dataclass(frozen=True, slots=True)
class PhraseTable:
    """Longest-match lookup of phrases in a run of words."""

    name: str
    phrases: Mapping[tuple[str, ...], str]
    longest: Mapping[str, int]
    """Words of the longest phrase that begins with a word."""

    @classmethod
    def of(cls, name: str, entries: Iterable[tuple[str, str]]) -> PhraseTable:
        """`ConfigurationError` when one phrase stands for two values."""
        phrases: dict[tuple[str, ...], str] = {}
        for phrase, value in entries:
            key = tokens(phrase)
            if not key or phrases.get(key, value) != value:
                raise ConfigurationError(
                    f"Language catalogue, {name}: {phrase!r} stands for two values.",
                    "Keep one of them.",
                )
            phrases[key] = value
        longest: dict[str, int] = {}
        for key in phrases:
            longest[key[0]] = max(longest.get(key[0], 0), len(key))
        return cls(name, phrases, longest)

    def matches(self, lower: str) -> Iterator[tuple[int, int, str]]:
        """(start, end, value) of every longest phrase, left to right."""
        words, places = _words_of(lower)
        free = 0
        for at, word in enumerate(words):
            longest = self.longest.get(word) or self.longest.get(word.removesuffix("'s"), 0)
            if not longest or at < free:
                continue
            for length in range(min(longest, len(words) - at), 0, -1):
                key = words[at : at + length]
                value = self.phrases.get(key)
                if value is None and key[-1].endswith("'s"):
                    value = self.phrases.get((*key[:-1], key[-1][:-2]))
                if value is not None:
                    yield places[at][0], places[at + length - 1][1], value
                    free = at + length
                    break


@lru_cache(maxsize=64)
def _words_of(lower: str) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...]]:
    """Words and their places; a message is looked up in a dozen tables, one after the other."""
    found = tuple(_TOKEN.finditer(lower))
    return tuple(m.group() for m in found), tuple(m.span() for m in found)


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """What is known by name. `word_tickers` and `word_names` need a neighbour to count."""

    tickers: frozenset[str]
    company: Mapping[str, str]
    names: PhraseTable
    word_tickers: frozenset[str]
    word_names: frozenset[str]
    acronyms: frozenset[str]
    single_names: tuple[str, ...]
    """Names of one word, long enough to be recognised with a typing error."""
    vocabularies: Mapping[str, PhraseTable]


@cache
def load_gazetteer() -> Gazetteer:
    """The bundled tables, read once. `ConfigurationError` when one contradicts itself.

    `symbols.toml` speaks first: it has the aliases. The members of the indices that it does not
    name join under their names, each where no other symbol has taken it.
    """
    document = read_toml("symbols.toml")
    names: dict[str, list[str]] = document["names"]
    words: dict[str, list[str]] = document["words"]
    entries = [(alias, symbol) for symbol, aliases in names.items() for alias in aliases]
    by_hand = PhraseTable.of("symbols.toml", entries)
    joining = [each for symbol, each in companies().items() if symbol not in names]
    taken = set(by_hand.phrases)
    for each in joining:
        key = tokens(each.name)
        if key and key not in taken and not (len(key) == 1 and key[0] in word_list("function")):
            taken.add(key)
            entries.append((each.name, each.symbol))
    entries += _short_names(joining, taken)
    table = PhraseTable.of("companies", entries)
    word_names = frozenset(words["names"]) | {
        each.name.lower() for each in joining if each.name_is_word
    }
    return Gazetteer(
        tickers=frozenset(names) | {each.symbol for each in joining},
        company={symbol: aliases[0] for symbol, aliases in names.items()}
        | {each.symbol: each.name for each in joining},
        names=table,
        word_tickers=frozenset(words["tickers"])
        | {each.symbol for each in joining if each.ticker_is_word},
        word_names=word_names,
        acronyms=frozenset(words["acronyms"]),
        single_names=tuple(
            key[0]
            for key in table.phrases
            if len(key) == 1
            and len(key[0]) >= (_MISSPELT if key in by_hand.phrases else _MISSPELT_RARER)
            and key[0] not in word_names
        ),
        vocabularies={
            name: PhraseTable.of(
                f"phrases.toml [{name}]",
                [(phrase, value) for value, phrases in values.items() for phrase in phrases],
            )
            for name, values in read_toml("phrases.toml").items()
        },
    )


def _short_names(
    joining: Iterable[Company], taken: set[tuple[str, ...]]
) -> Iterator[tuple[str, str]]:
    """'Old Dominion' and 'Bunge': a name without what is only its form, where it is nobody else's.

    A name of three words and more is also known by its first two.
    """
    forms, ordinary = word_list("company_forms"), word_list("not_short_names")
    found: dict[tuple[str, ...], set[str]] = {}
    for each in joining:
        key = tokens(each.name)
        bare = key
        while len(bare) > 1 and bare[-1] in forms:
            bare = bare[:-1]
        for short in {bare, key[:2] if len(key) > 2 else bare}:
            whole = len(short) == 1 and (short[0] in ordinary or len(short[0]) < _SHORTEST)
            if short != key and not whole and all(len(w) > 2 and w != "and" for w in short):
                found.setdefault(short, set()).add(each.symbol)
    for short, symbols in found.items():
        if len(symbols) == 1 and short not in taken and short[-1] not in forms:
            yield " ".join(short), next(iter(symbols))


_SHORTEST: Final = 4


@cache
def load_groups() -> Mapping[str, tuple[str, ...]]:
    """The groups of like meaning that each word belongs to."""
    groups: dict[str, list[str]] = {}
    for name, words in read_toml("synonyms.toml")["groups"].items():
        for word in dict.fromkeys(words.split()):
            groups.setdefault(word, []).append(name)
    return {word: tuple(names) for word, names in groups.items()}


def terms_of(phrases: Iterable[str]) -> PhraseTable:
    """Terms the library can explain, so that a message about one is known to be in scope."""
    return PhraseTable.of("library terms", [(p, p) for p in phrases if " ".join(tokens(p)) == p])


def term_flags(lower: str, terms: PhraseTable) -> list[str]:
    """Whether a term of the library is named."""
    return ["x:term"] if any(True for _ in terms.matches(lower)) else ["x:noterm"]
