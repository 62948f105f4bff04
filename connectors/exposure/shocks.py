"""A book's parts under a move of prices: by symbol, and by whatever symbols are grouped into."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import numpy as np

from connectors.exposure.book import Book
from connectors.exposure.risk_params import WhatIfParams
from connectors.exposure.risk_results import Share, WhatIfRow
from core_numba.arrays import Floats
from mfa.kernel.money import ZERO, cents

_FALL: Final = -0.20


def moved(held: Book, moves: Floats, params: WhatIfParams) -> tuple[WhatIfRow, ...]:
    """Each symbol's part: with all others unmoved, time and volatility counted for its legs."""
    rows = []
    for i, symbol in enumerate(held.symbols):
        part = held.only(i)
        gained = part.profit(
            moves[i : i + 1, None],
            volatility_shift=params.volatility_points / 100.0,
            years=params.days / 365.0,
        )
        rows.append(
            WhatIfRow(
                symbol=symbol,
                move_pct=100.0 * float(moves[i]),
                price=cents(float(held.spots[i] * (1.0 + moves[i]))),
                profit=cents(float(gained[0])),
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.profit, row.symbol)))


def shares(held: Book, group: dict[str, str]) -> tuple[Share, ...]:
    """By dollars of delta, the largest first."""
    fall = np.full((1, 1), _FALL)
    sums: dict[str, list[Decimal]] = {}
    for i, symbol in enumerate(held.symbols):
        own = [each for each in held.priced if each.position.symbol == symbol]
        worth = sum((each.value for each in own), ZERO)
        lost = cents(-float(held.only(i).profit(fall)[0]))
        parts = sums.setdefault(group[symbol], [ZERO, ZERO, ZERO])
        for place, part in enumerate((worth, cents(float(held.delta_dollars[i])), lost)):
            parts[place] += part
    total = sum((abs(parts[1]) for parts in sums.values()), ZERO)
    if not total:
        return ()
    rows = [
        Share(
            name=name, value=worth, delta_dollars=delta,
            share_pct=100.0 * float(abs(delta) / total), at_stake=lost,
        )
        for name, (worth, delta, lost) in sums.items()
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (-row.share_pct, row.name)))
