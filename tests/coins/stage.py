"""A market of pairs whose quotes a test sets, and orders of pairs as tests write them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final, TypeVar

from connectors.coins.account import CoinExchangeAccount
from connectors.coins.exchange import SimulatedExchange
from connectors.coins.floor import CoinFloor
from mfa.kernel.broker import Sent, Taken
from mfa.kernel.clock import Clock
from mfa.kernel.coins import Pair, PairQuote, PairRules
from mfa.kernel.movements import Effect
from mfa.kernel.orders import (
    AssetClass,
    BrokerOrder,
    Order,
    OrderLeg,
    OrderType,
    Side,
    TimeInForce,
)
from mfa.kernel.outcome import Absent, Found, Outcome, Provenance
from mfa.store.database import Database

T = TypeVar("T")
BTC: Final = Pair("BTC", "USD")
_numbers = itertools.count(1)


@dataclass
class ScriptedPairs:
    """Bitcoin in dollars at whatever bid and ask a test sets."""

    clock: Clock
    bid: Decimal = Decimal(59990)
    ask: Decimal = Decimal(60000)
    as_of: datetime | None = None
    name: str = "scripted"
    rules_of: PairRules = field(
        default_factory=lambda: PairRules(
            pair=BTC, symbol="XBTUSD", amount_step=Decimal("0.0001"), price_step=Decimal("0.5"),
            least_amount=Decimal("0.0002"), least_cost=Decimal(10), maker=Decimal("0.001"),
            taker=Decimal("0.002"),
        )
    )  # fmt: skip

    def pair(self, base: str, quote: str | None) -> Outcome[Pair]:
        pair = Pair(base, quote or "USD")
        return self._found(pair) if pair == BTC else Absent(f"no {pair} here")

    def quote(self, pair: Pair) -> Outcome[PairQuote]:
        if pair != BTC:
            return Absent(f"no {pair} here")
        at = self.as_of or self.clock.now()
        return self._found(
            PairQuote(pair=pair, bid=self.bid, ask=self.ask, last=self.bid, as_of=at)
        )

    def rules(self, pair: Pair) -> Outcome[PairRules]:
        return self._found(self.rules_of) if pair == BTC else Absent(f"no {pair} here")

    def _found(self, value: T) -> Found[T]:
        return Found(value, Provenance(source=self.name, as_of=self.clock.now()))


def exchange_on(floor: CoinFloor, database: Database) -> SimulatedExchange:
    return SimulatedExchange(floor, database, CoinExchangeAccount(floor, database))


def order(
    text: str, limit: str | None = None, *, pair: str = "BTC/USD", client_id: str | None = None
) -> Order:
    """'+0.05' buys, '-0.05' sells; without a limit at the market."""
    amount = Decimal(text)
    side = Side.BUY if amount > 0 else Side.SELL
    leg = OrderLeg(
        symbol=pair, asset=AssetClass.CRYPTO, side=side,
        effect=Effect.OPEN if amount > 0 else Effect.CLOSE,
    )  # fmt: skip
    return Order(
        client_id=client_id or f"test-{next(_numbers)}",
        legs=(leg,),
        quantity=abs(amount),
        order_type=OrderType.MARKET if limit is None else OrderType.LIMIT,
        limit=None if limit is None else Decimal(limit) * side.sign,
        time_in_force=TimeInForce.GOOD_TILL_CANCELLED,
    )


def taken(sent: Sent) -> BrokerOrder:
    assert isinstance(sent, Taken), sent
    return sent.order
