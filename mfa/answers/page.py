"""Draws answer blocks on a Streamlit page. Formats nothing that `format` knows, computes nothing.

Streamlit reads `$...$` as a formula, so every dollar sign of running text is escaped here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import plotly.graph_objects as go
import streamlit as st

from mfa.answers.blocks import (
    Block,
    CardBlock,
    ChartBlock,
    Column,
    NoticeBlock,
    TableBlock,
    TextBlock,
    Unit,
)
from mfa.answers.cards import fact_lines, limit_lines
from mfa.answers.format import format_value
from mfa.answers.sources import leaves, source_line
from mfa.kernel.cards import CardFacts, Verdict
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Provenance

POSITIVE: Final = "#1a9c6b"
NEGATIVE: Final = "#d64550"
COLORS: Final = ("#3d6df2", "#1a9c6b", "#e0982f", "#8a5cf5", "#d64550", "#2aa7c9", "#8c96a8")
WHOLE_TABLE: Final = 25
"""Rows up to which a table is shown without a scroll bar of its own."""
_MEASURED: Final = 10
"""Rows by which Streamlit's table finds the width of a column."""
_PIXELS: Final = 7
"""Of a character, about."""
_WIDEST: Final = 420
_NUMERIC: Final = frozenset(
    {
        Unit.USD,
        Unit.USD_PER_DAY,
        Unit.PERCENT,
        Unit.SHARES,
        Unit.CONTRACTS,
        Unit.COUNT,
        Unit.DAYS,
        Unit.NUMBER,
        Unit.EXACT,
    }
)
_BADGE_COLORS: Final = {Mode.PRACTICE: "orange", Mode.PAPER: "blue", Mode.LIVE: "red"}


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure with its label; `note` explains it on demand."""

    label: str
    value: Decimal | float | str | None
    unit: Unit
    note: str = ""


def mode_badge(mode: Mode) -> None:
    """The mode, as it stands on every page and answer."""
    color = _BADGE_COLORS[mode]
    st.markdown(f":{color}-badge[:material/science: {mode.badge}]")


def escape(text: str) -> str:
    """Markdown text with dollar signs that are dollars, not formulas."""
    return text.replace("$", r"\$")


def draw(block: Block, *, key: str) -> None:
    """Draw one block. `key` is unique on the page."""
    match block:
        case TextBlock():
            st.markdown(text_of(block))
        case TableBlock():
            draw_table(block, key=key)
        case ChartBlock():
            draw_chart(block, key=key)
        case NoticeBlock():
            draw_notice(block)
        case CardBlock():
            draw_facts(block.facts, key=key)


def text_of(block: TextBlock) -> str:
    """The block's Markdown with its figures in place."""
    figures = {
        name: f"**{format_value(figure.value, figure.unit)}**"
        for name, figure in block.figures.items()
    }
    return escape(block.template.format_map(figures) if figures else block.template)


def draw_notice(block: NoticeBlock) -> None:
    text = escape(block.text)
    match block.level:
        case "error":
            st.error(text, icon=":material/error:")
        case "warning":
            st.warning(text, icon=":material/warning:")
        case "info":
            st.info(text, icon=":material/info:")


