"""Robinhood's documents: pages of rows, numbers as strings, moments with a zone.

Rows point to each other by address; the last part of an address is the id.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from connectors.vendors.ground.reading import (
    CountOrZero,
    Instant,
    Number,
    Price,
    PriceOrZero,
    Wire,
)


def _last_part(value: Any) -> Any:
    """The id at the end of an address; an id as it is."""
    return value.rstrip("/").rsplit("/", 1)[-1] if isinstance(value, str) else value


Id = Annotated[
    str, BeforeValidator(_last_part), Field(min_length=1, max_length=64, pattern=r"^[\w.-]+$")
]


class PageDocument(Wire):
    results: list[Any]
    next: str | None = None


class QuoteRow(Wire):
    symbol: str
    bid_price: PriceOrZero
    ask_price: PriceOrZero
    last_trade_price: PriceOrZero
    last_extended_hours_trade_price: Price | None = None
    previous_close: Price | None = None
    adjusted_previous_close: Price | None = None
    trading_halted: bool = False
    updated_at: Instant | None = None

    @property
    def last(self) -> Decimal:
        return self.last_extended_hours_trade_price or self.last_trade_price

    @property
    def previous(self) -> Decimal | None:
        return self.adjusted_previous_close or self.previous_close


class InstrumentRow(Wire):
    id: Id
    symbol: str
    name: str = ""
    simple_name: str | None = None
    tradable_chain_id: Id | None = None


class ChainDocument(Wire):
    expiration_dates: list[Any]


class OptionInstrumentRow(Wire):
    id: Id
    url: str
    chain_symbol: str
    type: Literal["call", "put"]
    strike_price: Annotated[Price, Field(gt=0)]
    expiration_date: date


class OptionMarketRow(Wire):
    """Theta per day, vega per volatility point."""

    instrument: Id
    bid_price: PriceOrZero
    ask_price: PriceOrZero
    last_trade_price: PriceOrZero = Decimal(0)
    implied_volatility: Number | None = None
    delta: Number | None = None
    gamma: Number | None = None
    theta: Number | None = None
    vega: Number | None = None
    open_interest: CountOrZero = 0
    volume: CountOrZero = 0
    updated_at: Instant | None = None


class HistoryRow(Wire):
    symbol: str
    historicals: list[Any]


class BarRow(Wire):
    begins_at: Instant
    open_price: Price
    high_price: Price
    low_price: Price
    close_price: Annotated[Price, Field(gt=0)]
    volume: CountOrZero = 0
    interpolated: bool = False


class FundamentalsRow(Wire):
    """`dividend_yield` is in percent."""

    volume: Number | None = None
    market_cap: Number | None = None
    pe_ratio: Number | None = None
    pb_ratio: Number | None = None
    dividend_yield: Number | None = None
    shares_outstanding: Number | None = None
    sector: str | None = None
    industry: str | None = None


class ReportRow(Wire):
    date: date
    timing: Literal["am", "pm"] | None = None


class EarningsRow(Wire):
    symbol: str
    report: ReportRow | None = None


class NewsRow(Wire):
    title: str
    url: str
    published_at: Instant
    source: str | None = None
    summary: str | None = None
    preview_text: str | None = None
