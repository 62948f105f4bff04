"""The bounds that a person set, and which change of one would let more through.

They are settings like any other, but only a person's own form may widen one: what a conversation,
a model or a monitor asks for can make them tighter at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from mfa.kernel.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Dollars, percent and seconds. Empty `symbols` or `strategies` allow all."""

    order_usd: Decimal
    day_usd: Decimal
    contracts: int
    positions: int
    power_pct: float
    day_loss_pct: float
    drawdown_pct: float
    price_pct: float
    repeat_seconds: float
    quote_seconds: float
    symbols: frozenset[str]
    strategies: frozenset[str]

    @classmethod
    def of(cls, settings: Settings) -> Bounds:
        return cls(
            order_usd=Decimal(repr(settings.limit_order_usd)),
            day_usd=Decimal(repr(settings.limit_day_usd)),
            contracts=settings.limit_contracts,
            positions=settings.limit_positions,
            power_pct=settings.limit_power_pct,
            day_loss_pct=settings.limit_day_loss_pct,
            drawdown_pct=settings.limit_drawdown_pct,
            price_pct=settings.limit_price_pct,
            repeat_seconds=settings.limit_repeat_seconds,
            quote_seconds=settings.limit_quote_seconds,
            symbols=frozenset(each.upper() for each in settings.limit_symbols),
            strategies=frozenset(each.lower() for each in settings.limit_strategies),
        )


_MORE: Final[Mapping[str, int]] = MappingProxyType(
    {
        "limit_order_usd": 1,
        "limit_day_usd": 1,
        "limit_contracts": 1,
        "limit_positions": 1,
        "limit_power_pct": 1,
        "limit_day_loss_pct": 1,
        "limit_drawdown_pct": 1,
        "limit_price_pct": 1,
        "limit_repeat_seconds": -1,
        "limit_quote_seconds": 1,
    }
)
"""Whether a greater number lets more through."""
_LISTS: Final = frozenset({"limit_symbols", "limit_strategies"})
NAMES: Final = frozenset(_MORE) | _LISTS


def widens(name: str, before: Any, after: Any) -> bool:
    """Whether the setting `name` would let more through. What cannot be compared widens."""
    if name in _LISTS:
        old, new = frozenset(before or ()), frozenset(after or ())
        return bool(old) and (not new or not new <= old)
    if name not in _MORE:
        return False
    try:
        return _MORE[name] * (float(after) - float(before)) > 0
    except (TypeError, ValueError):
        return True
