"""Research on companies: what they cost now, and how they rate by stated rules.

A rating ranks and explains itself; it is no advice and no forecast.
"""

from __future__ import annotations

from datetime import timedelta

from connectors.base import (
    MEDIUM_TTL,
    PRICES,
    SHORT_TTL,
    DataConnector,
    DataSourceType,
    QueryContext,
    query,
)
from connectors.portfolio.params import QuoteParams
from connectors.portfolio.position_results import QuoteRow, Quotes
from connectors.portfolio.quotes import quote_row
from connectors.ratings.asking import rating
from connectors.ratings.results import StockRating
from connectors.volatility.earnings_params import SymbolParams
from mfa.kernel.outcome import Absent, Failed, Found, Outcome, Provenance, derived


class AiResearch(DataConnector):
    name = "ai_research"
    description = "Research on companies: prices now, and ratings by stated rules."
    source_type = DataSourceType.EXTERNAL_API

    @query(
        description="Last price, bid, ask, change from the previous close and volume of symbols.",
        examples=("What's AAPL trading at?", "Price of KO and PEP"),
        cache=SHORT_TTL.while_refreshing(timedelta(seconds=15)),
        depends=PRICES,
    )
    def get_quote(self, params: QuoteParams, context: QueryContext) -> Outcome[Quotes]:
        """One symbol: its outcome. Several: those that have a quote, the others named."""
        del context
        rows: list[QuoteRow] = []
        inputs: list[Provenance] = []
        faults: dict[str, Absent | Failed] = {}
        doubts: list[str] = []
        for symbol in params.symbols:
            outcome = self.sources.market.quote(symbol)
            if isinstance(outcome, Found):
                rows.append(quote_row(outcome.value))
                inputs.append(outcome.provenance)
                doubts += [doubt] if (doubt := outcome.provenance.warning) else []
            else:
                faults[symbol] = outcome
        if not rows:
            return _worst(faults)
        quotes = Quotes(
            rows=tuple(rows),
            missing=tuple(faults),
            warnings=(
                *doubts,
                *(f"{symbol}: {_sentence(fault)}" for symbol, fault in faults.items()),
            ),
        )
        return Found(quotes, derived("ai_research.get_quote", *inputs))

    @query(
        description="The rating of a company from 0 to 100 with its verdict, by rules over its"
        " trend, momentum, relative strength, volatility, range and, where they are known, its"
        " figures; each part shown.",
        examples=("Is KO a buy?", "What's the rating of AAPL?", "Is JNJ bullish?"),
        cache=MEDIUM_TTL,
        depends=PRICES,
    )
    def get_rating(self, params: SymbolParams, context: QueryContext) -> Outcome[StockRating]:
        del context
        return rating(self.sources, params.symbol)


def _worst(faults: dict[str, Absent | Failed]) -> Absent | Failed:
    """A failure where there was one, since asking again may help; else that there is none."""
    failed = [fault for fault in faults.values() if isinstance(fault, Failed)]
    if failed:
        return failed[0]
    return Absent(" ".join(dict.fromkeys(_sentence(fault) for fault in faults.values())))


def _sentence(fault: Absent | Failed) -> str:
    return fault.reason if isinstance(fault, Absent) else fault.message
