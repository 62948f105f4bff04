"""What the risk feature answers. Losses are positive dollars; `_pct` is a number of percent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import Field

from connectors.base import Result


class RiskMethod(Result):
    method: str
    value_at_risk: Decimal | None
    shortfall: Decimal | None = Field(title="Mean loss beyond it")
    share_pct: float | None = Field(title="Of your equity")
    note: str = Field(title="How")


class PortfolioVar(Result):
    """The loss that is not exceeded with the stated confidence, by several methods."""

    value_at_risk: Decimal | None = Field(title="Value at risk (historical)")
    shortfall: Decimal | None = Field(title="Mean loss beyond it")
    share_pct: float | None = Field(title="Of your equity")
    level_pct: float = Field(title="Confidence")
    days: int = Field(title="Trading days ahead", json_schema_extra={"unit": "days"})
    history: int = Field(title="Days of history")
    equity: Decimal
    rows: tuple[RiskMethod, ...] = Field(title="Methods")
    warnings: tuple[str, ...] = ()


class StressRow(Result):
    """Dollars won or lost when all underlyings move by `move_pct` and volatilities by points."""

    move_pct: float = Field(title="Prices move")
    lower: Decimal = Field(title="Volatility 10 points lower")
    same: Decimal = Field(title="Volatility as now")
    higher: Decimal = Field(title="Volatility 10 points higher")
    much_higher: Decimal = Field(title="25 points higher")


class Stress(Result):
    worst: Decimal = Field(title="Worst outcome")
    worst_move_pct: float = Field(title="When prices move")
    days: int = Field(title="Days that pass", json_schema_extra={"unit": "days"})
    rows: tuple[StressRow, ...] = Field(title="Profit and loss")
    warnings: tuple[str, ...] = ()


class WhatIfRow(Result):
    symbol: str
    move_pct: float = Field(title="Moves")
    price: Decimal = Field(title="To")
    profit: Decimal = Field(title="Profit or loss")


class WhatIf(Result):
    profit: Decimal = Field(title="Profit or loss")
    share_pct: float | None = Field(title="Of your equity")
    shock: str
    volatility_points: float = Field(title="Volatility changes by, points")
    days: int = Field(title="Days that pass", json_schema_extra={"unit": "days"})
    rows: tuple[WhatIfRow, ...] = Field(title="By symbol, the worst first")
    warnings: tuple[str, ...] = ()


class Share(Result):
    name: str
    value: Decimal = Field(title="Net market value")
    delta_dollars: Decimal = Field(title="Dollars of delta")
    share_pct: float = Field(title="Of all delta")
    at_stake: Decimal = Field(title="Lost if it falls 20 %")


class Concentration(Result):
    """Shares are of the sum of absolute dollars of delta; the index is Herfindahl's (0 to 1)."""

    largest: str
    largest_pct: float = Field(title="Its share")
    herfindahl: float = Field(title="Herfindahl index")
    effective: float = Field(title="As spread as so many equal holdings")
    rows: tuple[Share, ...] = Field(title="By symbol")
    sectors: tuple[Share, ...] = Field(title="By sector")
    warnings: tuple[str, ...] = ()


class MarginRow(Result):
    symbol: str
    regulation_t: Decimal = Field(title="Regulation T")
    portfolio: Decimal = Field(title="Portfolio-style")


class MarginReport(Result):
    """Requirements of the exchanges' rules; the broker's own collateral stands beside."""

    regulation_t: Decimal = Field(title="Regulation T requirement")
    portfolio: Decimal = Field(title="Portfolio-style requirement")
    collateral: Decimal = Field(title="Held by your broker now")
    buying_power: Decimal
    equity: Decimal
    rows: tuple[MarginRow, ...] = Field(title="By symbol")
    warnings: tuple[str, ...] = ()


class Hedge(Result):
    contract: str
    contracts: int
    cost: Decimal
    cost_pct: float = Field(title="Cost of equity")
    expiration: date
    days: int
    gain: Decimal = Field(title="Worth more after the fall by")
    loss_after: Decimal = Field(title="Loss left")
    cover_pct: float = Field(title="Of the loss covered")


class Hedges(Result):
    """Puts that pay in a fall of the market, sized to halve the loss; the cheapest cover first."""

    loss: Decimal = Field(title="Loss in that fall without a hedge")
    fall_pct: float = Field(title="The market falls by")
    beta_dollars: Decimal = Field(title="Your beta-weighted delta in dollars")
    rows: tuple[Hedge, ...] = Field(title="Hedges at the ask")
    warnings: tuple[str, ...] = ()
