"""The catalogue: every intent and slot Magnus knows, read from declarative files.

Code, documents, help and training read this one source. A file that is not exactly right is
refused with the place and the reason; nothing is repaired or ignored silently.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from mfa.kernel.errors import ConfigurationError
from mfa.language.slot_types import CHECKS

DIALOGUE_ONLY: Final = frozenset({"confirm", "decline"})
_DATES: Final = frozenset({"none", "past", "future", "until", "expiration"})
_INTENT_KEYS: Final = frozenset(
    {"definition", "feature", "secondary", "slots", "required", "questions", "dates", "examples"}
)
_SLOT_KEYS: Final = frozenset({"type", "notes", "choices"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One value a message can carry."""

    name: str
    type: str
    notes: str
    choices: tuple[str, ...]

    def accepts(self, value: Any) -> bool:
        return CHECKS[self.type](value) and (not self.choices or value in self.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One thing a message can mean. `dates` says which way a named date without a year points."""

    name: str
    definition: str
    feature: str
    secondary: tuple[str, ...]
    slots: frozenset[str]
    required: tuple[str, ...]
    questions: Mapping[str, str]
    dates: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A room of the house as a person would name it, and what to offer while it is not there."""

    name: str
    title: str
    instead: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    intents: Mapping[str, Intent]
    slots: Mapping[str, Slot]
    features: Mapping[str, Feature]

    def question(self, intent: str, slot: str) -> str:
        """What to ask when `intent` lacks `slot`."""
        return self.intents[intent].questions[slot]


def _fail(where: str, what: str) -> ConfigurationError:
    return ConfigurationError(f"Language catalogue, {where}: {what}.", "Correct the file.")


def read_toml(name: str) -> dict[str, Any]:
    """A file of the catalogue folder. `ConfigurationError` when it cannot be read or parsed."""
    resource = files("mfa.language").joinpath("catalogue", name)
    try:
        return tomllib.loads(resource.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _fail(name, str(error)) from error


def _strings(where: str, table: Mapping[str, Any], key: str, *, least: int = 0) -> tuple[str, ...]:
    values = table.get(key, [])
    if not isinstance(values, list) or not all(isinstance(v, str) and v.strip() for v in values):
        raise _fail(where, f"'{key}' must be a list of strings")
    if len(set(values)) != len(values):
        raise _fail(where, f"'{key}' names something twice")
    if len(values) < least:
        raise _fail(where, f"'{key}' needs at least {least} entries")
    return tuple(values)


def _string(where: str, table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise _fail(where, f"'{key}' must be a non-empty string")
    return value


def _tables(name: str, document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for key, table in document.items():
        if not isinstance(table, dict):
            raise _fail(f"{name} [{key}]", "must be a table")
        yield key, table


def _known_keys(where: str, table: Mapping[str, Any], allowed: frozenset[str]) -> None:
    if extra := sorted(set(table) - allowed):
        raise _fail(where, f"unknown key {', '.join(extra)}")


def parse_slots(document: Mapping[str, Any]) -> Mapping[str, Slot]:
    """The slots of a parsed `slots.toml`. `ConfigurationError` names the table at fault."""
    slots = {}
    for name, table in _tables("slots.toml", document):
        where = f"slots.toml [{name}]"
        _known_keys(where, table, _SLOT_KEYS)
        kind = _string(where, table, "type")
        if kind not in CHECKS:
            raise _fail(where, f"no such type {kind!r}")
        slots[name] = Slot(
            name=name,
            type=kind,
            notes=_string(where, table, "notes"),
            choices=_strings(where, table, "choices"),
        )
    return MappingProxyType(slots)


def parse_features(document: Mapping[str, Any]) -> Mapping[str, Feature]:
    features = {}
    for name, table in _tables("features.toml", document):
        where = f"features.toml [{name}]"
        _known_keys(where, table, frozenset({"title", "instead"}))
        features[name] = Feature(
            name=name,
            title=_string(where, table, "title"),
            instead=_string(where, table, "instead"),
        )
    return MappingProxyType(features)


def parse_intents(
    document: Mapping[str, Any], slots: Mapping[str, Slot], features: Mapping[str, Feature]
) -> Mapping[str, Intent]:
    """The intents of a parsed `intents.toml`, every name in them checked against the others."""
    intents = {}
    for name, table in _tables("intents.toml", document):
        intent = _parse_intent(name, table)
        where = f"intents.toml [{name}]"
        for feature in (intent.feature, *intent.secondary):
            if feature not in features:
                raise _fail(where, f"no such feature {feature!r}")
        if strange := sorted(intent.slots - set(slots)):
            raise _fail(where, f"no such slot {', '.join(strange)}")
        intents[name] = intent
    return MappingProxyType(intents)


def _parse_intent(name: str, table: Mapping[str, Any]) -> Intent:
    where = f"intents.toml [{name}]"
    _known_keys(where, table, _INTENT_KEYS)
    required = _strings(where, table, "required")
    questions = table.get("questions", {})
    if not isinstance(questions, dict) or set(questions) != set(required):
        raise _fail(where, "'questions' must hold one question for each required slot")
    slots = frozenset(_strings(where, table, "slots"))
    if not set(required) <= slots:
        raise _fail(where, "a required slot must be among 'slots'")
    dates = table.get("dates", "none")
    if dates not in _DATES:
        raise _fail(where, f"'dates' is one of {', '.join(sorted(_DATES))}")
    return Intent(
        name=name,
        definition=_string(where, table, "definition"),
        feature=_string(where, table, "feature"),
        secondary=_strings(where, table, "secondary"),
        slots=slots,
        required=required,
        questions=MappingProxyType({k: _string(where, questions, k) for k in questions}),
        dates=dates,
        examples=_strings(where, table, "examples", least=3),
    )


@cache
def load_catalogue() -> Catalogue:
    """The bundled catalogue, read once. `ConfigurationError` when a file is wrong."""
    slots = parse_slots(read_toml("slots.toml"))
    features = parse_features(read_toml("features.toml"))
    return Catalogue(parse_intents(read_toml("intents.toml"), slots, features), slots, features)


@cache
def _words() -> dict[str, Any]:
    return read_toml("words.toml")


def word_list(name: str) -> frozenset[str]:
    """A plain list of `words.toml`, which is read once."""
    return frozenset(_words()[name].split())
