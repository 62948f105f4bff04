"""What the account queries can be asked: symbols, periods and filters, in one canonical form.

Equal questions get equal parameters (symbols upper-case, sorted, once each), so that they share a
cached answer. Nothing here guesses: what cannot be read is refused with a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, model_validator

from connectors.base import Params
from mfa.kernel.account import CloseReason
from mfa.kernel.errors import InputError
from mfa.kernel.symbols import OptionSymbol, OptionType, ticker


def _symbols(given: Any) -> Any:
    """'KO', 'ko, PEP' or a list of such: upper-case tickers, sorted, once each."""
    if given is None:
        return ()
    parts = given.replace(",", " ").split() if isinstance(given, str) else given
    if not isinstance(parts, list | tuple | set | frozenset):
        raise ValueError("expected a ticker or a list of tickers")  # noqa: TRY004 - pydantic's
    try:
        return tuple(sorted({ticker(str(part)) for part in parts}))
    except InputError as error:
        raise ValueError(str(error)) from error


def _ticker(given: Any) -> Any:
    if not isinstance(given, str):
        return given
    try:
        return ticker(given)
    except InputError as error:
        raise ValueError(str(error)) from error


def _instrument(given: Any) -> Any:
    """A ticker or an OCC symbol, padded or not; written padded."""
    if not isinstance(given, str):
        return given
    try:
        return OptionSymbol.parse(given).occ
    except InputError:
        pass
    try:
        return ticker(given)
    except InputError as error:
        raise ValueError(f"{given!r} is neither a ticker nor an OCC option symbol") from error


def _lower(given: Any) -> Any:
    return given.strip().lower() if isinstance(given, str) else given


Symbols = Annotated[tuple[str, ...], BeforeValidator(_symbols)]
Ticker = Annotated[str, BeforeValidator(_ticker)]
Instrument = Annotated[str, BeforeValidator(_instrument)]
Word = Annotated[str, BeforeValidator(_lower), Field(min_length=1, max_length=40)]


class Kind(StrEnum):
    STOCK = "stock"
    OPTION = "option"


class Side(StrEnum):
    LONG = "long"
    SHORT = "short"


class TradeOutcome(StrEnum):
    WINNERS = "winners"
    LOSERS = "losers"


class Period(Params):
    """Dates at the exchange, both included; an open end reaches as far as the account does."""

    start_date: date | None = Field(default=None, description="First day, included.")
    end_date: date | None = Field(default=None, description="Last day, included.")

    @model_validator(mode="after")
    def _ordered(self) -> Period:
        if self.start_date and self.end_date and self.start_date > self.end_date:
            raise ValueError("start_date is after end_date")
        return self

    @property
    def words(self) -> str:
        """'between 1 May 2021 and 31 May 2021', 'since ...', 'until ...' or nothing."""
        start, end = (_day(day) if day else "" for day in (self.start_date, self.end_date))
        if start and end:
            return f"on {start}" if start == end else f"between {start} and {end}"
        return f"since {start}" if start else f"until {end}" if end else ""


class TradeFilter(Period):
    """Which closed trades, by the exchange date of their closing."""

    symbols: Symbols = Field(default=(), description="Underlying tickers; none means all.")
    outcome: TradeOutcome | None = Field(default=None, description="Only winners or only losers.")
    strategy: Word | None = Field(default=None, description="The trade's strategy label.")
    reason: CloseReason | None = Field(default=None, description="How the trade ended.")
    limit: int | None = Field(
        default=None, ge=1, le=10_000, description="Rows to show, latest first; sums cover all."
    )


class ForecastParams(Period):
    days: int | None = Field(default=None, ge=1, le=800, description="Days ahead, from today.")


class ProfitPeriod(Period):
    symbols: Symbols = Field(default=(), description="Underlying tickers; none means all.")


class SymbolFilter(Params):
    symbols: Symbols = Field(default=(), description="Underlying tickers; none means all.")


class PositionFilter(Params):
    """Which of the positions held now; filters given together must all hold."""

    symbols: Symbols = Field(default=(), description="Underlying tickers; none means all.")
    instrument: Instrument | None = Field(
        default=None, description="Exactly one: an OCC option symbol, or a ticker for its stock."
    )
    kind: Kind | None = Field(default=None, description="Only stock or only options.")
    option_type: OptionType | None = Field(default=None, description="Only calls or only puts.")
    side: Side | None = Field(default=None, description="Only long or only short positions.")
    strategy: Word | None = Field(default=None, description="The position's strategy label.")
    strike: Decimal | None = Field(default=None, gt=0, description="Strike, USD per share.")
    expiration: date | None = Field(default=None, description="Expiration date.")
    expires_from: date | None = Field(default=None, description="Expiring on this day or later.")
    expires_by: date | None = Field(default=None, description="Expiring on this day or earlier.")

    @property
    def words(self) -> str:
        """The filter as it would be said: 'short KO put positions', 'positions'."""
        parts = [
            self.side.value if self.side else "",
            ", ".join(self.symbols),
            f"{self.strike.normalize():f}" if self.strike else "",
            self.option_type.value if self.option_type else "",
            self.strategy or "",
            self.kind.value if self.kind and not self.option_type else "",
            "positions",
            f"in {self.instrument}" if self.instrument else "",
            f"expiring {_day(self.expiration)}" if self.expiration else "",
            f"expiring from {_day(self.expires_from)}" if self.expires_from else "",
            f"{'to' if self.expires_from else 'expiring by'} {_day(self.expires_by)}"
            if self.expires_by
            else "",
        ]
        return " ".join(part for part in parts if part)


class DetailFilter(PositionFilter):
    """At least one filter: details of everything are what `fetch_active` is for."""

    @model_validator(mode="after")
    def _something(self) -> DetailFilter:
        if not any(value for _, value in self):
            raise ValueError("say which position: give symbols or instrument")
        return self


class TargetParams(PositionFilter):
    preferences: ClassVar[Mapping[str, str]] = MappingProxyType({"target_pct": "profit_target_pct"})
    target_pct: float = Field(
        default=50.0, gt=0, le=1000, description="Profit to take, percent of maximum profit."
    )
    manage_dte: int = Field(
        default=21, ge=0, le=365, description="Days to expiration at which to act regardless."
    )


class RollParams(PositionFilter):
    days: int = Field(default=45, ge=1, le=400, description="How many days later at most.")
    min_credit: float = Field(
        default=0.01, description="Least credit a share; negative allows a debit."
    )
    limit: int = Field(default=3, ge=1, le=100, description="Ways to show for each position.")


class QuoteParams(Params):
    symbols: Symbols = Field(min_length=1, max_length=100, description="Tickers to quote.")


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
