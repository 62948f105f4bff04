"""What could be lost: value at risk, stress, what-if, concentration, margin, hedges.

Positions that cannot be priced are named and left out; the figures are then too small, and the
warning says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

import numpy as np

from connectors.base import (
    SHORT_TTL,
    VALUED_HOLDINGS,
    DataConnector,
    DataSourceType,
    NoParams,
    QueryContext,
    query,
)
from connectors.exposure.book import METHOD, Book, Returns, betas, book, returns
from connectors.exposure.hedging import hedges
from connectors.exposure.margins import margin_rows
from connectors.exposure.risk_params import HedgeParams, StressParams, VarParams, WhatIfParams
from connectors.exposure.risk_results import (
    Concentration,
    Hedges,
    MarginReport,
    PortfolioVar,
    RiskMethod,
    Stress,
    StressRow,
    WhatIf,
)
from connectors.exposure.shocks import moved, shares
from connectors.exposure.tail import LEAST_DAYS, methods
from connectors.portfolio.valuation import value_positions
from core_numba.arrays import Floats
from mfa.kernel.account import AccountSnapshot
from mfa.kernel.money import ZERO, cents
from mfa.kernel.option_table import OptionTable
from mfa.kernel.outcome import Absent, Failed, Found, Outcome, Provenance, derived

_MOVES: Final = (-0.30, -0.20, -0.10, -0.05, 0.0, 0.05, 0.10, 0.20)
_POINTS: Final = (-0.10, 0.0, 0.10, 0.25)
_HISTORY: Final = 252
_NOTHING: Final = Absent("You hold nothing that can be priced, so there is no risk to measure.")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Held:
    book: Book
    account: AccountSnapshot
    warnings: tuple[str, ...]
    inputs: tuple[Provenance, ...]


class Risk(DataConnector):
    name = "risk"
    description = "Value at risk, stress tests, what-if, concentration, margin, hedges."
    source_type = DataSourceType.COMPUTED

    @query(
        description="Value at risk and expected shortfall: historical, parametric, Cornish-Fisher"
        " and Monte Carlo with full revaluation.",
        examples=("How risky is my portfolio?", "My 99 % VaR over ten days"),
        cache=SHORT_TTL,
        depends=VALUED_HOLDINGS,
        last_known=False,
    )
    def portfolio_var(self, params: VarParams, context: QueryContext) -> Outcome[PortfolioVar]:
        del context
        held = self._held()
        if not isinstance(held, _Held):
            return held
        history = self._returns(held.book, params.history)
        if len(history.days) < LEAST_DAYS:
            said = " ".join(history.missing) or f"There are only {len(history.days)} days."
            return Absent(f"The history is too short to measure the risk from. {said}")
        found = methods(held.book, history, level=params.level_pct / 100.0, days=params.days)
        equity = held.account.equity
        rows = tuple(
            RiskMethod(
                method=each.name,
                value_at_risk=cents(each.risk.var) if each.risk else None,
                shortfall=cents(each.risk.cvar) if each.risk else None,
                share_pct=_share(each.risk.var, equity) if each.risk else None,
                note=each.note,
            )
            for each in found
        )
        value = PortfolioVar(
            value_at_risk=rows[0].value_at_risk, shortfall=rows[0].shortfall,
            share_pct=rows[0].share_pct, level_pct=params.level_pct, days=params.days,
            history=len(history.days), equity=equity, rows=rows,
            warnings=(*held.warnings, *history.missing),
        )  # fmt: skip
        return _found("portfolio_var", value, held, history)

    @query(
        description="Profit and loss when all prices and volatilities move together.",
        examples=("Stress test my portfolio", "What does a crash do to me?"),
        cache=SHORT_TTL,
        depends=VALUED_HOLDINGS,
        last_known=False,
    )
    def stress(self, params: StressParams, context: QueryContext) -> Outcome[Stress]:
        del context
        held = self._held()
        if not isinstance(held, _Held):
            return held
        moves = np.repeat(np.array(_MOVES)[None, :], len(held.book.symbols), axis=0)
        columns = [
            held.book.profit(moves, volatility_shift=points, years=params.days / 365.0)
            for points in _POINTS
        ]
        grid = np.array(columns)
        rows = tuple(
            StressRow(
                move_pct=100.0 * move,
                lower=cents(grid[0, i]),
                same=cents(grid[1, i]),
                higher=cents(grid[2, i]),
                much_higher=cents(grid[3, i]),
            )
            for i, move in enumerate(_MOVES)
        )
        worst = np.unravel_index(grid.argmin(), grid.shape)
        value = Stress(
            worst=cents(grid[worst]),
            worst_move_pct=100.0 * _MOVES[worst[1]],
            days=params.days,
            rows=rows,
            warnings=held.warnings,
        )
        return _found("stress", value, held)

    @query(
        description="Profit and loss if the market (by betas) or one symbol moves by a percentage.",
        examples=("What if the market drops 20%?", "What happens if AAPL falls 10%?"),
        cache=SHORT_TTL,
        depends=VALUED_HOLDINGS,
        last_known=False,
    )
    def what_if(self, params: WhatIfParams, context: QueryContext) -> Outcome[WhatIf]:
        del context
        held = self._held()
        if not isinstance(held, _Held):
            return held
        symbols, shock = held.book.symbols, params.shock
        history: Returns | None = None
        if shock.symbol is not None:
            if shock.symbol not in symbols:
                return Absent(f"You hold nothing in {shock.symbol}: its move changes nothing.")
            moves = np.array([shock.pct / 100.0 if s == shock.symbol else 0.0 for s in symbols])
            words = f"{shock.symbol} {shock.pct:+g} %"
        else:
            history = self._returns(held.book, _HISTORY)
            beta = betas(history)
            if beta is None:
                return Absent(f"No betas could be measured. {' '.join(history.missing)}".strip())
            moves = np.maximum(beta * shock.pct / 100.0, -0.9999)
            words = f"the market {shock.pct:+g} %, each symbol by its beta of the last year"
        rows = moved(held.book, moves, params)
        total = sum((row.profit for row in rows), ZERO)
        value = WhatIf(
            profit=total,
            share_pct=_share(float(total), held.account.equity),
            shock=words,
            volatility_points=params.volatility_points,
            days=params.days,
            rows=rows,
            warnings=held.warnings,
        )
        return _found("what_if", value, held, history)

    @query(
        description="How much hangs on single symbols and sectors, by dollars of delta.",
        examples=("Am I too concentrated?", "How diversified am I?"),
        cache=SHORT_TTL,
        depends=VALUED_HOLDINGS,
        last_known=False,
    )
    def concentration(self, params: NoParams, context: QueryContext) -> Outcome[Concentration]:
        del params, context
        held = self._held()
        if not isinstance(held, _Held):
            return held
        listings = self.sources.market.listings()
        sectors = (
            {each.symbol: each.sector for each in listings.value}
            if isinstance(listings, Found)
            else {}
        )
        symbols = held.book.symbols
        by_symbol = shares(held.book, {symbol: symbol for symbol in symbols})
        by_sector = shares(held.book, {s: sectors.get(s, "unknown") for s in symbols})
        if not by_symbol:
            return Absent("Your positions have no delta: nothing hangs on any price.")
        index = sum((row.share_pct / 100.0) ** 2 for row in by_symbol)
        value = Concentration(
            largest=by_symbol[0].name,
            largest_pct=by_symbol[0].share_pct,
            herfindahl=index,
            effective=1.0 / index,
            rows=by_symbol,
            sectors=by_sector,
            warnings=held.warnings,
        )
        return _found("concentration", value, held)

    @query(
        description="Margin required by Regulation T and in the portfolio style, by symbol.",
        examples=("How much margin do I use?", "My margin requirement"),
        cache=SHORT_TTL,
        depends=VALUED_HOLDINGS,
        last_known=False,
    )
    def margin(self, params: NoParams, context: QueryContext) -> Outcome[MarginReport]:
        del params, context
        held = self._held()
        if not isinstance(held, _Held):
            return held
        rows = margin_rows(held.book, self.sources.clock.now())
        account = held.account
        value = MarginReport(
            regulation_t=sum((row.regulation_t for row in rows), ZERO),
            portfolio=sum((row.portfolio for row in rows), ZERO),
            collateral=account.collateral,
            buying_power=account.buying_power,
            equity=account.equity,
            rows=rows,
            warnings=held.warnings,
        )
        return _found("margin", value, held)

    @query(
        description="Puts on your holdings that would halve the loss of a fall, with their cost.",
        examples=("How can I hedge?", "Protect my portfolio against a 20% drop"),
        cache=SHORT_TTL,
        depends=VALUED_HOLDINGS,
        last_known=False,
    )
    def hedge_candidates(self, params: HedgeParams, context: QueryContext) -> Outcome[Hedges]:
        del context
        held = self._held()
        if not isinstance(held, _Held):
            return held
        history = self._returns(held.book, _HISTORY)
        beta = betas(history)
        if beta is None:
            return Absent(f"No betas could be measured. {' '.join(history.missing)}".strip())
        moves = np.maximum(-beta * params.fall_pct / 100.0, -0.9999)
        loss = -float(held.book.profit(moves[:, None])[0])
        if loss <= 0.0:
            return Absent(
                f"A fall of the market by {params.fall_pct:g} % would not cost you anything."
            )
        today = self.sources.clock.today()
        tables, said = self._tables(held.book, moves, params)
        rows = hedges(tables, loss=loss, equity=float(held.account.equity), today=today)
        if not rows:
            return Absent("No put on what you hold would pay in such a fall.")
        value = Hedges(
            loss=cents(loss),
            fall_pct=params.fall_pct,
            beta_dollars=cents(float(held.book.delta_dollars @ beta)),
            rows=tuple(rows[:10]),
            warnings=(*held.warnings, *said),
        )
        return _found("hedge_candidates", value, held, history)

    def _held(self) -> _Held | Absent | Failed:
        positions = self.sources.account.positions()
        if not isinstance(positions, Found):
            return positions
        account = self.sources.account.account()
        if not isinstance(account, Found):
            return account
        valuation = value_positions(self.sources.market, positions.value)
        made = book(valuation, self.sources.clock.now())
        if made is None:
            return Absent(" ".join(valuation.warnings)) if valuation.warnings else _NOTHING
        inputs = (positions.provenance, account.provenance, *valuation.inputs)
        return _Held(book=made, account=account.value, warnings=valuation.warnings, inputs=inputs)

    def _returns(self, held: Book, sessions: int) -> Returns:
        return returns(
            self.sources.market,
            held.symbols,
            benchmark=self.sources.benchmark,
            today=self.sources.clock.today(),
            sessions=sessions,
        )

    def _tables(
        self, held: Book, moves: Floats, params: HedgeParams
    ) -> tuple[list[tuple[OptionTable, float]], list[str]]:
        today = self.sources.clock.today()
        first = today + timedelta(days=params.min_dte)
        last = today + timedelta(days=params.max_dte)
        tables, said = [], []
        for i, symbol in enumerate(held.symbols):
            if held.delta_dollars[i] <= 0.0:
                continue
            outcome = self.sources.market.option_table(symbol, first=first, last=last)
            if isinstance(outcome, Found):
                tables.append((outcome.value, float(moves[i])))
            elif isinstance(outcome, Failed):
                said.append(f"{symbol}: {outcome.message}")
        return tables, said


def _found(name: str, value: object, held: _Held, history: Returns | None = None) -> Found:  # type: ignore[type-arg]  # one of this file's results
    more = history.provenances if history is not None else ()
    return Found(value, derived(f"risk.{name}", *held.inputs, *more, note=METHOD))


def _share(amount: float, equity: Decimal) -> float | None:
    return 100.0 * amount / float(equity) if equity > 0 else None
