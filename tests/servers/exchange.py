"""An exchange of crypto currencies on the loopback: what is behind binance, bybit, coinbase and
kraken, whose own files speak its documents. Each has a pair of bitcoin at 60,000, checks
signatures, books orders and fills them.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from tests.servers.base import FakeServer, Request

KEY, SECRET = "loopback-key", base64.b64encode(b"loopback-secret").decode()
AT = 1_795_197_600_000
"""20 November 2026, 18:00 UTC, in milliseconds."""


@dataclass(kw_only=True)
class Booked:
    """An order as the exchange has it."""

    number: int
    client: str
    side: str
    kind: str
    amount: float
    price: float
    filled: float = 0.0
    state: str = "open"
    trades: list[tuple[float, float]] = field(default_factory=list)
    wire_state: str = ""
    """What the exchange calls its state, where a test says so."""

    @property
    def key(self) -> str:
        return str(1000 + self.number)


class Exchange(FakeServer):
    """`poor`: the next order is refused for want of money. An injected fault meets what changes
    something alone; with `struck_whole` every request."""

    def __init__(self) -> None:
        self.booked: list[Booked] = []
        self.poor = False
        self.struck_whole = False
        super().__init__()

    def spared(self, request: Request) -> bool:
        return not self.struck_whole and self.reading(request)

    def reading(self, request: Request) -> bool:
        """Whether it changes nothing."""
        raise NotImplementedError

    def book(self, client: str, side: str, kind: str, amount: float, price: float) -> Booked:
        known = [each for each in self.booked if each.client == client]
        if known:
            return known[0]
        order = Booked(
            number=len(self.booked), client=client, side=side.lower(), kind=kind.lower(),
            amount=amount, price=price,
        )  # fmt: skip
        self.booked.append(order)
        return order

    def fill(self, number: int, amount: float, price: float) -> None:
        order = self.booked[number]
        order.trades.append((amount, price))
        order.filled += amount
        order.state = "filled" if order.filled >= order.amount else "open"

    def found(self, key: str) -> Booked | None:
        return next((each for each in self.booked if each.key == key), None)

    @property
    def open(self) -> list[Booked]:
        return [each for each in self.booked if each.state == "open"]

    @property
    def over(self) -> list[Booked]:
        return [each for each in self.booked if each.state != "open"]
