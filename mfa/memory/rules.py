"""Which stated preferences have an effect by themselves: exclusions, and usual days and delta.

Read by fixed patterns, and only when the sentence says one thing plainly: a second negation, an
exception or a question leaves it a memory that is merely shown. 'I never sell puts on biotech' is
an exclusion from puts; 'I prefer 30-45 DTE' is what days are when a question does not say.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final

from mfa.kernel.memories import Memory
from mfa.language.language import Language

_NEVER: Final = re.compile(
    r"\b(?:never|don'?t|do not|won'?t|will not|avoid(?:ing)?|exclude|excluding|skip|refuse to"
    r"|stay(?:ing)? (?:away from|out of)|stop|leave out|no more|hate|not)\b"
)
_TRADED: Final = re.compile(
    r"\b(?:sell\w*|trad\w+|puts?|calls?|csps?|buy\w*|own\w*|touch\w*|show\w*|suggest\w*|scan\w*"
    r"|avoid\w*|exclud\w*|skip|stay\w*|options?|write|wheel|hold)\b"
)
_EXCEPT: Final = re.compile(r"\b(?:but|except|unless|other than|only|besides|until|if)\b|\?")
_USUALLY: Final = re.compile(
    r"\b(?:prefer\w*|usually|always|like|default|want|stick to|normally)\b"
)
_PUTS: Final = re.compile(r"\b(?:puts?|csps?|wheel)\b")
_CALLS: Final = re.compile(r"\b(?:calls?)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What `memory` asks for. `option_type` None means puts and calls alike; `names` are the
    excluded things as a person reads them."""

    memory: Memory
    option_type: str | None = None
    sectors: tuple[str, ...] = ()
    symbols: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    dte: tuple[int, int] | None = None
    delta: tuple[float, float] | None = None

    @property
    def excludes(self) -> bool:
        return bool(self.sectors or self.symbols)


def rules(memories: Sequence[Memory], language: Language, today: date) -> tuple[Rule, ...]:
    """Of those preferences that have one, in the memories' order."""
    found = (rule_of(each, language, today) for each in memories if each.kind == "preference")
    return tuple(rule for rule in found if rule is not None)


def rule_of(memory: Memory, language: Language, today: date) -> Rule | None:
    """What the memory asks for; None where it asks for nothing that a rule can do."""
    said = memory.text.lower().replace("’", "'")
    slots = language.slots_for(memory.text, "find_csp_opportunity", today=today, held=frozenset())
    puts, calls = bool(_PUTS.search(said)), bool(_CALLS.search(said))
    option_type = "put" if puts and not calls else "call" if calls and not puts else None
    refusals = len(_NEVER.findall(said))
    if refusals == 1 and _TRADED.search(said) and not _EXCEPT.search(said):
        industries = _industries(said)
        sectors = (slots["sector"],) if "sector" in slots and not industries else ()
        named = tuple(slots.get("symbols", ()))
        symbols = (*named, *(s for _, members in industries.items() for s in members))
        if sectors or symbols:
            return Rule(
                memory=memory, option_type=option_type, sectors=sectors,
                symbols=tuple(dict.fromkeys(symbols)), names=(*sectors, *industries, *named),
            )  # fmt: skip
    if refusals == 0 and _USUALLY.search(said) and not _EXCEPT.search(said):
        dte, delta = slots.get("dte"), slots.get("delta")
        if dte is not None or delta is not None:
            return Rule(
                memory=memory, option_type=option_type,
                dte=None if dte is None else (dte[0], dte[1]),
                delta=None if delta is None else (delta[0], delta[1]),
            )  # fmt: skip
    return None


@cache
def industries_known() -> Mapping[str, tuple[re.Pattern[str], tuple[str, ...]]]:
    """By name: the words for it, and its companies."""
    text = files("mfa.memory").joinpath("industries.toml").read_text(encoding="utf-8")
    return {
        name: (
            re.compile(rf"\b(?:{'|'.join(map(_plural, table['said']))})\b"),
            tuple(table["symbols"]),
        )
        for name, table in tomllib.loads(text).items()
    }


def _plural(said: str) -> str:
    return re.escape(said[:-1]) + "(?:y|ies)" if said.endswith("y") else re.escape(said) + "s?"


def _industries(said: str) -> dict[str, tuple[str, ...]]:
    known = industries_known().items()
    return {name: members for name, (words, members) in known if words.search(said)}
