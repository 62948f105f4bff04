"""What is asked of the data service and what comes back with its answer.

Whoever asks wrongly is told so at once (`InputError`), before anything is fetched; a fault of the
outside world never raises, it is an outcome.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from connectors.base import Params, Query, QueryContext, Result
from connectors.registry import Declared
from mfa.kernel.errors import InputError
from mfa.kernel.outcome import Outcome


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """One question: a feature's query and its parameters, as a mapping or already validated."""

    feature: str
    query: str
    params: Mapping[str, Any] | Params | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Question:
    """A validated question and who asks it."""

    declared: Declared
    params: Params
    context: QueryContext

    @property
    def query(self) -> Query:
        return self.declared.query


class Served(StrEnum):
    """How an answer came to be."""

    FETCHED = "fetched"
    """This question went to the source."""
    JOINED = "joined"
    """An equal question was already on its way."""
    CACHED = "cached"
    SHARED = "shared"
    """From the cache that several processes share."""
    STALE = "stale"
    """Older than its policy allows, marked so; a new one is being fetched."""
    LAST_KNOWN = "last_known"
    """Its source could not be asked: an older answer, dated and marked stale."""
    REFUSED = "refused"
    """Nobody was asked: no answer in time for the account's revision, or the service is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An outcome, how it was served, its age in the cache and how long the asker waited (s)."""

    outcome: Outcome[Result]
    served: Served
    age: float
    seconds: float


def validated(feature: str, query: Query, given: Mapping[str, Any] | Params | None) -> Params:
    """The query's parameters, or an `InputError` that says what is wrong and what is accepted."""
    values: Mapping[str, Any]
    if isinstance(given, query.params):
        return given
    if isinstance(given, Params):
        values = given.model_dump(exclude_unset=True)
    else:
        values = {} if given is None else given
    try:
        return query.params.model_validate(dict(values))
    except ValidationError as error:
        problems = "; ".join(_problem(each["loc"], each["msg"]) for each in error.errors())
        raise InputError(
            f"{feature}.{query.name} cannot use this: {problems}.", _accepted(query.params)
        ) from error


def _problem(location: tuple[int | str, ...], message: str) -> str:
    where = ".".join(str(part) for part in location)
    text = message.removeprefix("Value error, ").rstrip(".")
    if message.startswith("Extra inputs"):
        return f"it has no parameter {where!r}"
    return f"{where}: {text}" if where else text


def _accepted(model: type[Params]) -> str:
    """'It takes: symbols, side (long or short).' from the model's JSON schema."""
    schema = model.model_json_schema()
    fields, shared = schema.get("properties", {}), schema.get("$defs", {})
    if not fields:
        return "It takes no parameters."
    return "It takes: " + ", ".join(_described(n, f, shared) for n, f in fields.items()) + "."


def _described(name: str, schema: Mapping[str, Any], shared: Mapping[str, Any]) -> str:
    """A parameter's name and the values that it may have, where they are few."""
    for choice in (schema, *schema.get("anyOf", ())):
        option = shared.get(choice.get("$ref", "").rpartition("/")[2], choice)
        if "enum" in option:
            return f"{name} ({' or '.join(map(str, option['enum']))})"
        if "format" in option:
            return f"{name} ({option['format']})"
        if "minimum" in option and "maximum" in option:
            return f"{name} ({option['minimum']} to {option['maximum']})"
    return name
