"""Standing orders and open books, dealt with in one transaction: what fills, what ends, and why.

Whoever deals holds the lock of the account's row and writes the journal's entries and `changed`
together or neither: fills, lots, closed trades, cash and the order's state are of one moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Final
from uuid import uuid4

from connectors.practice.booking import Means, dollars, refusal, trade
from connectors.practice.fills import Unfilled
from connectors.practice.journal import Journal
from connectors.simulated.admission import unaffordable, unheld, unlisted
from connectors.simulated.matching import Match, match
from connectors.simulated.view import Sight, View
from mfa.kernel.broker import NotSent, Refused
from mfa.kernel.calendar import ExchangeCalendar
from mfa.kernel.clock import exchange_date
from mfa.kernel.movements import Effect
from mfa.kernel.orders import Order, OrderLeg, OrderState, OrderType, TimeInForce
from mfa.store.book_rows import Fill
from mfa.store.broker_orders import StandingOrder

AT_REQUEST: Final = "Cancelled at your request."


class Dealing:
    """The orders that stand, and those that come, over one journal.

    `recent` are the fills that earlier transactions made of the quotes that are met now.
    """

    def __init__(
        self,
        journal: Journal,
        standing: Iterable[StandingOrder],
        calendar: ExchangeCalendar,
        *,
        recent: Iterable[Fill] = (),
    ) -> None:
        self.journal = journal
        self.changed: dict[int, StandingOrder] = {}
        self.fills: list[Fill] = []
        self._orders = {each.id: each for each in standing}
        self._calendar = calendar
        self._recent = list(recent)

    @property
    def alive(self) -> tuple[StandingOrder, ...]:
        """In order of arrival."""
        return tuple(each for each in self._orders.values() if each.is_alive)

    def standing(self, number: int) -> StandingOrder:
        return self._orders[number]

    # --- what comes

    def admit(
        self, order: Order, view: View, *, instead_of: StandingOrder | None = None
    ) -> StandingOrder | Refused | NotSent:
        """Take the order, or say why not. One that replaces another ends it when it is taken."""
        units = int(order.quantity) - (instead_of.filled if instead_of is not None else 0)
        if units <= 0:
            return Refused("The order that it replaces has filled as much already.")
        refused = unlisted(order, view)
        if refused is not None:
            return refused
        session = self._session_of(view.at)
        if view.last_day is not None and session > view.last_day:
            return Refused(f"Nothing is traded after {view.last_day:%d %B %Y}: there the data end.")
        over = self._expired(order, session)
        if over is not None:
            return Refused(over)
        others = [each for each in self.alive if instead_of is None or each.id != instead_of.id]
        means = Means.of(self.journal)
        why = unheld(order, units, means, others)
        why = why or unaffordable(order, units, means, others, view)
        if why is not None:
            return Refused(why)
        if instead_of is not None:
            self.end(instead_of, OrderState.CANCELLED, "Replaced.", view.at)
        number = self.journal.next_order()
        taken = StandingOrder(
            id=number,
            broker_id=f"{number}-{uuid4().hex[:8]}",
            order=order,
            quantity=units,
            reason="" if view.is_open else f"Queued for the opening bell of {session:%d %b %Y}.",
            day=session,
            replaces=None if instead_of is None else instead_of.id,
            received_at=view.at,
            updated_at=view.at,
        )
        self._note(taken)
        return taken

    def end(self, each: StandingOrder, state: OrderState, reason: str, at: datetime) -> None:
        self._note(replace(each, state=state, reason=reason, updated_at=at))

    # --- what fills

    def meet(
        self,
        view: View,
        *,
        arriving: bool,
        among: Callable[[StandingOrder], bool] = lambda _: True,
    ) -> None:
        """Every order `among` those that stand meets the market of a moment, in order of arrival.

        `arriving` ones get the better of limit and far side, resting ones their limit.
        """
        if not view.is_open:
            return
        for each in self.alive:
            if among(each):
                self._meet(each, view, arriving=arriving)

    def _meet(self, each: StandingOrder, view: View, *, arriving: bool) -> None:
        order, at = each.order, view.at
        seen = [view.sight(leg) for leg in order.legs]
        sights = [sight for sight in seen if isinstance(sight, Sight)]
        if len(sights) < len(seen):
            return
        is_market = order.order_type is OrderType.MARKET
        found = match(order, each.left, sights, self._taken, arriving=arriving or is_market)
        if isinstance(found, Unfilled):
            if is_market:
                self.end(each, OrderState.CANCELLED, found.reason, at)
            return
        why = self._untradable(each, found, view)
        if why is not None:
            self.end(each, OrderState.CANCELLED, f"Cancelled by the broker: {why}", at)
            return
        fills = trade(self.journal, each.id, found.order, found.prices, at)
        self.fills += fills
        self._recent += fills
        self._note(_filled(each, found.units, at, is_market=is_market))

    def _untradable(self, each: StandingOrder, found: Match, view: View) -> str | None:
        """What the account was able to when the order came, it may be unable to now."""
        before = Means.of(self.journal)
        legs = found.order.legs
        why = unheld(each.order, found.units, before, ())
        if why is not None:
            return why
        after = before.after(legs, dollars(legs, found.prices))
        mids = {s: view.price(s) for s in {symbol for symbol, _ in after.held}}
        known = {s: price for s, price in mids.items() if price is not None}
        if len(known) < len(mids):
            return "What the account holds has no price."
        return refusal(before, after, known)

    def _taken(self, leg: OrderLeg, since: datetime) -> int:
        return sum(
            abs(fill.quantity)
            for fill in self._recent
            if fill.at >= since
            and (fill.symbol, fill.option) == (leg.symbol, leg.option)
            and fill.quantity * leg.side.sign > 0
        )

    # --- what ends

    def close_day(self, day: date, at: datetime) -> None:
        """The closing bell of `day` has rung: day orders end, and those on what has expired."""
        following = self._calendar.next_session(day)
        for each in self.alive:
            over = self._expired(each.order, following)
            if over is not None:
                self.end(each, OrderState.EXPIRED, over, at)
            elif each.order.time_in_force is TimeInForce.DAY and each.day <= day:
                self.end(each, OrderState.EXPIRED, f"Its day, {each.day:%d %b %Y}, is over.", at)

    def drop_groundless(self, at: datetime) -> None:
        """After a settlement: orders that would close what is gone end."""
        for each in self.alive:
            held = Means.of(self.journal)
            if all(leg.effect is Effect.OPEN for leg in each.order.legs):
                continue
            why = unheld(each.order, each.left, held, ())
            if why is not None:
                self.end(each, OrderState.CANCELLED, f"Cancelled by the broker: {why}", at)

    def _expired(self, order: Order, session: date) -> str | None:
        """Whether something of the order no longer trades in `session`."""
        for leg in order.legs:
            if leg.option is None:
                continue
            last = self._calendar.last_session_on_or_before(leg.option.expiration)
            if last < session:
                return f"{leg.option} has expired."
        return None

    def _session_of(self, at: datetime) -> date:
        """The session that an order given now stands for."""
        day = exchange_date(at)
        if self._calendar.is_session(day) and at < self._calendar.open_close(day)[1]:
            return day
        return self._calendar.next_session(day)

    def _note(self, each: StandingOrder) -> None:
        self._orders[each.id] = self.changed[each.id] = each


def _filled(each: StandingOrder, units: int, at: datetime, *, is_market: bool) -> StandingOrder:
    filled = each.filled + units
    if filled == each.quantity:
        state, reason = OrderState.FILLED, ""
    elif is_market:
        state = OrderState.CANCELLED
        reason = f"{filled} of {each.quantity} filled; no more was shown at the best price."
    else:
        state, reason = OrderState.PARTIALLY_FILLED, ""
    return replace(each, filled=filled, state=state, reason=reason, updated_at=at)
