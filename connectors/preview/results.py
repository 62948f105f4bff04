"""What is known of an order before it is sent."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from pydantic import Field

from connectors.base import Result
from connectors.preview.params import PreviewParams


class PreviewLegRow(Result):
    """`quantity` is signed, of the whole order; `held` what the account has of it now."""

    instrument: str
    name: str
    quantity: Decimal
    held: Decimal
    effect: str
    bid: Decimal
    ask: Decimal
    quoted_at: datetime


class PairTerms(Result):
    """How an exchange trades a pair: `venue` is its broker's name, `symbol` its own of the pair;
    `fee_rate` (0.001 is 0.1 %) is what this order would pay, `fee_kind` why."""

    venue: str
    title: str
    symbol: str
    base: str
    quote: str
    amount_step: Decimal
    price_step: Decimal
    fee_rate: Decimal
    fee_kind: str


class OrderPreview(Result):
    """Dollars of the whole order unless they are prices per unit. Signed prices: paid is positive.

    `natural` crosses every spread, `midpoint` none; `price` is the limit, or the natural price of a
    market order. `cash` is what comes in before fees. `max_loss` None has no bound, and is None too
    where an order only closes (`max_loss_words` says which). `buying_power_effect` and
    `regulation_t` are what entering takes: cash tied up or paid, less cash received. `committed`
    is what an opening order puts at stake: the greater of the two, of cash paid and maximum loss.
    `day_change_pct` and `drawdown_pct` are of the account, None where its past is not known;
    `past_problem` is why it could not be read, empty where it could be or where nobody keeps it.
    `pair` is of an order of crypto currencies alone.
    """

    order: PreviewParams
    strategy: str
    mode: str
    account: str
    is_opening: bool
    legs: tuple[PreviewLegRow, ...] = Field(title="Legs")
    natural: Decimal
    midpoint: Decimal
    price: Decimal
    quoted_at: datetime = Field(title="Quote of")
    quote_age_seconds: float
    cash: Decimal
    fees: Decimal
    fees_words: str
    max_loss: Decimal | None
    max_loss_words: str
    max_profit: Decimal | None
    max_profit_words: str
    realized: Decimal | None = Field(title="Profit of what it closes")
    buying_power: Decimal
    buying_power_effect: Decimal
    regulation_t: Decimal | None
    committed: Decimal
    naked_calls: int = Field(title="Short calls left uncovered by it")
    obligations: tuple[str, ...] = Field(title="If assigned")
    earnings: date | None = Field(title="Earnings before expiration")
    earnings_words: str
    positions_after: int
    equity: Decimal
    day_change_pct: float | None
    drawdown_pct: float | None
    past_problem: str = ""
    market_open: bool
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    pair: PairTerms | None = None
