"""Strategies held, as rows: cost, value, Greeks, and what they can make or lose.

Extremes and break-evens are exact at expiration where all options expire together. Where some live
on, the strategy is valued at the first expiration, the later options as European at the volatility
of their own quotes, without interest.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from connectors.exposure.book import years_until
from connectors.portfolio.combined_results import CombinedPositions, CombinedRow
from connectors.portfolio.structures import Combined
from connectors.portfolio.valuation import Priced, Unpriced, Valuation, describe, value_positions
from core_numba.strategies.horizon import at_horizon
from core_numba.strategies.legs import Leg, Legs, call, put, stock
from core_numba.strategies.profile import Profile, at_expiration
from mfa.kernel.account import Position
from mfa.kernel.market import MarketSource, OptionQuote
from mfa.kernel.money import ZERO, cents
from mfa.kernel.symbols import OptionType

AT_EXPIRATION: Final = "at expiration"
AT_FIRST: Final = "at the first expiration, later options repriced at their own volatility"
_UNKNOWN: Final = "not known without a price of every leg"
_POINTS: Final = 1001


@dataclass(frozen=True, slots=True, kw_only=True)
class Valued:
    """What is held as strategies, each leg valued."""

    combined: tuple[Combined, ...]
    entries: tuple[tuple[Priced | Unpriced, ...], ...]
    valuation: Valuation


def valued(market: MarketSource, combined: Sequence[Combined]) -> Valued:
    """Each instrument is asked for once."""
    legs = [leg for each in combined for leg in each.legs]
    valuation = value_positions(market, legs)
    left = iter(valuation.entries)
    groups = tuple(tuple(next(left) for _ in each.legs) for each in combined)
    return Valued(combined=tuple(combined), entries=groups, valuation=valuation)


def combined_positions(held: Valued, *, now: datetime, today: date) -> CombinedPositions:
    rows = tuple(
        _row(each, entries, now, today)
        for each, entries in zip(held.combined, held.entries, strict=True)
    )
    several = sum(len(each.legs) > 1 for each in held.combined)
    return CombinedPositions(
        combined=several,
        single=len(rows) - several,
        rows=rows,
        unpriced=tuple(dict.fromkeys(held.valuation.unpriced)),
        warnings=tuple(dict.fromkeys(held.valuation.warnings)),
    )


def _row(
    each: Combined, entries: Sequence[Priced | Unpriced], now: datetime, today: date
) -> CombinedRow:
    priced = [entry for entry in entries if isinstance(entry, Priced)]
    whole = len(priced) == len(entries)
    cost = sum((leg.cost_basis for leg in each.legs), ZERO)
    value = sum((entry.value for entry in priced), ZERO) if whole else None
    days = each.expirations
    limits = _limits(each, entries, now)
    return CombinedRow(
        symbol=each.symbol,
        structure=each.structure,
        description=each.description,
        units=each.units,
        legs="; ".join(_leg_words(leg) for leg in each.legs),
        instruments=tuple(leg.instrument for leg in each.legs),
        expiration=days[0] if days else None,
        days_left=(days[0] - today).days if days else None,
        net_cost=cost,
        value=value,
        unrealized=None if value is None else value - cost,
        max_profit=_limited(limits.most),
        max_loss=_limited(None if limits.least is None else -limits.least),
        profit_unlimited=limits.most is not None and math.isinf(limits.most),
        loss_unlimited=limits.least is not None and math.isinf(limits.least),
        break_evens=limits.break_evens,
        basis=limits.basis,
        delta=sum(entry.greeks.delta for entry in priced) if whole else None,
        gamma=sum(entry.greeks.gamma for entry in priced) if whole else None,
        theta=sum(entry.greeks.theta for entry in priced) if whole else None,
        vega=sum(entry.greeks.vega for entry in priced) if whole else None,
    )


def _leg_words(leg: Position) -> str:
    return f"{leg.quantity.normalize():+f} {describe(leg)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limits:
    """Dollars of profit; None is not known, infinite is without limit."""

    most: float | None
    least: float | None
    break_evens: tuple[Decimal, ...]
    basis: str


def _limits(each: Combined, entries: Sequence[Priced | Unpriced], now: datetime) -> _Limits:
    days = each.expirations
    if len(days) < 2:
        legs = [_leg(leg, 0.0, math.nan) for leg in each.legs]
        return _of(at_expiration(Legs.of([legs])), AT_EXPIRATION if days else "at any time")
    first = years_until(days[0], now)
    legs = []
    for entry in entries:
        option = entry.position.option
        if option is None:
            legs.append(_leg(entry.position, 0.0, math.nan))
        elif isinstance(entry, Priced) and isinstance(entry.quote, OptionQuote):
            years = years_until(option.expiration, now)
            legs.append(_leg(entry.position, years, entry.quote.implied_volatility))
        else:
            return _Limits(most=None, least=None, break_evens=(), basis=_UNKNOWN)
    spot = next(float(entry.underlying) for entry in entries if isinstance(entry, Priced))
    return _of(at_horizon(Legs.of([legs]), first, spot, points=_POINTS), AT_FIRST)


def _of(profile: Profile, basis: str) -> _Limits:
    most, least = float(profile.max_profit[0]), float(profile.max_loss[0])
    if math.isnan(most) or math.isnan(least):
        return _Limits(most=None, least=None, break_evens=(), basis=_UNKNOWN)
    evens = tuple(cents(float(spot)) for spot in profile.breakevens_of(0))
    return _Limits(most=most, least=least, break_evens=evens, basis=basis)


def _limited(amount: float | None) -> Decimal | None:
    """Never below zero: what cannot be lost is nothing."""
    if amount is None or math.isinf(amount):
        return None
    return cents(max(amount, 0.0))


def _leg(position: Position, years: float, volatility: float) -> Leg:
    """At its cost, fees included, so that the profile is of what was really paid."""
    quantity, option = float(position.quantity), position.option
    entry = float(position.cost_basis) / (quantity * position.multiplier)
    if option is None:
        return stock(quantity, entry)
    make = call if option.option_type is OptionType.CALL else put
    return make(quantity, float(option.strike), entry, years, volatility)
