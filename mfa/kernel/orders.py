"""Orders: what is sent to a broker, and what a broker tells of it.

An order is a value. Its limit is one signed net price per unit of the whole order, as quoted:
positive is the most to pay, negative the least to receive, so that a sale at 2.50 or better and a
credit spread for 1.20 have the limits -2.50 and -1.20. What became of an order is told by its
broker alone; nothing here decides whether it may be sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from mfa.kernel.errors import InputError
from mfa.kernel.money import CONTRACT_SIZE
from mfa.kernel.movements import Effect
from mfa.kernel.symbols import OptionSymbol

CLIENT_ID_CHARACTERS: Final = 36
"""Every broker takes so many; a UUID has them."""


class Side(StrEnum):
    BUY = "buy"
    SELL = "sell"

    @property
    def sign(self) -> int:
        """Of the quantity that is held afterwards."""
        return 1 if self is Side.BUY else -1


class AssetClass(StrEnum):
    STOCK = "stock"
    OPTION = "option"
    CRYPTO = "crypto"


class OrderType(StrEnum):
    LIMIT = "limit"
    MARKET = "market"


class TimeInForce(StrEnum):
    DAY = "day"
    """Until the close."""
    GOOD_TILL_CANCELLED = "gtc"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLeg:
    """One instrument of an order. `ratio` is how many of it make one unit of the whole.

    `symbol` is the ticker, an option's underlying, or a pair of crypto currencies ('BTC/USD').
    """

    symbol: str
    option: OptionSymbol | None = None
    asset: AssetClass = AssetClass.STOCK
    side: Side
    effect: Effect
    ratio: int = 1

    def __post_init__(self) -> None:
        if self.ratio < 1:
            raise InputError("Every leg of an order has at least one of its instrument.")
        if (self.option is not None) != (self.asset is AssetClass.OPTION):
            raise InputError(f"{self.instrument} is not what the order calls it.")

    @property
    def multiplier(self) -> int:
        return CONTRACT_SIZE if self.option is not None else 1

    @property
    def instrument(self) -> str:
        """OCC symbol of an option, else ticker or pair."""
        return self.option.occ if self.option is not None else self.symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is sent, whole. `quantity` counts units of the whole order: contracts, spreads, shares
    or coins. `client_id` is ours, unique for ever, and the only name by which an order whose
    sending was not answered can be found again."""

    client_id: str
    legs: tuple[OrderLeg, ...]
    quantity: Decimal
    order_type: OrderType = OrderType.LIMIT
    limit: Decimal | None = None
    time_in_force: TimeInForce = TimeInForce.DAY
    strategy: str = ""

    def __post_init__(self) -> None:
        if not 0 < len(self.client_id) <= CLIENT_ID_CHARACTERS:
            raise InputError("An order has a client id of at most 36 characters.")
        if not self.legs:
            raise InputError("An order names what to trade.")
        if len({leg.instrument for leg in self.legs}) < len(self.legs):
            raise InputError("An order names each instrument once.")
        if not self.quantity.is_finite() or self.quantity <= 0:
            raise InputError(f"{self.quantity} is no quantity.", "Give a number above zero.")
        whole = self.quantity == self.quantity.to_integral_value()
        if not whole and any(leg.option is not None for leg in self.legs):
            raise InputError("Option contracts are traded whole.", "Give a whole number.")
        if (self.order_type is OrderType.LIMIT) != (self.limit is not None):
            raise InputError("A limit order has a limit price, and a market order has none.")
        if self.limit is not None and not self.limit.is_finite():
            raise InputError("The limit price is not a number.")

    @property
    def is_opening(self) -> bool:
        """Whether any leg adds risk by opening something."""
        return any(leg.effect is Effect.OPEN for leg in self.legs)

    @property
    def symbol(self) -> str:
        return self.legs[0].symbol

    @property
    def multiplier(self) -> int:
        """Dollars of the whole order per dollar of its net price and unit: 100 where any leg is an
        option (shares beside options then come as a ratio of 100)."""
        return max(leg.multiplier for leg in self.legs)


class OrderState(StrEnum):
    """Where an order stands. Only a broker's word leads beyond `SENT` and `UNKNOWN`."""

    NEW = "new"
    """Committed here, not sent."""
    SENT = "sent"
    """On its way; whoever finds an order so after a crash treats it as unknown."""
    UNKNOWN = "unknown"
    """Sent, and not answered: the broker is asked for it by client id; it is never sent again."""
    WORKING = "working"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    EXPIRED = "expired"

    @property
    def is_over(self) -> bool:
        return self in _OVER


_OVER: Final = frozenset(
    {OrderState.FILLED, OrderState.CANCELLED, OrderState.REJECTED, OrderState.EXPIRED}
)
_BROKERS: Final = frozenset(OrderState) - {OrderState.NEW, OrderState.SENT, OrderState.UNKNOWN}

MAY_FOLLOW: Final[Mapping[OrderState, frozenset[OrderState]]] = MappingProxyType(
    {
        OrderState.NEW: frozenset({OrderState.SENT, OrderState.CANCELLED, OrderState.REJECTED}),
        OrderState.SENT: _BROKERS | {OrderState.UNKNOWN},
        # an order that never reached its broker is told to be so by the broker's book
        OrderState.UNKNOWN: _BROKERS,
        OrderState.WORKING: _BROKERS,
        OrderState.PARTIALLY_FILLED: _BROKERS - {OrderState.WORKING, OrderState.REJECTED},
        **dict.fromkeys(_OVER, frozenset()),
    }
)
"""Which states may come after which. A cancelled or expired order may have filled in part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFill:
    """One execution of one leg. `id` is the broker's, unique within it, so that the same fill told
    twice is one fill; `quantity` is signed as held afterwards; `price` is USD per share or coin,
    positive; `fees` are positive."""

    id: str
    instrument: str
    quantity: Decimal
    price: Decimal
    fees: Decimal
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerOrder:
    """What a broker tells of one order. `filled` counts units of the whole; `reason` holds the
    broker's own words for a refusal, a cancellation or an expiry.

    `legs`, `quantity`, `limit` and `created_at` say what it trades, as far as the broker tells it.
    Where the broker knows no client ids they are needed: an order is recognised by them alone.
    Their effect is not compared; brokers of stocks do not tell it.
    """

    broker_id: str
    client_id: str | None
    state: OrderState
    filled: Decimal
    updated_at: datetime
    reason: str = ""
    fills: tuple[OrderFill, ...] = field(default=())
    legs: tuple[OrderLeg, ...] = ()
    quantity: Decimal | None = None
    limit: Decimal | None = None
    created_at: datetime | None = None
