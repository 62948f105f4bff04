"""Option rows of any vendor made into quotes with all their Greeks.

What the vendor gives is kept. A missing volatility is solved from the midpoint, missing Greeks come
from Black-Scholes-Merton with the given rate and no dividend, and a note says so. An in-the-money
contract at or below intrinsic value has no volatility: it has its limit, a delta of one in size
and nothing else. What has neither price nor volatility is left out and counted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final

import numpy as np

from connectors.vendors.ground.notes import Notes
from connectors.vendors.ground.quotes import dated, fault, two_sided
from core_numba.european import black_scholes
from core_numba.implied import implied_volatility
from mfa.kernel.clock import EXCHANGE_ZONE
from mfa.kernel.market import OptionChain, OptionQuote
from mfa.kernel.symbols import OptionSymbol, OptionType

RATE: Final = 0.04
"""Rate per year where a vendor's Greeks are missing: it moves a month's delta by 0.002."""
NO_VOLATILITY: Final = "without a volatility (price outside what a model can give)"
OTHER_EXPIRATION: Final = "of another expiration"
_BELL: Final = time(16, 0)
_YEAR: Final = 365.0 * 86400.0
_SHORTEST: Final = 60.0 / _YEAR
_MOST: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractRow:
    """An option as its vendor tells it. None or not positive: not told."""

    option: OptionSymbol
    bid: Decimal
    ask: Decimal
    last: Decimal
    volatility: float | None
    delta: float | None = None
    gamma: float | None = None
    theta: float | None = None
    vega: float | None = None
    open_interest: int = 0
    volume: int = 0
    at: datetime | None = None


def option_quotes(
    rows: Sequence[ContractRow], *, underlying: Decimal, now: datetime, notes: Notes
) -> list[OptionQuote]:
    """The rows that make quotes, in their order; reasons for the others are in `notes`."""
    sound: list[tuple[ContractRow, Decimal, Decimal]] = []
    for row in rows:
        wrong = fault(row.bid, row.ask, row.last)
        if wrong:
            notes.leave_out(wrong)
            continue
        bid, ask = two_sided(row.bid, row.ask, row.last, notes, free_bid=True)
        sound.append((row, bid, ask))
    lacking = [(i, *each) for i, each in enumerate(sound) if not _told(each[0])]
    modelled = _modelled(lacking, float(underlying), now)
    if lacking:
        notes.say(
            "Greeks that the source does not give are computed here from its volatility or "
            f"midpoint (Black-Scholes-Merton, rate {RATE:.0%}, no dividend)."
        )
    quotes: list[OptionQuote] = []
    for index, (row, bid, ask) in enumerate(sound):
        values = modelled.get(index) or _given(row)
        if not all(map(math.isfinite, values)):
            notes.leave_out(NO_VOLATILITY)
            continue
        volatility, delta, gamma, theta, vega = values
        quotes.append(
            OptionQuote(
                option=row.option,
                bid=bid,
                ask=ask,
                last=row.last,
                underlying_price=underlying,
                implied_volatility=volatility,
                delta=delta,
                gamma=gamma,
                theta=theta,
                vega=vega,
                open_interest=row.open_interest,
                volume=row.volume,
                as_of=dated(row.at, now, notes),
            )
        )
    return quotes


def option_chain(
    symbol: str,
    expiration: date,
    rows: Sequence[ContractRow],
    *,
    underlying: Decimal,
    now: datetime,
    notes: Notes,
) -> OptionChain | None:
    """The chain of one expiration; None when no row makes a quote."""
    wanted = [row for row in rows if row.option.expiration == expiration]
    for _ in range(len(rows) - len(wanted)):
        notes.leave_out(OTHER_EXPIRATION)
    quotes = option_quotes(wanted, underlying=underlying, now=now, notes=notes)
    if not quotes:
        return None
    quotes.sort(key=lambda quote: quote.option.strike)
    return OptionChain(
        symbol=symbol,
        expiration=expiration,
        underlying_price=underlying,
        calls=tuple(q for q in quotes if q.option.option_type is OptionType.CALL),
        puts=tuple(q for q in quotes if q.option.option_type is OptionType.PUT),
        as_of=max(q.as_of for q in quotes),
    )


def years_left(expiration: date, now: datetime) -> float:
    """ACT/365 from `now` to the closing bell of `expiration`; a minute at least."""
    bell = datetime.combine(expiration, _BELL, EXCHANGE_ZONE)
    return max((bell - now).total_seconds() / _YEAR, _SHORTEST)


def _told(row: ContractRow) -> bool:
    """Whether the vendor's own model values are complete and within what they can be."""
    values = (row.volatility, row.delta, row.gamma, row.theta, row.vega)
    if any(value is None or not math.isfinite(value) for value in values):
        return False
    _, delta, gamma, _, vega = _given(row)
    return _usable(row.volatility) and abs(delta) <= 1.001 and gamma >= 0 and vega >= 0


def _given(row: ContractRow) -> tuple[float, float, float, float, float]:
    return (
        row.volatility or 0.0,
        row.delta or 0.0,
        row.gamma or 0.0,
        row.theta or 0.0,
        row.vega or 0.0,
    )


def _usable(volatility: float | None) -> bool:
    return volatility is not None and 0.001 < volatility < _MOST


def _modelled(
    lacking: Sequence[tuple[int, ContractRow, Decimal, Decimal]], spot: float, now: datetime
) -> dict[int, tuple[float, float, float, float, float]]:
    """Volatility and Greeks per share of rows that lack them, by their index; NaN for none."""
    if not lacking:
        return {}
    rows = [row for _, row, _, _ in lacking]
    strikes = np.array([float(row.option.strike) for row in rows])
    signs = np.array([1.0 if r.option.option_type is OptionType.CALL else -1.0 for r in rows])
    years = np.array([years_left(row.option.expiration, now) for row in rows])
    mids = np.array([float(bid + ask) / 2.0 for _, _, bid, ask in lacking])
    told = np.array([row.volatility if _usable(row.volatility) else np.nan for row in rows])
    solved = implied_volatility(mids, spot, strikes, years, RATE, 0.0, signs)
    used = np.where(np.isfinite(told), told, np.where(solved < _MOST, solved, np.nan))
    intrinsic = signs * (spot - strikes)
    possible = mids < np.where(signs > 0, spot, strikes)
    below = ~np.isfinite(used) & possible
    at_limit = (intrinsic > 0) & (below | (~np.isfinite(told) & (mids <= intrinsic)))
    used = np.where(at_limit, 0.0, used)
    greeks = black_scholes(spot, strikes, years, RATE, 0.0, used, signs)
    delta = np.where(at_limit, signs, greeks.delta)
    table = np.column_stack(
        [used, delta, greeks.gamma, greeks.theta / 365.0, greeks.vega / 100.0]
    ).tolist()
    return {
        index: (values[0], values[1], values[2], values[3], values[4])
        for (index, _, _, _), values in zip(lacking, table, strict=True)
    }
