"""Contracts worth selling: cash-secured puts and covered calls, scored by parts that are shown.

A score ranks; it is no advice and no promise. What a part means is in `screening.score`.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from connectors.base import SHORT_TTL, DataConnector, DataSourceType, QueryContext, query
from connectors.screening.contracts import contracts
from connectors.screening.facts import facts
from connectors.screening.params import ScanParams, StrikesParams
from connectors.screening.results import Candidates, StrikeRow, Strikes
from connectors.screening.selling import CASH_SECURED_PUT, COVERED_CALL, look
from connectors.setups.evaluate import evaluate
from connectors.setups.params import SetupParams
from connectors.setups.results import Setup
from mfa.kernel.money import cents
from mfa.kernel.outcome import Absent, Found, Outcome, derived


class Opportunities(DataConnector):
    name = "opportunities"
    description = "Cash-secured puts and covered calls, ranked by a score whose parts are shown."
    source_type = DataSourceType.COMPUTED

    @query(
        description="The best cash-secured puts within limits of days, delta, capital, price,"
        " sector, IV rank and earnings; each with its score and the parts of it.",
        examples=("Find me a cash-secured put", "Puts to sell under 5k, 30-45 DTE"),
        cache=SHORT_TTL,
        last_known=False,
    )
    def scan_csp(self, params: ScanParams, context: QueryContext) -> Outcome[Candidates]:
        return look(
            self.sources, context.user, params, CASH_SECURED_PUT, source="opportunities.scan_csp"
        )

    @query(
        description="The best calls to sell against shares held (or against named companies).",
        examples=("Find covered calls on my stocks", "Calls to sell on AMD"),
        cache=SHORT_TTL,
        last_known=False,
    )
    def scan_covered_calls(self, params: ScanParams, context: QueryContext) -> Outcome[Candidates]:
        return look(
            self.sources, context.user, params, COVERED_CALL,
            source="opportunities.scan_covered_calls",
        )  # fmt: skip

    @query(
        description="One trade judged: price and its age, what it can win and lose, break-evens,"
        " chances and expected profit under stated assumptions, capital, margin, Greeks, the parts"
        " of its score, and what speaks for and against it.",
        examples=("Is selling the AAPL 120 put for December a good trade?", "Sell KO 55/50 puts"),
        cache=SHORT_TTL,
        last_known=False,
    )
    def evaluate_setup(self, params: SetupParams, context: QueryContext) -> Outcome[Setup]:
        del context
        return evaluate(self.sources, params)

    @query(
        description="The strikes of one company side by side: delta, chances, return, liquidity.",
        examples=("Compare KO put strikes", "Which strike should I sell on AAPL?"),
        cache=SHORT_TTL,
        last_known=False,
    )
    def analyze_strikes(self, params: StrikesParams, context: QueryContext) -> Outcome[Strikes]:
        del context
        symbol, today = params.symbols[0], self.sources.clock.today()
        first, last = (today + timedelta(days=each) for each in params.dte)
        outcome = self.sources.market.option_table(symbol, first=first, last=last)
        if not isinstance(outcome, Found):
            return outcome
        table = outcome.value
        known = facts(self.sources.market, symbol, table.spot, today)
        found = contracts([table])
        sign = -1.0 if params.option_type == "put" else 1.0
        good = np.flatnonzero(
            (found.sign == sign) & (found.bid > 0) & np.isfinite(found.found.implied)
        )
        if not good.size:
            return Absent(f"{symbol} has no {params.option_type}s with a market then.")
        near = good[np.argsort(np.abs(found.otm_at(good)), kind="stable")[: params.limit]]
        chance = found.profit_chance
        rows = tuple(
            StrikeRow(
                contract=str(table.option(int(found.row[i]))),
                strike=cents(float(found.strike[i])),
                expiration=table.expirations[int(table.expiration[int(found.row[i])])],
                bid=cents(float(found.bid[i])),
                ask=cents(float(found.ask[i])),
                delta=float(found.found.delta[i]),
                chance_pct=100.0 * float(chance[i]),
                touch_pct=100.0 * float(found.found.touch[i]),
                return_pct=_percent(float(found.found.static[i])),
                annual_pct=_percent(float(found.found.annualised[i])),
                iv_pct=100.0 * float(found.found.implied[i]),
                spread_pct=100.0 * float(found.found.spread[i]),
                open_interest=int(found.open_interest[i]),
            )
            for i in sorted(near.tolist())
        )
        value = Strikes(
            symbol=symbol, price=cents(table.spot), option_type=params.option_type,
            iv_rank=known.rank, rows=rows, warnings=known.warnings,
        )  # fmt: skip
        source = derived("opportunities.analyze_strikes", outcome.provenance, *known.inputs)
        return Found(value, source)


def _percent(share: float) -> float | None:
    return 100.0 * share if np.isfinite(share) else None
