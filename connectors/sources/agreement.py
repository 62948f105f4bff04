"""Do two sources agree on a price? When they do not, that is a warning on the value.

Two midpoints may differ by half of each one's spread, by 0.5 % of the price, and by what a price
can move in the time between the two quotes (three standard deviations at 40 % a year, in hours of
trading). Up to two cents nothing is a disagreement. Quotes further apart than a session are not
compared.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Final

from mfa.kernel.market import Quote
from mfa.kernel.outcome import Found

SHARE: Final = 0.005
TICKS: Final = Decimal("0.02")
VOLATILITY: Final = 0.40
_MOVES: Final = 3.0
_SESSION: Final = 6.5 * 3600.0
_SESSIONS: Final = 252


def disagreement(one: Found[Quote], other: Found[Quote]) -> str:
    """What the two say, when they do not agree; empty when they do or cannot be compared."""
    here, there = one.value, other.value
    apart = abs(here.mid - there.mid)
    gap = max(
        abs((one.as_of - other.as_of).total_seconds()),
        abs((one.delay - other.delay).total_seconds()),
    )
    if apart <= TICKS or here.mid <= 0 or gap > _SESSION:
        return ""
    may_move = _MOVES * VOLATILITY * math.sqrt(gap / (_SESSION * _SESSIONS))
    spreads = float((here.ask - here.bid) + (there.ask - there.bid)) / 2.0
    if float(apart) <= (SHARE + may_move) * float(here.mid) + max(0.0, spreads):
        return ""
    percent = 100.0 * float(apart / here.mid)
    return (
        f"Sources disagree on {here.symbol}: {one.source} says {here.mid:.2f}, "
        f"{other.source} says {there.mid:.2f} ({percent:.1f} % apart)."
    )
