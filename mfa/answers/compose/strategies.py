"""What positions make together: the strategies of several legs; the list has the others."""

from __future__ import annotations

from decimal import Decimal

from connectors.portfolio.combined_results import CombinedPositions, CombinedRow
from mfa.answers.blocks import Block, Column, TableBlock, Unit
from mfa.answers.compose.question import Question, Writer, iso
from mfa.answers.format import format_value, listed
from mfa.kernel.money import ZERO
from mfa.kernel.outcome import Found

_COLUMNS = (
    Column(key="strategy", label="Strategy"),
    Column(key="description", label="Of"),
    Column(key="units", label="Quantity", unit=Unit.COUNT),
    Column(key="net_cost", label="Net cost", unit=Unit.USD),
    Column(key="unrealized", label="Unrealised", unit=Unit.USD),
    Column(key="max_profit", label="Profit at most"),
    Column(key="max_loss", label="Loss at most"),
    Column(key="break_evens", label="Break-even"),
    Column(key="delta", label="Delta (shares)", unit=Unit.NUMBER),
    Column(key="theta", label="Theta", unit=Unit.USD_PER_DAY),
    Column(key="expiration", label="Expires", unit=Unit.DATE),
)


ASKED = (
    "strateg(?:y|ies)|spreads?|condors?|butterfl(?:y|ies)|calendars?|diagonals?|straddles?"
    "|strangles?|collars?|jade lizards?"
)
"""Words that ask for strategies and not for single positions."""


def strategies(question: Question) -> list[Block]:
    """One table of the strategies that have several legs; nothing without any."""
    return [
        strategy_table(found) for found in question.found(CombinedPositions) if found.value.combined
    ]


def strategies_alone(question: Question) -> list[Block]:
    """The answer where strategies were asked for, in a sentence and the table."""
    if not question.says(ASKED):
        return []
    blocks: list[Block] = []
    for found in question.found(CombinedPositions):
        held = [row for row in found.value.rows if len(row.instruments) > 1]
        if not held:
            continue
        writer = Writer(found.provenance)
        named = [f"{_article(row)} on {row.symbol}" for row in held]
        writer.say(f"You hold {listed(named)}.")
        known = [row.unrealized for row in held if row.unrealized is not None]
        whole = len(known) == len(held)
        writer.say(
            "Unrealised together: {profit}.",
            profit=("Unrealised profit", sum(known, ZERO) if whole else None, Unit.USD),
        )
        blocks += [writer.text(), strategy_table(found)]
    return blocks


def _article(row: CombinedRow) -> str:
    name = row.strategy[0].lower() + row.strategy[1:]
    if row.units == 1:
        return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
    return f"{row.units:f} {name}s"


def strategy_table(found: Found[CombinedPositions]) -> TableBlock:
    return TableBlock(
        title="What belongs together",
        columns=_COLUMNS,
        rows=tuple(_row(row) for row in found.value.rows if len(row.instruments) > 1),
        provenance=found.provenance,
    )


def _row(row: CombinedRow) -> tuple[Decimal | float | str | None, ...]:
    return (
        row.strategy, row.description, row.units, row.net_cost, row.unrealized,
        row.profit_words, row.loss_words,
        " and ".join(format_value(each, Unit.USD) for each in row.break_evens) or None,
        row.delta, row.theta, iso(row.expiration),
    )  # fmt: skip
