"""Robinhood's documents: pages of rows, numbers as strings, moments with a zone.

Rows point to each other by address; the last part of an address is the id.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from connectors.vendors.ground.reading import (
    Amount,
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


def _dollars(value: Any) -> Any:
    """An amount, bare or as `{"amount": ..., "currency_code": "USD"}`."""
    if isinstance(value, dict) and value.get("currency_code", "USD") == "USD":
        return value.get("amount")
    return value


Dollars = Annotated[Amount, BeforeValidator(_dollars)]


class PageDocument(Wire):
    results: list[Any]
    next: str | None = None


# -- the market ---------------------------------------------------------------------------------


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


# -- the account --------------------------------------------------------------------------------


class Owned(Wire):
    """A row of one of the person's accounts; which one is told in either of two ways, or not."""

    account: Id | None = None
    account_number: str | None = None

    def belongs_to(self, number: str) -> bool:
        return (self.account_number or self.account or number) == number


class MarginRow(Wire):
    cash_held_for_options_collateral: Amount | None = None


class AccountRow(Wire):
    account_number: Annotated[str, Field(min_length=1, max_length=32, pattern=r"^\w+$")]
    buying_power: Amount
    cash: Amount
    portfolio_cash: Amount | None = None
    deactivated: bool = False
    cash_held_for_options_collateral: Amount | None = None
    margin_balances: MarginRow | None = None

    @property
    def collateral(self) -> Decimal | None:
        inner = self.margin_balances
        held = inner.cash_held_for_options_collateral if inner is not None else None
        return held if held is not None else self.cash_held_for_options_collateral


class PortfolioRow(Wire):
    equity: Amount
    extended_hours_equity: Amount | None = None
    market_value: Amount


class StockPositionRow(Wire):
    """`average_buy_price` is dollars per share; `quantity` may be a fraction."""

    instrument: Id
    quantity: Amount
    average_buy_price: Price
    created_at: Instant


class OptionPositionRow(Wire):
    """`average_price` is dollars per contract, negative for what was sold."""

    option: Id
    type: Literal["long", "short"]
    quantity: Annotated[Amount, Field(ge=0)]
    average_price: Amount
    trade_value_multiplier: Annotated[Amount, Field(gt=0)] = Decimal(100)
    created_at: Instant


class Execution(Wire):
    price: Price
    quantity: Annotated[Amount, Field(gt=0)]
    timestamp: Instant


class StockOrderRow(Wire):
    id: Id
    instrument: Id
    side: Literal["buy", "sell"]
    fees: PriceOrZero = Decimal(0)
    executions: tuple[Execution, ...] = ()


class SplitRow(Wire):
    """`multiplier` new shares for `divisor` old ones, from `execution_date` on."""

    execution_date: date
    multiplier: Annotated[Amount, Field(gt=0)]
    divisor: Annotated[Amount, Field(gt=0)]


class OptionLeg(Wire):
    option: Id
    side: Literal["buy", "sell"]
    executions: tuple[Execution, ...] = ()


class OptionOrderRow(Wire):
    id: Id
    chain_symbol: str
    regulatory_fees: PriceOrZero = Decimal(0)
    legs: tuple[OptionLeg, ...]


class EquityComponent(Wire):
    """The shares that an assignment or exercise moves."""

    instrument: Id
    side: Literal["buy", "sell"]
    price: Price
    quantity: Annotated[Amount, Field(gt=0)]


class OptionEventRow(Owned):
    id: Id
    option: Id
    type: str
    state: str
    event_date: date
    direction: Literal["credit", "debit"] | None = None
    quantity: Annotated[Amount, Field(gt=0)]
    total_cash_amount: Amount | None = None
    equity_components: tuple[EquityComponent, ...] = ()


class DividendRow(Owned):
    id: Id
    instrument: Id
    amount: Amount
    state: str
    paid_at: Instant | None = None
    payable_date: date | None = None


class SweepRow(Owned):
    """Interest on cash."""

    id: Id
    amount: Dollars
    direction: Literal["credit", "debit"] = "credit"
    pay_date: Instant | date
    reason: str | None = None


class TransferRow(Owned):
    id: Id
    amount: Dollars
    direction: str
    state: str
    created_at: Instant


class ValueRow(Wire):
    begins_at: Instant
    close_equity: Amount
    close_market_value: Amount


class ValuesDocument(Wire):
    equity_historicals: list[Any]
