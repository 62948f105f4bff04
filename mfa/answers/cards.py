"""A card in words: what every door says of its facts, its limits, and what became of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mfa.answers.format import NOTHING, format_value
from mfa.kernel.cards import Card, CardFacts, CardState, Check, Receipt, ResultStatus, Verdict

VERDICTS: Final[Mapping[Verdict, str]] = {
    Verdict.PASSED: "within it",
    Verdict.WARNED: "mind it",
    Verdict.REFUSED: "refused",
}
_STATES: Final[Mapping[CardState, str]] = {
    CardState.OPEN: "Nothing is done before you confirm it.",
    CardState.CONFIRMED: "It was confirmed, and what came of it is not written down.",
    CardState.CANCELLED: "Cancelled: nothing was done.",
    CardState.EXPIRED: "Expired: nothing was done. Ask again for today's figures.",
    CardState.REPLACED: "Edited: another card stands in its place.",
}
_STATUSES: Final[Mapping[ResultStatus, str]] = {
    ResultStatus.DONE: "Done",
    ResultStatus.UNDER_WAY: "Under way",
    ResultStatus.UNKNOWN: "Not known yet",
    ResultStatus.REFUSED: "Refused",
    ResultStatus.FAILED: "Failed",
}


@dataclass(frozen=True, slots=True)
class LimitLine:
    """One limit as a row: what it is about, the value, the bound, what is left, the verdict."""

    sentence: str
    value: str
    bound: str
    margin: str
    verdict: str


def fact_lines(facts: CardFacts) -> list[tuple[str, str]]:
    """Label and value of each figure of a card."""
    return [(figure.label, format_value(figure.value, figure.unit)) for figure in facts.rows]


def limit_lines(checks: tuple[Check, ...]) -> list[LimitLine]:
    return [
        LimitLine(
            sentence=check.sentence,
            value=format_value(check.value, check.unit),
            bound=format_value(check.bound, check.unit),
            margin=format_value(check.margin, check.unit) if check.margin is not None else NOTHING,
            verdict=VERDICTS[check.verdict],
        )
        for check in checks
    ]


def outcome_line(card: Card) -> str:
    """What became of a card, in one sentence or two."""
    if card.undone is not None and card.undone.status.has_effect:
        return f"Undone. {card.undone.message}"
    if card.receipt is not None:
        return receipt_line(card.receipt)
    return _STATES[card.state]


def receipt_line(receipt: Receipt) -> str:
    return f"{_STATUSES[receipt.status]}. {receipt.message}"


def time_left(until: datetime, now: datetime) -> str:
    """'1:45 left', '29 min left'; empty when there is none."""
    left = max(until - now, timedelta(0))
    seconds = int(left.total_seconds())
    if seconds <= 0:
        return ""
    if seconds < 600:
        return f"{seconds // 60}:{seconds % 60:02d} left"
    return f"{seconds // 60} min left"
