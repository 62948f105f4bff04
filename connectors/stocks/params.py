"""What the stock database can be asked."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, model_validator

from connectors.base import Params
from connectors.portfolio.params import Symbols
from connectors.ratings.scale import Outlook

MOST_SECONDS = 60.0


class By(StrEnum):
    SYMBOL = "symbol"
    PRICE = "price"
    CHANGE = "change_pct"
    MARKET_CAP = "market_cap"
    VOLUME = "volume"
    IV_RANK = "iv_rank"
    IV = "iv_pct"
    RSI = "rsi"
    FROM_HIGH = "from_high_pct"
    PE = "pe"
    YIELD = "yield_pct"


class StockScanParams(Params):
    """Filters given together must all hold. A company whose figure is not known does not pass a
    filter on it; how many those are is said."""

    symbols: Symbols = Field(default=(), description="Only these companies; none means all.")
    sector: str | None = Field(default=None, max_length=60, description="Only this sector.")
    min_price: float | None = Field(default=None, ge=0, description="Least share price.")
    max_price: float | None = Field(default=None, gt=0, description="Greatest share price.")
    min_market_cap: float | None = Field(default=None, ge=0, description="Dollars.")
    max_market_cap: float | None = Field(default=None, gt=0, description="Dollars.")
    min_volume: float | None = Field(default=None, ge=0, description="Shares today so far.")
    min_iv_rank: float | None = Field(default=None, ge=0, le=100, description="Least IV rank.")
    max_iv_rank: float | None = Field(default=None, ge=0, le=100, description="Greatest IV rank.")
    above_sma50: bool | None = Field(
        default=None, description="Price above its 50-day average (false: below)."
    )
    above_sma200: bool | None = Field(
        default=None, description="Price above its 200-day average (false: below)."
    )
    min_rsi: float | None = Field(default=None, ge=0, le=100, description="Least RSI(14).")
    max_rsi: float | None = Field(default=None, ge=0, le=100, description="Greatest RSI(14).")
    max_from_high_pct: float | None = Field(
        default=None, ge=0, le=100, description="At most so far under the year's high, percent."
    )
    max_from_low_pct: float | None = Field(
        default=None, ge=0, description="At most so far over the year's low, percent."
    )
    max_pe: float | None = Field(default=None, gt=0, description="Greatest price to earnings.")
    min_yield_pct: float | None = Field(
        default=None, ge=0, description="Least dividends of a year, percent of the price."
    )
    rating: Outlook | None = Field(
        default=None, description="Only companies that rate bullish, neutral or bearish."
    )
    min_rating: float | None = Field(
        default=None, ge=0, le=100, description="Least rating of the company, of 100."
    )
    sort: By = Field(default=By.SYMBOL, description="What to sort by; figures: greatest first.")
    ascending: bool = Field(default=False, description="Least first instead.")
    limit: int = Field(default=25, ge=1, le=1000, description="Rows to show.")

    @model_validator(mode="after")
    def _ordered(self) -> StockScanParams:
        for name in ("price", "market_cap", "iv_rank", "rsi"):
            low, high = getattr(self, f"min_{name}"), getattr(self, f"max_{name}")
            if low is not None and high is not None and low > high:
                raise ValueError(f"min_{name} is greater than max_{name}")
        return self


class AddParams(Params):
    symbols: Symbols = Field(min_length=1, max_length=50, description="Companies to follow.")


class RefreshParams(Params):
    symbols: Symbols = Field(default=(), description="Only these companies; none means all.")
    seconds: float = Field(
        default=1.5, gt=0, le=MOST_SECONDS,
        description="Time for it; the oldest figures come first, the rest is left as it is.",
    )  # fmt: skip
