"""What happens in the house, and which answers it makes untrue.

An event names a cause; what it touches is looked up here, once, and what an answer depends on is
declared with its query. So an order that is filled drops positions and balances, and no quote.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from connectors.base import EVERYTHING, Dependency


class DataEvent(StrEnum):
    """What may have made answers untrue."""

    ORDER_SENT = "order_sent"
    ORDER_FILLED = "order_filled"
    POSITIONS_CHANGED = "positions_changed"
    ACCOUNT_CHANGED = "account_changed"
    WATCHLIST_CHANGED = "watchlist_changed"
    SETTINGS_CHANGED = "settings_changed"
    STOCKS_CHANGED = "stocks_changed"
    MEMORIES_CHANGED = "memories_changed"
    CLOCK_MOVED = "clock_moved"
    """Practice time went on: prices are others, and what expired was settled."""
    SOURCES_CHANGED = "sources_changed"
    """Another account or market answers from now on."""
    ALL = "all"
    """Static answers too."""


_ACCOUNT: Final = frozenset({Dependency.ACCOUNT})

MADE_UNTRUE: Final[Mapping[DataEvent, frozenset[Dependency]]] = MappingProxyType(
    {
        DataEvent.ORDER_SENT: _ACCOUNT,
        DataEvent.ORDER_FILLED: _ACCOUNT,
        DataEvent.POSITIONS_CHANGED: _ACCOUNT,
        DataEvent.ACCOUNT_CHANGED: _ACCOUNT,
        DataEvent.WATCHLIST_CHANGED: frozenset({Dependency.WATCHLISTS}),
        DataEvent.SETTINGS_CHANGED: frozenset({Dependency.SETTINGS}),
        DataEvent.STOCKS_CHANGED: frozenset({Dependency.STOCKS}),
        DataEvent.MEMORIES_CHANGED: frozenset({Dependency.MEMORIES}),
        DataEvent.CLOCK_MOVED: frozenset({Dependency.CLOCK, Dependency.MARKET, Dependency.ACCOUNT}),
        DataEvent.SOURCES_CHANGED: EVERYTHING,
        DataEvent.ALL: EVERYTHING,
    }
)
