"""Answers about watchlists, their content and their differences from TradingView's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.lists.syncing import ListDifference
from connectors.tradingview import ListRow, SyncStatus, Watchlists, WatchlistSymbols
from mfa.answers.blocks import NoticeBlock, TableBlock
from tests.answers.made import answer, found, words

AT = datetime(2021, 6, 1, tzinfo=UTC)


def difference(name: str, change: Any, **more: Any) -> ListDifference:
    facts: dict[str, Any] = {
        "name": name, "change": change, "was": "", "added": (), "removed": (), "symbols": (),
        "left_out": (), "origin": "list 1", "count": 0,
    }  # fmt: skip
    return ListDifference(**(facts | more))


def test_the_lists_are_counted_and_shown() -> None:
    row = ListRow(name="Wheel", count=2, first="KO, PEP", source="magnus", updated_at=AT)
    blocks = answer("my lists", found(Watchlists(rows=(row,), count=1)), intent="scan_watchlist")
    assert words(blocks) == "You have 1 list."
    assert isinstance(blocks[1], TableBlock)


@pytest.mark.parametrize("name", ["Wheel", "Odd {name}"])
def test_a_lists_content_is_named_first(name: str) -> None:
    value = WatchlistSymbols(name=name, source="magnus", symbols=("KO", "PEP"), count=2, rows=())
    blocks = answer("what is on it", found(value), intent="scan_watchlist")
    assert words(blocks) == f"**{name}** has 2 symbols: KO, PEP."


def test_an_empty_list_is_said_to_be_empty() -> None:
    value = WatchlistSymbols(name="New {x}", source="magnus", symbols=(), count=0, rows=())
    blocks = answer("what is on it", found(value), intent="scan_watchlist")
    assert words(blocks) == "**New {x}** is empty."


def test_what_a_sync_would_change_is_shown_and_nothing_was_changed() -> None:
    rows = (
        difference("Chips", "renamed", was="Tech", added=("NVDA",), removed=("INTC", "IBM")),
        difference("Wheel", "same"),
    )
    value = SyncStatus(lists=2, to_change=1, synced_at=None, rows=rows)
    blocks = answer("sync", found(value), intent="sync_tradingview")
    assert words(blocks) == "TradingView has 2 lists; taking them over would change 1 here."
    table = blocks[1]
    assert isinstance(table, TableBlock)
    assert table.rows[0] == ("Tech -> Chips", "renamed", "NVDA", "INTC, IBM", 0)
    assert isinstance(blocks[2], NoticeBlock)
    assert blocks[2].text.startswith("Nothing was changed.")


def test_equal_lists_need_nothing() -> None:
    value = SyncStatus(lists=1, to_change=0, synced_at=AT, rows=(difference("Wheel", "same"),))
    blocks = answer("sync", found(value), intent="sync_tradingview")
    assert words(blocks) == "Your lists are as TradingView's 1: nothing to take over."
    assert not any(isinstance(block, NoticeBlock) for block in blocks)
