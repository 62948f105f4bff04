"""How the account is divided: the largest parts in a sentence, then each view of it."""

from __future__ import annotations

from connectors.portfolio.allocation_results import Allocation, AllocationRow
from mfa.answers.blocks import Block, ChartBlock, Column, Series, TableBlock, Unit
from mfa.answers.compose.question import Question, Writer
from mfa.kernel.outcome import Found

_VIEWS = (
    ("sectors", "By sector"),
    ("symbols", "By symbol"),
    ("strategies", "By strategy"),
    ("kinds", "By kind"),
)
_COLUMNS = (
    Column(key="name", label="Part"),
    Column(key="value", label="Value", unit=Unit.USD),
    Column(key="share_pct", label="Of equity", unit=Unit.PERCENT),
)


def allocation(question: Question) -> list[Block]:
    blocks: list[Block] = []
    for found in question.found(Allocation):
        blocks += [
            _text(found).text(),
            share_chart(found, "sectors", "By sector, percent of equity"),
        ]
        blocks += [_table(found, name, title) for name, title in _VIEWS]
    return blocks


def share_chart(found: Found[Allocation], view: str, title: str) -> ChartBlock:
    rows: tuple[AllocationRow, ...] = getattr(found.value, view)
    known = [row for row in rows if row.share_pct is not None]
    series = Series(
        name=title,
        x=tuple(row.name for row in known),
        y=tuple(row.share_pct for row in known),
    )
    return ChartBlock(
        title=title, kind="bar", series=(series,), y_unit=Unit.PERCENT, provenance=found.provenance
    )


def _text(found: Found[Allocation]) -> Writer:
    value, writer = found.value, Writer(found.provenance)
    writer.say(
        "Of your {equity}, {cash} ({percent}) is in cash; {tied} of it is tied up by short puts and"
        " spreads.",
        equity=("Account value", value.equity, Unit.USD),
        cash=("Cash", value.cash, Unit.USD),
        percent=("Cash of equity", value.cash_pct, Unit.PERCENT),
        tied=("Collateral", value.tied_up, Unit.USD),
    )
    for view, words in (("sectors", "sector"), ("symbols", "symbol")):
        largest: AllocationRow = getattr(value, view)[0]
        if largest.positions:
            writer.say(
                f"The largest {words} is {largest.name}, with {{value}} ({{share}}).",
                value=(largest.name, largest.value, Unit.USD),
                share=(f"{largest.name} of equity", largest.share_pct, Unit.PERCENT),
            )
    return writer


def _table(found: Found[Allocation], view: str, title: str) -> TableBlock:
    rows: tuple[AllocationRow, ...] = getattr(found.value, view)
    return TableBlock(
        title=title,
        columns=_COLUMNS,
        rows=tuple((row.name, row.value, row.share_pct) for row in rows),
        provenance=found.provenance,
    )
