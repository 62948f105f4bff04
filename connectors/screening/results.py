"""What scans answer. Money is USD; `_pct` is a number of percent; parts are points of the score."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import Field

from connectors.base import Result


class Candidate(Result):
    """One contract to sell. `capital` is what one contract ties up: a put's strike less the
    premium, a covered call's stock less the premium."""

    symbol: str
    contract: str
    expiration: date
    days: int
    strike: Decimal
    price: Decimal = Field(title="Stock")
    bid: Decimal
    ask: Decimal
    premium: Decimal = Field(title="Premium of one contract")
    capital: Decimal
    return_pct: float = Field(title="Return")
    annual_pct: float = Field(title="A year")
    chance_pct: float = Field(title="Chance of profit")
    delta: float
    distance_pct: float = Field(title="Out of the money")
    break_even: Decimal
    iv_pct: float = Field(title="IV")
    iv_rank: float | None = Field(title="IV rank")
    rating: float | None = Field(default=None, title="Rating, where it was asked for")
    open_interest: int
    trend: str
    earnings: date | None = Field(title="Next report")
    score: float
    return_points: float | None = Field(title="Return, of 25")
    chance_points: float | None = Field(title="Chance, of 20")
    distance_points: float | None = Field(title="Distance, of 10")
    rank_points: float | None = Field(title="IV rank, of 10")
    liquidity_points: float | None = Field(title="Liquidity, of 15")
    trend_points: float | None = Field(title="Trend, of 10")
    earnings_points: float | None = Field(title="Earnings, of 5")
    assignment_points: float | None = Field(title="Assignment, of 5")


class Candidates(Result):
    """The best first. `looked_at` counts contracts with a quote, `passed` those within all
    filters."""

    strategy: str
    looked_at: int = Field(title="Contracts looked at")
    passed: int = Field(title="Within your limits")
    companies: int
    rows: tuple[Candidate, ...] = Field(title="Best first")
    warnings: tuple[str, ...] = ()


class StrikeRow(Result):
    contract: str
    strike: Decimal
    expiration: date
    bid: Decimal
    ask: Decimal
    delta: float
    chance_pct: float = Field(title="Chance of profit, sold at the bid")
    touch_pct: float = Field(title="Chance of touching")
    return_pct: float | None = Field(title="Return")
    annual_pct: float | None = Field(title="A year")
    iv_pct: float = Field(title="IV")
    spread_pct: float = Field(title="Spread of mid")
    open_interest: int


class Strikes(Result):
    symbol: str
    price: Decimal
    option_type: str
    iv_rank: float | None = Field(title="IV rank")
    rows: tuple[StrikeRow, ...] = Field(title="Strikes")
    warnings: tuple[str, ...] = ()
