"""Time decay: how much is collected or paid per day, and by which position."""

from __future__ import annotations

from connectors.portfolio.position_results import ThetaReport
from connectors.portfolio.shapes import strategy_label
from mfa.answers.blocks import Block, Column, TableBlock, Unit
from mfa.answers.compose.question import Question, Writer
from mfa.answers.format import counted
from mfa.kernel.outcome import Found

_COLUMNS = (
    Column(key="description", label="Position"),
    Column(key="quantity", label="Contracts", unit=Unit.CONTRACTS),
    Column(key="theta_per_day", label="Theta", unit=Unit.USD_PER_DAY),
    Column(key="days_left", label="Days left", unit=Unit.DAYS),
    Column(key="strategy", label="Strategy"),
)


def theta(found: Found[ThetaReport], _question: Question) -> list[Block]:
    value = found.value
    writer = Writer(found.provenance)
    if not value.rows:
        if value.theta_per_day is not None:
            writer.say(
                "You hold no options, so no theta is collected or paid: {theta}.",
                theta=("Theta", value.theta_per_day, Unit.USD_PER_DAY),
            )
        return [writer.text()] if writer else []
    if value.theta_per_day is not None:
        paying = value.theta_per_day < 0
        per_week = value.theta_per_week
        writer.say(
            ("You are paying" if paying else "You are collecting") + " {theta} in theta over "
            + counted(len(value.rows), "option position") + ", about {week} a week.",
            theta=("Theta", abs(value.theta_per_day), Unit.USD_PER_DAY),
            week=("Theta per week", None if per_week is None else abs(per_week), Unit.USD),
        )  # fmt: skip
    table = TableBlock(
        title="Theta by position",
        columns=_COLUMNS,
        rows=tuple(
            (r.description, r.quantity, r.theta_per_day, r.days_left, strategy_label(r.strategy))
            for r in sorted(value.rows, key=lambda r: -abs(r.theta_per_day))
        ),
        provenance=found.provenance,
        numbered=True,
    )
    return [writer.text(), table] if writer else [table]
