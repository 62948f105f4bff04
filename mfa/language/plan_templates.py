"""The declarative templates behind plans: which query answers which intent, with which slots.

A parameter is a literal, '$slot' or '@name', a number or words that the pattern `reads` finds in
the text; a parameter without a value is left out. `each` makes one step per value of a list slot
('$each').
Every name is checked when the file is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mfa.kernel.errors import ConfigurationError
from mfa.language.catalogue import DIALOGUE_ONLY, Catalogue, read_toml

_KEYS: Final = frozenset(
    {
        "id",
        "title",
        "query",
        "params",
        "after",
        "needs",
        "unless",
        "says",
        "unless_says",
        "reads",
        "each",
        "optional",
        "whole",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTemplate:
    """One possible step: for when all `needs` are filled, no `unless` is, and `says` is said.

    What `unless_says` finds must not be said. A step that is `whole` asks for nothing that its
    intent requires.
    """

    id: str
    title: str
    feature: str
    query: str
    params: Mapping[str, Any]
    after: tuple[str, ...]
    needs: tuple[str, ...]
    unless: tuple[str, ...]
    says: re.Pattern[str] | None
    unless_says: re.Pattern[str] | None
    reads: re.Pattern[str] | None
    each: str | None
    optional: bool
    whole: bool

    def applies(self, text: str, slots: Mapping[str, Any]) -> bool:
        return (
            all(name in slots for name in self.needs)
            and not any(name in slots for name in self.unless)
            and (self.says is None or self.says.search(text.lower()) is not None)
            and (self.unless_says is None or self.unless_says.search(text.lower()) is None)
        )

    def bind(self, text: str, slots: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The parameters of each step this template makes."""
        if self.feature in _SCANS and _MY_LIST.search(text) and _OTHER.isdisjoint(slots):
            slots = {**slots, "watchlist": "my watchlist"}
        match = self.reads.search(text.lower()) if self.reads is not None else None
        said = {k: _read_value(v) for k, v in match.groupdict().items() if v} if match else {}
        if self.each is None:
            yield self._values(slots, said, None)
            return
        for value in slots[self.each]:
            yield self._values(slots, said, value)

    def _values(
        self, slots: Mapping[str, Any], said: Mapping[str, float | str], each: Any
    ) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, given in self.params.items():
            if given == "$each":
                values[name] = each
            elif isinstance(given, str) and given.startswith("@"):
                if given[1:] in said:
                    values[name] = said[given[1:]]
            elif isinstance(given, str) and given.startswith("$"):
                slot, _, part = given[1:].partition(".")
                if slot in slots:
                    values[name] = slots[slot][int(part)] if part else slots[slot]
            else:
                values[name] = given
        return values

    def title_for(self, values: Mapping[str, Any]) -> str:
        return self.title.format_map(_Shown(values))


_SCANS: Final = frozenset({"opportunities", "premium_scanner", "calendar_spreads"})
_OTHER: Final = frozenset({"watchlist", "symbols", "holdings_only"})
_MY_LIST: Final = re.compile(r"\bmy (?:own )?(?:watch ?-?)lists?\b", re.IGNORECASE)
"""Where no list is named, the scan itself knows which one is meant by 'my watchlist'."""


def _read_value(found: str) -> float | str:
    return float(found) if re.fullmatch(r"\d+(?:\.\d+)?", found) else found.strip()


class _Shown(dict[str, Any]):
    """Values as a title shows them; a missing one shows as nothing."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__(
            {
                k: ", ".join(map(str, v)) if isinstance(v, list) else str(v)
                for k, v in values.items()
            }
        )

    def __missing__(self, key: str) -> str:
        return ""


def _fail(where: str, what: str) -> ConfigurationError:
    return ConfigurationError(f"Language catalogue, plans.toml [{where}]: {what}.", "Correct it.")


def load_templates(catalogue: Catalogue) -> dict[str, tuple[StepTemplate, ...]]:
    """Templates by intent; every intent has an entry, empty for those that need no step."""
    document = read_toml("plans.toml")
    if strange := sorted(set(document) - set(catalogue.intents)):
        raise _fail(strange[0], "no such intent")
    if lacking := sorted(set(catalogue.intents) - set(document) - DIALOGUE_ONLY):
        raise _fail(lacking[0], "has no entry")
    return {
        intent: tuple(
            template_of(f"{intent} {k}", table, catalogue)
            for k, table in enumerate(document.get(intent, {}).get("steps", []))
        )
        for intent in catalogue.intents
    }


def template_of(where: str, table: Mapping[str, Any], catalogue: Catalogue) -> StepTemplate:
    """A template from its table. `ConfigurationError` says what is wrong with it."""
    if extra := sorted(set(table) - _KEYS):
        raise _fail(where, f"unknown key {extra[0]}")
    if lacking := sorted({"id", "title", "query"} - set(table)):
        raise _fail(where, f"lacks '{lacking[0]}'")
    feature, dot, query = table["query"].partition(".")
    if not dot or feature not in catalogue.features:
        raise _fail(where, f"'{table['query']}' is not 'feature.query' of a known feature")
    references = [
        v[1:].split(".")[0]
        for v in table.get("params", {}).values()
        if isinstance(v, str) and v.startswith("$")
    ]
    named = [
        *references,
        *table.get("needs", []),
        *table.get("unless", []),
        *([table["each"]] if "each" in table else []),
    ]
    for slot in named:
        if slot != "each" and slot not in catalogue.slots:
            raise _fail(where, f"no such slot {slot!r}")
    return StepTemplate(
        id=table["id"],
        title=table["title"],
        feature=feature,
        query=query,
        params=table.get("params", {}),
        after=tuple(table.get("after", [])),
        needs=(*table.get("needs", []), *([table["each"]] if "each" in table else [])),
        unless=tuple(table.get("unless", [])),
        says=re.compile(table["says"]) if "says" in table else None,
        unless_says=re.compile(table["unless_says"]) if "unless_says" in table else None,
        reads=re.compile(table["reads"]) if "reads" in table else None,
        each=table.get("each"),
        optional=bool(table.get("optional", False)),
        whole=bool(table.get("whole", False)),
    )
