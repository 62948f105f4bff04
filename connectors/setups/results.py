"""What judging a trade answers. Money is USD of the whole trade; `_pct` is a number of percent."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from pydantic import Field

from connectors.base import Result


class LegRow(Result):
    contract: str
    quantity: int = Field(title="Contracts, signed")
    price: Decimal = Field(title="Price a share")
    bid: Decimal
    ask: Decimal
    iv_pct: float = Field(title="IV")
    delta: float
    spread_pct: float = Field(title="Spread of mid")
    open_interest: int


class BreakEvenRow(Result):
    price: Decimal = Field(title="Break-even")
    away_pct: float = Field(title="From the price now")


class MeasureRow(Result):
    """The trade at expiration under one assumption on where the stock ends."""

    measure: str = Field(title="If the stock moves")
    volatility_pct: float | None = Field(title="Volatility a year")
    chance_pct: float = Field(title="Chance of profit")
    expected: Decimal = Field(title="Expected profit")


class PartRow(Result):
    part: str
    points: float | None
    of: float
    reason: str


class Point(Result):
    """One reason, with the figure that it rests on."""

    text: str


class Setup(Result):
    """`max_profit` and `max_loss` are None where there is no bound, which the words beside say."""

    symbol: str
    strategy: str
    verdict: str
    price: Decimal = Field(title="Stock")
    quoted_at: datetime = Field(title="Prices of")
    age_minutes: float = Field(title="Age, minutes")
    expiration: date
    days: int
    net: Decimal = Field(title="Received (paid if negative)")
    max_profit: Decimal | None = Field(title="Most to win")
    max_profit_words: str = Field(title="Most won")
    max_loss: Decimal | None = Field(title="Most to lose")
    max_loss_words: str = Field(title="Most lost")
    chance_pct: float = Field(title="Chance of profit")
    capital: Decimal = Field(title="Capital tied up")
    capital_words: str = Field(title="Capital is")
    return_pct: float | None = Field(title="Return if the stock stays")
    annual_pct: float | None = Field(title="A year")
    best_return_pct: float | None = Field(title="Return at best")
    margin: Decimal = Field(title="Regulation T requirement")
    buying_power: Decimal = Field(title="Buying power, margin")
    delta: float = Field(title="Delta, shares")
    gamma: float
    theta_per_day: Decimal = Field(title="Theta")
    vega: Decimal = Field(title="Vega, per point")
    iv_rank: float | None = Field(title="IV rank")
    earnings: date | None = Field(title="Next report")
    score: float
    legs: tuple[LegRow, ...] = Field(title="Legs")
    break_evens: tuple[BreakEvenRow, ...] = Field(title="Break-evens at expiration")
    measures: tuple[MeasureRow, ...] = Field(title="Chance and expected profit")
    parts: tuple[PartRow, ...] = Field(title="What the score is made of")
    pros: tuple[Point, ...] = Field(title="For it")
    cons: tuple[Point, ...] = Field(title="Against it")
    warnings: tuple[str, ...] = ()
