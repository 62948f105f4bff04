"""Watchlists: the person's own and those taken over from TradingView.

Lists are kept by Magnus and read from its database. `sync` alone asks TradingView, and says what
taking its lists over would change; it changes nothing itself.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pydantic import Field

from connectors.base import (
    NO_CACHE,
    PRICES,
    SHORT_TTL,
    DataConnector,
    DataSourceType,
    Dependency,
    NoParams,
    Params,
    QueryContext,
    Result,
    query,
)
from connectors.lists.finding import chosen_list
from connectors.lists.syncing import ListDifference, differences
from connectors.portfolio.position_results import QuoteRow
from connectors.portfolio.quotes import quote_row
from connectors.screening.params import ListScanParams
from connectors.screening.results import Candidates
from connectors.screening.selling import CASH_SECURED_PUT, look
from mfa.kernel.outcome import Absent, Found, Outcome, Provenance, derived
from mfa.kernel.watchlists import Watchlist

SOURCE: Final = "tradingview"
"""What marks a list of the house that follows one at TradingView."""
TITLE: Final = "TradingView"
_NOT_CONNECTED: Final = (
    "TradingView is not connected. Export a list there and read the file on the Watchlists page or"
    " with `magnus watchlists import FILE`; or connect your session (best effort) with"
    " `magnus connect tradingview`."
)


class ListRow(Result):
    name: str
    count: int = Field(title="Symbols")
    first: str = Field(title="First of them")
    source: str
    updated_at: datetime


class Watchlists(Result):
    """By name."""

    rows: tuple[ListRow, ...] = Field(title="Watchlists")
    count: int


class WatchlistParams(Params):
    watchlist: str | None = Field(
        default=None, min_length=1, max_length=60,
        description="The list's name; none means the usual one.",
    )  # fmt: skip


class WatchlistSymbols(Result):
    """A list's symbols in its order, with prices where there are any."""

    name: str
    source: str
    symbols: tuple[str, ...]
    count: int
    rows: tuple[QuoteRow, ...] = Field(title="Prices")
    warnings: tuple[str, ...] = ()


class SyncStatus(Result):
    """`synced_at` is when lists were last taken over, None for never."""

    lists: int = Field(title="Lists there")
    to_change: int = Field(title="Lists that would change")
    synced_at: datetime | None = Field(title="Last taken over")
    rows: tuple[ListDifference, ...] = Field(title="Differences")
    warnings: tuple[str, ...] = ()


class TradingView(DataConnector):
    name = "tradingview"
    description = (
        "Watchlists: which there are, what is on them, what it costs, what TradingView has."
    )
    source_type = DataSourceType.HYBRID

    @query(
        description="The watchlists there are, with how many symbols each has.",
        examples=("Show my watchlists", "Which lists do I have?"),
        cache=SHORT_TTL,
        depends={Dependency.WATCHLISTS},
    )
    def fetch_watchlists(self, params: NoParams, context: QueryContext) -> Outcome[Watchlists]:
        del params
        lists = self.sources.watchlists.watchlists(context.user)
        if not isinstance(lists, Found):
            return lists
        if not lists.value:
            return Absent("You have no watchlists yet.")
        rows = tuple(_row(each) for each in lists.value)
        return lists.map(lambda _: Watchlists(rows=rows, count=len(rows)))

    @query(
        description="The symbols of a watchlist in its order, with their prices.",
        examples=("What's on my High IV list?", "Show my wheel watchlist"),
        cache=SHORT_TTL,
        depends={Dependency.WATCHLISTS, Dependency.SETTINGS} | PRICES,
    )
    def get_symbols(
        self, params: WatchlistParams, context: QueryContext
    ) -> Outcome[WatchlistSymbols]:
        meant = chosen_list(self.sources, context.user, params.watchlist)
        if not isinstance(meant, Found):
            return meant
        chosen = meant.value
        inputs: list[Provenance] = [meant.provenance]
        rows: list[QuoteRow] = []
        warnings: list[str] = []
        for symbol in chosen.symbols:
            outcome = self.sources.market.quote(symbol)
            if isinstance(outcome, Found):
                rows.append(quote_row(outcome.value))
                inputs.append(outcome.provenance)
            else:
                said = outcome.reason if isinstance(outcome, Absent) else outcome.message
                warnings.append(f"{symbol}: {said}")
        value = WatchlistSymbols(
            name=chosen.name, source=chosen.source, symbols=chosen.symbols,
            count=len(chosen.symbols), rows=tuple(rows), warnings=tuple(warnings),
        )  # fmt: skip
        return Found(value, derived("tradingview.get_symbols", *inputs))

    @query(
        description="The best cash-secured puts on the companies of a watchlist, with scores.",
        examples=("Scan my High IV list for puts", "Best CSPs on my wheel list"),
        cache=SHORT_TTL,
        last_known=False,
    )
    def scan_watchlist(self, params: ListScanParams, context: QueryContext) -> Outcome[Candidates]:
        named = params.model_copy(update={"watchlist": params.watchlist or "my watchlist"})
        return look(
            self.sources, context.user, named, CASH_SECURED_PUT,
            source="tradingview.scan_watchlist",
        )  # fmt: skip

    @query(
        description="What taking over the lists at TradingView would change here: each list's"
        " symbols added and removed, new and renamed lists. Changes nothing.",
        examples=("Sync my TradingView watchlists", "What changed on my TradingView lists?"),
        cache=NO_CACHE,
        depends={Dependency.WATCHLISTS},
        last_known=False,
    )
    def sync(self, params: NoParams, context: QueryContext) -> Outcome[SyncStatus]:
        del params
        elsewhere = self.sources.lists_elsewhere
        if elsewhere is None:
            return Absent(_NOT_CONNECTED)
        here = self.sources.watchlists.watchlists(context.user)
        if not isinstance(here, Found):
            return here
        there = elsewhere.watchlists(context.user)
        if not isinstance(there, Found):
            return there
        found = differences(here.value, there.value, source=SOURCE, title=TITLE)
        value = SyncStatus(
            lists=len(there.value),
            to_change=sum(each.matters for each in found),
            synced_at=max((each.synced_at for each in here.value if each.synced_at), default=None),
            rows=found,
            warnings=tuple(
                f"{each.name}: {', '.join(each.left_out)} is no US stock and left out."
                for each in found
                if each.left_out
            ),
        )
        source = derived(
            "tradingview.sync", there.provenance, here.provenance, note=there.provenance.note
        )
        return Found(value, source)


def _row(each: Watchlist) -> ListRow:
    return ListRow(
        name=each.name,
        count=len(each.symbols),
        first=", ".join(each.symbols[:6]) + (" ..." if len(each.symbols) > 6 else ""),
        source=each.source,
        updated_at=each.updated_at,
    )
