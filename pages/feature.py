"""A page for a feature's queries: filters from their parameters, figures, tables, charts, CSV.

Drawn from the declarations alone, so that a feature has a page as soon as its file names one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any, Final, Literal, get_args

import streamlit as st
from pydantic.fields import FieldInfo

from connectors.base import Params, Result
from mfa.answers.blocks import ChartBlock, Column, NoticeBlock, Series, TableBlock, Unit
from mfa.answers.compose.any_result import key_figures, tables
from mfa.answers.format import format_when
from mfa.answers.page import (
    Tile,
    draw_chart,
    draw_notice,
    draw_sources,
    draw_table,
    draw_tiles,
    escape,
    mode_badge,
)
from mfa.assistant import Assistant
from mfa.kernel.errors import MagnusError
from mfa.kernel.outcome import Found
from pages.frame import ask, csv_button, open_assistant, warn
from pages.wrong_input import label_of

_ROW: Final = 4
_SHOWN: Final = 8
"""Filters in sight; further ones are a click away, so that the results are not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """A chart of one column of a table by another, or of several beside one another."""

    table: str
    x: str | tuple[str, ...]
    y: str | tuple[str, ...]
    title: str
    kind: Literal["bar", "line"] = "bar"
    newest_first: bool = False
    """Whether the table's rows go back in time; a chart never does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One query as a tab. `filters` are the parameters that a person may set; one whose parameters
    must be given is asked when they are, one that changes something when its button is pressed.
    `headline` is the figure in words that stands above the others."""

    query: str
    label: str
    filters: tuple[str, ...] = ()
    chart: Bars | None = None
    headline: str | None = None


def feature_page(title: str, feature: str, sections: Sequence[Section]) -> None:
    assistant = open_assistant()
    st.title(title)
    mode_badge(assistant.settings.mode)
    for tab, section in zip(st.tabs([each.label for each in sections]), sections, strict=True):
        with tab:
            _section(assistant, feature, section)


def _section(assistant: Assistant, feature: str, section: Section) -> None:
    try:
        declared = assistant.data.registry.find(feature, section.query).query
    except MagnusError as error:
        st.error(escape(str(error)), icon=":material/error:")
        return
    fields = declared.params.model_fields
    button = section.label if declared.changes else "Ask"
    own = _own_defaults(assistant, declared.params)
    given, pressed = _filters(feature, section, fields, own, button)
    missing = [
        label_of(name, field)
        for name, field in fields.items()
        if field.is_required() and not given.get(name)
    ]
    if missing:
        st.info(f"Fill in: {', '.join(missing)}.", icon=":material/edit:")
        return
    kept = f"{feature}-{section.query}-found"
    if declared.changes and not pressed:
        found = st.session_state.get(kept)
    else:
        with st.spinner("Asking ..."):
            found = ask(assistant, feature, section.query, given)
    if declared.changes:
        st.session_state[kept] = found
    if isinstance(found, Found):
        _result(assistant, f"{feature}-{section.query}", section, found)


def _filters(
    feature: str,
    section: Section,
    fields: Mapping[str, FieldInfo],
    own: Mapping[str, Any],
    button: str,
) -> tuple[dict[str, Any], bool]:
    """What the person set, a filter left empty left out; and whether the button was pressed."""
    if not section.filters and button == "Ask":
        return {}, False
    values: dict[str, Any] = {}
    with st.form(key=f"{feature}-{section.query}-form", border=False):
        shown, folded = section.filters[:_SHOWN], section.filters[_SHOWN:]
        key = f"{feature}-{section.query}"
        values |= _widgets(shown, fields, own, key)
        if folded:
            with st.expander("More filters"):
                values |= _widgets(folded, fields, own, key)
        pressed = st.form_submit_button(button, icon=":material/search:")
    return {name: value for name, value in values.items() if value not in (None, "", ())}, pressed


def _own_defaults(assistant: Assistant, params: type[Params]) -> dict[str, Any]:
    """What the person's settings say where the form is left as it is."""
    settings = assistant.data.sources.settings.in_force()
    return {name: getattr(settings, setting) for name, setting in params.preferences.items()}


def _widgets(
    names: Sequence[str], fields: Mapping[str, FieldInfo], own: Mapping[str, Any], key: str
) -> dict[str, Any]:
    values = {}
    columns = st.columns(_ROW)
    for i, name in enumerate(names):
        with columns[i % _ROW]:
            default = own.get(name, fields[name].get_default())
            values[name] = _widget(name, fields[name], default, key=f"{key}-{name}")
    return values


