"""A broker on the loopback: a book of orders behind HTTP, with faults on the way in and out.

Unlike a good broker it takes the same client id twice, so that a test can see that nobody sent it
twice. `market` says how many units of each order are filled on arrival, and then at each look.
"""

from __future__ import annotations

import json
import os
import signal
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from http.server import BaseHTTPRequestHandler
from threading import Condition, RLock
from typing import Any, Final

import httpx

from mfa.kernel.orders import OrderState
from tests.servers.base import Answer, FakeServer, Request, route
from tests.servers.faults import CUT_OFF, Fault

PRICE: Final = Decimal("1.25")
FEE: Final = Decimal("0.65")
SIGN: Final = {"buy": 1, "sell": -1}


class Drop(StrEnum):
    """Where a request is lost."""

    BEFORE = "before"
    """Read, and thrown away: the broker never had it."""
    AFTER = "after"
    """Carried out, and not answered."""
    LATE = "late"
    """The connection ends; what was in it is carried out later, when the test lets it arrive."""
    HALF = "half"
    """Carried out, and answered by half."""
    ERROR = "error"
    """Carried out, and answered by a 502 of something in between."""


@dataclass
class Standing:
    """one order as the broker has it."""

    broker_id: str
    client_id: str | None
    body: dict[str, Any]
    quantity: Decimal
    created_at: datetime
    state: OrderState = OrderState.WORKING
    filled: Decimal = Decimal(0)
    reason: str = ""
    fills: list[dict[str, str]] = field(default_factory=list)
    looks: int = 0

    @property
    def is_alive(self) -> bool:
        return not self.state.is_over


class Book:
    """The broker's own books, apart from how they are asked for. Safe for threads."""

    def __init__(self, *, client_ids: bool = True) -> None:
        self.orders: dict[str, Standing] = {}
        self.refuses: str = ""
        self.market: list[int] = []
        self.client_ids = client_ids
        self.lock = RLock()

    def submit(self, body: dict[str, Any], quantity: Decimal | None = None) -> Standing | str:
        with self.lock:
            if self.refuses:
                return self.refuses
            number = f"b{len(self.orders) + 1}"
            standing = Standing(
                broker_id=number,
                client_id=body["client_id"] if self.client_ids else None,
                body=body,
                quantity=quantity or Decimal(body["quantity"]),
                created_at=datetime.now(UTC),
            )
            self.orders[number] = standing
            self._trade(standing)
            return standing

    def cancel(self, broker_id: str) -> Standing | str:
        with self.lock:
            standing = self.orders[broker_id]
            if not standing.is_alive:
                return f"Order is {standing.state.value}."
            standing.state, standing.reason = OrderState.CANCELLED, "Cancelled by request."
            return standing

    def replace(self, broker_id: str, body: dict[str, Any]) -> Standing | str:
        with self.lock:
            old = self.orders[broker_id]
            left = Decimal(body["quantity"]) - old.filled
            if not old.is_alive or left <= 0:
                return f"Order is {old.state.value}."
            new = self.submit(body, left)
            if isinstance(new, Standing):
                old.state, old.reason = OrderState.CANCELLED, f"Replaced by {new.broker_id}."
            return new

    def fill(self, broker_id: str, units: int) -> None:
        with self.lock:
            standing = self.orders[broker_id]
            take = min(Decimal(units), standing.quantity - standing.filled)
            if take <= 0 or not standing.is_alive:
                return
            standing.filled += take
            done = standing.filled == standing.quantity
            standing.state = OrderState.FILLED if done else OrderState.PARTIALLY_FILLED
            count = len(standing.fills)
            for place, leg in enumerate(standing.body["legs"]):
                standing.fills.append(
                    {
                        "id": f"{broker_id}-{count}-{place}",
                        "instrument": leg["option"] or leg["symbol"],
                        "quantity": str(take * leg["ratio"] * SIGN[leg["side"]]),
                        "price": str(PRICE),
                        "fees": str(FEE),
                        "at": datetime.now(UTC).isoformat(),
                    }
                )

    def look(self) -> list[Standing]:
        """Everything, after the market went on by one step."""
        with self.lock:
            for standing in self.orders.values():
                standing.looks += 1
                self._trade(standing)
            return list(self.orders.values())

    def expire(self) -> None:
        """The close: what still works is over."""
        with self.lock:
            for standing in self.orders.values():
                if standing.is_alive:
                    standing.state, standing.reason = OrderState.EXPIRED, "The day is over."

    def _trade(self, standing: Standing) -> None:
        for units in self.market[standing.looks : standing.looks + 1]:
            self.fill(standing.broker_id, units)


def told(standing: Standing) -> dict[str, Any]:
    return {
        "broker_id": standing.broker_id,
        "client_id": standing.client_id,
        "state": standing.state.value,
        "filled": str(standing.filled),
        "updated_at": standing.created_at.isoformat(),
        "created_at": standing.created_at.isoformat(),
        "reason": standing.reason,
        "legs": standing.body["legs"],
        "quantity": str(standing.quantity),
        "limit": standing.body["limit"],
        "fills": standing.fills,
    }


