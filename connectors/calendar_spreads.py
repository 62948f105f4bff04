"""Calendar spreads: finding them by term structure, putting one together, valuing it.

Profits are at the front expiration, with the back option priced anew at its own volatility; that
volatility will have changed by then, so `evaluate` shows what a change does. A score ranks; it is
no advice and no promise. What a part means is in `spreads.score`.
"""

from __future__ import annotations

from connectors.base import (
    SHORT_TTL,
    DataConnector,
    DataSourceType,
    QueryContext,
    query,
)
from connectors.spreads.building import choose
from connectors.spreads.evaluating import built, evaluated
from connectors.spreads.looking import look
from connectors.spreads.params import EvaluateParams, SpreadParams, SpreadScanParams
from connectors.spreads.results import BuiltSpread, EvaluatedSpread, SpreadScan
from mfa.kernel.outcome import Found, Outcome, derived


class CalendarSpreads(DataConnector):
    name = "calendar_spreads"
    description = "Calendar and diagonal spreads: scan by term structure, build, evaluate."
    source_type = DataSourceType.COMPUTED

    @query(
        description="The best calendar spreads: front volatility over back, forward volatility,"
        " debit, break-evens, profit at most, chance, earnings between; each with its score.",
        examples=("Find me a calendar spread", "Best put calendars on tech stocks"),
        cache=SHORT_TTL,
        last_known=False,
    )
    def scan(self, params: SpreadScanParams, context: QueryContext) -> Outcome[SpreadScan]:
        return look(self.sources, context.user, params)

    @query(
        description="One concrete calendar or diagonal spread: contracts, debit, break-evens,"
        " profit and loss at most, Greeks, term structure.",
        examples=("Build a put calendar on AAPL", "A KO 55 call calendar, July against August"),
        cache=SHORT_TTL,
        last_known=False,
    )
    def build(self, params: SpreadParams, context: QueryContext) -> Outcome[BuiltSpread]:
        del context
        chosen = choose(self.sources, params)
        if not isinstance(chosen, Found):
            return chosen
        value = built(chosen.value, params)
        return Found(value, derived("calendar_spreads.build", *chosen.value.inputs))

    @query(
        description="One spread valued: profit by price and date, break-evens, Greeks, and what a"
        " change of volatility does.",
        examples=("Evaluate my AAPL calendar", "What does my calendar make if KO stays at 55?"),
        cache=SHORT_TTL,
        last_known=False,
    )
    def evaluate(self, params: EvaluateParams, context: QueryContext) -> Outcome[EvaluatedSpread]:
        del context
        chosen = choose(self.sources, params)
        if not isinstance(chosen, Found):
            return chosen
        value = evaluated(chosen.value, params)
        return Found(value, derived("calendar_spreads.evaluate", *chosen.value.inputs))
