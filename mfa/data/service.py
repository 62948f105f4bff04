"""The data service: whoever wants data asks here and nowhere else.

A question is validated, looked up, joined to an equal one under way or sent to its connector, and
answered within its deadline. Faults come back as outcomes; only a wrong question raises. Nothing
here knows what any query means.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self, cast

from connectors.base import Params, QueryContext, Result, Sources
from connectors.portfolio.account_results import Balance, Summary, TradeHistory
from connectors.portfolio.position_results import (
    ActivePositions,
    PositionDetails,
    Quotes,
    ThetaReport,
)
from connectors.portfolio.wheel_results import WheelStatus
from connectors.ratings.results import StockRating
from connectors.registry import Registry
from connectors.screening.results import Candidates
from connectors.setups.results import Setup
from connectors.spreads.results import SpreadScan
from connectors.stocks.results import Screened, StockStats
from connectors.tradingview import Watchlists, WatchlistSymbols
from connectors.volatility.earnings_results import MoveComparison, PositionReports, ReportDate
from mfa.data.answering import Answering, Landed
from mfa.data.cache import AnswerCache
from mfa.data.events import MADE_UNTRUE, DataEvent
from mfa.data.flights import Flights
from mfa.data.last_known import LastKnownValues
from mfa.data.requests import Answer, QueryRequest, Question, validated
from mfa.data.shared import SharedAnswers
from mfa.data.state import Generations, StateReader
from mfa.data.stats import ServiceStats, Tallies
from mfa.data.workers import Workers
from mfa.kernel.clock import RealClock
from mfa.kernel.errors import InputError
from mfa.kernel.metrics import Metrics, process_metrics
from mfa.kernel.outcome import Outcome
from mfa.kernel.scope import own
from mfa.store.last_known import LastKnownRepository

CAPACITY: Final = 4096
CONCURRENCY: Final = 8


class DataIntegrationService:
    """Answers questions over `sources`; safe from any thread.

    `deadline` is in seconds and for each question (or each `query_many`); `clock` measures the age
    of cached answers and is monotonic; `concurrency` bounds the fetches that run at once.
    `generations`, `shared` and `last_known` reach beyond this process; without them its own memory
    is all there is. `last_known` and `shared` need `generations`.
    """

    def __init__(
        self,
        sources: Sources,
        *,
        deadline: float = 2.0,
        registry: Registry | None = None,
        capacity: int = CAPACITY,
        concurrency: int = CONCURRENCY,
        metrics: Metrics | None = None,
        clock: Callable[[], float] = time.monotonic,
        generations: Generations | None = None,
        shared: SharedAnswers | None = None,
        last_known: LastKnownRepository | None = None,
    ) -> None:
        self.sources = sources
        self.registry = registry if registry is not None else Registry.discover(sources)
        self._deadline, self._capacity = _seconds(deadline), capacity
        self._cache = AnswerCache(capacity, clock)
        self._tallies = Tallies()
        self._workers = Workers(concurrency, "data")
        self._flights: Flights[Landed] = Flights(self._workers)
        self.shared = shared
        states = StateReader(sources, generations)
        kept = None
        if last_known is not None:
            kept = LastKnownValues(last_known, states, RealClock().now)
        self._answering = Answering(
            states=states,
            cache=self._cache,
            flights=self._flights,
            shared=shared,
            last_known=kept,
            tallies=self._tallies,
            metrics=metrics if metrics is not None else process_metrics(),
            deadline=self._deadline,
        )

    # -- asking ---------------------------------------------------------------------------------

    def query(
        self,
        feature: str,
        query: str,
        params: Mapping[str, Any] | Params | None = None,
        *,
        user: str = "local",
        deadline: float | None = None,
    ) -> Outcome[Result]:
        """The answer to one question. `InputError` when it cannot be asked so."""
        return self.ask(feature, query, params, user=user, deadline=deadline).outcome

    def query_many(
        self,
        requests: Sequence[QueryRequest],
        *,
        user: str = "local",
        deadline: float | None = None,
    ) -> list[Outcome[Result]]:
        """Answers in the order of `requests`, asked side by side under one deadline.

        `InputError` before anything is asked when any of them is wrong.
        """
        return [a.outcome for a in self.ask_many(requests, user=user, deadline=deadline)]

    def ask(
        self,
        feature: str,
        query: str,
        params: Mapping[str, Any] | Params | None = None,
        *,
        user: str = "local",
        deadline: float | None = None,
    ) -> Answer:
        """Like `query`, with how it was served, its age and the time it took."""
        return self.ask_many([QueryRequest(feature, query, params)], user=user, deadline=deadline)[
            0
        ]

    def ask_many(
        self,
        requests: Sequence[QueryRequest],
        *,
        user: str = "local",
        deadline: float | None = None,
    ) -> list[Answer]:
        """Like `query_many`, with how each was served."""
        began = time.monotonic()
        until = began + (self._deadline if deadline is None else _seconds(deadline))
        questions = [self._question(request, user) for request in requests]
        return self._answering.answer(questions, began, until)

    def _question(self, request: QueryRequest, user: str) -> Question:
        own(user)
        declared = self.registry.find(request.feature, request.query)
        params = validated(request.feature, declared.query, request.params)
        if params.preferences:
            params = params.preferring(self.sources.settings.in_force())
        return Question(declared, params, QueryContext(user=user, mode=self.sources.mode))

    # -- what is known about the answers --------------------------------------------------------

    def stats(self) -> ServiceStats:
        return self._tallies.report(
            cached=len(self._cache),
            capacity=self._capacity,
            under_way=len(self._flights),
            redis=None if self.shared is None else self.shared.stats(),
        )

    def invalidate(self, event: DataEvent | str) -> int:
        """Forget what `event` may have made untrue, in every process of the house; how many
        answers that were here.

        Fetches under way finish for those who wait, but nobody new joins them and nothing that
        they bring is kept.
        """
        try:
            kind = DataEvent(event)
        except ValueError as error:
            known = ", ".join(DataEvent)
            raise InputError(f"There is no event {event!r}.", f"Events: {known}.") from error
        return self._answering.forget(MADE_UNTRUE[kind], static=kind is DataEvent.ALL)

    def close(self, wait: float = 1.0) -> None:
        """Take no more questions; fetches that hang are left behind after `wait` seconds."""
        self._workers.close(wait)
        self._answering.close(wait)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # -- the account's questions by name --------------------------------------------------------

    def get_portfolio_balance(self, *, user: str = "local") -> Outcome[Balance]:
        return cast("Outcome[Balance]", self.query("dashboard", "get_balance", user=user))

    def get_portfolio_summary(self, *, user: str = "local") -> Outcome[Summary]:
        return cast("Outcome[Summary]", self.query("dashboard", "get_summary", user=user))

    def get_trade_history(self, *, user: str = "local", **params: Any) -> Outcome[TradeHistory]:
        """`params` as in `connectors.portfolio.params.TradeFilter`."""
        outcome = self.query("dashboard", "get_trade_history", params, user=user)
        return cast("Outcome[TradeHistory]", outcome)

    def get_active_positions(
        self, *, user: str = "local", **params: Any
    ) -> Outcome[ActivePositions]:
        """`params` as in `connectors.portfolio.params.PositionFilter`."""
        outcome = self.query("positions", "fetch_active", params, user=user)
        return cast("Outcome[ActivePositions]", outcome)

    def get_position_details(
        self, *, user: str = "local", **params: Any
    ) -> Outcome[PositionDetails]:
        """`params` as in `connectors.portfolio.params.DetailFilter`."""
        outcome = self.query("positions", "get_details", params, user=user)
        return cast("Outcome[PositionDetails]", outcome)

    def calculate_portfolio_theta(
        self, *, user: str = "local", **params: Any
    ) -> Outcome[ThetaReport]:
        """`params` as in `connectors.portfolio.params.PositionFilter`."""
        outcome = self.query("positions", "calculate_theta", params, user=user)
        return cast("Outcome[ThetaReport]", outcome)

    def scan_csp_opportunities(self, *, user: str = "local", **params: Any) -> Outcome[Candidates]:
        """`params` as in `connectors.screening.params.ScanParams`."""
        outcome = self.query("opportunities", "scan_csp", params, user=user)
        return cast("Outcome[Candidates]", outcome)

    def find_watchlist_opportunities(
        self, watchlist: str, *, user: str = "local", **params: Any
    ) -> Outcome[Candidates]:
        """`params` as in `connectors.screening.params.ScanParams`."""
        asked = {"watchlist": watchlist, **params}
        outcome = self.query("tradingview", "scan_watchlist", asked, user=user)
        return cast("Outcome[Candidates]", outcome)

    def get_watchlists(self, *, user: str = "local") -> Outcome[Watchlists]:
        outcome = self.query("tradingview", "fetch_watchlists", user=user)
        return cast("Outcome[Watchlists]", outcome)

    def get_watchlist_symbols(
        self, watchlist: str, *, user: str = "local"
    ) -> Outcome[WatchlistSymbols]:
        outcome = self.query("tradingview", "get_symbols", {"watchlist": watchlist}, user=user)
        return cast("Outcome[WatchlistSymbols]", outcome)

    def get_earnings_date(self, symbol: str, *, user: str = "local") -> Outcome[ReportDate]:
        outcome = self.query("earnings", "fetch_date", {"symbol": symbol}, user=user)
        return cast("Outcome[ReportDate]", outcome)

    def check_position_earnings_risk(self, *, user: str = "local") -> Outcome[PositionReports]:
        outcome = self.query("earnings", "check_position_risk", user=user)
        return cast("Outcome[PositionReports]", outcome)

    def check_earnings_risk(
        self, symbol: str, *, user: str = "local", **params: Any
    ) -> Outcome[MoveComparison]:
        """What options expect of a company's next report beside what past ones moved; `params` as
        in `connectors.volatility.earnings_params.HistoryParams`."""
        outcome = self.query("earnings", "expected_move", {"symbol": symbol, **params}, user=user)
        return cast("Outcome[MoveComparison]", outcome)

    def wheel_status(self, *, user: str = "local", **params: Any) -> Outcome[WheelStatus]:
        """`params` as in `connectors.portfolio.params.SymbolFilter`."""
        outcome = self.query("positions", "wheel_status", params, user=user)
        return cast("Outcome[WheelStatus]", outcome)

    # -- the market's questions by name ---------------------------------------------------------

    def get_stock_rating(self, symbol: str, *, user: str = "local") -> Outcome[StockRating]:
        outcome = self.query("ai_research", "get_rating", {"symbol": symbol}, user=user)
        return cast("Outcome[StockRating]", outcome)

    def evaluate_trade_setup(
        self, symbol: str, *, user: str = "local", **params: Any
    ) -> Outcome[Setup]:
        """`params` as in `connectors.setups.params.SetupParams`."""
        asked = {"symbol": symbol, **params}
        outcome = self.query("opportunities", "evaluate_setup", asked, user=user)
        return cast("Outcome[Setup]", outcome)

    def scan_calendar_spreads(self, *, user: str = "local", **params: Any) -> Outcome[SpreadScan]:
        """`params` as in `connectors.spreads.params.SpreadScanParams`."""
        outcome = self.query("calendar_spreads", "scan", params, user=user)
        return cast("Outcome[SpreadScan]", outcome)

    def get_database_stats(self, *, user: str = "local") -> Outcome[StockStats]:
        return cast("Outcome[StockStats]", self.query("database_scan", "get_stats", user=user))

    def scan_database(self, *, user: str = "local", **params: Any) -> Outcome[Screened]:
        """`params` as in `connectors.stocks.params.StockScanParams`."""
        outcome = self.query("database_scan", "scan", params, user=user)
        return cast("Outcome[Screened]", outcome)

    def get_quotes(self, symbols: Sequence[str], *, user: str = "local") -> Outcome[Quotes]:
        outcome = self.query("ai_research", "get_quote", {"symbols": tuple(symbols)}, user=user)
        return cast("Outcome[Quotes]", outcome)


def _seconds(deadline: float) -> float:
    if not 0 < deadline < math.inf:
        raise InputError(f"A deadline of {deadline} seconds cannot be kept.")
    return deadline