def draw_facts(facts: CardFacts, *, key: str) -> None:
    """Everything that a person must have seen before confirming: figures, warnings, each limit."""
    st.markdown(f"**{escape(facts.title)}**")
    if facts.reason:
        st.caption(escape(facts.reason))
    left, right = st.columns(2)
    lines = fact_lines(facts)
    for column, part in (
        (left, lines[: -(-len(lines) // 2)]),
        (right, lines[-(-len(lines) // 2) :]),
    ):
        column.markdown("\n".join(f"- {escape(label)}: **{escape(text)}**" for label, text in part))
    for warning in facts.warnings:
        st.warning(escape(warning), icon=":material/warning:")
    if facts.checks:
        for check in facts.checks:
            if check.verdict is Verdict.REFUSED:
                st.error(escape(check.sentence), icon=":material/block:")
            elif check.verdict is Verdict.WARNED:
                st.warning(escape(check.sentence), icon=":material/warning:")
        with st.expander(f"{len(facts.checks)} limits", icon=":material/rule:"):
            rows = limit_lines(facts.checks)
            st.dataframe(
                {
                    "Limit": [row.sentence for row in rows],
                    "It would be": [row.value for row in rows],
                    "Bound": [row.bound for row in rows],
                    "Left": [row.margin for row in rows],
                    "Verdict": [row.verdict for row in rows],
                },
                hide_index=True,
                key=f"{key}-limits",
                height="content",
            )
    st.caption(escape(facts.undo))


def draw_table(block: TableBlock, *, key: str, height: int | None = None) -> None:
    """A table of formatted values: what is read here is what every other door says."""
    if block.title:
        st.markdown(f"**{escape(block.title)}**")
    data: dict[str, list[str]] = {}
    config: dict[str, object] = {}
    if block.numbered:
        data["#"] = [str(number) for number in range(1, len(block.rows) + 1)]
        config["#"] = st.column_config.TextColumn(width="small")
    for index, column in enumerate(block.columns):
        cells = [format_value(row[index], column.unit) for row in block.rows]
        data[column.label] = cells
        config[column.label] = _column(column, cells)
    st.dataframe(
        data,
        hide_index=True,
        key=key,
        column_config=config,  # type: ignore[arg-type]  # its values are an internal type
        height=height or ("content" if len(block.rows) <= WHOLE_TABLE else "auto"),
    )


def _column(column: Column, cells: Sequence[str]) -> object:
    alignment = "right" if column.unit in _NUMERIC else "left"
    return st.column_config.TextColumn(alignment=alignment, width=_width(column.label, cells))  # type: ignore[arg-type]


def _width(label: str, cells: Sequence[str]) -> int | None:
    """The width in pixels where the first rows, which the table measures, do not show it."""
    seen = max((len(text) for text in (label, *cells[:_MEASURED])), default=0)
    longest = max(map(len, cells[_MEASURED:]), default=0)
    return min(_PIXELS * longest + 24, _WIDEST) if longest > seen else None


def draw_chart(block: ChartBlock, *, key: str) -> None:
    st.plotly_chart(figure_of(block), key=key, config={"displayModeBar": False})


def figure_of(block: ChartBlock) -> go.Figure:
    """The Plotly figure of a chart block."""
    figure = go.Figure()
    for index, series in enumerate(block.series):
        color = COLORS[index % len(COLORS)]
        match block.kind:
            case "line" | "area":
                figure.add_scatter(
                    x=series.x,
                    y=series.y,
                    name=series.name,
                    mode="lines",
                    line={"width": 2, "color": color},
                    fill="tozeroy" if block.kind == "area" else None,
                    fillcolor="rgba(61, 109, 242, 0.12)",
                )
            case "bar":
                figure.add_bar(
                    x=series.x,
                    y=series.y,
                    name=series.name,
                    marker_color=_bar_colors(series.y) if len(block.series) == 1 else color,
                )
            case "pie":
                figure.add_pie(
                    labels=series.x, values=series.y, hole=0.55, marker={"colors": COLORS}
                )
    dollars = block.y_unit in {Unit.USD, Unit.USD_PER_DAY}
    figure.update_yaxes(
        title=block.y_label,
        # A format, not a prefix, which would come before the sign: '$−500'.
        tickformat="$,.2~f" if dollars else None,
        hoverformat="$,.2f" if dollars else ",.2f",
        ticksuffix=" %" if block.y_unit is Unit.PERCENT else "",
        separatethousands=True,
    )
    figure.update_xaxes(title=block.x_label)
    if block.kind == "area":
        figure.update_yaxes(range=_around(block))
    figure.update_layout(
        title={"text": block.title, "font": {"size": 15}},
        height=300,
        margin={"l": 8, "r": 8, "t": 44, "b": 8},
        showlegend=len(block.series) > 1 or block.kind == "pie",
        legend={"orientation": "h", "y": -0.18} if block.kind != "pie" else None,
        hovermode="x unified" if block.kind in {"line", "area"} else "closest",
    )
    return figure


def _around(block: ChartBlock) -> tuple[float, float] | None:
    """The range that shows the values' changes: filled from zero an account looks flat."""
    values = [y for series in block.series for y in series.y if y is not None]
    if not values:
        return None
    low, high = min(values), max(values)
    margin = 0.08 * (high - low) or 1.0
    return low - margin, high + margin


def _bar_colors(values: Iterable[float | None]) -> list[str]:
    return [NEGATIVE if value is not None and value < 0 else POSITIVE for value in values]


def draw_sources(provenances: Iterable[Provenance], mode: Mode) -> None:
    """One quiet line: where the figures come from, of when, how fresh."""
    shown = tuple(provenances)
    lines = list(dict.fromkeys(source_line(p) for p in shown))
    notes = dict.fromkeys(each.note for p in shown for each in (p, *leaves(p)) if each.note)
    lines = lines or ["no figures of a market or an account"]
    text = escape(f"{mode.badge} · " + "  \n".join(lines))
    st.caption(text, help=escape("; ".join(notes)) or None)


def draw_tiles(tiles: Sequence[Tile], *, columns: int = 4) -> None:
    """Figures as tiles, `columns` to a row."""
    for start in range(0, len(tiles), columns):
        row = tiles[start : start + columns]
        for column, tile in zip(st.columns(columns), row, strict=False):
            value = escape(format_value(tile.value, tile.unit))
            column.metric(tile.label, value, help=tile.note or None, border=True)
