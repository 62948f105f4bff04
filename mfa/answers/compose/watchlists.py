"""Watchlists: which there are, what is on one and what it costs, and what a sync would change."""

from __future__ import annotations

from connectors.lists.syncing import ListDifference
from connectors.tradingview import SyncStatus, Watchlists, WatchlistSymbols
from mfa.answers.blocks import Block, Column, NoticeBlock, TableBlock, TextBlock, Unit
from mfa.answers.compose.any_result import tables
from mfa.answers.compose.candidates import candidates
from mfa.answers.compose.question import Question, Writer, braced
from mfa.answers.format import counted
from mfa.kernel.outcome import Found

_DIFFERENCES = (
    Column(key="name", label="List"),
    Column(key="change", label="Is"),
    Column(key="added", label="Would be added"),
    Column(key="removed", label="Would be removed"),
    Column(key="count", label="Symbols then", unit=Unit.COUNT),
)
_NAMED = 12


def watchlist(question: Question) -> list[Block]:
    """Lists, their content, or what is worth selling on them: whatever was asked."""
    blocks = candidates(question)
    for lists in question.found(Watchlists):
        blocks += _lists(lists)
    for symbols in question.found(WatchlistSymbols):
        blocks += _symbols(symbols)
    return blocks


def sync(question: Question) -> list[Block]:
    blocks: list[Block] = []
    for found in question.found(SyncStatus):
        blocks += [_status(found).text(), differences_table(found)]
        if found.value.to_change:
            text = (
                "Nothing was changed. Take them over on the Watchlists page, or with `magnus"
                " watchlists sync --apply`."
            )
            blocks.append(NoticeBlock(level="info", text=text))
    return blocks


def _lists(found: Found[Watchlists]) -> list[Block]:
    writer = Writer(found.provenance)
    lists = ("Watchlists", found.value.count, Unit.COUNT)
    writer.say(f"You have {{lists}} {'list' if found.value.count == 1 else 'lists'}.", lists=lists)
    return [writer.text(), *tables(found.value, found.provenance).values()]


def _symbols(found: Found[WatchlistSymbols]) -> list[Block]:
    value = found.value
    blocks: list[Block] = []
    if not value.symbols:
        blocks.append(TextBlock(template=f"**{braced(value.name)}** is empty."))
    else:
        writer = Writer(found.provenance)
        writer.say(
            f"**{braced(value.name)}** has {{count}}"
            f" {'symbol' if value.count == 1 else 'symbols'}: {_some(value.symbols)}.",
            count=("Symbols", value.count, Unit.COUNT),
        )
        blocks.append(writer.text())
    return blocks + list(tables(value, found.provenance).values())


def _status(found: Found[SyncStatus]) -> Writer:
    value = found.value
    writer = Writer(found.provenance)
    there = ("Lists there", value.lists, Unit.COUNT)
    if value.to_change:
        writer.say(
            "TradingView has {there} " + ("list" if value.lists == 1 else "lists") + "; taking them"
            " over would change {change} here.",
            there=there,
            change=("Lists that would change", value.to_change, Unit.COUNT),
        )  # fmt: skip
    else:
        writer.say("Your lists are as TradingView's {there}: nothing to take over.", there=there)
    return writer


def differences_table(found: Found[SyncStatus]) -> TableBlock:
    return TableBlock(
        title="Your lists beside TradingView's",
        columns=_DIFFERENCES,
        rows=tuple(
            (_name(row), row.change, _some(row.added), _some(row.removed), row.count)
            for row in found.value.rows
        ),
        provenance=found.provenance,
    )


def _name(row: ListDifference) -> str:
    return f"{row.was} -> {row.name}" if row.change == "renamed" else row.name


def _some(symbols: tuple[str, ...]) -> str:
    rest = len(symbols) - _NAMED
    text = ", ".join(symbols[:_NAMED])
    return f"{text} and {counted(rest, 'more', 'more')}" if rest > 0 else text
