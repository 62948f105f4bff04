"""The stock database: the companies that Magnus follows, screened by their figures.

Figures are taken from the market and kept; a screening renews what is not of now.
"""

from __future__ import annotations

from connectors.base import (
    NO_CACHE,
    PRICES,
    SHORT_TTL,
    DataConnector,
    DataSourceType,
    Dependency,
    NoParams,
    QueryContext,
    query,
)
from connectors.stocks import following
from connectors.stocks.params import AddParams, RefreshParams, StockScanParams
from connectors.stocks.results import Added, Refreshed, Screened, StockStats
from connectors.stocks.screening import screen
from mfa.kernel.outcome import Outcome


class DatabaseScan(DataConnector):
    name = "database_scan"
    description = "The stock database: what is followed, screened by price, size, technicals."
    source_type = DataSourceType.HYBRID

    @query(
        description="How many companies are followed, by sector; how fresh their figures are and"
        " which are not known.",
        examples=("How many stocks are in the database?", "What's in the stock database?"),
        cache=NO_CACHE,
        depends={Dependency.STOCKS, Dependency.CLOCK},
    )
    def get_stats(self, params: NoParams, context: QueryContext) -> Outcome[StockStats]:
        del params
        return following.stats(self.sources, context.user, context.mode.value)

    @query(
        description="Followed companies within limits of sector, price, market cap, volume, IV"
        " rank, moving averages, RSI, the year's range, price to earnings and dividend yield.",
        examples=("Screen the database for tech stocks under $50", "Oversold stocks"),
        cache=SHORT_TTL,
        depends={Dependency.STOCKS, *PRICES},
    )
    def scan(self, params: StockScanParams, context: QueryContext) -> Outcome[Screened]:
        return screen(self.sources, context.user, context.mode.value, params)

    @query(
        description="Follow companies that the market knows; what is followed already stays.",
        examples=("Add KO to the database", "Put AMD into the stock database"),
        cache=NO_CACHE,
        last_known=False,
        changes={Dependency.STOCKS},
    )
    def add_stock(self, params: AddParams, context: QueryContext) -> Outcome[Added]:
        return following.add(self.sources, context.user, context.mode.value, params)

    @query(
        description="Take the figures of all followed companies anew, the oldest first, within a"
        " time; what was not reached is said.",
        examples=("Refresh the stock database",),
        cache=NO_CACHE,
        last_known=False,
        changes={Dependency.STOCKS},
    )
    def refresh(self, params: RefreshParams, context: QueryContext) -> Outcome[Refreshed]:
        return following.refresh(self.sources, context.user, context.mode.value, params)
