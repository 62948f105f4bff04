"""Draws answer blocks in a terminal: text, tables, sparklines and bars, sources as footnotes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rich import box
from rich.cells import cell_len
from rich.console import Console, Group
from rich.markdown import Markdown
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mfa.answers.blocks import (
    NUMERIC,
    Block,
    CardBlock,
    ChartBlock,
    NoticeBlock,
    TableBlock,
    TextBlock,
    Unit,
)
from mfa.answers.cards import fact_lines, limit_lines, outcome_line
from mfa.answers.format import NOTHING, format_value, plain_text
from mfa.answers.sources import provenances, source_line
from mfa.kernel.cards import Card, CardFacts
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Provenance

_TICKS: Final = "▁▂▃▄▅▆▇█"
_WIDTH: Final = 60
_BAR: Final = 30
_NARROWEST: Final = 18
"""No column of words is squeezed below this; a table that would need it is stacked."""
_BOUNDLESS: Final = 10_000
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"
_LEVELS: Final = {"info": ("›", "cyan"), "warning": ("!", "yellow"), "error": ("✗", "red")}
_BADGES: Final = {
    Mode.PRACTICE: "black on yellow",
    Mode.PAPER: "white on blue",
    Mode.LIVE: "white on red",
}


def print_blocks(
    blocks: Iterable[Block], *, mode: Mode | None = None, console: Console | None = None
) -> None:
    """Print `blocks` to `console` (standard output), headed by the mode where it is given."""
    out = console if console is not None else Console()
    if mode is not None:
        out.print(Text(f" {mode.badge} ", style=_BADGES[mode]))
    notes: dict[Provenance, int] = {}
    for block in blocks:
        marks = [notes.setdefault(p, len(notes) + 1) for p in provenances(block)]
        _draw(block, out, "".join(f"[{mark}]" for mark in sorted(marks)))
    for provenance, number in notes.items():
        out.print(Text(f"[{number}] {source_line(provenance)}", style="dim"))


def _draw(block: Block, out: Console, mark: str) -> None:
    match block:
        case TextBlock():
            text = plain_text(block)
            out.print(Markdown(f"{text} {mark}" if "\n" not in text else f"{text}\n\n{mark}"))
        case TableBlock():
            out.print(_table(block, mark, out))
        case ChartBlock():
            for line in chart_lines(block):
                out.print(Text(line))
            out.print(Text(mark, style="dim"))
        case NoticeBlock():
            _notice(block, out)
        case CardBlock():
            _facts(block.facts, out)


def print_card(card: Card, *, console: Console | None = None) -> None:
    """A card as it stands now: its facts, and what became of it."""
    out = console if console is not None else Console()
    _facts(card.facts, out)
    out.print(Text(outcome_line(card), style="bold"))


def _facts(facts: CardFacts, out: Console) -> None:
    """Everything that a person must have seen before confirming."""
    out.print(Text(facts.title, style="bold"))
    if facts.reason:
        out.print(Text(facts.reason, style="italic"))
    lines = fact_lines(facts)
    widest = max((cell_len(label) for label, _ in lines), default=0)
    for label, value in lines:
        out.print(Text.assemble((f"  {label:<{widest}}  ", "dim"), value))
    for warning in facts.warnings:
        out.print(Text(f"! {warning}", style="yellow"))
    for line in limit_lines(facts.checks):
        mark = "" if line.bound == NOTHING else f" ({line.value} of {line.bound})"
        left = "" if line.margin == NOTHING else f", {line.margin} left"
        out.print(Text(f"  {line.verdict}: {line.sentence}{mark}{left}", style="dim"))
    out.print(Text(facts.undo, style="dim"))


def _notice(block: NoticeBlock, out: Console) -> None:
    sign, style = _LEVELS[block.level]
    out.print(Text(f"{sign} {block.text}", style=style))
    for suggestion in block.suggestions:
        out.print(Text(f"    “{suggestion}”", style="italic"))


def _table(block: TableBlock, mark: str, out: Console) -> Table | Group:
    """A table where it fits; else a paragraph for each row, so that no figure is cut off."""
    rows = [
        [format_value(v, c.unit) for v, c in zip(row, block.columns, strict=True)]
        for row in block.rows
    ]
    title = Text(f"{block.title} {mark}", style="table.title")
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    if block.numbered:
        table.add_column("#", justify="right", style="dim", no_wrap=True)
    for i, column in enumerate(block.columns):
        longest = max((cell_len(row[i]) for row in rows), default=0)
        if column.unit in NUMERIC:
            table.add_column(column.label, justify="right", min_width=longest)
        else:
            table.add_column(column.label, min_width=min(longest, _NARROWEST))
    for number, row in enumerate(rows, 1):
        cells = [Text(cell) for cell in row]
        table.add_row(*([Text(str(number))] if block.numbered else []), *cells)
    if out.measure(table, options=out.options.update(max_width=_BOUNDLESS)).minimum <= out.width:
        return table
    labels = [column.label for column in block.columns]
    starts = [f"{n:>3}  " if block.numbered else "     " for n in range(1, len(rows) + 1)]
    parts = [_stacked(start, labels, row) for start, row in zip(starts, rows, strict=True)]
    return Group(title, *parts, Text())


def _stacked(start: str, labels: Sequence[str], row: Sequence[str]) -> Group:
    """A row as its first cell, and below it the others, each after its label."""
    head = Text.assemble((start, "dim"), (row[0], "bold"))
    told = [(label, cell) for label, cell in zip(labels[1:], row[1:], strict=True)]
    rest = Text(", ").join(
        Text.assemble((f"{label} ".replace(" ", _NO_BREAK), "dim"), cell.replace(" ", _NO_BREAK))
        for label, cell in told
        if cell not in ("", NOTHING)
    )
    return Group(head, Padding(rest, (0, 0, 0, len(start))))


def chart_lines(block: ChartBlock) -> list[str]:
    """The chart as lines of text: a sparkline for each line, a bar for each category."""
    lines = [block.title]
    for series in block.series:
        known = [y for y in series.y if y is not None]
        if not known:
            lines.append(f"{series.name}: nothing to draw")
        elif block.kind in {"bar", "pie"}:
            lines += _bars(series.x, series.y, block.y_unit)
        else:
            low, high = (format_value(f(known), block.y_unit) for f in (min, max))
            named = f"{series.name}: " if len(block.series) > 1 else ""
            said = f"low {low}, high {high}"
            if isinstance(series.x[-1], str):  # over time the last is now; over prices it is not
                said = f"{format_value(known[-1], block.y_unit)} ({said})"
            lines.append(f"{sparkline(series.y)}  {named}{said}")
            if series is block.series[-1] or series.x != block.series[-1].x:
                lines.append(f"{series.x[0]} to {series.x[-1]}")
    return lines


def sparkline(values: Sequence[float | None], width: int = _WIDTH) -> str:
    """At most `width` marks, each the last value of its stretch; a gap where there is none."""
    count = min(width, len(values))
    picked = [values[(i + 1) * len(values) // count - 1] for i in range(count)]
    known = [value for value in picked if value is not None]
    if not known:
        return ""
    low, span = min(known), max(known) - min(known)
    top = len(_TICKS) - 1
    return "".join(
        " " if v is None else _TICKS[round((v - low) / span * top) if span else top // 2]
        for v in picked
    )


def _bars(x: Sequence[str | float], y: Sequence[float | None], unit: Unit) -> list[str]:
    widest = max(len(str(name)) for name in x)
    largest = max((abs(v) for v in y if v is not None), default=0.0) or 1.0
    return [
        f"{name!s:<{widest}} {'█' * round(_BAR * abs(v or 0) / largest)} {format_value(v, unit)}"
        for name, v in zip(x, y, strict=True)
    ]
