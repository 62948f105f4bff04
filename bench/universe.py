"""A market in memory, generated: 500 companies with every expiration, some 600,000 contracts.

Made of the practice market's own parts: its listing rules for expirations and strikes, its surface
model, its American values, its spreads and open interest. Only the companies are drawn.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import numpy as np

from connectors.practice.american import ExerciseDates, american_values
from connectors.practice.grid import expirations, strikes, term
from connectors.practice.liquidity import daily_volume, open_interest, two_sided, uniforms
from connectors.practice.outlook import closing_bell
from connectors.practice.surface import SECONDS_PER_YEAR, Surface
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.clock import FrozenClock
from mfa.kernel.market import DailyClose, DailyVolatility, Earnings, Listing
from mfa.kernel.option_table import OptionTable
from mfa.kernel.outcome import Absent, Found, Outcome, Provenance

NOW: Final = datetime(2021, 6, 15, 15, 0, tzinfo=UTC)
SOURCE: Final = Provenance(source="generated market", as_of=NOW, computed=True)
_SECTORS: Final = ("Energy", "Financials", "Health Care", "Information Technology", "Utilities")
_RATE: Final = 0.01
_SESSIONS: Final = 260


class GeneratedMarket:
    """Everything made beforehand: what is asked of it is looked up."""

    name = "generated market"

    def __init__(self, companies: int = 500, seed: int = 3) -> None:
        draw = np.random.default_rng(seed)
        self.clock = FrozenClock(NOW)
        self._days = _sessions(NOW.date())
        symbols = [f"{chr(65 + i // 26)}{chr(65 + i % 26)}X" for i in range(companies)]
        self._listings = tuple(
            Listing(symbol=s, name=f"Company {s}", sector=_SECTORS[i % len(_SECTORS)])
            for i, s in enumerate(symbols)
        )
        self._tables: dict[str, OptionTable] = {}
        self._closes: dict[str, tuple[DailyClose, ...]] = {}
        self._implied: dict[str, tuple[DailyVolatility, ...]] = {}
        self._reports: dict[str, Earnings] = {}
        for symbol in symbols:
            self._make(symbol, draw)

    @property
    def contracts(self) -> int:
        return sum(len(each) for each in self._tables.values())

    def listings(self) -> Outcome[tuple[Listing, ...]]:
        return Found(self._listings, SOURCE)

    def option_table(self, symbol: str, *, first: date, last: date) -> Outcome[OptionTable]:
        table = self._tables[symbol]
        if not first <= table.expirations[0] <= table.expirations[-1] <= last:
            return Absent("The generated market is asked for all expirations.")
        return Found(table, SOURCE)

    def daily_closes(self, symbol: str, start: date, end: date) -> Outcome[tuple[DailyClose, ...]]:
        del start, end
        return Found(self._closes[symbol], SOURCE)

    def implied_volatilities(
        self, symbol: str, start: date, end: date
    ) -> Outcome[tuple[DailyVolatility, ...]]:
        del start, end
        return Found(self._implied[symbol], SOURCE)

    def next_earnings(self, symbol: str) -> Outcome[Earnings]:
        return Found(self._reports[symbol], SOURCE)

    def _make(self, symbol: str, draw: np.random.Generator) -> None:
        volatility = float(draw.uniform(0.15, 0.8))
        steps = volatility / np.sqrt(252.0) * draw.standard_normal(_SESSIONS)
        prices = float(np.exp(draw.uniform(np.log(15.0), np.log(600.0)))) * np.exp(np.cumsum(steps))
        self._closes[symbol] = tuple(
            DailyClose(day=day, close=Decimal(f"{price:.2f}"))
            for day, price in zip(self._days, prices, strict=True)
        )
        self._implied[symbol] = tuple(
            DailyVolatility(day=day, volatility=volatility * float(draw.uniform(0.8, 1.3)))
            for day in self._days
        )
        day = NOW.date() + timedelta(days=int(draw.integers(3, 90)))
        self._reports[symbol] = Earnings(symbol=symbol, day=day, timing="before open")
        reports = np.array([closing_bell(day) if _open(day) else NOW.timestamp()])
        surface = Surface(
            short=volatility**2 * float(draw.uniform(0.7, 1.4)), long=volatility**2,
            jump=float(draw.uniform(0.01, 0.08)) ** 2, reports=reports,
            rho=float(draw.uniform(-0.5, -0.1)), eta=float(draw.uniform(0.6, 0.95)),
        )  # fmt: skip
        self._tables[symbol] = _table(symbol, prices[-5:], surface, float(draw.uniform(1e6, 5e7)))


def _sessions(today: date) -> list[date]:
    calendar, days = exchange_calendar(), [today]
    while len(days) <= _SESSIONS:
        days.append(calendar.previous_session(days[-1]))
    return days[:0:-1]


def _open(day: date) -> bool:
    return exchange_calendar().is_session(day)


def _table(symbol: str, prices: Any, surface: Surface, shares: float) -> OptionTable:
    spot, seen = float(prices[-1]), (float(prices.min()), float(prices.max()))
    listed = expirations(NOW.date())
    parts = [
        _expiration(spot, seen, day, place, surface, shares) for place, day in enumerate(listed)
    ]
    return OptionTable(
        symbol=symbol, spot=spot, as_of=NOW, expirations=listed,
        **{name: np.concatenate([part[name] for part in parts]) for name in parts[0]},
    )  # fmt: skip


def _expiration(  # noqa: PLR0917 - what one expiration is made of
    spot: float,
    seen: tuple[float, float],
    day: date,
    place: int,
    surface: Surface,
    shares: float,
) -> dict[str, Any]:
    listed = strikes(day, seen=seen, lately=seen if (day - NOW.date()).days <= 63 else None)
    thousandths = np.array([int(each * 1000) for each in listed], dtype=np.int64)
    strike = thousandths / 1000.0
    start, end = NOW.timestamp(), closing_bell(day)
    years = (end - start) / SECONDS_PER_YEAR
    theta = surface.theta(start, np.array([start, end]))
    dates = ExerciseDates(years=np.array([0.0, years]), theta=theta, paid=np.zeros(2))
    values = american_values(spot, strike, dates, rate=_RATE, surface=surface)
    reach = np.log(strike / spot) / max(float(np.sqrt(theta[-1])), 0.01)
    quotes = two_sided(values.price, reach=reach, years=years, factor=1.0)
    noise = uniforms(place, np.stack((2 * thousandths, 2 * thousandths + 1)))
    kind = term(day)
    age = 1.0 - (day - NOW.date()).days / kind.listed_days
    interest = open_interest(
        thousandths=thousandths, reach=reach, kind=kind, age=age, shares=shares, noise=noise
    )
    volume = daily_volume(interest, reach=reach, years=years, noise=noise, gone=0.5)
    size = 2 * strike.size
    return {
        "expiration": np.full(size, place, dtype=np.int64),
        "years": np.full(size, years),
        "strike": np.repeat(strike, 2),
        "sign": np.tile([1.0, -1.0], strike.size),
        "bid": quotes.bid.T.reshape(-1) / 100.0,
        "ask": quotes.ask.T.reshape(-1) / 100.0,
        "last": quotes.last.T.reshape(-1) / 100.0,
        "volume": volume.T.reshape(-1).astype(np.float64),
        "open_interest": interest.T.reshape(-1).astype(np.float64),
        "implied_volatility": np.repeat(values.volatility, 2),
    }
