"""Premium over the whole market by any strategy, and scans that a person keeps and runs again."""

from __future__ import annotations

from connectors.base import (
    NO_CACHE,
    SHORT_TTL,
    DataConnector,
    DataSourceType,
    Dependency,
    NoParams,
    QueryContext,
    query,
)
from connectors.premium import keeping
from connectors.premium.params import HistoryParams, PremiumParams, SavedScanParams
from connectors.premium.results import Premiums, SavedScans, ScanHistory
from connectors.premium.scanning import scan_premium
from mfa.kernel.outcome import Outcome


class PremiumScanner(DataConnector):
    name = "premium_scanner"
    description = "Premium over the whole market by any strategy, ranked; saved scans, history."
    source_type = DataSourceType.HYBRID

    @query(
        description="The best trades that sell premium (or of one named strategy) over thousands of"
        " contracts, within limits of days, delta, capital, premium, return, chance, IV rank,"
        " earnings and liquidity.",
        examples=("Where is the richest premium right now?", "Scan for iron condors"),
        cache=SHORT_TTL,
        last_known=False,
    )
    def scan(self, params: PremiumParams, context: QueryContext) -> Outcome[Premiums]:
        return scan_premium(self.sources, context.user, params, source="premium_scanner.scan")

    @query(
        description="The scans that you keep, when each ran last and what it found best.",
        examples=("Show my saved scans",),
        cache=NO_CACHE,
        depends={Dependency.SCANS},
    )
    def saved_scans(self, params: NoParams, context: QueryContext) -> Outcome[SavedScans]:
        del params
        return keeping.saved(self.sources, context.user)

    @query(
        description="A saved scan run now. The run is kept in the scan's history.",
        examples=("Run my weekly condors scan",),
        cache=NO_CACHE,
        last_known=False,
        changes={Dependency.SCANS},
    )
    def run_saved(self, params: SavedScanParams, context: QueryContext) -> Outcome[Premiums]:
        return keeping.run(self.sources, context.user, context.mode, params.name)

    @query(
        description="What a saved scan found on which day.",
        examples=("History of my weekly condors scan",),
        cache=NO_CACHE,
        depends={Dependency.SCANS},
    )
    def history(self, params: HistoryParams, context: QueryContext) -> Outcome[ScanHistory]:
        return keeping.history(self.sources, context.user, params)
