"""The Regulation T requirement by trying every pairing, and by an integer program."""

from __future__ import annotations

import itertools
import math
from typing import Any, Final

import numpy as np

from core_numba.arrays import Floats

MOST_PAIRINGS: Final = 200_000
"""Pairings that are tried one by one; beyond this the integer program answers."""


def regulation_t(  # noqa: PLR0917 - arrays by position
    legs: Floats,
    begin: Any,
    end: Any,
    spot: Floats,
    share: float,
    least: float,
    cash: int,
    margin: Floats,
    large: Any,
) -> None:
    """See `core_numba.margin.regulation_t`. Row 7 of `legs` is the current price.

    `large` is set to 1, and nothing is computed, where there are too many pairings.
    """
    for i in range(begin.shape[0]):
        large[i] = 0
        mine = legs[:, begin[i] : end[i]]
        if not (spot[i] >= 0.0) or not np.isfinite(mine[[1, 6, 7]]).all():
            margin[i] = np.nan
            continue
        stock = mine[0] == 0.0
        shares = float((mine[1] * mine[6])[stock].sum())
        held = _stock_requirement(shares, spot[i], cash)
        options = mine[:, ~stock]
        if not options.shape[1]:
            margin[i] = held
            continue
        unit, cover, options = _reduced(options, shares)
        short = options[:, options[1] < 0.0]
        ways = _ways(short, cover, shares, cash=cash)
        if math.prod(len(each) for each in ways) > MOST_PAIRINGS:
            large[i] = 1
            continue
        best = np.inf
        for way in itertools.product(*ways):
            naked = np.array([each[0] for each in way], dtype=np.float64)
            covered = np.array([each[1] for each in way], dtype=np.float64)
            if covered.sum() > cover:
                continue
            spread = _spread(options, -short[1] - naked - covered, cash)
            cost = spread + _naked(short, naked, spot[i], share, least, cash)
            best = min(best, cost + _covering(short, covered, spot[i], cash))
        margin[i] = held + best * unit


def _reduced(options: Floats, shares: float) -> tuple[float, float, Floats]:
    """Shares per unit, units that the stock covers, and the legs in units without a divisor."""
    multiplier = options[6, 0]
    cover = min(math.floor(abs(shares) / multiplier), -options[1, options[1] < 0.0].sum())
    divisor = math.gcd(int(cover), *(int(abs(q)) for q in options[1]))
    out = options.copy()
    out[1] /= max(divisor, 1)
    return multiplier * max(divisor, 1), cover / max(divisor, 1), out


def _ways(short: Floats, cover: float, shares: float, *, cash: int) -> list[list[tuple[int, int]]]:
    """For each short leg the (naked, covered) units it may have; the rest is spread."""
    found = []
    for leg in short.T:
        units = round(-leg[1])
        most = round(cover) if leg[0] * shares > 0.0 and (shares > 0.0 or not cash) else 0
        found.append([(u, v) for u in range(units + 1) for v in range(min(most, units - u) + 1)])
    return found


def _stock_requirement(shares: float, spot: float, cash: int) -> float:
    if cash:
        return shares * spot if shares >= 0.0 else math.inf
    return 0.5 * abs(shares) * spot


def _covering(short: Floats, covered: Floats, spot: float, cash: int) -> float:
    """What options in the money take from the value that their stock is lent on."""
    deep = np.maximum(short[0] * (spot - short[3]), 0.0)
    rate = np.where(short[0] > 0.0, 0.0 if cash else 0.5, 1.5)
    return float((covered * deep * rate).sum())


def _beyond(short: Floats, spot: float, share: float, least: float) -> Floats:
    """The part of a naked option's requirement that is not its price."""
    out = np.maximum(short[0] * (short[3] - spot), 0.0)
    floor = least * np.where(short[0] > 0.0, spot, short[3])
    return np.asarray(np.maximum(share * spot - out, floor))


def _naked(  # noqa: PLR0917 - arrays by position
    short: Floats, naked: Floats, spot: float, share: float, least: float, cash: int
) -> float:
    if not naked.any():
        return 0.0
    if cash:
        return math.inf if naked[short[0] > 0.0].any() else float((naked * short[3]).sum())
    beyond = _beyond(short, spot, share, least)
    sides = [
        np.sort(np.repeat(beyond[short[0] == kind], naked[short[0] == kind].astype(int)))[::-1]
        for kind in (1.0, -1.0)
    ]
    width = max(len(side) for side in sides)
    calls, puts = (np.pad(side, (0, width - len(side))) for side in sides)
    return float((naked * short[7]).sum() + np.maximum(calls, puts).sum())


