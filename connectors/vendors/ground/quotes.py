"""Whether a quote can be believed, and the moment that it is of.

Rules, the same for every vendor. A bid above its ask is refused. Without two sides (outside trading
hours vendors send zeros) the last price stands for both and a note says so; without that there is
no quote. A moment in the future is a wrong clock: ours stands, and a note says so.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from connectors.vendors.ground.notes import Notes
from mfa.kernel.clock import EXCHANGE_ZONE

CROSSED: Final = "crossed (bid above ask)"
UNQUOTED: Final = "without any price"
_ONE_PRICE: Final = "There is no two-sided quote now; bid and ask are the last price."
_TOLERATED_SKEW: Final = timedelta(minutes=2)
_FINAL: Final = time(16, 15)
_EARLIEST: Final = datetime(1970, 1, 2, tzinfo=UTC)


def fault(bid: Decimal, ask: Decimal, last: Decimal) -> str:
    """Why these prices make no quote; empty when they do."""
    if bid > ask > 0:
        return CROSSED
    return UNQUOTED if ask <= 0 and last <= 0 else ""


def two_sided(
    bid: Decimal, ask: Decimal, last: Decimal, notes: Notes, *, free_bid: bool = False
) -> tuple[Decimal, Decimal]:
    """Bid and ask of prices without `fault`. With `free_bid` a bid of zero is one (options)."""
    if ask > 0 and (bid > 0 or free_bid or last <= 0):
        return bid, ask
    notes.say(_ONE_PRICE)
    return last, last


def dated(at: datetime | None, now: datetime, notes: Notes) -> datetime:
    """`at` where it can be believed, else `now`."""
    if at is None or at < _EARLIEST:
        notes.say("The source does not say when this was; the time is ours.")
        return now
    ahead = at - now
    if ahead > timedelta(0):
        if ahead > _TOLERATED_SKEW:
            notes.say(f"The source's clock is {_spoken(ahead)} ahead of ours; the time is ours.")
        return now
    return at


def from_epoch(seconds: float) -> datetime | None:
    """The moment of an epoch count; None for what is none."""
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def _spoken(span: timedelta) -> str:
    minutes = span.total_seconds() / 60.0
    if minutes < 120:
        return f"{minutes:.0f} minutes"
    return f"{minutes / 60.0:.0f} hours" if minutes < 2880 else f"{minutes / 1440.0:.0f} days"


def finished(day: date, now: datetime) -> bool:
    """Whether a session's bar is final: a later day has come, or a quarter hour past the bell."""
    here = now.astimezone(EXCHANGE_ZONE)
    return day < here.date() or (day == here.date() and here.time() >= _FINAL)
