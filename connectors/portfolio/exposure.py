"""The account's exposure to assignment: each short option judged, and what all would take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from connectors.base import Sources
from connectors.portfolio.assignment import (
    PROBABILITY_METHOD,
    RULE,
    Case,
    judge,
    probability_in_the_money,
)
from connectors.portfolio.cover import covers
from connectors.portfolio.detail import shares_held
from connectors.portfolio.events import Ahead
from connectors.portfolio.position_results import AssignmentRisk, AssignmentRow, Cover, RiskLevel
from connectors.portfolio.rows import Moneyness
from connectors.portfolio.valuation import Priced, describe, value_positions
from mfa.kernel.account import AccountSnapshot, Position
from mfa.kernel.market import OptionQuote
from mfa.kernel.money import CONTRACT_SIZE, ZERO, cents
from mfa.kernel.outcome import Found, derived
from mfa.kernel.symbols import OptionSymbol, OptionType


def assess(
    sources: Sources,
    held: Found[tuple[Position, ...]],
    chosen: Sequence[Position],
    account: Found[AccountSnapshot],
) -> Found[AssignmentRisk]:
    """The risk of the `chosen` short options, covered by what is `held`.

    Cash that all short puts would take includes those that cannot be priced: the strike is enough.
    """
    valuation = value_positions(sources.market, chosen)
    ahead = Ahead(sources)
    cover = covers(held.value, account.value.cash)
    judging = _Judging(
        today=sources.clock.today(),
        now=sources.clock.now(),
        ahead=ahead,
        held=held.value,
        cover=cover,
    )
    rows = [
        judging.row(entry, entry.quote)
        for entry in valuation.options
        if isinstance(entry.quote, OptionQuote)
    ]
    rows.sort(key=lambda row: (list(RiskLevel).index(row.level), -row.probability_itm))
    cash_needed = sum((_cash_needed(p) for p in chosen), ZERO)
    result = AssignmentRisk(
        rows=tuple(rows),
        high=sum(row.level is RiskLevel.HIGH for row in rows),
        medium=sum(row.level is RiskLevel.MEDIUM for row in rows),
        low=sum(row.level is RiskLevel.LOW for row in rows),
        cash_needed=cash_needed,
        cash_in_the_money=sum((row.cash_needed for row in rows if row.in_the_money), ZERO),
        cash_available=account.value.cash,
        cash_short=max(ZERO, cash_needed - account.value.cash),
        probability_method=PROBABILITY_METHOD,
        rule=RULE,
        unpriced=valuation.unpriced,
        warnings=valuation.warnings + ahead.warnings,
    )
    inputs = (held.provenance, account.provenance, *valuation.inputs, *ahead.inputs)
    return Found(result, derived("positions.check_assignment_risk", *inputs))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judging:
    today: date
    now: datetime
    ahead: Ahead
    held: Sequence[Position]
    cover: Mapping[OptionSymbol, Cover]

    def row(self, entry: Priced, quote: OptionQuote) -> AssignmentRow:
        position, option = entry.position, quote.option
        money = Moneyness.of(option, entry.underlying)
        extrinsic = max(entry.mark - money.intrinsic, ZERO)
        days_left = (option.expiration - self.today).days
        chance = probability_in_the_money(quote, self.now)
        dividend = self.ahead.ex_dividend(position.symbol, option.expiration)
        level, reasons = judge(
            Case(
                option_type=option.option_type,
                in_the_money=money.inside,
                moneyness_pct=money.percent,
                extrinsic=extrinsic,
                days_left=days_left,
                probability=chance,
                dividend=None if dividend is None else dividend.amount,
            )
        )
        return AssignmentRow(
            instrument=position.instrument,
            description=describe(position),
            symbol=position.symbol,
            option_type=option.option_type,
            strike=option.strike,
            expiration=option.expiration,
            days_left=days_left,
            contracts=-position.quantity,
            underlying_price=entry.underlying,
            mark=entry.mark,
            in_the_money=money.inside,
            moneyness_pct=money.percent,
            itm_amount=money.intrinsic,
            extrinsic=extrinsic,
            delta=quote.delta,
            probability_itm=chance,
            ex_dividend=dividend,
            level=level,
            reasons=reasons,
            cash_needed=_cash_needed(position),
            shares_needed=_shares_needed(position, option),
            shares_held=shares_held(self.held, position.symbol),
            cover=self.cover[option],
        )


def _cash_needed(position: Position) -> Decimal:
    option = position.option
    if option is None or option.option_type is OptionType.CALL:
        return ZERO
    return cents(option.strike * CONTRACT_SIZE * -position.quantity)


def _shares_needed(position: Position, option: OptionSymbol) -> int:
    called = option.option_type is OptionType.CALL
    return -int(position.quantity) * CONTRACT_SIZE if called else 0
