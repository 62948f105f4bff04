"""The protocol of whoever executes orders: small enough for any broker.

Sending is answered by one of four, and each asks for another reaction: the broker took it, the
broker refused it, it certainly never left, or nobody knows. The fourth is not an error to repeat
from: the order may be alive. Reads are outcomes; nothing raises.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from mfa.kernel.account import AccountSource
from mfa.kernel.orders import AssetClass, BrokerOrder, Order
from mfa.kernel.outcome import FailureKind, Outcome


@dataclass(frozen=True, slots=True)
class Taken:
    """The broker has it, and says where it stands."""

    order: BrokerOrder


@dataclass(frozen=True, slots=True)
class Refused:
    """The broker answered no; `reason` holds its own words."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """It certainly did not reach the broker: no connection, no credentials, not supported."""

    kind: FailureKind
    reason: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """It was sent, or may have been, and no usable answer came. Ask for it by its client id."""

    reason: str


Sent: TypeAlias = Taken | Refused | NotSent | Unanswered


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerIdentity:
    """Whose account it is, by the broker's own word. `is_real` is whether money is at stake."""

    broker: str
    account_id: str
    is_real: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a broker can do. `finds_by_client_id`: an unanswered order can be looked up exactly;
    otherwise it is recognised among the broker's orders by what it trades and when it was sent."""

    assets: frozenset[AssetClass]
    multi_leg: bool
    replace: bool
    market_orders: bool
    finds_by_client_id: bool
    brackets: bool = False


class Broker(Protocol):
    """One account that orders can be sent to. Safe for threads."""

    @property
    def name(self) -> str: ...

    @property
    def abilities(self) -> Abilities: ...

    @property
    def account(self) -> AccountSource:
        """Positions and balances, as everybody else reads them."""
        ...

    def identity(self) -> Outcome[BrokerIdentity]: ...

    def submit(self, order: Order) -> Sent:
        """Send it once. The same client id sent again is the same order, where the broker knows
        client ids."""
        ...

    def cancel(self, broker_id: str) -> Sent:
        """Ask for its end. `Taken` tells the state it then had: it may have filled meanwhile."""
        ...

    def replace(self, broker_id: str, order: Order) -> Sent:
        """Put `order` in the place of another, atomically; `NotSent` where the broker cannot.

        `order.quantity` is of the whole: what the other had filled by then counts towards it, and
        what is told of `order` afterwards (`filled`, `fills`) is its own alone.
        """
        ...

    def find(self, order: Order) -> Outcome[BrokerOrder]:
        """What became of `order`, sent before: `Absent` when the broker certainly never had it.

        Asked only of brokers that find by client id; others tell in `orders` what each one trades.
        """
        ...

    def orders(self, since: datetime) -> Outcome[tuple[BrokerOrder, ...]]:
        """Orders that stand now or changed since, with all their fills: the broker's events."""
        ...
