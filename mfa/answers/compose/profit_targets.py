"""Which option trades have reached their profit target or must be acted on before they expire."""

from __future__ import annotations

from connectors.portfolio.position_results import ProfitTargets, TargetRow, Verdict
from mfa.answers.blocks import Block, Column, TableBlock, Unit
from mfa.answers.compose.question import Question, Writer
from mfa.answers.format import counted, listed
from mfa.kernel.outcome import Found

_COLUMNS = (
    Column(key="description", label="Trade"),
    Column(key="verdict", label="Verdict"),
    Column(key="profit_pct", label="Profit", unit=Unit.PERCENT),
    Column(key="unrealized", label="Unrealised", unit=Unit.USD),
    Column(key="basis", label="Credit or debit", unit=Unit.USD),
    Column(key="days_left", label="Days left", unit=Unit.DAYS),
    Column(key="reasons", label="Why"),
)


def profit_target_check(question: Question) -> list[Block]:
    blocks: list[Block] = []
    for found in question.found(ProfitTargets):
        blocks.append(_text(found).text())
        if found.value.rows:
            blocks.append(_table(found))
    return blocks


def _text(found: Found[ProfitTargets]) -> Writer:
    value = found.value
    writer = Writer(found.provenance)
    closing = [row.description for row in value.rows if row.verdict is Verdict.CLOSE]
    target = ("Profit target", value.target_pct, Unit.PERCENT)
    if not value.rows:
        writer.say("You hold no option trades that a profit target could apply to.")
    elif closing:
        writer.say(
            "{close} of your " + counted(len(value.rows), "option trade")
            + (" has" if len(closing) == 1 else " have") + " reached the {target} target: "
            + listed(closing) + ".",
            close=("Trades at their target", value.close, Unit.COUNT),
            target=target,
        )  # fmt: skip
    else:
        writer.say(
            "None of your " + counted(len(value.rows), "option trade")
            + " has reached the {target} target.",
            target=target,
        )  # fmt: skip
    if value.manage:
        writer.say(
            "{manage} " + ("more " if closing else "") + "should be closed or rolled, with {days}"
            " days or fewer left.",
            manage=("Trades near expiration", value.manage, Unit.COUNT),
            days=("Days at which to act", value.manage_dte, Unit.DAYS),
        )
    return writer


def _table(found: Found[ProfitTargets]) -> TableBlock:
    return TableBlock(
        title="Profit targets",
        columns=_COLUMNS,
        rows=tuple(_row(row) for row in found.value.rows),
        provenance=found.provenance,
        numbered=True,
    )


def _row(row: TargetRow) -> tuple[str, str, float, object, object, int, str]:
    return (
        row.description, row.verdict.value, row.profit_pct, row.unrealized, row.basis,
        row.days_left, " ".join(row.reasons),
    )  # fmt: skip
