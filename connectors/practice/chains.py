"""Option chains and single option quotes, computed for any moment of the practice years."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

import numpy as np

from connectors.practice.american import ExerciseDates, Values, american_values
from connectors.practice.contracts import Contracts, listed_contracts
from connectors.practice.grid import expirations, term
from connectors.practice.liquidity import (
    Integers,
    TwoSided,
    daily_volume,
    open_interest,
    two_sided,
)
from connectors.practice.listings import Company, companies
from connectors.practice.outlook import Outlook, closing_bell, outlook
from connectors.practice.path import intensity
from connectors.practice.surface import Surface
from connectors.practice.tape import Moment, Tape, dollars
from core_numba.normal import Floats
from mfa.kernel.clock import exchange_date
from mfa.kernel.errors import InputError
from mfa.kernel.market import OptionChain, OptionQuote
from mfa.kernel.option_table import OptionTable
from mfa.kernel.symbols import OptionSymbol, OptionType

_LEAST_DEVIATION: Final = 0.01


@dataclass(frozen=True, slots=True)
class Valuation:
    """Strikes of one expiration at one moment, with their values before rounding to quotes."""

    spot: float
    strikes: Floats
    dates: ExerciseDates
    rate: float
    surface: Surface
    values: Values

    @property
    def deviation(self) -> float:
        """Of the logarithm at the money until the expiration; never quite zero."""
        return max(math.sqrt(self.dates.theta[-1]), _LEAST_DEVIATION)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Some strikes (`part`) of one company's expiration at one moment."""

    company: Company
    expiration: date
    now: Moment
    contracts: Contracts
    part: slice