def _widget(name: str, field: FieldInfo, default: Any, *, key: str) -> Any:
    label = label_of(name, field)
    default = None if field.is_required() else default
    kinds = {kind for kind in (get_args(field.annotation) or (field.annotation,)) if kind}
    described = field.description
    if bool in kinds and default is None:
        chosen = st.selectbox(label, ("yes", "no"), index=None, key=key, help=described,
                              placeholder="any")  # fmt: skip
        return None if chosen is None else chosen == "yes"
    if bool in kinds:
        return st.checkbox(label, value=bool(default), key=key, help=described)
    choices = next(
        (kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Enum)), None
    )
    if choices is not None:
        named = [each.value for each in choices]
        index = named.index(default.value) if isinstance(default, choices) else None
        return st.selectbox(label, named, index=index, key=key, help=described, placeholder="any")
    if isinstance(default, tuple) and len(default) == 2:
        return st.text_input(label, value=f"{default[0]:g}-{default[1]:g}", key=key, help=described)
    if kinds & {int, float} and not kinds & {str, tuple}:
        whole = int in kinds
        return st.number_input(
            label,
            value=default,
            step=1 if whole else None,
            format="%d" if whole else "%g",
            key=key,
            help=described,
        )
    shown = default if isinstance(default, str) else ""
    return st.text_input(label, value=shown, key=key, help=described)


def _result(assistant: Assistant, key: str, section: Section, found: Found[Result]) -> None:
    value = found.value
    if found.stale:
        text = f"These figures are of {format_when(found.as_of)}; newer ones could not be had."
        draw_notice(NoticeBlock(level="warning", text=text))
    figures = [each for each in key_figures(value) if each.unit is not Unit.TEXT]
    words = [each for each in key_figures(value) if each.unit is Unit.TEXT]
    for each in words:
        if each.name == section.headline:
            st.markdown(f"**{escape(str(each.value))}**")
    words = [each for each in words if each.name != section.headline]
    if words:
        st.caption(" · ".join(f"{each.label}: {each.value}" for each in words))
    draw_tiles(
        [Tile(each.label, each.value, each.unit) for each in figures],  # type: ignore[arg-type]  # dates are shown too
        columns=4,
    )
    warn(getattr(value, "warnings", ()))
    found_tables = tables(value, found.provenance)
    if section.chart is not None and section.chart.table in found_tables:
        _chart(section.chart, found_tables[section.chart.table], key=f"{key}-chart")
    for name, table in found_tables.items():
        draw_table(table, key=f"{key}-{name}")
        csv_button(table, f"{key}-{name}.csv", key=f"{key}-{name}-csv")
    draw_sources([found.provenance], assistant.settings.mode)


def _chart(chart: Bars, table: TableBlock, *, key: str) -> None:
    places = {column.key: i for i, column in enumerate(table.columns)}
    x = [places[name] for name in ((chart.x,) if isinstance(chart.x, str) else chart.x)]
    rows = tuple(reversed(table.rows)) if chart.newest_first else table.rows
    columns = [places[name] for name in ((chart.y,) if isinstance(chart.y, str) else chart.y)]
    block = ChartBlock(
        title=chart.title,
        kind=chart.kind,
        series=tuple(
            Series(
                name=table.columns[y].label,
                x=tuple(_place(row, x) for row in rows if row[y] is not None),
                y=tuple(float(row[y]) for row in rows if row[y] is not None),  # type: ignore[arg-type]  # a numeric column
            )
            for y in columns
        ),
        x_label=_axis(table.columns[x[0]]),
        y_unit=table.columns[columns[0]].unit,
        provenance=table.provenance,
    )
    draw_chart(block, key=key)


def _place(row: Sequence[object], columns: Sequence[int]) -> str | float:
    """Where a row stands: a number on a scale, or a category of its words."""
    first = row[columns[0]]
    if len(columns) == 1 and isinstance(first, int | float | Decimal):
        return float(first)
    return " ".join(str(row[i]) for i in columns)


def _axis(column: Column) -> str:
    """What a scale of numbers measures, and in which unit; categories name themselves."""
    match column.unit:
        case Unit.TEXT | Unit.DATE:
            return ""
        case Unit.PERCENT:
            return f"{column.label}, %"
        case Unit.USD:
            return f"{column.label}, $"
        case _:
            return column.label
