"""What is held now: positions with their marks and Greeks, theta, assignment risk, profit targets.

A question about a list that has nothing in it is `Absent` with a sentence; theta, a sum, is zero
when no options are held at all. A position that cannot be priced is named and left out of sums.
"""

from __future__ import annotations

from connectors.base import (
    SHORT_TTL,
    VALUED_HOLDINGS,
    DataConnector,
    DataSourceType,
    QueryContext,
    query,
)
from connectors.exposure.weights import beta_weights
from connectors.portfolio.aggregate import account_greeks, expirations
from connectors.portfolio.combined import combined_positions, valued
from connectors.portfolio.combined_results import CombinedPositions
from connectors.portfolio.detail import Detailing
from connectors.portfolio.exposure import assess
from connectors.portfolio.greek_results import AccountGreeks, Expirations, Rolls
from connectors.portfolio.params import (
    DetailFilter,
    PositionFilter,
    RollParams,
    SymbolFilter,
    TargetParams,
)
from connectors.portfolio.position_results import (
    ActivePositions,
    AssignmentRisk,
    PositionDetails,
    ProfitTargets,
    TargetRow,
    ThetaReport,
    ThetaRow,
    Verdict,
)
from connectors.portfolio.rolls import rolled
from connectors.portfolio.rows import is_short_option, matching, position_row, theta_per_day, totals
from connectors.portfolio.structures import combine
from connectors.portfolio.targets import target_row
from connectors.portfolio.valuation import Priced, Unpriced, describe, value_positions
from connectors.portfolio.wheel import wheel_status
from connectors.portfolio.wheel_results import WheelStatus
from mfa.kernel.account import Position
from mfa.kernel.market import OptionQuote
from mfa.kernel.money import ZERO
from mfa.kernel.outcome import Absent, Failed, Found, Outcome, derived

_NOTHING_HELD = "You hold no positions."


