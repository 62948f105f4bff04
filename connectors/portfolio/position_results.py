"""What the positions feature answers.

Signs are the holder's: a short position has negative quantity and value, and its Greeks are already
multiplied by quantity and contract size. `_pct` is a number of percent. A position that could not
be priced has None in every figure that needs a price, is named in `unpriced`, and is in no total.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from connectors.base import Result
from connectors.portfolio.params import Kind, Side
from connectors.portfolio.shapes import strategy_label
from mfa.kernel.symbols import OptionType


class PositionRow(Result):
    """One position and its mark.

    `days_left` are calendar days. `moneyness_pct` is how far in the money the option is as percent
    of the underlying (negative: out of the money). `intrinsic` and `extrinsic` are per share;
    `extrinsic_value` is the position's, in dollars, signed. `max_profit_pct` is the share of a
    short option's credit kept so far. `annualized_return_pct`: the credit of a short put over its
    strike, or of a short call over the stock's cost, per 365 days from opening to expiration;
    None elsewhere. `theta` is dollars per calendar day, `vega` dollars per volatility point,
    `delta` in shares, `gamma` in shares per dollar.
    """

    instrument: str
    description: str
    symbol: str
    kind: Kind
    side: Side
    option_type: OptionType | None
    strike: Decimal | None
    expiration: date | None
    days_left: int | None
    quantity: Decimal = Field(json_schema_extra={"unit": "count"})
    strategy: str
    opened_at: datetime
    days_held: int
    average_price: Decimal
    cost_basis: Decimal
    mark: Decimal | None
    value: Decimal | None
    unrealized: Decimal | None
    unrealized_pct: float | None
    day_change: Decimal | None
    max_profit: Decimal | None
    max_profit_pct: float | None
    underlying_price: Decimal | None
    in_the_money: bool | None
    moneyness_pct: float | None
    intrinsic: Decimal | None
    extrinsic: Decimal | None
    extrinsic_value: Decimal | None
    implied_volatility: float | None
    delta: float | None
    gamma: float | None
    theta: float | None
    vega: float | None
    delta_dollars: float | None
    annualized_return_pct: float | None
    unpriced_reason: str | None

    @property
    def strategy_label(self) -> str:
        """The account's label as a person reads it."""
        return strategy_label(self.strategy)


class PositionTotals(Result):
    """Sums over the priced rows; None when there are rows and none could be priced."""

    value: Decimal | None
    cost_basis: Decimal | None
    unrealized: Decimal | None
    theta: float | None
    delta_dollars: float | None
    vega: float | None


class ActivePositions(Result):
    rows: tuple[PositionRow, ...]
    count: int
    totals: PositionTotals
    unpriced: tuple[str, ...]
    warnings: tuple[str, ...]


class CorporateEvent(Result):
    """A dated event ahead; `amount` is the dividend per share, `timing` the hour of earnings."""

    day: date
    amount: Decimal | None = None
    timing: str | None = None
    before_expiration: bool | None = None
    """None for stock, which does not expire."""


class PositionDetail(Result):
    """Everything about one position.

    `break_even` is the underlying's price at expiration (or now, for stock) at which the position
    has neither made nor lost; `max_profit` and `max_loss` in dollars, positive, None when
    unlimited, alone as if no other position covered it. `obligation` says in words what assignment
    would demand; `assignment_cash` is negative when cash is to be paid.
    """

    position: PositionRow
    break_even: Decimal
    max_profit: Decimal | None
    max_loss: Decimal | None
    probability_in_the_money: float | None
    next_earnings: CorporateEvent | None
    ex_dividend: CorporateEvent | None
    obligation: str | None
    assignment_cash: Decimal | None
    assignment_shares: int | None


class PositionDetails(Result):
    rows: tuple[PositionDetail, ...]
    count: int
    unpriced: tuple[str, ...]
    warnings: tuple[str, ...]


class ThetaRow(Result):
    """`theta_per_share` as quoted; `theta_per_day` in dollars, signed: positive is collected."""

    instrument: str
    description: str
    symbol: str
    quantity: Decimal = Field(json_schema_extra={"unit": "count"})
    strategy: str
    days_left: int
    theta_per_share: float
    theta_per_day: float


class ThetaReport(Result):
    """Time decay collected (positive) or paid, at today's rate.

    `theta_per_day` = sum of theta per share x 100 x signed contracts; a week is seven of those
    days. None when there are options and none could be priced; zero when there are no options.
    """

    rows: tuple[ThetaRow, ...]
    theta_per_day: float | None
    theta_per_week: float | None
    unpriced: tuple[str, ...]
    warnings: tuple[str, ...]


class RiskLevel(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Cover(StrEnum):
    """What would meet an assignment."""

    CASH = "cash"
    SHARES = "shares"
    LONG_OPTION = "long option"
    MARGIN = "margin"
    """Nothing at hand does: it would be bought on margin, or sold short."""


class AssignmentRow(Result):
    """One short option: `itm_amount` and `extrinsic` per share, what it would need in whole."""

    instrument: str
    description: str
    symbol: str
    option_type: OptionType
    strike: Decimal
    expiration: date
    days_left: int
    contracts: int
    underlying_price: Decimal
    mark: Decimal
    in_the_money: bool
    moneyness_pct: float
    itm_amount: Decimal
    extrinsic: Decimal
    delta: float
    probability_itm: float
    ex_dividend: CorporateEvent | None
    level: RiskLevel
    reasons: tuple[str, ...]
    cash_needed: Decimal
    shares_needed: int
    shares_held: Decimal = Field(json_schema_extra={"unit": "shares"})
    cover: Cover


class AssignmentRisk(Result):
    """Short options, most pressing first.

    `cash_needed` is what every short put together would take, `cash_in_the_money` those in the
    money now; `cash_short` is how much of `cash_needed` the account's cash does not cover.
    `probability_method` says how `probability_itm` was computed.
    """

    rows: tuple[AssignmentRow, ...]
    high: int
    medium: int
    low: int
    cash_needed: Decimal
    cash_in_the_money: Decimal
    cash_available: Decimal
    cash_short: Decimal
    probability_method: str
    rule: str
    unpriced: tuple[str, ...]
    warnings: tuple[str, ...]


class Verdict(StrEnum):
    CLOSE = "close"
    """The profit target is reached."""
    MANAGE = "manage"
    """Near expiration short of the target: close or roll."""
    HOLD = "hold"


class TargetRow(Result):
    """One option trade: a single option, or the legs of a spread judged together.

    `basis` is the credit received or the debit paid, `profit_pct` the unrealised profit over it:
    for a credit that is the percent of maximum profit kept.
    """

    instruments: tuple[str, ...]
    description: str
    symbol: str
    strategy: str
    credit: bool
    basis: Decimal
    unrealized: Decimal
    profit_pct: float
    days_left: int
    verdict: Verdict
    reasons: tuple[str, ...]

    @property
    def strategy_label(self) -> str:
        return strategy_label(self.strategy)


class ProfitTargets(Result):
    rows: tuple[TargetRow, ...]
    target_pct: float
    manage_dte: int
    close: int
    manage: int
    hold: int
    unpriced: tuple[str, ...]
    warnings: tuple[str, ...]


class QuoteRow(Result):
    symbol: str
    last: Decimal
    bid: Decimal
    ask: Decimal
    change: Decimal
    change_pct: float | None
    previous_close: Decimal
    volume: int
    as_of: datetime


class Quotes(Result):
    """`missing` are the symbols without a quote, `warnings` the sentences that say why."""

    rows: tuple[QuoteRow, ...]
    missing: tuple[str, ...]
    warnings: tuple[str, ...]
