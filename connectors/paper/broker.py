"""The paper broker: simulated fills over live quotes. Time passes by itself; somebody looks.

`tick` is that look: what is over is settled, day orders end, working orders meet the newest quotes.
Asking for orders ticks first, so whoever reconciles each minute keeps the account alive. Orders
that were not looked at fill nothing: nobody knows what they would have got meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import psycopg

from connectors.paper.floor import NAME, PaperFloor
from connectors.paper.opening import last_session_over
from connectors.paper.settlement import PaperSettlement, Settled
from connectors.practice.settlement import PracticeEvent
from connectors.simulated.broker import SimulatedBroker
from connectors.simulated.view import View
from mfa.kernel.broker import NotSent, Sent
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.clock import exchange_date
from mfa.kernel.errors import InputError, StoreError
from mfa.kernel.mode import Mode
from mfa.kernel.orders import BrokerOrder, Order, OrderState
from mfa.kernel.outcome import Failed, FailureKind, Found, Outcome, Provenance
from mfa.store.book_rows import Fill
from mfa.store.broker_orders import BrokerOrders

OPENING: Final = timedelta(minutes=2)
"""How long after the bell a standing order still takes part in the opening."""


_ENDED: Final = (OrderState.CANCELLED, OrderState.EXPIRED)


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a look did. `ended` counts orders that ended without having filled whole, `waiting`
    names what could not be settled, and why."""

    fills: tuple[Fill, ...]
    ended: int
    settled: tuple[PracticeEvent, ...]
    waiting: tuple[str, ...]


class PaperBroker(SimulatedBroker):
    """A `Broker` of the paper account. Safe for threads and for several processes."""

    def __init__(self, floor: PaperFloor) -> None:
        super().__init__(floor, Mode.PAPER.schema)
        self._paper = floor
        self._settlement = PaperSettlement(floor, BrokerOrders(Mode.PAPER.schema))

    def submit(self, order: Order) -> Sent:
        """Settle what is due, so that nothing is booked before it; then as in practice."""
        return self._settled() or super().submit(order)

    def replace(self, broker_id: str, order: Order) -> Sent:
        return self._settled() or super().replace(broker_id, order)

    def orders(self, since: datetime) -> Outcome[tuple[BrokerOrder, ...]]:
        """After a look at the market: what stands now, or changed since."""
        ticked = self.tick()
        return ticked if isinstance(ticked, Failed) else super().orders(since)

    def tick(self) -> Outcome[Ticked]:
        """Settle, end what is over, and let working orders meet the newest quotes."""
        try:
            settled = self._settlement.settle()
            ticked = self._work(settled)
        except (psycopg.Error, StoreError, InputError) as error:
            why = f"The paper account cannot be looked after: {str(error).strip()}"
            return Failed(FailureKind.UNAVAILABLE, why, timedelta(seconds=1))
        note = " ".join(ticked.waiting)
        return Found(ticked, Provenance(source=NAME, as_of=self._paper.clock.now(), note=note))

    def _work(self, settled: Settled) -> Ticked:
        floor = self._paper
        standing = floor.database.read(self._orders.alive)
        if not standing:
            return Ticked((), settled.ended, settled.events, settled.waiting)
        is_open = exchange_calendar().is_open(floor.clock.now())
        look = floor.look([each.order for each in standing] if is_open else ())
        with floor.database.connection() as conn:
            table = self.table(conn, look)
            dealing, at = table.dealing, table.view.at
            dealing.close_day(last_session_over(at), at)
            dealing.meet(table.view, arriving=_at_the_opening(table.view))
            self.keep(table)
        ended = settled.ended + sum(each.state in _ENDED for each in dealing.changed.values())
        return Ticked(tuple(dealing.fills), ended, settled.events, settled.waiting)

    def _settled(self) -> NotSent | None:
        try:
            self._settlement.settle()
        except (psycopg.Error, StoreError, InputError) as error:
            return NotSent(FailureKind.UNAVAILABLE, f"The books cannot be settled: {error}")
        return None


def _at_the_opening(view: View) -> bool:
    opens = exchange_calendar().open_close(exchange_date(view.at))[0] if view.is_open else view.at
    return view.at < opens + OPENING
