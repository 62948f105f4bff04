"""Tradier's documents. They were XML once: one row comes bare, and none comes as null or "null"."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from connectors.vendors.ground.quotes import from_epoch
from connectors.vendors.ground.reading import (
    Amount,
    CountOrZero,
    Instant,
    Number,
    Price,
    PriceOrZero,
    Wire,
    parse_object,
)
from connectors.vendors.ground.terms import Terms
from connectors.vendors.ground.trouble import bad_data


def rows_under(terms: Terms, body: bytes, *names: str) -> list[Any]:
    """The rows at the end of `names` in a document, however many there are and however it says so.

    `Trouble` when it is no JSON object or the first name is missing.
    """
    inner: Any = parse_object(terms, body)
    if names[0] not in inner:
        raise bad_data(terms, f"its answer lacks '{names[0]}'")
    for name in names:
        if not isinstance(inner, dict):
            raise bad_data(terms, f"'{name}' in its answer is missing")
        inner = inner.get(name)
        if inner in (None, "null", "", {}):
            return []
    return inner if isinstance(inner, list) else [inner]


def _moment(value: Any) -> datetime | None:
    """A moment in epoch milliseconds; zero and null mean never."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return from_epoch(value / 1000.0)


Moment = Annotated[datetime | None, BeforeValidator(_moment)]


class QuoteRow(Wire):
    symbol: str
    last: PriceOrZero
    bid: PriceOrZero
    ask: PriceOrZero
    prevclose: Price | None = None
    volume: CountOrZero = 0
    trade_date: Moment = None
    bid_date: Moment = None
    ask_date: Moment = None

    @property
    def at(self) -> datetime | None:
        return max((m for m in (self.trade_date, self.bid_date, self.ask_date) if m), default=None)


class GreeksRow(Wire):
    """By ORATS, refreshed hourly; theta per day, vega per volatility point."""

    delta: Number | None = None
    gamma: Number | None = None
    theta: Number | None = None
    vega: Number | None = None
    mid_iv: Number | None = None
    smv_vol: Number | None = None

    @property
    def volatility(self) -> float | None:
        return self.mid_iv or self.smv_vol or None


class OptionRow(QuoteRow):
    underlying: str = ""
    open_interest: CountOrZero = 0
    contract_size: CountOrZero = 100
    greeks: GreeksRow | None = None


class DayRow(Wire):
    date: date
    open: Price
    high: Price
    low: Price
    close: Annotated[Price, Field(gt=0)]
    volume: CountOrZero = 0


class RoomRow(Wire):
    """What may still be tied up, in a margin account or in a cash account."""

    option_buying_power: Amount | None = None
    cash_available: Amount | None = None


class BalanceRow(Wire):
    account_number: str
    total_equity: Amount
    total_cash: Amount
    market_value: Amount
    open_pl: Amount
    option_requirement: Amount | None = None
    current_requirement: Amount | None = None
    margin: RoomRow | None = None
    cash: RoomRow | None = None


class PositionRow(Wire):
    id: int
    symbol: str
    quantity: Amount
    cost_basis: Amount
    date_acquired: Instant


class ClosedRow(Wire):
    symbol: str
    quantity: Amount
    cost: Amount
    proceeds: Amount
    gain_loss: Amount
    open_date: Instant
    close_date: Instant


class EventRow(Wire):
    type: str
    amount: Amount
    date: Instant
    trade: dict[str, Any] | None = None
    option: dict[str, Any] | None = None
    dividend: dict[str, Any] | None = None
    interest: dict[str, Any] | None = None
    fee: dict[str, Any] | None = None
    journal: dict[str, Any] | None = None
