"""The limits held against an order: where the figures that the rules judge come from.

Asked when a card is made, so that a person sees every limit with its margin, and asked again when
it is confirmed, with the quotes and the account of that moment. What cannot be looked at refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from actions.action import Action, ActionContext, ActionParams, ActionType
from actions.limits.bounds import Bounds
from actions.limits.rules import Activity, Question, checks
from actions.order_params import OrderParams, ReplaceParams
from connectors.portfolio.tied_up import tied_up
from connectors.preview.effects import opened
from connectors.preview.results import OrderPreview
from mfa.kernel.cards import Check, Verdict
from mfa.kernel.clock import Clock, exchange_date
from mfa.kernel.money import ZERO
from mfa.kernel.order_book import OrderIntent, OrderSource
from mfa.kernel.orders import Order, Side
from mfa.kernel.outcome import Absent, Found, Outcome
from mfa.kernel.settings import Settings

_LOOK_BACK: Final = 500
"""Orders that are looked at for today's sum and for the same order."""


class OrderLimits:
    """Holds the bounds of the settings in force against orders. `wall` is the real time: when the
    same order was sent has nothing to do with practice's. Safe from any thread."""

    def __init__(self, orders: OrderSource, settings: Callable[[], Settings], wall: Clock) -> None:
        self._orders, self._settings, self._wall = orders, settings, wall

    def checks(
        self, action: Action[Any], params: ActionParams, context: ActionContext
    ) -> tuple[Check, ...]:
        """Every check of an order; none for what is no order."""
        if action.kind is not ActionType.ORDER:
            return ()
        if not isinstance(params, OrderParams):
            return (_refused("order", f"{action.name} does not say which order it sends."),)
        return self.of_order(params, context)

    def of_order(
        self,
        params: OrderParams,
        context: ActionContext,
        preview: OrderPreview | None = None,
    ) -> tuple[Check, ...]:
        """`preview` where the order was priced just now; else it is priced."""
        earlier = self._orders.orders(context.user, working=False, limit=_LOOK_BACK)
        if not isinstance(earlier, Found):
            return (
                _refused("earlier orders", f"Your earlier orders are not known: {_why(earlier)}"),
            )
        if preview is None:
            priced = self.preview(params, context, earlier.value)
            if not isinstance(priced, Found):
                return (_refused("price", f"The order cannot be priced now: {_why(priced)}"),)
            preview = priced.value
        today = exchange_date(context.means.clock.now())
        return checks(
            Question(
                preview=preview,
                bounds=Bounds.of(self._settings()),
                activity=_activity(params, context, earlier.value, today),
                now=self._wall.now(),
            )
        )

    def preview(
        self,
        params: OrderParams,
        context: ActionContext,
        earlier: Sequence[OrderIntent] | None = None,
    ) -> Outcome[OrderPreview]:
        """The order priced now, with what works already counted as filled where that takes cover
        away, and not where it would only bring some."""
        if earlier is None:
            known = self._orders.orders(context.user, working=True, limit=_LOOK_BACK)
            if not isinstance(known, Found):
                return known
            earlier = known.value
        replaced = params.replaces if isinstance(params, ReplaceParams) else ""
        pending = [
            {
                "instrument": leg.instrument,
                "quantity": leg.side.sign * leg.ratio * left,
                "covers": any(each.side is Side.SELL for each in intent.order.legs),
            }
            for intent in earlier
            if not intent.state.is_over and intent.client_id != replaced
            for left in [intent.order.quantity - intent.filled]
            if left > 0
            for leg in intent.order.legs
        ]
        asked = {**params.exact().model_dump(), "pending": pending, "strategy": params.strategy}
        outcome = context.means.data.query("trade_preview", "preview", asked, user=context.user)
        if not isinstance(outcome, Found):
            return outcome
        if not isinstance(outcome.value, OrderPreview):
            raise TypeError(f"{type(outcome.value).__name__} is no preview of an order")
        return Found(outcome.value, outcome.provenance)


def committed(order: Order) -> Decimal:
    """Dollars that an earlier order put at stake, by its own terms: what was paid, or what its
    short legs tie up less what was received. A market order counts what it ties up alone."""
    if not order.is_opening:
        return ZERO
    price = order.limit if order.limit is not None else ZERO
    paid = price * order.quantity * order.multiplier
    legs = [opened(leg, leg.side.sign * leg.ratio * order.quantity, ZERO) for leg in order.legs]
    tied = sum((row.cash for row in tied_up(legs, {})), ZERO)
    return max(paid, tied + min(paid, ZERO), ZERO)


def _activity(
    params: OrderParams, context: ActionContext, earlier: Sequence[OrderIntent], today: date
) -> Activity:
    card = str(context.card) if context.card is not None else ""
    others = [each for each in earlier if not card or each.card != card]
    stood = [each for each in others if each.filled or not each.state.is_over]
    replaced = params.replaces if isinstance(params, ReplaceParams) else ""
    same = [
        each.sent_at for each in stood if each.sent_at is not None and _is_same(params, each.order)
    ]
    made = context.made_at
    return Activity(
        committed_today=sum(
            (
                committed(each.order)
                for each in stood
                if exchange_date(each.created_at) == today and each.client_id != replaced
            ),
            ZERO,
        ),
        same_before=tuple(at for at in same if made is None or at <= made),
        same_since=tuple(at for at in same if made is not None and at > made),
    )


def _is_same(params: OrderParams, order: Order) -> bool:
    """The same instruments, sides and quantity, whatever the price."""
    asked = params.order("asked")
    return asked.legs == order.legs and asked.quantity == order.quantity


def _refused(name: str, sentence: str) -> Check:
    return Check(name=name, verdict=Verdict.REFUSED, sentence=sentence)


def _why(outcome: Outcome[Any]) -> str:
    if isinstance(outcome, Found):
        raise TypeError("what was found needs no reason")
    return outcome.reason if isinstance(outcome, Absent) else outcome.message