class Chains:
    """Options of the tape's companies. Thread-safe: what it keeps never changes."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._outlook = lru_cache(maxsize=256)(self._make_outlook)
        self._contracts = lru_cache(maxsize=512)(self._make_contracts)

    def expirations(self, symbol: str, at: datetime) -> tuple[date, ...]:
        """Ascending; an expiration is listed until its closing bell has rung."""
        self._company(symbol)
        now, seconds = self._tape.moment(at), at.timestamp()
        return tuple(e for e in expirations(now.day) if closing_bell(e) >= seconds)

    def strikes(self, symbol: str, expiration: date, at: datetime) -> tuple[Decimal, ...]:
        return self._ask(symbol, expiration, at).contracts.strikes

    def chain(self, symbol: str, expiration: date, at: datetime) -> OptionChain:
        asked = self._ask(symbol, expiration, at)
        calls, puts = self._quotes(asked, sides=(0, 1))
        return OptionChain(
            symbol=symbol,
            expiration=expiration,
            underlying_price=dollars(self._tape.price_cents(symbol, asked.now)),
            calls=calls,
            puts=puts,
            as_of=asked.now.at,
        )

    def table(self, symbol: str, at: datetime, *, first: date, last: date) -> OptionTable:
        """The chains of the expirations in [first, last] as columns: the same quotes."""
        listed = tuple(e for e in self.expirations(symbol, at) if first <= e <= last)
        if not listed:
            raise InputError(
                f"{symbol} has no expiration from {first:%d %b %Y} to {last:%d %b %Y}."
            )
        parts = [self._columns(self._ask(symbol, e, at), place) for place, e in enumerate(listed)]
        now = self._tape.moment(at)
        return OptionTable(
            symbol=symbol,
            spot=self._tape.price_cents(symbol, now) / 100.0,
            as_of=now.at,
            expirations=listed,
            **{name: np.concatenate([part[name] for part in parts]) for name in parts[0]},
        )

    def quote(self, option: OptionSymbol, at: datetime) -> OptionQuote:
        every = self._ask(option.root, option.expiration, at)
        place = every.contracts.place(option)
        one = replace(every, part=slice(place, place + 1))
        side = 0 if option.option_type is OptionType.CALL else 1
        return self._quotes(one, sides=(side,))[0][0]

    def valuation(self, symbol: str, expiration: date, at: datetime) -> Valuation:
        """The values behind a chain."""
        return self._value(self._ask(symbol, expiration, at))

    def _ask(self, symbol: str, expiration: date, at: datetime) -> _Asked:
        listed = self.expirations(symbol, at)
        if expiration in listed:
            now = self._tape.moment(at)
            contracts = self._contracts(symbol, expiration, now.index)
            return _Asked(self._company(symbol), expiration, now, contracts, slice(None))
        day = exchange_date(at)
        what = "has expired" if expiration <= day else "is not listed"
        raise InputError(
            f"{symbol} {expiration:%d %b %Y} {what} on {day:%d %b %Y}.",
            f"The next expirations are {', '.join(f'{e:%d %b %Y}' for e in listed[:4])}.",
        )

    def _value(self, asked: _Asked, *, greeks: bool = True) -> Valuation:
        symbol, now = asked.company.symbol, asked.now
        known = self._outlook(symbol, now.index)
        spot = self._tape.price_cents(symbol, now) / 100.0
        strikes = asked.contracts.values[asked.part]
        dates = known.exercise_dates(now.at, asked.expiration)
        values = american_values(
            spot, strikes, dates, rate=known.rate, surface=known.surface, greeks=greeks
        )
        return Valuation(spot, strikes, dates, known.rate, known.surface, values)

    def _columns(self, asked: _Asked, place: int) -> dict[str, Any]:
        """One expiration's columns: by strike, the call before the put."""
        valued = self._value(asked, greeks=False)
        prices, (interest, volume) = _prices(asked, valued), self._activity(asked, valued)
        size = 2 * valued.strikes.size
        return {
            "expiration": np.full(size, place, dtype=np.int64),
            "years": np.full(size, float(valued.dates.years[-1])),
            "strike": np.repeat(valued.strikes, 2),
            "sign": np.tile([1.0, -1.0], valued.strikes.size),
            "bid": prices.bid.T.reshape(-1) / 100.0,
            "ask": prices.ask.T.reshape(-1) / 100.0,
            "last": prices.last.T.reshape(-1) / 100.0,
            "volume": volume.T.reshape(-1).astype(np.float64),
            "open_interest": interest.T.reshape(-1).astype(np.float64),
            "implied_volatility": np.repeat(valued.values.volatility, 2),
        }

    def _quotes(
        self, asked: _Asked, *, sides: tuple[int, ...]
    ) -> tuple[tuple[OptionQuote, ...], ...]:
        valued = self._value(asked)
        prices = _prices(asked, valued)
        activity = self._activity(asked, valued)
        return tuple(_rows(side, asked, valued, prices, activity) for side in sides)

    def _activity(self, asked: _Asked, valued: Valuation) -> tuple[Integers, Integers]:
        """Open interest and volume, around the close before the session."""
        company, now, kind = asked.company, asked.now, term(asked.expiration)
        column = self._tape.known(company.symbol)
        before = float(self._tape.cents[now.index - 1, column]) / 100.0
        reach = np.log(valued.strikes / before) / valued.deviation
        interest = open_interest(
            thousandths=asked.contracts.thousandths[asked.part],
            reach=reach,
            kind=kind,
            age=1.0 - (asked.expiration - now.day).days / kind.listed_days,
            shares=company.daily_shares,
            noise=asked.contracts.noise[:, asked.part],
        )
        volume = daily_volume(
            interest,
            reach=reach,
            years=float(valued.dates.years[-1]),
            noise=asked.contracts.day_noise[:, asked.part],
            gone=float(intensity(now.progress)),
        )
        return interest, volume

    def _make_outlook(self, symbol: str, index: int) -> Outlook:
        return outlook(self._tape, self._company(symbol), index)

    def _make_contracts(self, symbol: str, expiration: date, index: int) -> Contracts:
        return listed_contracts(self._tape, symbol, expiration, index)

    def _company(self, symbol: str) -> Company:
        self._tape.known(symbol)
        company = companies().get(symbol)
        if company is None:
            raise InputError(f"{symbol} has no options in the practice market.")
        return company


def _prices(asked: _Asked, valued: Valuation) -> TwoSided:
    return two_sided(
        valued.values.price,
        reach=np.log(valued.strikes / valued.spot) / valued.deviation,
        years=float(valued.dates.years[-1]),
        factor=asked.company.option_spread,
    )


def _rows(
    side: int,
    asked: _Asked,
    valued: Valuation,
    prices: TwoSided,
    activity: tuple[Integers, Integers],
) -> tuple[OptionQuote, ...]:
    values, price, at = valued.values, dollars(round(valued.spot * 100.0)), asked.now.at
    columns = (
        prices.bid[side],
        prices.ask[side],
        prices.last[side],
        values.volatility,
        values.delta[side],
        values.gamma[side],
        values.theta[side],
        values.vega[side],
        activity[0][side],
        activity[1][side],
    )
    symbols = asked.contracts.options(side, asked.part)
    return tuple(
        OptionQuote(
            option=option,
            bid=dollars(bid),
            ask=dollars(ask),
            last=dollars(last),
            underlying_price=price,
            implied_volatility=volatility,
            delta=delta,
            gamma=gamma,
            theta=theta,
            vega=vega,
            open_interest=interest,
            volume=volume,
            as_of=at,
        )
        for option, bid, ask, last, volatility, delta, gamma, theta, vega, interest, volume in zip(
            symbols, *(column.tolist() for column in columns), strict=True
        )
    )
