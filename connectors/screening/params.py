"""What a scan for contracts can be asked: the same filters whatever the strategy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Final

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from connectors.base import Params
from connectors.portfolio.params import Symbols
from connectors.ratings.scale import Outlook


def _range(given: Any) -> Any:
    """[30, 45], '30-45', '30' or 30; a door that repeats parameters gives ['30-45']."""
    if isinstance(given, list | tuple) and len(given) == 1:
        given = given[0]
    if isinstance(given, int | float):
        return (given, given)
    if isinstance(given, str):
        parts = given.replace(" ", "").split("-")
        return (parts[0], parts[-1])
    return given


def _around(reach: float) -> Callable[[tuple[Any, Any]], tuple[Any, Any]]:
    """A single value stands for what is near it: nobody who says '30 delta' means 0.3000."""

    def widened(given: tuple[Any, Any]) -> tuple[Any, Any]:
        low, high = given
        if low != high:
            return given
        return (max(low - reach, 0), high + reach)

    return widened


Days = Annotated[tuple[int, int], BeforeValidator(_range), AfterValidator(_around(7))]
Deltas = Annotated[tuple[float, float], BeforeValidator(_range), AfterValidator(_around(0.05))]
_DAYS: Final = "Days to expiration: 30-45; one number means a week around it."
_DELTAS: Final = "Absolute delta: 0.20-0.35; one number means 0.05 around it."


class ScanParams(Params):
    """Filters given together must all hold. Ranges include their ends."""

    preferences: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"dte": "scan_dte", "delta": "scan_delta", "max_capital": "scan_max_capital"}
    )
    symbols: Symbols = Field(default=(), description="Only these companies; none means all.")
    watchlist: str | None = Field(
        default=None, min_length=1, max_length=60, description="Only what is on this list."
    )
    sector: str | None = Field(default=None, max_length=60, description="Only this sector.")
    exclude_symbols: Symbols = Field(
        default=(), description="Not these companies, unless 'symbols' names them."
    )
    exclude_sectors: tuple[str, ...] = Field(default=(), description="Not these sectors.")
    holdings_only: bool = Field(default=False, description="Only companies held now.")
    dte: Days = Field(
        default=(20, 50),
        description="Days to expiration: 30-45; one number means a week around it.",
    )
    delta: Deltas = Field(
        default=(0.10, 0.35),
        description="Absolute delta: 0.20-0.35; one number means 0.05 around it.",
    )
    min_premium_pct: float | None = Field(
        default=None, ge=0, le=100, description="Least premium, percent of the strike."
    )
    max_capital: float | None = Field(
        default=None, gt=0, description="Most dollars that one contract may tie up."
    )
    min_price: float | None = Field(default=None, ge=0, description="Least share price.")
    max_price: float | None = Field(default=None, gt=0, description="Greatest share price.")
    min_iv_rank: float | None = Field(default=None, ge=0, le=100, description="Least IV rank.")
    no_earnings_days: int | None = Field(
        default=None, ge=-1, le=366,
        description="No report within so many days; -1 means none before expiration.",
    )  # fmt: skip
    rating: Outlook | None = Field(
        default=None, description="Only companies that rate bullish, neutral or bearish."
    )
    min_rating: float | None = Field(
        default=None, ge=0, le=100, description="Least rating of the company, of 100."
    )
    min_open_interest: int = Field(default=10, ge=0, description="Least open contracts.")
    min_score: float | None = Field(default=None, ge=0, le=100, description="Least score.")
    limit: int = Field(default=10, ge=1, le=1000, description="Rows to show, the best first.")
    per_symbol: int = Field(
        default=2, ge=1, le=1000, description="Rows to show of one company at most."
    )

    @property
    def rates(self) -> bool:
        """Whether companies are filtered by their rating, which costs a question for each."""
        return self.rating is not None or self.min_rating is not None

    @model_validator(mode="after")
    def _ordered(self) -> ScanParams:
        for name in ("dte", "delta"):
            low, high = getattr(self, name)
            if low > high or low < 0:
                raise ValueError(f"{name} is a range from low to high")
        if self.min_price and self.max_price and self.min_price > self.max_price:
            raise ValueError("min_price is greater than max_price")
        return self


class ListScanParams(ScanParams):
    """A scan of one watchlist."""

    watchlist: str | None = Field(
        default=None, min_length=1, max_length=60,
        description="The list's name; none means the usual one.",
    )  # fmt: skip


class StrikesParams(Params):
    """One company's strikes side by side."""

    symbols: Symbols = Field(min_length=1, max_length=1, description="The company's ticker.")
    option_type: str = Field(default="put", pattern="^(put|call)$", description="put or call.")
    dte: Days = Field(
        default=(20, 50),
        description="Days to expiration: 30-45; one number means a week around it.",
    )
    limit: int = Field(default=30, ge=1, le=500, description="Strikes to show around the price.")
