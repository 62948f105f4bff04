"""What the calendar-spread queries answer.

Money is USD, of one spread (100 shares) unless a title says otherwise; `_pct` is a number of
percent; volatilities are annual, in percent. Profits, losses and break-evens are at the front
expiration, with the back option priced anew; `debit` is at the far sides of both markets.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import Field

from connectors.base import Result
from mfa.kernel.symbols import OptionType


class SpreadRow(Result):
    """One calendar spread. `between` says that a report comes after the front expiration and before
    the back one."""

    symbol: str
    spread: str
    option_type: OptionType = Field(title="Type")
    strike: Decimal
    front: date
    back: date
    front_days: int = Field(title="Front days")
    back_days: int = Field(title="Back days")
    price: Decimal = Field(title="Stock")
    debit: Decimal
    mid_debit: Decimal = Field(title="Debit at mid")
    max_profit: Decimal | None = Field(title="Profit at most")
    reward_pct: float | None = Field(title="Of the debit")
    lower: Decimal | None = Field(title="Break-even below")
    upper: Decimal | None = Field(title="Break-even above")
    chance_pct: float | None = Field(title="Chance of profit")
    front_iv_pct: float = Field(title="Front IV")
    back_iv_pct: float = Field(title="Back IV")
    iv_ratio: float = Field(title="Front IV over back")
    forward_iv_pct: float | None = Field(title="Forward volatility")
    skew_points: float | None = Field(title="Skew, points", json_schema_extra={"unit": "number"})
    theta: float = Field(json_schema_extra={"unit": "usd_per_day"})
    vega: float = Field(title="Vega, a point", json_schema_extra={"unit": "usd"})
    open_interest: int = Field(title="Open interest, the lesser")
    earnings: date | None = Field(title="Next report")
    between: bool | None = Field(title="Report between")
    score: float
    term_points: float | None = Field(title="Term structure, of 30")
    reward_points: float | None = Field(title="Reward, of 20")
    chance_points: float | None = Field(title="Chance, of 20")
    liquidity_points: float | None = Field(title="Liquidity, of 20")
    earnings_points: float | None = Field(title="Earnings, of 10")


class SpreadScan(Result):
    """The best first. `looked_at` counts pairs of contracts with markets, `passed` those within all
    filters."""

    looked_at: int = Field(title="Pairs looked at")
    passed: int = Field(title="Within your limits")
    companies: int
    rows: tuple[SpreadRow, ...] = Field(title="Best first")
    warnings: tuple[str, ...] = ()


class TermPoint(Result):
    """One expiration: volatility at the price, and how much dearer 5 % below is than 5 % above."""

    expiration: date
    days: int
    iv_pct: float = Field(title="IV at the money")
    skew_points: float | None = Field(title="Skew, points", json_schema_extra={"unit": "number"})
    forward_iv_pct: float | None = Field(title="From the expiration before")


class SpreadLeg(Result):
    side: str
    contract: str
    instrument: str
    bid: Decimal
    ask: Decimal
    iv_pct: float = Field(title="IV")
    delta: float
    theta: float = Field(json_schema_extra={"unit": "number"})
    vega: float
    open_interest: int
    spread_pct: float = Field(title="Spread of mid")


class BuiltSpread(Result):
    """A concrete spread. Figures in dollars and Greeks are of all `quantity` spreads: delta in
    shares, theta a day, vega a point."""

    symbol: str
    spread: str
    strategy: str
    quantity: int
    price: Decimal = Field(title="Stock")
    front: date
    back: date
    front_days: int = Field(title="Front days", json_schema_extra={"unit": "days"})
    back_days: int = Field(title="Back days", json_schema_extra={"unit": "days"})
    debit: Decimal
    mid_debit: Decimal = Field(title="Debit at mid")
    max_profit: Decimal = Field(title="Profit at most")
    at_price: Decimal = Field(title="With the stock at")
    max_loss: Decimal = Field(title="Loss at most")
    lower: Decimal | None = Field(title="Break-even below")
    upper: Decimal | None = Field(title="Break-even above")
    chance_pct: float = Field(title="Chance of profit")
    front_iv_pct: float = Field(title="Front IV")
    back_iv_pct: float = Field(title="Back IV")
    iv_ratio: float = Field(title="Front IV over back")
    forward_iv_pct: float | None = Field(title="Forward volatility")
    delta: float
    gamma: float
    theta: float = Field(json_schema_extra={"unit": "usd_per_day"})
    vega: float = Field(title="Vega, a point", json_schema_extra={"unit": "usd"})
    earnings: date | None = Field(title="Next report")
    between: bool | None = Field(title="Report between")
    legs: tuple[SpreadLeg, ...] = Field(title="Legs")
    term: tuple[TermPoint, ...] = Field(title="Term structure")
    warnings: tuple[str, ...] = ()


class SurfaceRow(Result):
    """Profit of all spreads with the stock at `price`, by date."""

    price: Decimal = Field(title="Stock at")
    move_pct: float = Field(title="Move")
    today: Decimal = Field(title="Today")
    first_third: Decimal = Field(title="After a third of the time")
    second_third: Decimal = Field(title="After two thirds")
    at_front: Decimal = Field(title="At the front expiration")


class ShiftRow(Result):
    """What a change of both volatilities does."""

    points: float = Field(title="Volatility changes by", json_schema_extra={"unit": "number"})
    today: Decimal = Field(title="Profit today")
    max_profit: Decimal = Field(title="Profit at most")
    lower: Decimal | None = Field(title="Break-even below")
    upper: Decimal | None = Field(title="Break-even above")
    chance_pct: float = Field(title="Chance of profit")


class EvaluatedSpread(Result):
    symbol: str
    spread: str
    strategy: str
    quantity: int
    price: Decimal = Field(title="Stock")
    paid: Decimal
    value: Decimal = Field(title="Worth now, at mid")
    profit: Decimal = Field(title="Profit or loss now")
    max_profit: Decimal = Field(title="Profit at most")
    at_price: Decimal = Field(title="With the stock at")
    max_loss: Decimal = Field(title="Loss at most")
    lower: Decimal | None = Field(title="Break-even below")
    upper: Decimal | None = Field(title="Break-even above")
    chance_pct: float = Field(title="Chance of profit")
    delta: float
    gamma: float
    theta: float = Field(json_schema_extra={"unit": "usd_per_day"})
    vega: float = Field(title="Vega, a point", json_schema_extra={"unit": "usd"})
    volatility_points: float = Field(
        title="Volatility changed by", json_schema_extra={"unit": "number"}
    )
    surface: tuple[SurfaceRow, ...] = Field(title="Profit by price and date")
    shifts: tuple[ShiftRow, ...] = Field(title="Sensitivity to volatility")
    warnings: tuple[str, ...] = ()
