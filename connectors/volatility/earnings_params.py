"""What the earnings queries can be asked."""

from __future__ import annotations

from pydantic import Field, model_validator

from connectors.base import Params
from connectors.portfolio.params import Period, Symbols, Ticker


class SymbolParams(Params):
    symbol: Ticker = Field(description="The company's ticker.")


class UpcomingParams(Period):
    days: int | None = Field(default=None, ge=1, le=366, description="Days ahead, from today.")
    symbols: Symbols = Field(default=(), description="Only these companies; none means all listed.")

    @model_validator(mode="after")
    def _one_window(self) -> UpcomingParams:
        if self.days is not None and (self.start_date or self.end_date):
            raise ValueError("give days or dates, not both")
        return self


class HistoryParams(SymbolParams):
    years: int = Field(default=3, ge=1, le=20, description="Years of past reports to look at.")
