"""Working orders while practice time passes: which moments they meet, and what is told.

Stock orders meet the market at every minute of the session, orders with options every quarter of
an hour: both counted from the opening bell, so that the same happens however time is moved. The
closing bell is not among them. At it day orders end, then the session is settled, then orders to
close what is gone are dropped.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from connectors.practice.broker import PracticeView
from connectors.practice.journal import describe
from connectors.practice.lots import Movement
from connectors.practice.marks import Prices
from connectors.practice.settlement import EventKind, PracticeEvent
from connectors.simulated.dealing import Dealing
from mfa.kernel.account import CloseReason
from mfa.kernel.calendar import ExchangeCalendar
from mfa.kernel.clock import exchange_date
from mfa.kernel.money import cents
from mfa.kernel.orders import OrderState
from mfa.store.book_rows import Fill
from mfa.store.broker_orders import StandingOrder

OPTIONS_EVERY: Final = 15
_MINUTE: Final = timedelta(minutes=1)


def work(
    dealing: Dealing,
    prices: Prices,
    calendar: ExchangeCalendar,
    day: date,
    *,
    after: datetime,
    until: datetime,
) -> None:
    """The standing orders meet the session of `day`, later than `after` and up to `until`."""
    opens, closes = calendar.open_close(day)
    last = min(until, closes - _MINUTE)
    minute = max(0, (after - opens) // _MINUTE + 1)
    while dealing.alive and (at := opens + minute * _MINUTE) <= last:
        view = PracticeView(prices, at, None)
        everybody = minute % OPTIONS_EVERY == 0
        dealing.meet(view, arriving=minute == 0, among=_any if everybody else _of_stock)
        minute += 1


def happenings(dealing: Dealing) -> tuple[PracticeEvent, ...]:
    """What became of orders: each fill with its cash, each end that was not a filling."""
    fills = [_filled(fill) for fill in dealing.fills]
    ended = [
        PracticeEvent(
            day=exchange_date(each.updated_at),
            kind=EventKind.ENDED,
            symbol=each.order.symbol,
            text=f"Order to {_words(each)} {each.state.value}: {each.reason}",
            amount=None,
        )
        for each in dealing.changed.values()
        if not each.is_alive and each.state is not OrderState.FILLED
    ]
    return (*fills, *ended)


def _filled(fill: Fill) -> PracticeEvent:
    movement = Movement(
        at=fill.at,
        symbol=fill.symbol,
        option=fill.option,
        quantity=fill.quantity,
        price=fill.price,
        fees=fill.fees,
        strategy=fill.strategy,
        reason=CloseReason.TRADE,
    )
    return PracticeEvent(
        day=exchange_date(fill.at),
        kind=EventKind.FILLED,
        symbol=fill.symbol,
        text=describe(movement),
        amount=-cents(fill.quantity * fill.price * movement.multiplier) - fill.fees,
    )


def _words(each: StandingOrder) -> str:
    """'buy 2 KO 55 call 16 Jul 2021, sell 2 KO 60 call 16 Jul 2021'."""
    return ", ".join(
        f"{leg.side.value} {each.quantity * leg.ratio} {leg.option or leg.symbol}"
        for leg in each.order.legs
    )


def _any(_: StandingOrder) -> bool:
    return True


def _of_stock(each: StandingOrder) -> bool:
    return all(leg.option is None for leg in each.order.legs)
