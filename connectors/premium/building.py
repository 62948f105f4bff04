"""Legs of every strategy from columns of contracts: which bought strike goes with which sold one.

Contracts stand by company, expiration and strike, so that a partner is found by one sorted search
for all at once. Nothing here is made per contract.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from connectors.premium.params import Kind, PremiumParams
from connectors.premium.strategies import CALL, PUT, STRATEGIES, Strategy
from connectors.screening.contracts import Contracts, Integers
from connectors.screening.gathering import Flags
from core_numba.arrays import Floats

_SPAN: Final = 1e6
"""Beyond any strike: expirations lie that far apart on the line that is searched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """Contracts that can be traded (`both` sides quoted, known volatility), and those whose delta
    and open interest are wanted."""

    both: Flags
    wanted: Flags
    group: Integers
    """Company and expiration, numbered."""


def quoted(found: Contracts, wanted: PremiumParams) -> Quoted:
    with np.errstate(invalid="ignore"):
        both = (
            (found.bid > 0)
            & (found.ask >= found.bid)
            & np.isfinite(found.found.implied)
            & (found.open_interest >= wanted.min_open_interest)
        )
        if wanted.max_spread_pct is not None:
            both &= 100.0 * found.found.spread <= wanted.max_spread_pct
        if wanted.min_price is not None:
            both &= found.spot >= wanted.min_price
        if wanted.max_price is not None:
            both &= found.spot <= wanted.max_price
        delta = np.abs(found.found.delta)
        near = (delta >= wanted.delta[0]) & (delta <= wanted.delta[1])
    new = np.ones(len(found), dtype=np.bool_)
    new[1:] = (np.diff(found.table) != 0) | (np.diff(found.day) != 0)
    return Quoted(both=both, wanted=both & near, group=np.cumsum(new) - 1)


def legs_of(
    strategy: Strategy, found: Contracts, usable: Quoted, wanted: PremiumParams
) -> Integers:
    """Places of the legs, (trades, legs), in the order of the strategy's sides."""
    match strategy.kind:
        case Kind.BULL_PUT_SPREAD | Kind.BEAR_CALL_SPREAD:
            return _vertical(found, usable, strategy.kinds[0], wanted.wing_pct)
        case Kind.IRON_CONDOR:
            return _condor(found, usable, wanted.wing_pct)
        case Kind.SHORT_STRANGLE:
            puts = np.flatnonzero(usable.wanted & (found.sign == PUT))
            return _with_calls(found, usable, puts)
        case Kind.SHORT_STRADDLE:
            return _straddle(found, usable)
        case _:
            return np.flatnonzero(usable.wanted & (found.sign == strategy.kinds[0]))[:, None]


def _vertical(found: Contracts, usable: Quoted, sign: float, wing_pct: float) -> Integers:
    sold = np.flatnonzero(usable.wanted & (found.sign == sign))
    bought = _wings(found, usable, sold, sign, wing_pct)
    return np.stack((sold, bought), axis=1)[bought >= 0]


def _wings(
    found: Contracts, usable: Quoted, sold: Integers, sign: float, wing_pct: float
) -> Integers:
    """For each sold option the nearest listed strike to a wing further out; -1 where none is."""
    line = np.flatnonzero(usable.both & (found.sign == sign))
    if not line.size:
        return np.full(sold.size, -1, dtype=np.int64)
    reach = sign * wing_pct / 100.0
    target = usable.group[sold] * _SPAN + found.strike[sold] + reach * found.spot[sold]
    listed = usable.group[line] * _SPAN + found.strike[line]
    place = _nearest(listed, np.asarray(target, dtype=np.float64))
    wing = line[place]
    further = (usable.group[wing] == usable.group[sold]) & (
        sign * (found.strike[wing] - found.strike[sold]) > 0
    )
    return np.asarray(np.where(further, wing, -1), dtype=np.int64)


def _nearest(line: Floats, wanted: Floats) -> Integers:
    """The place on the rising `line`, which is not empty, that is nearest to each value."""
    right = np.minimum(np.searchsorted(line, wanted), line.size - 1)
    left = np.maximum(right - 1, 0)
    nearer = wanted - line[left] <= np.abs(line[right] - wanted)
    return np.asarray(np.where(nearer, left, right), dtype=np.int64)


def _with_calls(found: Contracts, usable: Quoted, puts: Integers) -> Integers:
    """Each sold put with the sold call of its expiration whose delta is nearest its own."""
    calls = np.flatnonzero(usable.wanted & (found.sign == CALL))
    if not calls.size:
        return np.empty((0, 2), dtype=np.int64)
    line = usable.group[calls] * _SPAN - found.found.delta[calls]
    order = np.argsort(line, kind="stable")
    wanted = usable.group[puts] * _SPAN - np.abs(found.found.delta[puts])
    place = _nearest(line[order], np.asarray(wanted, dtype=np.float64))
    call = calls[order][place]
    good = (usable.group[call] == usable.group[puts]) & (found.strike[call] > found.strike[puts])
    return np.asarray(np.stack((puts, call), axis=1)[good])


def _condor(found: Contracts, usable: Quoted, wing_pct: float) -> Integers:
    puts = _vertical(found, usable, STRATEGIES[Kind.BULL_PUT_SPREAD].kinds[0], wing_pct)
    wing = np.full(len(found), -1, dtype=np.int64)
    wing[puts[:, 0]] = puts[:, 1]
    pairs = _with_calls(found, usable, puts[:, 0])
    bought = _wings(found, usable, pairs[:, 1], CALL, wing_pct)
    pairs, bought = pairs[bought >= 0], bought[bought >= 0]
    lower = wing[pairs[:, 0]]
    return np.stack((pairs[:, 0], lower, pairs[:, 1], bought), axis=1)


def _straddle(found: Contracts, usable: Quoted) -> Integers:
    """The strike nearest the forward of each expiration, where both options can be sold."""
    after = np.flatnonzero(
        usable.both[:-1]
        & usable.both[1:]
        & (usable.group[:-1] == usable.group[1:])
        & (found.strike[:-1] == found.strike[1:])
        & (found.sign[:-1] == CALL)
        & (found.sign[1:] == PUT)
    )
    away = np.abs(found.strike[after] - found.forward[after])
    order = np.lexsort((away, usable.group[after]))
    first = np.ones(order.size, dtype=np.bool_)
    first[1:] = np.diff(usable.group[after][order]) != 0
    call = after[order][first]
    return np.stack((call + 1, call), axis=1)
