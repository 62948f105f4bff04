"""An exchange as a broker of pairs: limit and market orders under our own client id, sent once.

Amounts and prices that the exchange's own grid does not hold are refused with the nearest that it
does: nothing is rounded behind a person's back. A pair is traded for what is there: no margin, no
derivatives.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from connectors.vendors.crypto.exchange import Exchange, House
from connectors.vendors.crypto.told import UnreadableError, number, order_told, strange_fees
from connectors.vendors.ground.answers import found
from connectors.vendors.ground.terms import Call
from connectors.vendors.ground.trouble import NotThere, bad_data
from mfa.kernel.account import AccountSource
from mfa.kernel.broker import Abilities, BrokerIdentity, NotSent, Refused, Sent, Taken, Unanswered
from mfa.kernel.clock import Clock
from mfa.kernel.coins import DOLLARS
from mfa.kernel.money import units
from mfa.kernel.orders import AssetClass, BrokerOrder, Order, OrderType
from mfa.kernel.outcome import Absent, FailureKind, Found, Outcome

PATIENCE: Final = 10.0
"""Seconds for reading lists of orders."""
_LOOK_BACK: Final = timedelta(days=2)


class CryptoBroker:
    """`Broker` for one account at one exchange. Ids of orders name their pair: 'BTC/USD:123'."""

    def __init__(self, exchange: Exchange, account: AccountSource, *, clock: Clock) -> None:
        self._exchange, self._account, self._clock = exchange, account, clock
        self._house, self._terms = exchange.house, exchange.terms

    @property
    def name(self) -> str:
        return self._house.vendor

    @property
    def abilities(self) -> Abilities:
        return Abilities(
            assets=frozenset({AssetClass.CRYPTO}),
            multi_leg=False,
            replace=False,
            market_orders=self._house.market_orders,
            finds_by_client_id=True,
        )

    @property
    def account(self) -> AccountSource:
        return self._account

    def identity(self) -> Outcome[BrokerIdentity]:
        """No exchange tells a number of the account to all keys: the key itself stands for it."""
        mark, real = self._exchange.mark, not self._exchange.sandbox

        def work(call: Call) -> Outcome[BrokerIdentity]:
            self._exchange.read(call, lambda client: client.fetch_balance())
            who = BrokerIdentity(broker=self.name, account_id=mark, is_real=real)
            return found(who, source=self._house.title, call=call)

        return self._exchange.ask("identity", work)

    # -- sending --------------------------------------------------------------------------------

    def submit(self, order: Order) -> Sent:
        if why := _unsupported(order, self._house):
            return NotSent(FailureKind.NOT_SUPPORTED, why)
        checked = self._exchange.ask("check_order", lambda call: self._checked(call, order))
        if isinstance(checked, Absent):
            return NotSent(FailureKind.NOT_SUPPORTED, checked.reason)
        if not isinstance(checked, Found):
            return NotSent(checked.kind, checked.message)
        (leg,) = order.legs
        price = None if order.limit is None else str(abs(order.limit))

        def send(client: Any) -> Any:
            return client.create_order(
                leg.symbol, order.order_type.value, leg.side.value, float(order.quantity),
                None if price is None else float(price), {self._house.id_param: order.client_id},
            )  # fmt: skip

        answer = self._exchange.once(send)
        if isinstance(answer, NotSent | Refused | Unanswered):
            return answer
        return self._taken(order, answer)

    def cancel(self, broker_id: str) -> Sent:
        symbol, _, key = broker_id.partition(":")
        if not symbol or not key:
            why = f"{broker_id} is no order of {self._house.title}'s."
            return NotSent(FailureKind.NOT_SUPPORTED, why)
        answer = self._exchange.once(lambda client: client.cancel_order(key, symbol))
        if isinstance(answer, NotSent | Refused | Unanswered):
            return answer

        def work(call: Call) -> Outcome[BrokerOrder]:
            for told in self._of_pair(call, symbol, self._clock.now() - _LOOK_BACK):
                if told.broker_id == broker_id:
                    return found(told, source=self._house.title, call=call)
            return Absent("It is not in the list.")

        told = self._exchange.ask("cancelled_order", work, deadline=PATIENCE)
        if isinstance(told, Found):
            return Taken(told.value)
        return Unanswered(f"{self._house.title} took the cancellation and does not show the order.")

    def replace(self, broker_id: str, order: Order) -> Sent:
        del broker_id, order
        return NotSent(
            FailureKind.NOT_SUPPORTED,
            f"{self._house.title} replaces no order from here: cancel it and send another.",
        )

    def _taken(self, order: Order, answer: Any) -> Sent:
        """The order as the exchange has it: many answer with an id alone, so it is looked up."""
        told = self.find(order)
        if isinstance(told, Found):
            return Taken(told.value)
        if not isinstance(answer, Mapping) or not answer.get("id"):
            return Unanswered(f"{self._house.title} answered without an order.")
        return Unanswered(f"{self._house.title} took the order and does not show it yet.")

    # -- reading --------------------------------------------------------------------------------

    def find(self, order: Order) -> Outcome[BrokerOrder]:
        symbol = order.legs[0].symbol

        def work(call: Call) -> Outcome[BrokerOrder]:
            for told in self._of_pair(call, symbol, self._clock.now() - _LOOK_BACK):
                if told.client_id == order.client_id:
                    return found(told, source=self._house.title, call=call)
            return Absent(f"{self._house.title} has no such order.")

        return self._exchange.ask("find_order", work, deadline=PATIENCE)

    def orders(self, since: datetime) -> Outcome[tuple[BrokerOrder, ...]]:
        """Orders that stand, of all pairs: exchanges list what is over by pair only, and `find`
        asks there."""
        del since

        def work(call: Call) -> Outcome[tuple[BrokerOrder, ...]]:
            rows = self._exchange.read(call, lambda client: client.fetch_open_orders())
            told = tuple(self._told(call, row) for row in rows)
            return found(told, source=self._house.title, call=call)

        return self._exchange.ask("orders", work, deadline=PATIENCE)

    def _of_pair(self, call: Call, symbol: str, since: datetime) -> tuple[BrokerOrder, ...]:
        start = int(since.timestamp() * 1000)

        def every(client: Any) -> list[Any]:
            if client.has.get("fetchOrders") is True:
                return list(client.fetch_orders(symbol, start))
            over = (
                client.fetch_canceled_and_closed_orders
                if client.has.get("fetchCanceledAndClosedOrders") is True
                else client.fetch_closed_orders
            )
            return [*client.fetch_open_orders(symbol), *over(symbol, start)]

        try:
            rows = self._exchange.read(call, every)
        except NotThere:
            return ()
        return tuple(self._told(call, row) for row in rows)

    def _told(self, call: Call, row: Mapping[str, Any]) -> BrokerOrder:
        """With its trades where something filled. `Trouble` where it cannot be understood."""
        trades: list[Mapping[str, Any]] = []
        if (number(row.get("filled")) or 0) > 0:
            mine = self._exchange.read(
                call, lambda client: client.fetch_my_trades(row["symbol"], row.get("timestamp"))
            )
            trades = [each for each in mine if each.get("order") == row["id"]]
        rates = {
            coin: rate for coin in strange_fees(trades) if (rate := self._rate(call, coin, row))
        }
        try:
            return order_told(row, trades, now=call.now, rates=rates)
        except (UnreadableError, ValueError):
            raise bad_data(self._terms, "an order of its list cannot be read") from None

    def _rate(self, call: Call, coin: str, row: Mapping[str, Any]) -> Decimal | None:
        """What one `coin` is worth in the pair's second currency; None where it is not traded."""
        quote = str(row["symbol"]).partition("/")[2]
        if coin in DOLLARS and quote in DOLLARS:
            return Decimal(1)
        try:
            ticker: Mapping[str, Any] = self._exchange.read(
                call, lambda client: client.fetch_ticker(f"{coin}/{quote}")
            )
        except NotThere:
            return None
        return number(ticker.get("last"))

    def _checked(self, call: Call, order: Order) -> Outcome[bool]:
        """Absent where the pair is not traded, or the order is off its grid."""
        (leg,) = order.legs

        def rules(client: Any) -> tuple[str, str | None]:
            client.load_markets()
            client.market(leg.symbol)
            amount = client.amount_to_precision(leg.symbol, float(order.quantity))
            limit = order.limit
            price = (
                None if limit is None else client.price_to_precision(leg.symbol, float(abs(limit)))
            )
            return amount, price

        try:
            amount, price = self._exchange.read(call, rules)
        except NotThere:
            return Absent(f"{self._house.title} does not trade {leg.symbol}.")
        if Decimal(amount) != order.quantity:
            return Absent(
                f"{self._house.title} trades {leg.symbol} in finer or coarser steps than"
                f" {units(order.quantity):f}; {units(amount):f} would do."
            )
        if price is not None and order.limit is not None and Decimal(price) != abs(order.limit):
            return Absent(
                f"{abs(order.limit):f} is no price of {leg.symbol} at {self._house.title};"
                f" {price} would do."
            )
        return found(True, source=self._house.title, call=call)


def _unsupported(order: Order, house: House) -> str:
    """Why an exchange cannot take an order; empty when it can."""
    title = house.title
    if order.order_type is OrderType.MARKET and not house.market_orders:
        return f"{title} buys at the market by an amount of money, not of coins. Use a limit."
    if len(order.legs) != 1:
        return f"{title} trades one pair an order."
    if order.legs[0].asset is not AssetClass.CRYPTO:
        return f"{title} trades crypto currencies alone."
    if order.legs[0].ratio != 1:
        return "The quantity of a pair stands in the order, not in its leg."
    return ""
