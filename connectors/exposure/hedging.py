"""Puts on what is held, sized to halve the loss of a fall, each priced at its ask."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np

from connectors.exposure.risk_results import Hedge
from core_numba.european import black_scholes
from mfa.kernel.money import CONTRACT_SIZE, cents
from mfa.kernel.option_table import OptionTable

_HALF: Final = 0.5
_STRIKES: Final = (1.0, 0.95, 0.90)
"""Of the price: at the money, five and ten percent below."""


def hedges(
    tables: Sequence[tuple[OptionTable, float]], *, loss: float, equity: float, today: date
) -> list[Hedge]:
    """`tables` come with the move of their underlying in the fall (negative). Cheapest cover first.

    A put's gain is its value at the fallen price at once, at its own volatility, less its ask.
    """
    found = []
    for table, move in tables:
        for row in _candidates(table):
            hedge = _sized(table, row, move, loss=loss, equity=equity, today=today)
            if hedge is not None:
                found.append(hedge)
    return sorted(found, key=lambda each: each.cost / each.gain)


def _candidates(table: OptionTable) -> list[int]:
    """The puts nearest to the wanted strikes in the expiration nearest the middle of the window."""
    middle = len(table.expirations) // 2
    puts = np.flatnonzero(
        (table.expiration == middle) & (table.sign < 0) & (table.bid > 0) & (table.ask > 0)
        & np.isfinite(table.implied_volatility)
    )  # fmt: skip
    if puts.size == 0:
        return []
    near = [puts[np.abs(table.strike[puts] - share * table.spot).argmin()] for share in _STRIKES]
    return [int(row) for row in dict.fromkeys(near)]


def _sized(
    table: OptionTable, row: int, move: float, *, loss: float, equity: float, today: date
) -> Hedge | None:
    """None when the put does not pay in that fall."""
    ask, after = float(table.ask[row]), table.spot * (1.0 + move)
    value = black_scholes(
        after, table.strike[row], table.years[row], 0.0, 0.0, table.implied_volatility[row], -1.0
    )
    gain = (float(value.price) - ask) * CONTRACT_SIZE
    if gain <= 0.0:
        return None
    count = max(1, math.ceil(_HALF * loss / gain))
    option, cost = table.option(row), ask * CONTRACT_SIZE * count
    return Hedge(
        contract=str(option),
        contracts=count,
        cost=cents(cost),
        cost_pct=100.0 * cost / equity if equity > 0 else 0.0,
        expiration=option.expiration,
        days=(option.expiration - today).days,
        gain=cents(gain * count),
        loss_after=cents(loss - gain * count),
        cover_pct=100.0 * gain * count / loss,
    )
