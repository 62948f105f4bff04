"""The reference pages: every query and every intent, from their one declaration.

Nothing is described here; what a page says is what the connector or the catalogue says.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Any, Final

import connectors
from connectors.base import DataConnector, Query
from connectors.registry import params_schema, result_schema
from mfa.language.catalogue import Catalogue, Intent, load_catalogue

_MADE: Final = "<!-- Made by `make docs` from the declarations in the code. Do not edit. -->\n"


def queries_page() -> str:
    """Every declared query: what it takes, what it gives, how long an answer is kept."""
    parts = ["# Queries\n", _MADE, "Ask one with `magnus query FEATURE QUERY -p NAME=VALUE`.\n"]
    for connector in _connectors():
        parts.append(f"## {connector.name}\n\n{connector.description}\n")
        for _, each in sorted(connector.queries.items()):
            parts.append(_query(connector.name, each))
    return "\n".join(parts)


def intents_page() -> str:
    """Every intent: what it means, the slots that it reads, messages that mean it."""
    catalogue = load_catalogue()
    parts = ["# Intents\n", _MADE, 'Try one with `magnus understand "..."`.\n']
    parts += [_intent(intent, catalogue) for intent in catalogue.intents.values()]
    parts.append("# Slots\n")
    parts.append("| slot | type | notes |\n| --- | --- | --- |")
    parts += [
        f"| {slot.name} | {slot.type} | {_cell(slot.notes)} |" for slot in catalogue.slots.values()
    ]
    return "\n".join(parts) + "\n"


def _connectors() -> list[type[DataConnector]]:
    for info in pkgutil.iter_modules(connectors.__path__):
        if not info.ispkg:
            importlib.import_module(f"{connectors.__name__}.{info.name}")
    found = {kind for kind in _below(DataConnector) if kind.__module__.startswith("connectors.")}
    return sorted(found, key=lambda kind: kind.name)


def _below(kind: type[DataConnector]) -> Iterator[type[DataConnector]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


def _query(feature: str, query: Query) -> str:
    kept = "not kept" if query.cache.ttl is None else f"{query.cache.name}, {query.cache.ttl}"
    lines = [f"### {feature}.{query.name}\n", f"{query.description}\n"]
    lines += [f"- “{example}”" for example in query.examples]
    lines.append(f"\nAnswers are {kept}.\n" if query.cache.ttl is None else f"\nKept: {kept}.\n")
    lines += _fields("takes", params_schema(query))
    lines += _fields("gives", result_schema(query))
    return "\n".join(lines)


def _fields(title: str, schema: Mapping[str, Any]) -> list[str]:
    fields = schema.get("properties", {})
    if not fields:
        return [f"It {title} nothing.\n"]
    rows = [f"| {title} | type | meaning |", "| --- | --- | --- |"]
    rows += [
        f"| `{name}` | {_type(field)} | {_cell(field.get('description', ''))} |"
        for name, field in fields.items()
    ]
    return [*rows, ""]


def _type(field: Mapping[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(dict.fromkeys(_type(option) for option in field["anyOf"]))
    if "$ref" in field:
        return str(field["$ref"]).rsplit("/", 1)[-1]
    if field.get("type") == "array":
        return f"list of {_type(field.get('items', {}))}"
    return str(field.get("format") or field.get("type") or "value").replace("null", "nothing")


def _intent(intent: Intent, catalogue: Catalogue) -> str:
    lines = [f"## {intent.name}\n", f"{intent.definition}\n"]
    room = catalogue.features.get(intent.feature)
    lines.append(f"Feature: {intent.feature}" + (f" ({room.title})." if room else "."))
    if intent.secondary:
        lines[-1] += f" Also: {', '.join(intent.secondary)}."
    if intent.slots:
        marked = (f"**{s}**" if s in intent.required else s for s in sorted(intent.slots))
        lines.append(f"\nSlots (required in bold): {', '.join(marked)}.")
    lines.append("")
    lines += [f"- “{example}”" for example in intent.examples]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
