"""Robinhood as a broker: shares and options, limit orders only.

A market buy is refused because Robinhood turns it into a limit five percent above the market, and a
market order for an option because it takes none. Each order is posted once; its `ref_id` is our
client id. An answer that is an error document is a refusal in Robinhood's words; no answer, one
that cannot be read, and an error of the server leave the order unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

from connectors.vendors.ground.answers import found
from connectors.vendors.ground.client import said
from connectors.vendors.ground.reading import parse, sift
from connectors.vendors.ground.terms import Call
from connectors.vendors.ground.trouble import NotThere, Trouble, bad_data, plain
from connectors.vendors.robinhood.access import API, SOURCE, RobinhoodAccess
from connectors.vendors.robinhood.names import Names, option_of
from connectors.vendors.robinhood.order_wire import OptionOrder, StockOrder
from connectors.vendors.robinhood.told import option_told, stock_told
from connectors.vendors.robinhood.wire import OptionInstrumentRow
from mfa.kernel.account import AccountSource
from mfa.kernel.broker import Abilities, BrokerIdentity, NotSent, Refused, Sent, Taken, Unanswered
from mfa.kernel.clock import Clock
from mfa.kernel.money import units
from mfa.kernel.orders import AssetClass, BrokerOrder, Order, OrderType, TimeInForce
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome
from mfa.kernel.symbols import OptionSymbol

if TYPE_CHECKING:
    from connectors.vendors.robinhood.replies import Reply

T = TypeVar("T")

STOCK, OPTION = "stock", "option"
PATIENCE: Final = 10.0
"""Seconds for reading lists of orders."""
_LOOK_BACK: Final = timedelta(days=2)
_IN_FORCE: Final = {TimeInForce.DAY: "gfd", TimeInForce.GOOD_TILL_CANCELLED: "gtc"}
_TAKEN: Final = frozenset({200, 201})
_REFUSED: Final = frozenset({400, 402, 403, 404, 409, 422})
_UNAUTHORISED, _THROTTLED = 401, 429


class RobinhoodBroker:
    """`Broker` for one account. Ids of orders say which kind they are of: 'stock:...'."""

    def __init__(
        self, access: RobinhoodAccess, names: Names, account: AccountSource, *, clock: Clock
    ) -> None:
        self._access, self._terms, self._names = access, access.terms, names
        self._account, self._clock = account, clock

    @property
    def name(self) -> str:
        return "robinhood"

    @property
    def abilities(self) -> Abilities:
        return Abilities(
            assets=frozenset({AssetClass.STOCK, AssetClass.OPTION}),
            multi_leg=True,
            replace=False,
            market_orders=False,
            finds_by_client_id=True,
        )

    @property
    def account(self) -> AccountSource:
        return self._account

    def identity(self) -> Outcome[BrokerIdentity]:
        outcome = self._access.account_number()
        if not isinstance(outcome, Found):
            return outcome
        return outcome.map(
            lambda number: BrokerIdentity(broker=self.name, account_id=number, is_real=True)
        )

    # -- sending --------------------------------------------------------------------------------

    def submit(self, order: Order) -> Sent:
        if why := _unsupported(order):
            return NotSent(FailureKind.NOT_SUPPORTED, why)
        make = self._stock_order if order.legs[0].option is None else self._option_order
        prepared = self._access.ask("prepare_order", lambda call: make(call, order))
        if isinstance(prepared, Absent):
            return NotSent(FailureKind.NOT_SUPPORTED, prepared.reason)
        if isinstance(prepared, Failed):
            return NotSent(prepared.kind, prepared.message)
        kind, address, document = prepared.value
        body: dict[str, Any] = {"form" if kind == STOCK else "document": document}
        return self._sent(address, body, lambda reply: self._read(kind, reply.body))

    def cancel(self, broker_id: str) -> Sent:
        kind, _, key = broker_id.partition(":")
        if kind not in {STOCK, OPTION} or not key:
            return NotSent(FailureKind.NOT_SUPPORTED, f"{broker_id} is no order of {SOURCE}'s.")
        return self._sent(
            f"{_address(kind)}{key}/cancel/", {"form": {}}, lambda _: self._one(kind, key)
        )

    def replace(self, broker_id: str, order: Order) -> Sent:
        del broker_id, order
        return NotSent(
            FailureKind.NOT_SUPPORTED, f"{SOURCE} replaces no order: cancel it and send another."
        )

    def _sent(  # noqa: PLR0911 - one for each way it can be answered
        self, address: str, body: Mapping[str, Any], read: Callable[[Reply], BrokerOrder]
    ) -> Sent:
        from connectors.vendors.robinhood.courier import NeverLeftError  # noqa: PLC0415 - heavy

        try:
            reply = self._access.post_order(address, **body)
        except NeverLeftError as trouble:
            return NotSent(trouble.failure.kind, trouble.failure.message)
        except Trouble as trouble:
            return Unanswered(trouble.failure.message)
        if reply.status == _UNAUTHORISED:
            why = f"{SOURCE} refused the sign-in. {self._terms.remedy}"
            return NotSent(FailureKind.CREDENTIALS, why)
        if reply.status == _THROTTLED:
            return NotSent(FailureKind.RATE_LIMITED, f"{SOURCE} takes no more requests just now.")
        if reply.status in _REFUSED:
            words = plain(said(reply.body))
            return Refused(f"{words}." if words else f"{SOURCE} refused it without a reason.")
        if reply.status not in _TAKEN:
            return Unanswered(f"{SOURCE} answered with HTTP {reply.status}.")
        try:
            return Taken(read(reply))
        except Trouble as trouble:
            return Unanswered(trouble.failure.message)

    # -- reading --------------------------------------------------------------------------------

    def find(self, order: Order) -> Outcome[BrokerOrder]:
        kind = STOCK if order.legs[0].option is None else OPTION
        since = self._clock.now() - _LOOK_BACK

        def work(call: Call) -> Outcome[BrokerOrder]:
            for each in self._listed(call, kind, since):
                if each.client_id == order.client_id:
                    return found(each, source=SOURCE, call=call)
            return Absent(f"{SOURCE} has no such order.")

        return self._access.ask("find_order", work, deadline=PATIENCE)

    def orders(self, since: datetime) -> Outcome[tuple[BrokerOrder, ...]]:
        def work(call: Call) -> Outcome[tuple[BrokerOrder, ...]]:
            rows = (*self._listed(call, STOCK, since), *self._listed(call, OPTION, since))
            return found(rows, source=SOURCE, call=call)

        return self._access.ask("orders", work, deadline=PATIENCE)

    def _one(self, kind: str, key: str) -> BrokerOrder:
        """An order as it stands now. `Trouble` when it cannot be read."""

        def work(call: Call) -> Outcome[BrokerOrder]:
            body = self._access.get(call, f"{_address(kind)}{key}/")
            return found(self._told(call, kind, body), source=SOURCE, call=call)

        outcome = self._access.ask("order", work)
        if isinstance(outcome, Found):
            return outcome.value
        if isinstance(outcome, Failed):
            raise Trouble(outcome)
        raise bad_data(self._terms, "not with the order")

    def _read(self, kind: str, body: bytes) -> BrokerOrder:
        outcome = self._access.ask(
            "order_taken",
            lambda call: found(self._told(call, kind, body), source=SOURCE, call=call),
        )
        if isinstance(outcome, Found):
            return outcome.value
        if isinstance(outcome, Failed):
            raise Trouble(outcome)
        raise bad_data(self._terms, "not with the order")

    def _told(self, call: Call, kind: str, body: bytes) -> BrokerOrder:
        if kind == STOCK:
            row = parse(self._terms, StockOrder, body)
            return stock_told(row, self._names.stocks(call, [row.instrument]))
        option_row = parse(self._terms, OptionOrder, body)
        ids = [leg.option for leg in option_row.legs]
        return option_told(option_row, self._names.options(call, ids))

    def _listed(self, call: Call, kind: str, since: datetime) -> tuple[BrokerOrder, ...]:
        """All orders of a kind that changed since. One that cannot be read stops it: an order
        left out would count as one that never arrived."""
        asked = {"updated_at[gte]": since.isoformat().replace("+00:00", "Z")}
        raw = self._access.rows(call, _address(kind), asked)
        if kind == STOCK:
            stocks = sift(self._terms, StockOrder, raw, call.notes, lambda row: row.id)
            if len(stocks) < len(raw):
                raise bad_data(self._terms, "an order of its list cannot be read")
            names = self._names.stocks(call, [row.instrument for row in stocks])
            return tuple(stock_told(row, names) for row in stocks)
        options = sift(self._terms, OptionOrder, raw, call.notes, lambda row: row.id)
        if len(options) < len(raw):
            raise bad_data(self._terms, "an order of its list cannot be read")
        named = self._names.options(call, [leg.option for row in options for leg in row.legs])
        return tuple(option_told(row, named) for row in options)

    # -- making ---------------------------------------------------------------------------------

    def _stock_order(self, call: Call, order: Order) -> Outcome[tuple[str, str, dict[str, Any]]]:
        (leg,) = order.legs
        instrument = self._names.instrument(call, leg.symbol)
        if instrument is None:
            return Absent(f"{SOURCE} does not know {leg.symbol}.")
        number = self._access.account(call).account_number
        if order.limit is None:
            raise TypeError("only limit orders come here")
        document = {
            "account": f"{API}/accounts/{number}/",
            "instrument": f"{API}/instruments/{instrument.id}/",
            "symbol": leg.symbol,
            "price": f"{abs(order.limit):.2f}",
            "quantity": str(units(order.quantity)),
            "ref_id": order.client_id,
            "type": "limit",
            "trigger": "immediate",
            "time_in_force": _IN_FORCE[order.time_in_force],
            "side": leg.side.value,
            "market_hours": "regular_hours",
            "extended_hours": "false",
            "order_form_version": "4",
        }
        return found((STOCK, _address(STOCK), document), source=SOURCE, call=call)

    def _option_order(self, call: Call, order: Order) -> Outcome[tuple[str, str, dict[str, Any]]]:
        number = self._access.account(call).account_number
        if order.limit is None:
            raise TypeError("only limit orders come here")
        legs = []
        for leg in order.legs:
            if leg.option is None:
                raise TypeError("only options come here")
            key = self._option_id(call, leg.option)
            if key is None:
                return Absent(f"{SOURCE} does not know the option {leg.option}.")
            legs.append(
                {
                    "option": f"{API}/options/instruments/{key}/",
                    "side": leg.side.value,
                    "position_effect": leg.effect.value,
                    "ratio_quantity": leg.ratio,
                }
            )
        document = {
            "account": f"{API}/accounts/{number}/",
            "direction": "debit" if order.limit > 0 else "credit",
            "time_in_force": _IN_FORCE[order.time_in_force],
            "legs": legs,
            "type": "limit",
            "trigger": "immediate",
            "price": f"{abs(order.limit):.2f}",
            "quantity": str(units(order.quantity)),
            "override_day_trade_checks": False,
            "override_dtbp_checks": False,
            "ref_id": order.client_id,
        }
        return found((OPTION, _address(OPTION), document), source=SOURCE, call=call)

    def _option_id(self, call: Call, option: OptionSymbol) -> str | None:
        instrument = self._names.instrument(call, option.root)
        if instrument is None or instrument.tradable_chain_id is None:
            return None
        asked = {
            "chain_id": instrument.tradable_chain_id,
            "expiration_dates": option.expiration.isoformat(),
            "strike_price": f"{option.strike:.4f}",
            "type": option.option_type.value,
            "state": "active",
        }
        try:
            raw = self._access.rows(
                call, self._access.urls.option_instruments_url(), asked,
                absent=frozenset({400, 404}),
            )  # fmt: skip
        except NotThere:
            return None
        rows = sift(self._terms, OptionInstrumentRow, raw, call.notes, lambda row: row.id)
        return next((row.id for row in rows if option_of(row) == option), None)


def _address(kind: str) -> str:
    return f"{API}/orders/" if kind == STOCK else f"{API}/options/orders/"


def _unsupported(order: Order) -> str:
    """Why Robinhood cannot take an order; empty when it can."""
    if order.order_type is OrderType.MARKET:
        return (
            f"{SOURCE} takes no real market orders: a market buy becomes a limit 5 % above the"
            " market. Send a limit order."
        )
    if any(leg.asset is AssetClass.CRYPTO for leg in order.legs):
        return f"Crypto currencies are not traded at {SOURCE} from here."
    kinds = {leg.option is None for leg in order.legs}
    if len(kinds) > 1 or (True in kinds and len(order.legs) > 1):
        return f"{SOURCE} trades shares and options in orders of their own."
    if len({leg.symbol for leg in order.legs}) > 1:
        return f"All legs of an order at {SOURCE} are of one company."
    if not order.limit:
        return f"{SOURCE} takes no limit of zero."
    return ""
