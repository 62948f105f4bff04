"""Margin: Regulation T with the exchanges' rules for options, and by revaluation of scenarios.

Rules: Federal Reserve Regulation T, FINRA rule 4210(f)(2) and the Cboe margin manual, initial
requirements of a customer's margin account for listed options on stocks and exchange-traded funds
(for a broad index give `share=0.15`). A broker may ask for more. Refuses fractions of contracts
and mixed multipliers in one strategy, which no pairing rule covers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.jit.kernel import Kernel
from core_numba.plain import margin as plain
from core_numba.strategies.grid import pnl_grid
from core_numba.strategies.legs import Legs

REGULATION_T = Kernel("margin", plain.regulation_t)


class Margin(NamedTuple):
    """Per strategy, in money.

    `requirement` is what the rules ask for before any premium: the current price of naked shorts
    is part of it, the price of longs is not. `buying_power` is what entering takes from the
    account: the requirement, plus premiums paid, less premiums received, all at current prices.
    """

    requirement: Floats
    buying_power: Floats


def regulation_t(
    legs: Legs,
    spot: npt.ArrayLike,
    *,
    price: npt.ArrayLike | None = None,
    account: Literal["margin", "cash"] = "margin",
    share: float = 0.20,
    least: float = 0.10,
) -> Margin:
    """The lowest initial requirement over all ways to pair the legs.

    `spot` is one number or one per strategy; `price` the current price of each leg per share, its
    entry price when left out. Per unit of underlying, with P the option's price:

    - naked call P + max(`share` S - out of the money, `least` S); naked put P + max(`share` S - out
      of the money, `least` K); a naked call with a naked put: the greater side without its price,
      plus both prices;
    - spread: shorts matched by as many longs of their kind that expire no earlier: the greatest
      loss of the whole set at any strike, by intrinsic values (so an iron condor its wider side, a
      long butterfly or calendar nothing);
    - long stock half its value, short stock half on top of the proceeds; stock covers short calls
      (short stock: puts) for nothing, except that it is lent on at no more (no less) than the
      strike;
    - long options are paid in full.

    `account="cash"`: stock is paid in full, a short put secured by its strike in cash, a short
    call only covered by stock; infinite for anything else. NaN where spot, price or quantity is.
    `ValueError` for fractions of contracts or several multipliers within a strategy.
    """
    if account not in {"margin", "cash"}:
        raise ValueError("The account is 'margin' or 'cash'.")
    n, table = len(legs), legs.table
    now = np.array(
        np.broadcast_to(
            table[2] if price is None else np.asarray(price, dtype=np.float64), table[2].shape
        )
    )
    option, owner = legs.is_option, legs.owner
    if (np.mod(np.nan_to_num(table[1, option]), 1.0) != 0.0).any():
        raise ValueError("Margin is for whole contracts.")
    multiplier = table[6, option]
    if (multiplier[1:] != multiplier[:-1])[owner[option][1:] == owner[option][:-1]].any():
        raise ValueError("All options of a strategy must have one multiplier.")
    at = np.array(np.broadcast_to(np.asarray(spot, dtype=np.float64), (n,)))
    full = np.ascontiguousarray(np.vstack([table, now]))
    requirement, large = np.full(n, np.nan), np.zeros(n, np.int64)
    cash = int(account == "cash")
    REGULATION_T.split(
        n, full, legs.begin, legs.end, at, float(share), float(least), cash, requirement, large
    )
    for i in np.flatnonzero(large):
        mine = full[:, legs.offsets[i] : legs.offsets[i + 1]]
        requirement[i] = plain.by_program(mine, at[i], share, least, cash)
    premium = np.where(option, legs.shares * now, 0.0)
    paid = np.bincount(owner, weights=premium, minlength=n)
    return Margin(requirement, requirement + paid)


class PortfolioMargin(NamedTuple):
    """Per strategy: the requirement in money, and the scenario that set the worst loss."""

    requirement: Floats
    worst_loss: Floats
    spot_move: Floats
    volatility_move: Floats


def portfolio(
    legs: Legs,
    spot: npt.ArrayLike,
    *,
    rate: npt.ArrayLike = 0.0,
    dividend: npt.ArrayLike = 0.0,
    spot_moves: Sequence[float] = tuple(np.linspace(-0.15, 0.15, 11)),
    volatility_moves: Sequence[float] = (-0.25, 0.0, 0.25),
    least_per_contract: float = 0.375,
) -> PortfolioMargin:
    """The worst loss now over moves of the spot and of all volatilities, both relative.

    In the manner of the clearing house's TIMS: legs are revalued by Black-Scholes-Merton at
    `spot` (1 + move) and volatility (1 + shift) and compared with their value now. The requirement
    is at least `least_per_contract` per share of each option contract, long or short. NaN where a
    living option has no volatility. `ValueError` when there is no move of one kind.
    """
    if not len(spot_moves) or not len(volatility_moves):
        raise ValueError("Give at least one move of the spot and one of the volatility.")
    n = len(legs)
    at = np.array(np.broadcast_to(np.asarray(spot, dtype=np.float64), (n,)))
    moves = np.asarray(spot_moves, dtype=np.float64)
    base = pnl_grid(legs, at[:, None], 0.0, rate=rate, dividend=dividend)[:, 0, 0]
    losses = []
    for shift in volatility_moves:
        table = legs.table.copy()
        table[5] *= 1.0 + shift
        shifted = Legs(table, legs.offsets)
        worth = pnl_grid(shifted, at[:, None] * (1.0 + moves), 0.0, rate=rate, dividend=dividend)
        losses.append(base[:, None] - worth[:, 0, :])
    loss = np.concatenate(losses, axis=1)
    worst = np.argmax(loss, axis=1)
    greatest = np.maximum(loss[np.arange(n), worst], 0.0)
    option = legs.is_option
    contracts = np.where(option, np.abs(legs.shares), 0.0)
    floor = least_per_contract * np.bincount(legs.owner, weights=contracts, minlength=n)
    shifts = np.asarray(volatility_moves, dtype=np.float64)
    return PortfolioMargin(
        np.maximum(greatest, floor),
        greatest,
        moves[worst % len(moves)],
        shifts[worst // len(moves)],
    )
