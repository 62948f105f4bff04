"""Alpaca's documents: letters for names in the data house, numbers as text in the trading one."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from connectors.vendors.ground.reading import (
    Amount,
    Count,
    CountOrZero,
    Instant,
    Number,
    Price,
    PriceOrZero,
    Wire,
)


class TradeRow(Wire):
    t: Instant
    p: Price


class QuoteRow(Wire):
    t: Instant
    bp: PriceOrZero
    ap: PriceOrZero


class BarRow(Wire):
    t: Instant
    o: Price
    h: Price
    l: Price  # noqa: E741 - the vendor's name
    c: Annotated[Price, Field(gt=0)]
    v: Annotated[Number, Field(ge=0, lt=1e15)] = 0.0


class StockSnapshot(Wire):
    latestTrade: TradeRow | None = None  # noqa: N815 - the vendor's name
    latestQuote: QuoteRow | None = None  # noqa: N815
    dailyBar: BarRow | None = None  # noqa: N815
    prevDailyBar: BarRow | None = None  # noqa: N815


class GreeksRow(Wire):
    """By Alpaca; theta per day, vega per volatility point."""

    delta: Number
    gamma: Number
    theta: Number
    vega: Number


class OptionSnapshot(Wire):
    symbol: str
    latestTrade: TradeRow | None = None  # noqa: N815
    latestQuote: QuoteRow | None = None  # noqa: N815
    dailyBar: BarRow | None = None  # noqa: N815
    impliedVolatility: Number | None = None  # noqa: N815
    greeks: GreeksRow | None = None


class ContractRow(Wire):
    symbol: str
    expiration_date: date
    underlying_symbol: str
    size: Count = 100
    open_interest: CountOrZero = 0


class DividendRow(Wire):
    symbol: str
    rate: Annotated[Price, Field(gt=0)]
    ex_date: date
    process_date: date
    payable_date: date | None = None


class NewsRow(Wire):
    id: int
    headline: str
    source: str = ""
    url: str | None = None
    summary: str = ""
    created_at: Instant
    symbols: tuple[str, ...] = ()


class AccountRow(Wire):
    account_number: str
    cash: Amount
    equity: Amount
    options_buying_power: Amount | None = None
    buying_power: Amount
    initial_margin: Amount | None = None


class PositionRow(Wire):
    symbol: str
    asset_class: str
    side: Literal["long", "short"]
    qty: Amount
    cost_basis: Amount
    unrealized_pl: Amount


class ActivityRow(Wire):
    """Either a fill (price, quantity, side, moment) or cash that moved (amount, date)."""

    id: str
    activity_type: str
    symbol: str | None = None
    transaction_time: Instant | None = None
    price: Price | None = None
    qty: Amount | None = None
    side: str = ""
    day: Annotated[date | None, Field(validation_alias="date")] = None
    net_amount: Amount | None = None
    description: str | None = None