class Positions(DataConnector):
    name = "positions"
    description = "What is held now: positions, Greeks, theta, assignment risk, profit targets."
    source_type = DataSourceType.HYBRID

    @query(
        description="Positions held now with mark, value, unrealised profit, percent of maximum"
        " profit, Greeks, days left, moneyness and extrinsic value.",
        examples=("Show my positions", "What puts am I short?", "My covered calls"),
        cache=SHORT_TTL,
        depends=VALUED_HOLDINGS,
    )
    def fetch_active(
        self, params: PositionFilter, context: QueryContext
    ) -> Outcome[ActivePositions]:
        del context
        held = self._held(params)
        if not isinstance(held, Found):
            return held
        everything, chosen = held.value
        today = self.sources.clock.today()
        valuation = value_positions(self.sources.market, chosen)
        result = ActivePositions(
            rows=tuple(
                position_row(entry, today=today, held=everything) for entry in valuation.entries
            ),
            count=len(chosen),
            totals=totals(valuation),
            unpriced=valuation.unpriced,
            warnings=valuation.warnings,
        )
        inputs = (held.provenance, *valuation.inputs)
        return Found(result, derived("positions.fetch_active", *inputs))

    @query(
        description="Everything about chosen positions: break-even, expiration, greatest profit and"
        " loss, earnings and dividends ahead, what assignment would demand.",
        examples=("When does my KO put expire?", "Tell me about my AAPL position"),
        cache=SHORT_TTL,
        depends=VALUED_HOLDINGS,
    )
    def get_details(self, params: DetailFilter, context: QueryContext) -> Outcome[PositionDetails]:
        del context
        held = self._held(params)
        if not isinstance(held, Found):
            return held
        everything, chosen = held.value
        valuation = value_positions(self.sources.market, chosen)
        detailing = Detailing(self.sources, everything)
        rows = tuple(detailing.detail(entry) for entry in valuation.entries)
        result = PositionDetails(
            rows=rows,
            count=len(rows),
            unpriced=valuation.unpriced,
            warnings=valuation.warnings + detailing.warnings,
        )
        inputs = (held.provenance, *valuation.inputs, *detailing.inputs)
        return Found(result, derived("positions.get_details", *inputs))

    @query(
        description="Theta in dollars a day and a week: by option and in total.",
        examples=("How much theta am I collecting?", "What's my daily decay on AAPL?"),
        cache=SHORT_TTL,
        depends=VALUED_HOLDINGS,
    )
    def calculate_theta(
        self, params: PositionFilter, context: QueryContext
    ) -> Outcome[ThetaReport]:
        del context
        everything = self.sources.account.positions()
        if isinstance(everything, Failed):
            return everything
        if isinstance(everything, Absent):
            return everything
        chosen = tuple(p for p in matching(everything.value, params) if p.option is not None)
        if not chosen and any(value for _, value in params):
            return Absent(f"You hold no options among your {params.words}.")
        today = self.sources.clock.today()
        valuation = value_positions(self.sources.market, chosen)
        total = theta_per_day(valuation)
        result = ThetaReport(
            rows=tuple(
                ThetaRow(
                    instrument=entry.position.instrument,
                    description=describe(entry.position),
                    symbol=entry.position.symbol,
                    quantity=entry.position.quantity,
                    strategy=entry.position.strategy,
                    days_left=(entry.position.option.expiration - today).days,
                    theta_per_share=entry.quote.theta,
                    theta_per_day=entry.greeks.theta,
                )
                for entry in valuation.options
                if entry.position.option is not None and isinstance(entry.quote, OptionQuote)
            ),
            theta_per_day=total,
            theta_per_week=None if total is None else 7 * total,
            unpriced=valuation.unpriced,
            warnings=valuation.warnings,
        )
        inputs = (everything.provenance, *valuation.inputs)
        return Found(result, derived("positions.calculate_theta", *inputs))

    @query(
        description="Short options by their risk of assignment: moneyness, extrinsic value,"
        " dividends, probability, and the cash or shares that assignment would take.",
        examples=("Am I at risk of assignment?", "Which of my short options are in the money?"),
        cache=SHORT_TTL,
        depends=VALUED_HOLDINGS,
        last_known=False,
    )
    def check_assignment_risk(
        self, params: PositionFilter, context: QueryContext
    ) -> Outcome[AssignmentRisk]:
        del context
        held = self._held(params)
        if not isinstance(held, Found):
            return held
        everything, matched = held.value
        chosen = tuple(p for p in matched if is_short_option(p))
        if not chosen:
            return Absent("You have no short options there, so nothing can be assigned.")
        account = self.sources.account.account()
        if not isinstance(account, Found):
            return account
        return assess(self.sources, Found(everything, held.provenance), chosen, account)

    @query(
        description="Which option trades to take off: profit target reached, or near expiration.",
        examples=("Which positions should I close?", "Has anything hit 50 % profit?"),
        cache=SHORT_TTL,
        depends=VALUED_HOLDINGS,
        last_known=False,
    )
    def check_profit_targets(
        self, params: TargetParams, context: QueryContext
    ) -> Outcome[ProfitTargets]:
        del context
        held = self._held(params)
        if not isinstance(held, Found):
            return held
        options = [position for position in held.value[1] if position.option is not None]
        if not options:
            return Absent("You hold no options there, so there is no profit target to check.")
        found = valued(self.sources.market, combine(options, ZERO))
        valuation = found.valuation
        today = self.sources.clock.today()
        rows: list[TargetRow] = []
        left_out: list[Priced | Unpriced] = []
        for trade, legs in zip(found.combined, found.entries, strict=True):
            priced = [leg for leg in legs if isinstance(leg, Priced)]
            if len(priced) < len(legs):
                left_out.extend(legs)
                continue
            row = target_row(
                trade, priced, target_pct=params.target_pct, manage_dte=params.manage_dte,
                today=today,
            )  # fmt: skip
            if row is not None:
                rows.append(row)
        rows.sort(key=lambda row: (list(Verdict).index(row.verdict), -row.profit_pct))
        result = ProfitTargets(
            rows=tuple(rows),
            target_pct=params.target_pct,
            manage_dte=params.manage_dte,
            close=sum(row.verdict is Verdict.CLOSE for row in rows),
            manage=sum(row.verdict is Verdict.MANAGE for row in rows),
            hold=sum(row.verdict is Verdict.HOLD for row in rows),
            unpriced=tuple(entry.position.instrument for entry in left_out),
            warnings=tuple(dict.fromkeys(valuation.warnings)),
        )
        inputs = (held.provenance, *valuation.inputs)
        return Found(result, derived("positions.check_profit_targets", *inputs))

    @query(
        description="Delta, gamma, theta and vega by symbol and of the account, beta-weighted too.",
        examples=("What's my net delta?", "Beta-weighted delta of my portfolio"),
        cache=SHORT_TTL,
        depends=VALUED_HOLDINGS,
    )
    def get_greeks(self, params: PositionFilter, context: QueryContext) -> Outcome[AccountGreeks]:
        del context
        held = self._held(params)
        if not isinstance(held, Found):
            return held
        account = self.sources.account.account()
        if not isinstance(account, Found):
            return account
        valuation = value_positions(self.sources.market, held.value[1])
        if not valuation.priced:
            return Absent(" ".join(valuation.warnings))
        weights = beta_weights(self.sources, valuation)
        value = account_greeks(
            valuation, betas=weights.betas, benchmark=self.sources.benchmark, level=weights.level,
            equity=account.value.equity, warnings=weights.warnings,
        )  # fmt: skip
        inputs = (held.provenance, account.provenance, *valuation.inputs, *weights.inputs)
        return Found(value, derived("positions.get_greeks", *inputs))

    @query(
        description="Options by expiration: contracts, value, decay, cash at assignment.",
        examples=("What expires when?", "My positions by expiration"),
        cache=SHORT_TTL,
        depends=VALUED_HOLDINGS,
    )
    def group_by_expiration(
        self, params: PositionFilter, context: QueryContext
    ) -> Outcome[Expirations]:
        del context
        held = self._held(params)
        if not isinstance(held, Found):
            return held
        options = [each for each in held.value[1] if each.option is not None]
        if not options:
            return Absent("You hold no options there, so nothing expires.")
        valuation = value_positions(self.sources.market, options)
        value = expirations(valuation, self.sources.clock.today())
        source = derived("positions.group_by_expiration", held.provenance, *valuation.inputs)
        return Found(value, source)

    @query(
        description="What positions make together: spreads, condors, calendars, covered calls and"
        " so on, recognised from the legs, with cost, profit, extremes, break-evens, Greeks.",
        examples=("Which spreads do I hold?", "My positions by strategy"),
        cache=SHORT_TTL,
        depends=VALUED_HOLDINGS,
    )
    def group_by_strategy(
        self, params: PositionFilter, context: QueryContext
    ) -> Outcome[CombinedPositions]:
        del context
        held = self._held(params)
        if not isinstance(held, Found):
            return held
        account = self.sources.account.account()
        if not isinstance(account, Found):
            return account
        everything, chosen = held.value
        asked = {position.instrument for position in chosen}
        strategies = [
            each
            for each in combine(everything, account.value.cash)
            if any(leg.instrument in asked for leg in each.legs)
        ]
        found = valued(self.sources.market, strategies)
        clock = self.sources.clock
        value = combined_positions(found, now=clock.now(), today=clock.today())
        inputs = (held.provenance, account.provenance, *found.valuation.inputs)
        return Found(value, derived("positions.group_by_strategy", *inputs))

    @query(
        description="The wheel by symbol: state, puts and calls sold, premium, assigned and"
        " adjusted basis, dividends, total return, and each cycle of it.",
        examples=("How is my wheel on KO doing?", "My wheels", "What is my adjusted basis on AMD?"),
        cache=SHORT_TTL,
        depends=VALUED_HOLDINGS,
    )
    def wheel_status(self, params: SymbolFilter, context: QueryContext) -> Outcome[WheelStatus]:
        del context
        return wheel_status(self.sources, params)

    @query(
        description="Ways to roll short options to a later day: credit, break-even, days added.",
        examples=("How can I roll my KO put?", "Roll candidates for a credit"),
        cache=SHORT_TTL,
        depends=VALUED_HOLDINGS,
        last_known=False,
    )
    def roll_candidates(self, params: RollParams, context: QueryContext) -> Outcome[Rolls]:
        del context
        held = self._held(params)
        if not isinstance(held, Found):
            return held
        shorts = [each for each in held.value[1] if is_short_option(each)]
        if not shorts:
            return Absent("You have no short options there to roll.")
        valuation = value_positions(self.sources.market, shorts)
        return rolled(self.sources, held.provenance, valuation, params)

    def _held(
        self, wanted: PositionFilter
    ) -> Outcome[tuple[tuple[Position, ...], tuple[Position, ...]]]:
        """All positions and those that match; `Absent` when none does."""
        held = self.sources.account.positions()
        if not isinstance(held, Found):
            return held
        if not held.value:
            return Absent(_NOTHING_HELD)
        chosen = matching(held.value, wanted)
        if not chosen:
            return Absent(f"You hold no {wanted.words}.")
        return Found((held.value, chosen), held.provenance)
