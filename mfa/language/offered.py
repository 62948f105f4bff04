"""The registry's reading queries as a language model reads them: short enough for a small context.

Made from the same declarations as the JSON schemas, but said in a line each: a query with its
description, and each parameter model once, since many queries share one. A query that changes
anything is not offered. When there are more queries than fit, those whose words the message shares
come first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from connectors.base import Params
from connectors.registry import Declared
from mfa.language.catalogue import word_list
from mfa.language.features import stem

_BOUNDS: Final = (
    ("minimum", ">="), ("exclusiveMinimum", ">"), ("maximum", "<="), ("exclusiveMaximum", "<"),
)  # fmt: skip


LONGEST: Final = 18_000
"""Characters that fit a context of 8192 tokens together with the instructions and the answer."""
_WORD: Final = re.compile(r"[a-z]{3,}")
_COMMON: Final = word_list("function")


def reading(queries: Sequence[Declared]) -> dict[str, Declared]:
    """Those that only read, by full name."""
    return {each.full_name: each for each in queries if not each.query.changes}


def fitting(
    queries: Mapping[str, Declared], text: str, *, longest: int = LONGEST
) -> dict[str, Declared]:
    """All queries, or as many as can be told in `longest` characters, the nearest to `text`."""
    if len(offered(queries)) <= longest:
        return dict(queries)
    asked = _stems(text)
    nearest = sorted(queries, key=lambda name: -len(asked & _words_of(queries[name])))
    kept: set[str] = set()
    for name in nearest:
        if len(offered({n: queries[n] for n in queries if n in kept | {name}})) <= longest:
            kept.add(name)
    return {name: declared for name, declared in queries.items() if name in kept}


def _words_of(declared: Declared) -> frozenset[str]:
    said = (declared.full_name, declared.query.description, *declared.query.examples)
    return _stems(" ".join(said).replace("_", " "))


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in _WORD.findall(text.lower()) if word not in _COMMON)


def offered(queries: Mapping[str, Declared]) -> str:
    """The text of it: one line for each query, then one for each set of parameters."""
    lines = ["Queries, each with the name of what it takes:"]
    names: dict[str, str] = {}
    for full_name, declared in queries.items():
        said = _takes(declared.query.params)
        takes = _name(declared, said, names) if said else "nothing"
        lines.append(f"- {full_name}({takes}): {declared.query.description}")
    lines.append("What they take ('*' must be given, the rest may be left out):")
    lines += [f"- {name}: {said}" for said, name in names.items()]
    return "\n".join(lines)


@cache
def _takes(model: type[Params]) -> str:
    return "; ".join(_parameters(model.model_json_schema()))


def _name(declared: Declared, said: str, names: dict[str, str]) -> str:
    """The name of a set of parameters, told by its content; no two sets share one."""
    if said not in names:
        name = declared.query.params.__name__
        names[said] = f"{declared.feature}.{name}" if name in names.values() else name
    return names[said]


def _parameters(schema: Mapping[str, Any]) -> Iterator[str]:
    shared = schema.get("$defs", {})
    needed = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        star = "*" if name in needed else ""
        yield f"{name}{star} {_kind(field, shared)}"


def _kind(field: Mapping[str, Any], shared: Mapping[str, Any]) -> str:
    """'string', 'put|call', 'list of string', '[integer, integer]', '{pct* number}'."""
    if "$ref" in field:
        return _kind(shared[field["$ref"].rpartition("/")[2]], shared)
    if "anyOf" in field:
        kinds = [_kind(each, shared) for each in field["anyOf"] if each.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "enum" in field:
        return "|".join(map(str, field["enum"]))
    if field.get("type") == "array":
        parts = [_kind(each, shared) for each in field.get("prefixItems", ())]
        return f"[{', '.join(parts)}]" if parts else f"list of {_kind(field['items'], shared)}"
    if field.get("type") == "object":
        inside = "; ".join(_parameters({**field, "$defs": shared}))
        return f"{{{inside}}}"
    said = "YYYY-MM-DD" if field.get("format") == "date" else str(field.get("type", "any"))
    return " ".join([said, *(f"{sign}{field[key]:g}" for key, sign in _BOUNDS if key in field)])