@dataclass(frozen=True, slots=True)
class Kill:
    """End the asking process at a request of this kind: when it was read ('read'), carried out
    ('done') or half answered ('half')."""

    path: str
    moment: str


class Halved(Answer):
    """Of which only the first half goes out."""


class BrokerServer(FakeServer):
    """The book behind HTTP. A request's process is its header `x-pid`."""

    def __init__(self, *, account: str = "A-1", client_ids: bool = True) -> None:
        self.account = account
        self.book = Book(client_ids=client_ids)
        self.drops: deque[Drop | None] = deque()
        """What happens to the next orders, cancellations and replacements."""
        self.late: list[Callable[[], object]] = []
        self.twice = False
        """Whether every list tells everything twice, the second time as it was at first."""
        self.kill: Kill | None = None
        self._open = 0
        self._quiet = Condition()
        super().__init__()
        self._count_connections()

    def arrive(self) -> None:
        """What was on its way arrives."""
        late, self.late = self.late, []
        for carry_out in late:
            carry_out()

    def settle(self) -> None:
        """Wait until everything that was sent is carried out, then let arrive what is late.

        Connections are accepted in the order in which they came: when ours is answered, all that
        came before it are counted, also those of a process that is dead by now.
        """
        httpx.get(f"{self.url}/account", trust_env=False, timeout=120.0)
        with self._quiet:
            assert self._quiet.wait_for(lambda: self._open == 0, 120.0)
        self.arrive()

    def _count_connections(self) -> None:
        """From their acceptance to their end; a client that was killed says no goodbye."""
        server = self._server
        accept, end = server.process_request, server.shutdown_request

        def accepted(request: Any, address: Any) -> None:
            with self._quiet:
                self._open += 1
            accept(request, address)

        def ended(request: Any) -> None:
            end(request)
            with self._quiet:
                self._open -= 1
                self._quiet.notify_all()

        server.process_request = accepted  # type: ignore[assignment, method-assign]
        server.shutdown_request = ended  # type: ignore[method-assign]
        server.handle_error = lambda *_: None  # type: ignore[method-assign]

    # --- the protocol

    @route("GET", "/account")
    def identity(self, request: Request) -> Any:
        return {"account": self.account, "real": False}

    @route("GET", "/orders")
    def orders(self, request: Request) -> Any:
        rows = [told(each) for each in self.book.look()]
        first = [{**row, "state": "working", "filled": "0", "fills": []} for row in rows]
        return rows + rows + first if self.twice else rows

    @route("GET", "/orders/by_client_id/(.+)")
    def find(self, request: Request, client_id: str) -> Any:
        for standing in self.book.orders.values():
            if standing.client_id == client_id:
                return told(standing)
        return Answer({"message": "unknown"}, 404)

    @route("POST", "/orders")
    def submit(self, request: Request) -> Any:
        body = _json(request)
        return self._changing(lambda: self.book.submit(body))

    @route("POST", "/orders/([^/]+)/cancel")
    def cancel(self, request: Request, broker_id: str) -> Any:
        return self._changing(lambda: self.book.cancel(broker_id))

    @route("POST", "/orders/([^/]+)/replace")
    def replace(self, request: Request, broker_id: str) -> Any:
        body = _json(request)
        return self._changing(lambda: self.book.replace(broker_id, body))

    def _changing(self, carry_out: Callable[[], Standing | str]) -> Answer:
        drop = self.drops.popleft() if self.drops else None
        if drop is Drop.BEFORE:
            raise ConnectionResetError
        if drop is Drop.LATE:
            self.late.append(carry_out)
            raise ConnectionResetError
        done = carry_out()
        if drop is Drop.AFTER:
            raise ConnectionResetError
        if drop is Drop.ERROR:
            return Answer("<html>Bad Gateway</html>", 502)
        if isinstance(done, str):
            return Answer({"message": done}, 422)
        if drop is Drop.HALF:
            return Halved(told(done))
        return Answer(told(done))

    # --- one request

    def _answer(self, request: Request) -> Answer:
        self._strike(request, "read")
        answer = super()._answer(request)
        self._strike(request, "done")
        return answer

    def _send(self, door: BaseHTTPRequestHandler, answer: Answer, fault: Fault | None) -> None:
        super()._send(door, answer, CUT_OFF if isinstance(answer, Halved) else fault)

    def _strike(self, request: Request, moment: str) -> None:
        kill = self.kill
        if kill is None or kill.moment != moment or not request.path.endswith(kill.path):
            return
        if request.method == "POST":
            self.kill = None
            os.kill(int(request.headers["x-pid"]), signal.SIGKILL)


def _json(request: Request) -> dict[str, Any]:

    body: dict[str, Any] = json.loads(request.body)
    return body
