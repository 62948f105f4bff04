"""Option chains and single option quotes, computed for any moment of the practice years."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from connectors.practice.american import ExerciseDates, american_values
from connectors.practice.dividends import expected_dividends
from connectors.practice.earnings import earnings_between, reaction
from connectors.practice.grid import expirations, fine_since, listed_since, strikes, term
from connectors.practice.liquidity import daily_volume, open_interest, two_sided, uniforms
from connectors.practice.listings import Company, companies
from connectors.practice.path import intensity, key
from connectors.practice.rates import interest_rate
from connectors.practice.surface import SECONDS_PER_YEAR, Surface, build_surface
from connectors.practice.tape import Moment, Tape, money
from core_numba.normal import Floats
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.clock import EXCHANGE_ZONE
from mfa.kernel.errors import InputError
from mfa.kernel.market import OptionChain, OptionQuote
from mfa.kernel.symbols import OptionSymbol, OptionType

_FURTHEST: Final = timedelta(days=735)


@dataclass(frozen=True, slots=True)
class _Day:
    """What is known of a company before a session opens; moments are epoch seconds."""

    surface: Surface
    rate: float
    candidates: Floats
    """Dates on which exercise is considered: expirations and the days around each dividend."""
    ex_moments: Floats
    ex_amounts: Floats


@dataclass(frozen=True, slots=True)
class _Listed:
    """One expiration's listed strikes with what each contract's identity decides."""

    decimals: tuple[Decimal, ...]
    values: Floats
    symbols: tuple[tuple[OptionSymbol, ...], tuple[OptionSymbol, ...]]
    thousandths: npt.NDArray[np.int64]
    noise: Floats
    day_noise: Floats


class Chains:
    """Options of the tape's companies. Thread-safe: what it keeps never changes."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._day = lru_cache(maxsize=256)(self._known_before)
        self._listed = lru_cache(maxsize=512)(self._make_listed)

    def expirations(self, symbol: str, at: datetime) -> tuple[date, ...]:
        """Ascending; an expiration is listed until its closing bell has rung."""
        self._company(symbol)
        now = self._tape.moment(at)
        seconds = at.timestamp()
        return tuple(e for e in expirations(now.day) if _bell(e) >= seconds)

    def strikes(self, symbol: str, expiration: date, at: datetime) -> tuple[Decimal, ...]:
        self._require(symbol, expiration, at)
        return self._listed(symbol, expiration, self._tape.moment(at).index).decimals

    def chain(self, symbol: str, expiration: date, at: datetime) -> OptionChain:
        self._require(symbol, expiration, at)
        now = self._tape.moment(at)
        listed = self._listed(symbol, expiration, now.index)
        calls, puts = self._quotes(symbol, expiration, now, listed, slice(None), (0, 1))
        return OptionChain(
            symbol=symbol,
            expiration=expiration,
            underlying_price=money(self._tape.price_cents(symbol, now)),
            calls=calls,
            puts=puts,
            as_of=now.at,
        )

    def quote(self, option: OptionSymbol, at: datetime) -> OptionQuote:
        self._require(option.root, option.expiration, at)
        now = self._tape.moment(at)
        listed = self._listed(option.root, option.expiration, now.index)
        place = bisect_left(listed.decimals, option.strike)
        if place == len(listed.decimals) or listed.decimals[place] != option.strike:
            raise InputError(
                f"{option.root} has no strike {option.strike.normalize():f} "
                f"for {option.expiration:%d %b %Y}.",
                _nearest(listed.decimals, place),
            )
        side = 0 if option.option_type is OptionType.CALL else 1
        only = slice(place, place + 1)
        return self._quotes(option.root, option.expiration, now, listed, only, (side,))[0][0]

    def _quotes(
        self,
        symbol: str,
        expiration: date,
        now: Moment,
        listed: _Listed,
        part: slice,
        sides: tuple[int, ...],
    ) -> tuple[tuple[OptionQuote, ...], ...]:
        company, known = self._company(symbol), self._day(symbol, now.index)
        price = money(self._tape.price_cents(symbol, now))
        spot, k = float(price), listed.values[part]
        dates = self._dates(known, now, expiration)
        values = american_values(spot, k, dates, rate=known.rate, surface=known.surface)
        years = float(dates.years[-1])
        scale = max(float(dates.theta[-1]), 1e-6) ** 0.5
        prices = two_sided(
            values.price,
            reach=np.log(k / spot) / scale,
            years=years,
            factor=company.option_spread,
        )
        before = float(self._tape.cents[now.index - 1, self._tape.known(symbol)]) / 100.0
        settled = np.log(k / before) / max(scale, 0.01)
        kind = term(expiration)
        interest = open_interest(
            thousandths=listed.thousandths[part],
            reach=settled,
            kind=kind,
            age=1.0 - max((expiration - now.day).days, 0) / max(kind.listed_days, 1),
            shares=company.daily_shares,
            noise=listed.noise[:, part],
        )
        volume = daily_volume(
            interest,
            reach=settled,
            years=years,
            noise=listed.day_noise[:, part],
            gone=float(intensity(now.progress)),
        )
        volatility = values.volatility.tolist()
        return tuple(
            tuple(
                OptionQuote(
                    option=option,
                    bid=money(bid),
                    ask=money(ask),
                    last=money(last),
                    underlying_price=price,
                    implied_volatility=sigma,
                    delta=delta,
                    gamma=gamma,
                    theta=theta,
                    vega=vega,
                    open_interest=contracts,
                    volume=traded,
                    as_of=now.at,
                )
                for option, bid, ask, last, sigma, delta, gamma, theta, vega, contracts, traded in zip(
                    listed.symbols[side][part],
                    prices.bid[side].tolist(),
                    prices.ask[side].tolist(),
                    prices.last[side].tolist(),
                    volatility,
                    values.delta[side].tolist(),
                    values.gamma[side].tolist(),
                    values.theta[side].tolist(),
                    values.vega[side].tolist(),
                    interest[side].tolist(),
                    volume[side].tolist(),
                    strict=True,
                )
            )
            for side in sides
        )

    def _dates(self, known: _Day, now: Moment, expiration: date) -> ExerciseDates:
        start, end = now.at.timestamp(), _bell(expiration)
        between = known.candidates[(known.candidates > start) & (known.candidates < end)]
        moments = np.concatenate(([start], between, [end])) if end > start else np.array([start])
        discounted = known.ex_amounts * np.exp(
            -known.rate * np.maximum(known.ex_moments - start, 0.0) / SECONDS_PER_YEAR
        )
        ahead = known.ex_moments > start
        total = np.concatenate(([0.0], np.cumsum(np.where(ahead, discounted, 0.0))))
        return ExerciseDates(
            years=(moments - start) / SECONDS_PER_YEAR,
            theta=known.surface.theta(start, moments),
            paid=total[np.searchsorted(known.ex_moments, moments, side="right")],
        )

    def _known_before(self, symbol: str, index: int) -> _Day:
        company, day = self._company(symbol), self._tape.days[index]
        calendar = exchange_calendar()
        reports = earnings_between(company, calendar.previous_session(day), day + _FURTHEST)
        short, long = self._tape.variances(symbol, index)
        expected = expected_dividends(symbol, day, day + _FURTHEST)
        bells = {_bell(e) for e in expirations(day)}
        for dividend in expected:
            bells.add(_bell(calendar.previous_session(dividend.ex_date)))
            bells.add(_bell(dividend.ex_date))
        return _Day(
            surface=build_surface(
                company, short, long, np.array([reaction(r).timestamp() for r in reports])
            ),
            rate=interest_rate(day),
            candidates=np.array(sorted(bells)),
            ex_moments=np.array(
                [calendar.open_close(d.ex_date)[0].timestamp() for d in expected], dtype=np.float64
            ),
            ex_amounts=np.array([float(d.amount) for d in expected], dtype=np.float64),
        )

    def _make_listed(self, symbol: str, expiration: date, index: int) -> _Listed:
        tape, day = self._tape, self._tape.days[index]
        fine = fine_since(expiration)
        found = strikes(
            expiration,
            seen=tape.price_range(symbol, listed_since(expiration), index),
            lately=tape.price_range(symbol, fine, index) if day > fine else None,
        )
        thousandths = np.array([int(strike * 1000) for strike in found], dtype=np.int64)
        sides = np.stack((2 * thousandths, 2 * thousandths + 1))
        contract = key(tape.seed, "contracts", symbol, expiration)
        traded = key(tape.seed, "traded", symbol, expiration, day)
        return _Listed(
            decimals=found,
            values=thousandths / 1000.0,
            symbols=(
                tuple(OptionSymbol(symbol, expiration, OptionType.CALL, s) for s in found),
                tuple(OptionSymbol(symbol, expiration, OptionType.PUT, s) for s in found),
            ),
            thousandths=thousandths,
            noise=uniforms(contract, sides),
            day_noise=uniforms(traded, sides),
        )

    def _company(self, symbol: str) -> Company:
        self._tape.known(symbol)
        company = companies().get(symbol)
        if company is None:
            raise InputError(f"{symbol} has no options in the practice market.")
        return company

    def _require(self, symbol: str, expiration: date, at: datetime) -> None:
        listed = self.expirations(symbol, at)
        if expiration not in listed:
            what = "has expired" if expiration < listed[0] else "is not listed"
            raise InputError(
                f"{symbol} {expiration:%d %b %Y} {what} on {at.astimezone(EXCHANGE_ZONE):%d %b %Y}.",
                f"The next expirations are {', '.join(f'{e:%d %b %Y}' for e in listed[:4])}.",
            )


@lru_cache(maxsize=4096)
def _bell(day: date) -> float:
    """The closing bell of a session, epoch seconds."""
    return exchange_calendar().open_close(day)[1].timestamp()


def _nearest(listed: tuple[Decimal, ...], place: int) -> str:
    near = listed[max(place - 2, 0) : place + 2]
    return f"Near it are {', '.join(f'{s.normalize():f}' for s in near)}."
