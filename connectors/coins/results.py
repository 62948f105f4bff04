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
    bid: Decimal
    ask: Decimal
    last: Decimal
    midpoint: Decimal
    quoted_at: datetime = Field(title="Quote of")


class PairRulesRow(Result):
    """`maker_pct` is of an order that waits, `taker_pct` of one that trades at once."""

    pair: str
    exchange: str
    symbol: str
    amount_step: Decimal
    price_step: Decimal
    least_amount: Decimal
    least_cost: Decimal
    maker_pct: float
    taker_pct: float


class CoinRow(Result):
    """`cost` in dollars of all of it; None where the exchange does not tell what was paid."""

    pair: str
    quantity: Decimal
    cost: Decimal | None


class CoinHoldings(Result):
    """Dollars, stablecoins of the dollar among them; `free` is bound by no order."""

    exchange: str
    equity: Decimal
    cash: Decimal
    free: Decimal
    rows: tuple[CoinRow, ...] = Field(title="Coins")
