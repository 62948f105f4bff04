"""What the risk queries can be asked."""

from __future__ import annotations

from pydantic import Field, model_validator

from connectors.base import Params
from connectors.portfolio.params import Ticker


class VarParams(Params):
    level_pct: float = Field(
        default=95.0, gt=50.0, lt=100.0, description="Confidence, in percent: 95 or 99."
    )
    days: int = Field(default=1, ge=1, le=60, description="Horizon in trading days.")
    history: int = Field(
        default=504, ge=100, le=2520, description="Trading days of history to draw on."
    )


class StressParams(Params):
    days: int = Field(default=0, ge=0, le=365, description="Calendar days that pass meanwhile.")


class Shock(Params):
    """A move of the market (all symbols by their betas) or of one symbol alone."""

    symbol: Ticker | None = None
    market: bool = False
    pct: float = Field(gt=-100.0, le=500.0, description="The move in percent: -20 is a fall.")

    @model_validator(mode="after")
    def _one(self) -> Shock:
        if self.market == (self.symbol is not None):
            raise ValueError("say which moves: market or one symbol")
        return self


class WhatIfParams(Params):
    shock: Shock
    volatility_points: float = Field(
        default=0.0, ge=-100.0, le=200.0, description="Change of all volatilities, in points."
    )
    days: int = Field(default=0, ge=0, le=365, description="Calendar days that pass meanwhile.")


class HedgeParams(Params):
    fall_pct: float = Field(
        default=20.0, gt=0.0, lt=100.0, description="The fall of the market to hedge, percent."
    )
    min_dte: int = Field(default=45, ge=1, le=730, description="Least days to expiration.")
    max_dte: int = Field(default=120, ge=1, le=730, description="Most days to expiration.")

    @model_validator(mode="after")
    def _ordered(self) -> HedgeParams:
        if self.min_dte > self.max_dte:
            raise ValueError("min_dte is greater than max_dte")
        return self
