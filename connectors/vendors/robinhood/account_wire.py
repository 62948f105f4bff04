"""Robinhood's documents about the account: what is held, what was ordered, what moved."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from connectors.vendors.ground.reading import Amount, Instant, Price, PriceOrZero, Wire
from connectors.vendors.robinhood.wire import Id


def _dollars(value: Any) -> Any:
    """An amount, bare or as `{"amount": ..., "currency_code": "USD"}`."""
    if isinstance(value, dict) and value.get("currency_code", "USD") == "USD":
        return value.get("amount")
    return value


Dollars = Annotated[Amount, BeforeValidator(_dollars)]


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
