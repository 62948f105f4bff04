"""Reads the library's files and finds an entry by what a person calls it.

Strict when reading: a key too many, a missing part, a placeholder without a figure or a reference
to an entry that does not exist is refused. Forgiving when finding: an alias, a plural or a typing
error is enough, but never a guess between two.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any, Final, get_args

from rapidfuzz import fuzz, process, utils

from connectors.lessons.arithmetic import evaluate
from connectors.lessons.models import (
    ExampleFigure,
    ExampleUnit,
    Explanation,
    Lesson,
    WorkedExample,
)
from mfa.kernel.errors import ConfigurationError

_SURE: Final = 88.0
_NEAR: Final = 68.0
_UNITS: Final = frozenset(get_args(ExampleUnit))
_BOTH: Final = frozenset(
    {"title", "aliases", "example", "figures", "risks", "references", "related"}
)
_CONCEPT: Final = _BOTH | {"definition", "formula"}
_STRATEGY: Final = _BOTH | {
    "summary", "outlook", "steps", "max_profit", "max_loss", "break_even", "management",
}  # fmt: skip
_NOISE: Final = re.compile(
    r"\b(?:an?|the|differences? between|meaning of|options?|strateg(?:y|ies)|trades?|my|of)\b"
)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Entries by name, and every phrase that finds one; `asked` is how people describe them."""

    concepts: Mapping[str, Mapping[str, Any]]
    strategies: Mapping[str, Mapping[str, Any]]
    concept_phrases: Mapping[str, str]
    strategy_phrases: Mapping[str, str]
    asked: Mapping[str, tuple[str, ...]]

    def title(self, name: str) -> str:
        entry = self.concepts.get(name) or self.strategies[name]
        return str(entry["title"])

    def concept(self, name: str) -> Explanation:
        entry = self.concepts[name]
        return Explanation(
            name=name,
            title=entry["title"],
            definition=entry["definition"],
            formula=entry.get("formula"),
            example=worked(name, entry),
            risks=tuple(entry["risks"]),
            references=tuple(entry["references"]),
            related=tuple(entry["related"]),
        )

    def lesson(self, name: str) -> Lesson:
        entry = self.strategies[name]
        texts = ("title", "summary", "outlook", "max_profit", "max_loss", "break_even")
        lists = ("steps", "management", "risks", "references", "related")
        return Lesson(
            name=name,
            example=worked(name, entry),
            **{key: entry[key] for key in texts},
            **{key: tuple(entry[key]) for key in lists},
        )

    def strategy_as_concept(self, name: str) -> Explanation:
        """A strategy answered as a term: 'what is an iron condor?'."""
        entry = self.strategies[name]
        return Explanation(
            name=name,
            title=entry["title"],
            definition=entry["summary"],
            formula=f"Break-even: {entry['break_even']}",
            example=worked(name, entry),
            risks=tuple(entry["risks"]),
            references=tuple(entry["references"]),
            related=tuple(entry["related"]),
        )


def plain(phrase: str) -> str:
    """A phrase as it is compared: lower case, no punctuation, no articles, spaces single."""
    cleaned = _NOISE.sub(" ", utils.default_process(phrase))
    return " ".join(cleaned.split()) or " ".join(utils.default_process(phrase).split())


def find(phrase: str, phrases: Mapping[str, str]) -> str | None:
    """The name of the entry that `phrase` means, or None."""
    wanted = plain(phrase)
    for key in (wanted, wanted.removesuffix("s"), f"{wanted}s", wanted.removesuffix("es")):
        if key in phrases:
            return phrases[key]
    if len(wanted) < 4:
        return None
    found = process.extractOne(wanted, list(phrases), scorer=fuzz.ratio, score_cutoff=_SURE)
    return phrases[found[0]] if found is not None else None


def nearest(phrase: str, phrases: Mapping[str, str], limit: int = 3) -> tuple[str, ...]:
    """Names that are near enough to be suggested, best first."""
    found = process.extract(
        plain(phrase), list(phrases), scorer=fuzz.WRatio, score_cutoff=_NEAR, limit=12
    )
    return tuple(dict.fromkeys(phrases[key] for key, _, _ in found))[:limit]


def worked(name: str, entry: Mapping[str, Any]) -> WorkedExample:
    """The entry's example with its numbers computed now, in the order in which they are given."""
    values: dict[str, float] = {}
    figures = []
    for key, (unit, expression) in entry["figures"].items():
        if unit not in _UNITS:
            raise _fail(name, f"no such unit {unit!r}")
        values[key] = evaluate(expression, values)
        figures.append(ExampleFigure(name=key, value=values[key], unit=unit))
    wanted = {field for _, field, _, _ in Formatter().parse(entry["example"]) if field is not None}
    if strange := sorted(wanted - set(values)):
        raise _fail(name, f"the example names {strange[0]!r}, which is not among its figures")
    shown = tuple(figure for figure in figures if figure.name in wanted)
    return WorkedExample(template=entry["example"].strip(), figures=shown)


def _fail(where: str, what: str) -> ConfigurationError:
    return ConfigurationError(f"Library entry {where}: {what}.", "Correct the file.")


def _read(kind: str, keys: frozenset[str]) -> dict[str, dict[str, Any]]:
    """The entries of every file of that kind: `concepts.toml`, `concepts_risk.toml` and so on."""
    document: dict[str, dict[str, Any]] = {}
    shelf = files("connectors.lessons").iterdir()
    for file in sorted((f for f in shelf if f.name.endswith(".toml")), key=lambda f: f.name):
        if not file.name.startswith(kind):
            continue
        for entry, table in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if document.setdefault(entry, table) is not table:
                raise _fail(entry, "is there twice")
    for entry, table in document.items():
        if extra := sorted(set(table) - keys):
            raise _fail(entry, f"unknown key {extra[0]!r}")
        if lacking := sorted(keys - set(table) - {"formula"}):
            raise _fail(entry, f"lacks {lacking[0]!r}")
    return document


def _phrases(entries: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    phrases: dict[str, str] = {}
    for name, entry in entries.items():
        for phrase in (name.replace("_", " "), entry["title"], *entry["aliases"]):
            if phrases.setdefault(plain(phrase), name) != name:
                raise _fail(name, f"{phrase!r} already means {phrases[plain(phrase)]}")
    return phrases


@cache
def open_shelf() -> Shelf:
    """The bundled library, read once and checked whole. `ConfigurationError` names a bad entry."""
    concepts = _read("concepts", _CONCEPT)
    strategies = _read("strategies", _STRATEGY)
    known = {*concepts, *strategies}
    for name, entry in [*concepts.items(), *strategies.items()]:
        worked(name, entry)
        if strange := sorted(set(entry["related"]) - known):
            raise _fail(name, f"'related' names {strange[0]!r}, which is no entry")
    asked = _descriptions(known)
    return Shelf(concepts, strategies, _phrases(concepts), _phrases(strategies), asked)


def _descriptions(known: AbstractSet[str]) -> dict[str, tuple[str, ...]]:
    """`asked.toml`, which has a line at least for every entry and for nothing else."""
    document = tomllib.loads(
        files("connectors.lessons").joinpath("asked.toml").read_text(encoding="utf-8")
    )
    if strange := sorted(document.keys() ^ known):
        raise _fail(strange[0], "is not both in asked.toml and an entry")
    if empty := sorted(name for name, lines in document.items() if not lines):
        raise _fail(empty[0], "has no line in asked.toml")
    return {name: tuple(lines) for name, lines in document.items()}
