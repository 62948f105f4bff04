"""The market of one moment, as orders meet it: two sides, what each shows, and from when.

Sources tell no displayed sizes, so they are estimated from what was traded and what is open, on the
cautious side: a stock shows a thousandth of the day's volume in round lots, an option a twentieth
of its open interest and volume.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, Protocol

from mfa.kernel.orders import OrderLeg
from mfa.kernel.outcome import FailureKind

_LOT: Final = 100
_STOCK: Final = (500, 20_000)
_OPTION: Final = (5, 500)
"""Least and most that a side shows."""
LOOK_BACK: Final = timedelta(hours=1)
"""No quote that is traded upon is older: earlier fills took nothing of it."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One instrument's two sides, USD per share, and the shares or contracts shown at each."""

    bid: Decimal
    ask: Decimal
    bid_size: int
    ask_size: int
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Blind:
    """Why nothing can be traded upon now: a sentence.

    `absent`: the market knows no such thing. `failure`: it could not be asked. Otherwise there is a
    quote, too old or broken: an order waits for a better one.
    """

    reason: str
    absent: bool = False
    failure: FailureKind | None = None


class View(Protocol):
    """One moment of a market. Asked again, it answers the same."""

    @property
    def at(self) -> datetime: ...

    @property
    def is_open(self) -> bool:
        """Whether orders can fill now."""
        ...

    @property
    def last_day(self) -> date | None:
        """After which nothing is ever traded, where there is such a day."""
        ...

    def sight(self, leg: OrderLeg) -> Sight | Blind: ...

    def price(self, symbol: str) -> Decimal | None:
        """USD per share that collateral is counted with."""
        ...


def stock_size(volume: int) -> int:
    """Shares that each side shows, in round lots."""
    least, most = _STOCK
    return min(max(volume // 1000 // _LOT * _LOT, least), most)


def option_size(open_interest: int, volume: int) -> int:
    """Contracts that each side shows."""
    least, most = _OPTION
    return min(max((open_interest + volume) // 20, least), most)
