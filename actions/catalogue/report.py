"""The account in a file: summary, positions, trades and drawdowns, each with where it comes from.

What could not be had is named in its place; nothing is left out in silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from types import MappingProxyType
from typing import Any, Final, Literal

from pydantic import Field

from actions.action import (
    Action,
    ActionContext,
    ActionParams,
    ActionResult,
    ActionType,
    PermissionLevel,
    ReversibleFor,
    RiskClass,
)
from actions.folders import Folders, fingerprint
from mfa.answers.blocks import TableBlock
from mfa.answers.compose.any_result import key_figures, tables
from mfa.answers.format import format_value, format_when
from mfa.answers.sources import source_line
from mfa.kernel.cards import CardFacts, Receipt
from mfa.kernel.outcome import Absent, Failed, Found, Outcome

FOLDER: Final = "reports"
_ASKED: Final = (
    ("Summary", "dashboard", "get_summary"),
    ("Positions", "positions", "fetch_active"),
    ("Performance", "performance", "get_metrics"),
    ("Drawdowns", "performance", "drawdowns"),
    ("Closed trades", "dashboard", "get_trade_history"),
)


class Report(ActionParams):
    format: Literal["markdown", "html"] = Field(default="markdown", description="Of the file.")


@dataclass(frozen=True, slots=True)
class Section:
    """One answer. `note` is why there is none, where there is none; `source` where it is from."""

    title: str
    figures: tuple[tuple[str, str], ...] = ()
    tables: tuple[TableBlock, ...] = ()
    source: str = ""
    note: str = ""


def section(title: str, outcome: Outcome[Any]) -> Section:
    match outcome:
        case Found(value=value, provenance=provenance):
            return Section(
                title,
                tuple((e.label, format_value(e.value, e.unit)) for e in key_figures(value)),
                tuple(tables(value, provenance).values()),
                source_line(provenance),
            )
        case Absent(reason=sentence) | Failed(message=sentence):
            return Section(title, note=sentence)


def _sections(context: ActionContext) -> list[Section]:
    data = context.means.data
    return [
        section(title, data.query(feature, query, {}, user=context.user))
        for title, feature, query in _ASKED
    ]


def markdown(title: str, under: str, sections: Sequence[Section]) -> str:
    return "\n".join([f"# {title}", "", under, "", *(line for s in sections for line in _md(s))])


def _md(part: Section) -> Iterator[str]:
    yield f"## {part.title}"
    yield ""
    if part.note:
        yield f"Not available: {part.note}"
        yield ""
    yield from (f"- {label}: {value}" for label, value in part.figures)
    for table in part.tables:
        cells = list(_cells(table))
        yield ""
        yield f"### {table.title}"
        yield ""
        yield f"| {' | '.join(c.label for c in table.columns)} |"
        yield f"|{' --- |' * len(table.columns)}"
        yield from (f"| {' | '.join(c.replace('|', '/') for c in row)} |" for row in cells)
    if part.source:
        yield ""
        yield f"*{part.source}*"
    yield ""


def html(title: str, under: str, sections: Sequence[Section]) -> str:
    body = "\n".join(line for part in sections for line in _html(part))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}'
        "</title><style>body{font-family:sans-serif;max-width:70em;margin:2em auto}"
        "table{border-collapse:collapse}td,th{padding:.2em .8em;border-bottom:1px solid #ddd;"
        f"text-align:left}}</style></head>\n<body><h1>{escape(title)}</h1>\n"
        f"<p>{escape(under)}</p>\n{body}\n</body></html>\n"
    )


def _html(part: Section) -> Iterator[str]:
    yield f"<h2>{escape(part.title)}</h2>"
    if part.note:
        yield f"<p>Not available: {escape(part.note)}</p>"
    if part.figures:
        items = "".join(f"<li>{escape(a)}: <b>{escape(b)}</b></li>" for a, b in part.figures)
        yield f"<ul>{items}</ul>"
    for table in part.tables:
        head = "".join(f"<th>{escape(c.label)}</th>" for c in table.columns)
        yield f"<h3>{escape(table.title)}</h3><table><tr>{head}</tr>"
        for row in _cells(table):
            yield f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>"
        yield "</table>"
    if part.source:
        yield f"<p><i>{escape(part.source)}</i></p>"


def _cells(table: TableBlock) -> Iterator[list[str]]:
    for row in table.rows:
        yield [format_value(v, c.unit) for v, c in zip(row, table.columns, strict=True)]


_Writer = Callable[[str, str, Sequence[Section]], str]
_WRITERS: Final[Mapping[str, tuple[str, _Writer]]] = MappingProxyType(
    {"markdown": ("md", markdown), "html": ("html", html)}
)


def _generate(context: ActionContext, params: Report) -> ActionResult:
    now, sections = context.means.clock.now(), _sections(context)
    ending, write = _WRITERS[params.format]
    under = f"{context.mode.badge} · {format_when(now)}"
    text = write("Account report", under, sections)
    day = context.means.clock.today().isoformat()
    path = context.service(Folders).write(
        FOLDER, f"account-{context.mode.value}-{day}", ending, text, context.card
    )
    missing = [part.title for part in sections if part.note]
    left = f" Not available: {', '.join(missing)}." if missing else ""
    return ActionResult(
        message=f"The report is in {path}.{left}",
        details={"path": str(path), "sha256": fingerprint(text.encode())},
    )


def _remove(context: ActionContext, receipt: Receipt) -> ActionResult:
    context.service(Folders).remove(receipt.details["path"], receipt.details["sha256"])
    return ActionResult(message="The report is deleted again.")


GENERATE: Final = Action(
    name="generate_report", kind=ActionType.EXPORT, permission=PermissionLevel.USER, params=Report,
    risk=RiskClass.LOW, needs_card=False, hourly_limit=30,
    description="Write a report of the account into the home's reports folder.",
    examples=("Create an account report",), undoing=ReversibleFor(24 * 60),
    facts=lambda _, params: CardFacts(title=f"Write an account report ({params.format})"),
    run=_generate, undo=_remove,
)  # fmt: skip
