"""What the calendar-spread queries can be asked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from pydantic import Field, model_validator

from connectors.base import Params
from connectors.portfolio.params import Symbols, Ticker, Word
from connectors.screening.params import Days
from mfa.kernel.symbols import OptionType

FRONT_DAYS: Final = 30
BACK_AFTER: Final = 30
"""Days from the front to the back expiration where none are asked for."""


class SpreadScanParams(Params):
    """Filters given together must all hold. Ranges include their ends."""

    symbols: Symbols = Field(default=(), description="Only these companies; none means all.")
    watchlist: str | None = Field(
        default=None, min_length=1, max_length=60, description="Only what is on this list."
    )
    sector: str | None = Field(default=None, max_length=60, description="Only this sector.")
    option_type: OptionType | None = Field(
        default=None, description="Only calls or only puts; none means both."
    )
    strategy: Word | None = Field(
        default=None, description="call_calendar or put_calendar: only that kind."
    )
    dte: Days = Field(
        default=(18, 45),
        title="Days to the front",
        description="Days to the front expiration: 20-45; one number means a week around it.",
    )
    apart: Days = Field(
        default=(20, 65),
        title="Days apart",
        description="Days from the front to the back expiration.",
    )
    reach_pct: float = Field(
        default=5.0,
        ge=0.0,
        le=50.0,
        title="Strikes within, %",
        description="Strikes within so many percent of the price.",
    )
    max_capital: float | None = Field(
        default=None, gt=0, description="Most dollars that one spread may cost."
    )
    min_price: float | None = Field(default=None, ge=0, description="Least share price.")
    max_price: float | None = Field(default=None, gt=0, description="Greatest share price.")
    min_iv_rank: float | None = Field(default=None, ge=0, le=100, description="Least IV rank.")
    no_earnings_days: int | None = Field(
        default=None, ge=-1, le=366,
        description="No report within so many days; -1 means none before the back expiration.",
    )  # fmt: skip
    min_open_interest: int = Field(default=10, ge=0, description="Least open contracts, each leg.")
    min_score: float | None = Field(default=None, ge=0, le=100, description="Least score.")
    limit: int = Field(default=10, ge=1, le=1000, description="Rows to show, the best first.")
    per_symbol: int = Field(
        default=2, ge=1, le=1000, description="Rows to show of one company at most."
    )

    @model_validator(mode="after")
    def _ordered(self) -> SpreadScanParams:
        for name in ("dte", "apart"):
            low, high = getattr(self, name)
            if low > high or low < 1:
                raise ValueError(f"{name} is a range from low to high, at least 1")
        if self.min_price and self.max_price and self.min_price > self.max_price:
            raise ValueError("min_price is greater than max_price")
        return self

    @property
    def kinds(self) -> tuple[OptionType, ...]:
        """Calls, puts or both: by the type asked for, else by the strategy's name."""
        if self.option_type is not None:
            return (self.option_type,)
        said = tuple(kind for kind in OptionType if kind.value in (self.strategy or ""))
        return said or tuple(OptionType)


class SpreadParams(Params):
    """One spread: short the front expiration, long the back one; a diagonal with `back_strike`."""

    symbol: Ticker = Field(description="The company's ticker.")
    option_type: OptionType | None = Field(
        default=None, description="call or put; calls when nothing is given."
    )
    strategy: Word | None = Field(
        default=None, description="call_calendar or put_calendar: the same as the type."
    )
    strike: float | None = Field(
        default=None, gt=0, description="The strike; the nearest to the price when none is given."
    )
    moneyness_pct: float | None = Field(
        default=None, gt=-90, le=200,
        description="Instead of a strike: percent above (below: negative) the price.",
    )  # fmt: skip
    back_strike: float | None = Field(
        default=None, gt=0, description="Another strike for the back leg: a diagonal."
    )
    front_expiration: date | None = Field(default=None, description="Expiration sold.")
    front_dte: int | None = Field(
        default=None,
        ge=0,
        le=700,
        title="Days to the front",
        description=f"Days to the expiration sold; {FRONT_DAYS} when nothing is given.",
    )
    back_expiration: date | None = Field(default=None, description="Expiration bought.")
    back_dte: int | None = Field(
        default=None, ge=0, le=1000,
        title="Days to the back",
        description=f"Days to the expiration bought; {BACK_AFTER} after the front if not given.",
    )  # fmt: skip
    quantity: int = Field(default=1, ge=1, le=1000, description="How many spreads.")

    @model_validator(mode="after")
    def _once(self) -> SpreadParams:
        for one, other in (
            ("strike", "moneyness_pct"),
            ("front_expiration", "front_dte"),
            ("back_expiration", "back_dte"),
        ):
            if getattr(self, one) is not None and getattr(self, other) is not None:
                raise ValueError(f"give {one} or {other}, not both")
        return self

    @property
    def kind(self) -> OptionType:
        if self.option_type is not None:
            return self.option_type
        return OptionType.PUT if "put" in (self.strategy or "") else OptionType.CALL

    def front_near(self, today: date) -> date:
        """About when the front option ends."""
        return self.front_expiration or today + timedelta(days=self.front_dte or FRONT_DAYS)

    def back_near(self, front: date, today: date) -> date:
        """About when the back option ends; days that do not reach past the front one's are none."""
        if self.back_expiration is not None:
            return self.back_expiration
        if self.back_dte is not None and self.back_dte > (self.front_dte or 0):
            return today + timedelta(days=self.back_dte)
        return front + timedelta(days=BACK_AFTER)


class EvaluateParams(SpreadParams):
    paid: float | None = Field(
        default=None, gt=-10_000, lt=10_000,
        description="What the spread cost a share; the market's debit when not given.",
    )  # fmt: skip
    volatility_points: float = Field(
        default=0.0, ge=-100, le=200, description="Both volatilities changed by so many points."
    )
