"""The reference pages: every query and every intent, from their one declaration.

Nothing is described here; what a page says is what the connector or the catalogue says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from connectors.base import EVERYTHING, DataConnector, Query
from connectors.registry import connector_classes, params_schema, result_schema
from mfa.kernel.errors import InputError
from mfa.language.catalogue import Catalogue, Intent, load_catalogue

MADE: Final = "<!-- Made by `make docs` from the declarations in the code. Do not edit. -->\n"


def queries_page() -> str:
    """Every declared query: what it takes, what it gives, how long an answer is kept."""
    parts = ["# Queries\n", MADE, "Ask one with `magnus query FEATURE QUERY -p NAME=VALUE`.\n"]
    for connector in _connectors():
        parts.append(f"## {connector.name}\n\n{connector.description}\n")
        for _, each in sorted(connector.queries.items()):
            parts.append(_query(connector.name, each))
    return "\n".join(parts)


def intents_page() -> str:
    """Every intent: what it means, the slots that it reads, messages that mean it."""
    catalogue = load_catalogue()
    parts = ["# Intents\n", MADE, 'Try one with `magnus understand "..."`.\n']
    parts += [_intent(intent, catalogue) for intent in catalogue.intents.values()]
    parts.append("# Slots\n")
    parts.append("| slot | type | notes |\n| --- | --- | --- |")
    parts += [
        f"| {slot.name} | {slot.type} | {_cell(slot.notes)} |" for slot in catalogue.slots.values()
    ]
    return "\n".join(parts) + "\n"


def _connectors() -> list[type[DataConnector]]:
    found, failed = connector_classes()
    if failed:
        raise InputError(f"{failed[0].name} did not load: {failed[0].reason}.")
    return sorted(found, key=lambda kind: kind.name)


def _query(feature: str, query: Query) -> str:
    kept = "not kept" if query.cache.ttl is None else f"{query.cache.name}, {query.cache.ttl}"
    lines = [f"### {feature}.{query.name}\n", f"{query.description}\n"]
    lines += [f"- “{example}”" for example in query.examples]
    lines.append(f"\nAnswers are {kept}.\n" if query.cache.ttl is None else f"\nKept: {kept}.\n")
    lines += _changes(query)
    lines += fields_table("takes", params_schema(query))
    lines += fields_table("gives", result_schema(query))
    return "\n".join(lines)


def _changes(query: Query) -> list[str]:
    """What makes a kept answer untrue, and whether an old one may stand in."""
    if query.changes:
        return [f"Asking it changes: {', '.join(sorted(query.changes))}.\n"]
    if query.static or query.cache.ttl is None:
        return []
    kinds = "anything" if query.depends == EVERYTHING else ", ".join(sorted(query.depends))
    old = "stands in, dated" if query.last_known else "does not stand in"
    return [f"Dropped when these change: {kinds}. While the source is away an older one {old}.\n"]


def fields_table(title: str, schema: Mapping[str, Any]) -> list[str]:
    """Lines of a table of a model's fields, from its JSON schema."""
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
