"""What a turn does with memories: preferences go into its plan, its conclusion is kept.

Best effort by design: a memory that cannot be read is said and changes nothing else, and one that
cannot be kept costs no answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from connectors.memory import nearest_memories
from mfa.answers.blocks import Block, TextBlock
from mfa.answers.format import format_date, plain_text
from mfa.data.service import DataIntegrationService
from mfa.kernel.logs import get_logger
from mfa.kernel.memories import LONGEST_MEMORY, Memory
from mfa.kernel.outcome import Absent, Found
from mfa.language.language import Language
from mfa.language.understanding import Understanding
from mfa.memory.applying import applied, concerns
from mfa.memory.fence import fenced
from mfa.memory.rules import Rule, rule_of, rules

CONCLUDING: Final = frozenset(
    {"get_stock_rating", "evaluate_trade", "research_stock", "recommend_options", "plan_strategy"}
)
"""Intents whose answer is a judgement worth coming back to."""

_TOLD: Final = 5
"""Memories that a model is told at most."""

log = get_logger(__name__)


def remembered(
    plan: Mapping[str, Any], understood: Understanding, data: DataIntegrationService, *,
    user: str, language: Language, today: date,
) -> dict[str, Any]:  # fmt: skip
    """The plan with what the person's memories change in it, and the sentences that say so."""
    steps, notes = list(plan["steps"]), list(plan["notes"])
    mode = data.sources.mode.value
    concluding = understood.intent in CONCLUDING and bool(understood.slots.get("symbols"))
    if concerns(steps) or concluding:
        kept = data.sources.memories.memories(user, mode)
        if isinstance(kept, Found):
            steps, said = applied(steps, rules(kept.value, language, today))
            notes += said
            if concluding:
                notes += _earlier(kept.value, understood, today)
        elif not isinstance(kept, Absent) and concerns(steps) and kept.kind != "not_supported":
            notes.append("Your memories could not be read, so none of your preferences is applied.")
    for step in steps:
        if (step["feature"], step["query"]) == ("memory", "remember"):
            notes += _effect(str(step["params"].get("memory", "")), language, today)
    return {**plan, "steps": steps, "notes": notes}


def notes_about(text: str, data: DataIntegrationService, *, user: str) -> str:
    """What is remembered about the matter, fenced for a language model; empty for nothing."""
    mode = data.sources.mode
    kept = data.sources.memories.memories(user, mode.value)
    if not isinstance(kept, Found) or not kept.value:
        return ""
    near = nearest_memories(data.sources.meaning, kept.value, text, user=user, mode=mode)
    return fenced(near[:_TOLD])


def keep_conclusion(
    blocks: Sequence[Block], understood: Understanding, data: DataIntegrationService, *, user: str
) -> None:
    """What the answer says first, for later; only of judgements about named companies."""
    symbols = tuple(understood.slots.get("symbols", ()))
    text = next((plain_text(each) for each in blocks if isinstance(each, TextBlock)), "")
    if understood.intent not in CONCLUDING or not symbols or not text:
        return
    kept = data.sources.memories.remember(
        user, _first(text), kind="conclusion", said_at=data.sources.clock.now(),
        mode=data.sources.mode.value, symbols=symbols,
    )  # fmt: skip
    if not isinstance(kept, Found):
        log.info("memory.conclusion_not_kept", outcome=str(kept))


def _first(text: str) -> str:
    """Whole sentences as far as they fit."""
    plain = " ".join(text.replace("**", "").split())
    if len(plain) <= LONGEST_MEMORY:
        return plain
    end = plain.rfind(". ", 0, LONGEST_MEMORY)
    return plain[: end + 1] if end > 0 else plain[:LONGEST_MEMORY]


def _earlier(memories: Sequence[Memory], understood: Understanding, today: date) -> list[str]:
    """The last conclusion about the same companies, of another day."""
    asked = set(understood.slots["symbols"])
    for each in memories:
        if each.kind == "conclusion" and asked & set(each.symbols) and _day(each.said_at) != today:
            return [f"On {format_date(_day(each.said_at))} I said: '{each.text}'"]
    return []


def _day(at: datetime) -> date:
    return at.date()


def _effect(text: str, language: Language, today: date) -> list[str]:
    """What a preference that is being stored will do, if it does anything by itself."""
    now = datetime.combine(today, datetime.min.time())
    memory = Memory(id=0, kind="preference", text=text, said_at=now)
    rule = rule_of(memory, language, today)
    if rule is None:
        return ["It is shown when it is about what you ask; no filter follows from it."]
    return [_will(rule)]


def _will(rule: Rule) -> str:
    trades = {"put": "scans for puts", "call": "scans for calls", None: "scans"}[rule.option_type]
    if rule.excludes:
        many = f" ({len(rule.symbols)} companies)" if len(rule.symbols) > len(rule.names) else ""
        return f"From now on {trades} leave out {', '.join(rule.names)}{many}, and say so."
    said = []
    if rule.dte is not None:
        said.append(f"{rule.dte[0]} to {rule.dte[1]} days")
    if rule.delta is not None:
        said.append(f"a delta of {rule.delta[0]:g} to {rule.delta[1]:g}")
    return f"From now on {trades} look for {' and '.join(said)} where you say nothing else."
