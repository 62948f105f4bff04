"""What the queries of crypto currencies take and answer."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from pydantic import Field

from connectors.base import Params, Result


class PairParams(Params):
    pair: str = Field(min_length=2, max_length=25, description="A coin (BTC) or a pair (BTC/USD).")


class PairQuoteRow(Result):
    """Prices of one coin, in the pair's second currency."""

    pair: str
    exchange: str
    bid: Decimal = Field(json_schema_extra={"unit": "exact"})
    ask: Decimal = Field(json_schema_extra={"unit": "exact"})
    last: Decimal = Field(json_schema_extra={"unit": "exact"})
    midpoint: Decimal = Field(json_schema_extra={"unit": "exact"})
    quoted_at: datetime = Field(title="Quote of")


class PairRulesRow(Result):
    """`maker_pct` is of an order that waits, `taker_pct` of one that trades at once."""

    pair: str
    exchange: str
    symbol: str
    amount_step: Decimal = Field(json_schema_extra={"unit": "exact"})
    price_step: Decimal = Field(json_schema_extra={"unit": "exact"})
    least_amount: Decimal = Field(json_schema_extra={"unit": "exact"})
    least_cost: Decimal = Field(json_schema_extra={"unit": "exact"})
    maker_pct: float
    taker_pct: float


class CoinRow(Result):
    """Dollars of all of it, at the midpoint. `price` and `value` are None where there is no quote
    now, `cost` and `unrealized` where the exchange does not tell what was paid."""

    pair: str
    quantity: Decimal = Field(json_schema_extra={"unit": "exact"})
    price: Decimal | None = Field(json_schema_extra={"unit": "exact"})
    value: Decimal | None
    cost: Decimal | None
    unrealized: Decimal | None


class CoinHoldings(Result):
    """Dollars, stablecoins of the dollar among them; `free` is bound by no order."""

    exchange: str
    equity: Decimal
    cash: Decimal
    free: Decimal
    rows: tuple[CoinRow, ...] = Field(title="Coins")
