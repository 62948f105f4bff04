"""How often an unseen message is understood, by intent. Run with -s to see the table."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Final

import pytest

from mfa.language import UNKNOWN, Language
from mfa.language.utterances import load_utterances

IMPLEMENTED: Final = frozenset(
    {
        "portfolio_status",
        "profit_loss",
        "trade_history",
        "position_details",
        "profit_target_check",
        "assignment_check",
        "price_quote",
        "explain_concept",
        "learn_strategy",
        "greeting",
        "help",
    }
)


def _plain(text: str) -> str:
    return " ".join("".join(c for c in text.lower() if c.isalnum() or c == " ").split())


def held_out() -> list[tuple[str, str]]:
    """(intent, message) of the three sets, without what happens to stand among the utterances."""
    trained = {_plain(u) for lines in load_utterances().values() for u in lines}
    rows = []
    for name in ("held_out.toml", "unseen.toml", "fresh.toml"):
        document = tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
        rows += [(i, line) for i, text in document.items() for line in text.split("\n") if line]
    return [(i, m) for i, m in dict.fromkeys(rows) if _plain(m) not in trained]


@pytest.fixture(scope="module")
def judged(language: Language, today: date) -> list[tuple[str, str, str]]:
    """(right intent, message, understood intent) of every held-out message."""
    return [(i, m, language.understand(m, today=today).intent) for i, m in held_out()]


def _accuracy(judged: list[tuple[str, str, str]], intents: frozenset[str]) -> float:
    rows = [row for row in judged if row[0] in intents]
    return sum(right == got for right, _, got in rows) / len(rows)


def test_report_by_intent(judged: list[tuple[str, str, str]]) -> None:
    total, wrong = Counter(r for r, _, _ in judged), Counter(r for r, _, g in judged if r != g)
    for intent in total:
        misses = [f"{m!r} -> {g}" for r, m, g in judged if r == intent and r != g]
        print(
            f"{intent:24} {total[intent] - wrong[intent]:3}/{total[intent]:<3} {'; '.join(misses)}"
        )
    everything = frozenset(total)
    print(f"all {_accuracy(judged, everything):.1%}")
    assert len(everything) >= 50


def test_intents_with_a_feature_are_right_in_95_percent(judged: list[tuple[str, str, str]]) -> None:
    assert _accuracy(judged, IMPLEMENTED) >= 0.95


def test_all_intents_are_right_in_90_percent(judged: list[tuple[str, str, str]]) -> None:
    assert _accuracy(judged, frozenset(r for r, _, _ in judged)) >= 0.90


def test_out_of_scope_is_recognised_in_90_percent(judged: list[tuple[str, str, str]]) -> None:
    assert _accuracy(judged, frozenset({UNKNOWN})) >= 0.90


def test_at_most_2_percent_of_messages_in_scope_are_refused(
    judged: list[tuple[str, str, str]],
) -> None:
    rows = [row for row in judged if row[0] != UNKNOWN]
    assert sum(got == UNKNOWN for _, _, got in rows) / len(rows) <= 0.02


def test_enough_messages_remain_to_judge_by() -> None:
    rows = held_out()
    assert len(rows) >= 500
    assert sum(intent in IMPLEMENTED for intent, _ in rows) >= 300
