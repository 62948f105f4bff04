"""Orders: what is working, what became of one, and what stands at the broker that is not ours.

Reading only; it is handed a book that it cannot write. Where an order stands is the broker's word
as last heard, never a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from connectors.base import (
    HOLDINGS,
    SHORT_TTL,
    DataConnector,
    DataSourceType,
    QueryContext,
    query,
)
from connectors.ordering.models import (
    ForeignRow,
    OrderFillRow,
    OrderRow,
    Orders,
    OrdersParams,
    OrderStep,
)
from mfa.kernel.money import units
from mfa.kernel.order_book import EventSource, ForeignOrder, OrderIntent
from mfa.kernel.orders import OrderLeg, OrderState
from mfa.kernel.outcome import Absent, Found, Outcome

_MOST: Final = 500
_UNKNOWN: Final = "It was sent and not answered; do not send it again before that is known."


class OrdersConnector(DataConnector):
    name = "orders"
    description = "Orders: what is working, and what became of one."
    source_type = DataSourceType.DATABASE

    @query(
        description="The orders that are working, or one order with its history and fills.",
        examples=("What orders are working?", "What became of my KO order?"),
        cache=SHORT_TTL,
        depends=HOLDINGS,
        last_known=False,
    )
    def get_orders(self, params: OrdersParams, context: QueryContext) -> Outcome[Orders]:
        if params.order_id is not None:
            return self._one(params.order_id, context)
        book = self.sources.orders
        listed = book.orders(context.user, working=params.working, limit=_MOST)
        if not isinstance(listed, Found):
            return listed
        foreign = book.foreign_orders(context.user)
        if not isinstance(foreign, Found):
            return foreign
        meant = [each for each in listed.value if _is_of(each, params.symbols)]
        others = foreign.value if not params.symbols else ()
        if not meant and not others:
            of = f" of {', '.join(params.symbols)}" if params.symbols else ""
            return Absent(f"No order{of} is working." if params.working else f"No order{of} yet.")
        value = Orders(
            working=sum(not each.state.is_over for each in listed.value),
            rows=tuple(map(_row, meant[: params.limit])),
            foreign=tuple(map(_foreign, others)),
            warnings=_warnings(meant),
        )
        return Found(value, listed.provenance)

    def _one(self, order_id: str, context: QueryContext) -> Outcome[Orders]:
        found = self.sources.orders.order_history(context.user, order_id)
        if not isinstance(found, Found):
            return found
        history = found.value
        value = Orders(
            working=int(not history.intent.state.is_over),
            rows=(_row(history.intent),),
            history=tuple(
                OrderStep(
                    at=event.at,
                    state=_said(event.state),
                    filled=units(event.filled),
                    told_by=(
                        "Magnus" if event.source is EventSource.OURS else history.intent.broker
                    ),
                    note=event.note,
                )
                for event in history.events
            ),
            fills=tuple(
                OrderFillRow(
                    at=fill.at,
                    instrument=fill.instrument,
                    quantity=units(fill.quantity),
                    price=fill.price,
                    fees=fill.fees,
                )
                for fill in history.fills
            ),
            warnings=_warnings([history.intent]),
        )
        return Found(value, found.provenance)


def _row(intent: OrderIntent) -> OrderRow:
    order = intent.order
    return OrderRow(
        order=_worded(order.legs),
        state="waiting" if intent.waits else _said(intent.state),
        quantity=units(order.quantity),
        filled=units(intent.filled),
        limit=order.limit,
        order_id=intent.client_id,
        broker=intent.broker,
        broker_id=intent.broker_id,
        placed=intent.created_at,
        changed=intent.updated_at,
        waits_for=intent.linked if intent.waits else None,
        reason=intent.reason,
    )


def _foreign(foreign: ForeignOrder) -> ForeignRow:
    return ForeignRow(
        order=_worded(foreign.order.legs) or "the broker does not say what it trades",
        state=_said(foreign.order.state),
        broker=foreign.broker,
        broker_id=foreign.order.broker_id,
    )


def _worded(legs: Sequence[OrderLeg]) -> str:
    return " and ".join(
        f"{leg.side.value} {'' if leg.ratio == 1 else f'{leg.ratio} '}{leg.option or leg.symbol}"
        f" to {leg.effect.value}"
        for leg in legs
    )


def _said(state: OrderState) -> str:
    return state.value.replace("_", " ")


def _is_of(intent: OrderIntent, symbols: Sequence[str]) -> bool:
    return not symbols or any(leg.symbol in symbols for leg in intent.order.legs)


def _warnings(intents: Sequence[OrderIntent]) -> tuple[str, ...]:
    return tuple(
        f"{_worded(each.order.legs)}: {_UNKNOWN}"
        for each in intents
        if each.state in {OrderState.UNKNOWN, OrderState.SENT}
    )
