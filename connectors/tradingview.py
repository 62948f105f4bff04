"""Watchlists: the person's own and those taken over from TradingView.

Lists are kept by Magnus and read from its database; nothing here asks TradingView itself.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from connectors.base import (
    NO_CACHE,
    SHORT_TTL,
    DataConnector,
    DataSourceType,
    NoParams,
    Params,
    QueryContext,
    Result,
    query,
)
from connectors.lists.finding import find_list
from connectors.portfolio.position_results import QuoteRow
from connectors.portfolio.quotes import quote_row
from connectors.screening.params import ListScanParams
from connectors.screening.results import Candidates
from connectors.screening.selling import CASH_SECURED_PUT, look
from mfa.kernel.outcome import Absent, Found, Outcome, Provenance, derived
from mfa.kernel.watchlists import Watchlist


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
    watchlist: str = Field(min_length=1, max_length=60, description="The list's name.")


class WatchlistSymbols(Result):
    """A list's symbols in its order, with prices where there are any."""

    name: str
    source: str
    symbols: tuple[str, ...]
    count: int
    rows: tuple[QuoteRow, ...] = Field(title="Prices")
    warnings: tuple[str, ...] = ()


class TradingView(DataConnector):
    name = "tradingview"
    description = "Watchlists: which there are, what is on them, what it costs."
    source_type = DataSourceType.DATABASE

    @query(
        description="The watchlists there are, with how many symbols each has.",
        examples=("Show my watchlists", "Which lists do I have?"),
        cache=NO_CACHE,
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
        cache=NO_CACHE,
    )
    def get_symbols(
        self, params: WatchlistParams, context: QueryContext
    ) -> Outcome[WatchlistSymbols]:
        lists = self.sources.watchlists.watchlists(context.user)
        if not isinstance(lists, Found):
            return lists
        chosen = find_list(params.watchlist, lists.value)
        if isinstance(chosen, Absent):
            return chosen
        inputs: list[Provenance] = [lists.provenance]
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
        return look(
            self.sources, context.user, params, CASH_SECURED_PUT,
            source="tradingview.scan_watchlist",
        )  # fmt: skip


def _row(each: Watchlist) -> ListRow:
    return ListRow(
        name=each.name,
        count=len(each.symbols),
        first=", ".join(each.symbols[:6]) + (" ..." if len(each.symbols) > 6 else ""),
        source=each.source,
        updated_at=each.updated_at,
    )