def _spread(options: Floats, units: Floats, cash: int) -> float:
    """The greatest intrinsic loss of `units` of the short legs with the best longs that match."""
    if not units.any():
        return 0.0
    short = options[:, options[1] < 0.0]
    long = options[:, options[1] > 0.0]
    if cash:
        return math.inf
    used = np.zeros(long.shape[1])
    for kind in (1.0, -1.0):
        mine = np.flatnonzero(long[0] == kind)
        for j in mine[np.argsort(kind * long[3, mine], kind="stable")]:
            free = long[1, j]
            for expiry in np.append(long[4, mine], short[4]):
                if expiry >= long[4, j]:
                    owed = units[(short[0] == kind) & (short[4] <= expiry)].sum()
                    given = used[mine][long[4, mine] <= expiry].sum()
                    free = min(free, owed - given)
            used[j] = max(free, 0.0)
        if used[mine].sum() < units[short[0] == kind].sum():
            return math.inf
    spots = np.append(0.0, options[3])[:, None]
    gain = (used * np.maximum(long[0] * (spots - long[3]), 0.0)).sum(axis=1)
    loss = (units * np.maximum(short[0] * (spots - short[3]), 0.0)).sum(axis=1)
    return float(max((loss - gain).max(), 0.0))


def by_program(legs: Floats, spot: float, share: float, least: float, cash: int) -> float:
    """The same requirement for the legs of one strategy, as a mixed integer program."""
    from scipy.optimize import LinearConstraint, milp  # noqa: PLC0415

    stock = legs[0] == 0.0
    shares = float((legs[1] * legs[6])[stock].sum())
    held = _stock_requirement(shares, spot, cash)
    unit, cover, options = _reduced(legs[:, ~stock], shares)
    short, long = options[:, options[1] < 0.0], options[:, options[1] > 0.0]
    n, m = short.shape[1], long.shape[1]
    beyond = _beyond(short, spot, share, least)
    coverable = (short[0] * shares > 0.0) & (shares > 0.0 or not cash)
    deep = _covering_costs(short, spot, cash)
    pairs = [(i, j) for i in range(n) for j in range(n) if short[0, i] > 0.0 > short[0, j]]
    # naked, covered, longs used, pairs of naked calls and puts, the greatest loss
    width = 2 * n + m + len(pairs) + 1
    cost = np.zeros(width)
    single = short[3] if cash else short[7] + beyond
    cost[:n], cost[n : 2 * n], cost[-1] = single, deep, 1.0
    for k, (i, j) in enumerate(pairs):
        cost[2 * n + m + k] = max(beyond[i], beyond[j]) - beyond[i] - beyond[j]
    upper = np.full(width, np.inf)
    calls = short[0] > 0.0
    upper[:n] = np.where(calls & bool(cash), 0.0, -short[1])
    upper[n : 2 * n] = np.where(coverable, -short[1], 0.0)
    upper[2 * n : 2 * n + m] = 0.0 if cash else long[1]
    upper[2 * n + m : -1] = 0.0 if cash else np.inf
    rows: list[tuple[Floats, float, float]] = []

    def row(low: float, high: float) -> Floats:
        rows.append((np.zeros(width), low, high))
        return rows[-1][0]

    row(-np.inf, cover)[n : 2 * n] = 1.0
    for i in range(n):
        part = row(-np.inf, 0.0)
        part[[2 * n + m + k for k, pair in enumerate(pairs) if i in pair]] = 1.0
        part[i] = -1.0
        part = row(-np.inf, -short[1, i])
        part[[i, n + i]] = 1.0
    for kind in (1.0, -1.0):
        mine, theirs = short[0] == kind, long[0] == kind
        total = -short[1, mine].sum()
        part = row(total, total)
        part[:n][mine], part[n : 2 * n][mine], part[2 * n : 2 * n + m][theirs] = 1.0, 1.0, 1.0
        for expiry in np.unique(options[4]):
            early, late = mine & (short[4] <= expiry), theirs & (long[4] <= expiry)
            part = row(-np.inf, -short[1, early].sum())
            part[:n][early], part[n : 2 * n][early] = 1.0, 1.0
            part[2 * n : 2 * n + m][late] = 1.0
    for at in np.append(0.0, options[3]):
        worth = np.maximum(short[0] * (at - short[3]), 0.0)
        part = row(float((-short[1] * worth).sum()), np.inf)
        part[:n], part[n : 2 * n], part[-1] = worth, worth, 1.0
        part[2 * n : 2 * n + m] = np.maximum(long[0] * (at - long[3]), 0.0)
    whole = np.ones(width)
    whole[-1] = 0.0
    found = milp(
        cost,
        integrality=whole,
        bounds=(np.zeros(width), upper),
        constraints=LinearConstraint(*(np.array(part) for part in zip(*rows, strict=True))),
    )
    return held + float(found.fun) * unit if found.success else math.inf


def _covering_costs(short: Floats, spot: float, cash: int) -> Floats:
    units = np.eye(short.shape[1])
    return np.array([_covering(short, each, spot, cash) for each in units])
