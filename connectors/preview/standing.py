"""How the account stands: today's change and the fall from its highest value.

Deposits are no profit: past values are moved by what was paid in or out since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from mfa.kernel.account import AccountSnapshot, EquityPoint
from mfa.kernel.outcome import Failed, FailureKind, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Percent of the value at the last close, and of the highest value; None: not known."""

    day_change_pct: float | None
    drawdown_pct: float | None


def standing(now: AccountSnapshot, curve: Sequence[EquityPoint], today: date) -> Standing:
    """`curve` ascends. A fall is positive; at a new high it is zero."""
    past = [
        (each.day, each.equity + (now.deposits - each.deposits))
        for each in curve
        if each.day < today
    ]
    if not past:
        return Standing(day_change_pct=None, drawdown_pct=None)
    before = past[-1][1]
    highest = max(now.equity, *(value for _, value in past))
    # multiplied before it is a float: a fall of exactly a bound is exactly that bound
    change = float(100 * (now.equity / before - 1)) if before > 0 else None
    fall = float(100 * (1 - now.equity / highest)) if highest > 0 else None
    return Standing(day_change_pct=change, drawdown_pct=fall)


def unread(curve: Outcome[Any]) -> str:
    """Why the account's past could not be read, where somebody keeps it."""
    if isinstance(curve, Failed) and curve.kind is not FailureKind.NOT_SUPPORTED:
        return curve.message
    return ""
