"""Which short options may be assigned, how pressing it is, and what would meet it."""

from __future__ import annotations

from connectors.portfolio.position_results import AssignmentRisk
from mfa.answers.blocks import Block, Column, NoticeBlock, TableBlock, Unit
from mfa.answers.compose.question import Question, Writer
from mfa.answers.format import counted, format_value
from mfa.kernel.outcome import Found

_COLUMNS = (
    Column(key="description", label="Short option"),
    Column(key="level", label="Risk"),
    Column(key="moneyness", label="In the money", unit=Unit.PERCENT),
    Column(key="underlying", label="Stock at", unit=Unit.USD),
    Column(key="extrinsic", label="Extrinsic", unit=Unit.USD),
    Column(key="probability", label="Probability", unit=Unit.PERCENT),
    Column(key="days_left", label="Days left", unit=Unit.DAYS),
    Column(key="demands", label="Would take"),
    Column(key="cover", label="Covered by"),
    Column(key="reasons", label="Why"),
)


def assignment_check(question: Question) -> list[Block]:
    blocks: list[Block] = []
    for found in question.found(AssignmentRisk):
        blocks.append(_text(found).text())
        if found.value.rows:
            blocks.append(_table(found))
        if found.value.cash_short > 0:
            short = format_value(found.value.cash_short, Unit.USD)
            blocks.append(
                NoticeBlock(
                    level="warning",
                    text=f"If every short put were assigned, cash would fall short by {short}.",
                )
            )
    return blocks


def _text(found: Found[AssignmentRisk]) -> Writer:
    value = found.value
    writer = Writer(found.provenance)
    if not value.rows:
        writer.say("You have no short options, so nothing can be assigned.")
        return writer
    total = counted(len(value.rows), "short option position")
    inside = sum(row.in_the_money for row in value.rows)
    if value.high:
        writer.say(
            f"Yes: {{high}} of your {total} " + ("is" if value.high == 1 else "are")
            + " at high risk of assignment and {inside} "
            + ("is" if inside == 1 else "are") + " in the money.",
            high=("Positions at high risk", value.high, Unit.COUNT),
            inside=("Positions in the money", inside, Unit.COUNT),
        )  # fmt: skip
    else:
        lead = "Not pressing" if value.medium or inside else "No"
        writer.say(
            f"{lead}: none of your {total} is at high risk of assignment; {{medium}} "
            + ("is" if value.medium == 1 else "are") + " at medium risk and {inside} "
            + ("is" if inside == 1 else "are") + " in the money.",
            medium=("Positions at medium risk", value.medium, Unit.COUNT),
            inside=("Positions in the money", inside, Unit.COUNT),
        )  # fmt: skip
    writer.say(
        "Assignment of the puts now in the money would take {now} and of all short puts {all};"
        " you have {cash} in cash.",
        now=("Cash for puts in the money", value.cash_in_the_money, Unit.USD),
        all=("Cash for all short puts", value.cash_needed, Unit.USD),
        cash=("Cash", value.cash_available, Unit.USD),
    )
    return writer


def _table(found: Found[AssignmentRisk]) -> TableBlock:
    return TableBlock(
        title="Assignment risk",
        columns=_COLUMNS,
        rows=tuple(
            (
                row.description, row.level.value, row.moneyness_pct, row.underlying_price,
                row.extrinsic, 100 * row.probability_itm, row.days_left,
                format_value(row.cash_needed, Unit.USD) if row.cash_needed
                else counted(row.shares_needed, "share"),
                row.cover.value, " ".join(row.reasons),
            )
            for row in found.value.rows
        ),
        provenance=found.provenance,
        numbered=True,
    )  # fmt: skip
