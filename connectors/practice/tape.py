"""What every stock trades at, at any moment of the practice years.

Closes are real, what lies between is computed (`path`). Outside trading hours the last close
stands. The tape knows the whole of history; every method takes the moment and returns nothing that
depends on later closes, but for the running day's path, which ends at that day's close.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from connectors.practice.closes import REFERENCE_INDEX, Closes
from connectors.practice.dividends import dividends_between, unadjust
from connectors.practice.listings import Company, companies
from connectors.practice.path import intensity, interpolate, key, session_path
from core_numba.normal import Floats
from core_numba.realised import ewma_variance
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.errors import ConfigurationError, InputError
from mfa.kernel.market import DailyClose, Quote

FIRST_DAY: Final = date(2015, 1, 2)
_SHORT_HALF_LIFE: Final = 11.0
_LONG_HALF_LIFE: Final = 252.0
_LEAST_VARIANCE: Final = 0.10**2


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment as the market sees it: the session that counts, and how far it has gone."""

    index: int
    day: date
    progress: float
    at: datetime
    """The moment the quote is of: the closing bell when asked outside trading hours."""


class Tape:
    """Raw prices of every symbol from `first_day` to `last_day`. Thread-safe: built once."""

    def __init__(self, closes: Closes, *, seed: int) -> None:
        self.seed = seed
        self.first_day = FIRST_DAY
        self.last_day = closes.days[-1]
        self._column = {symbol: i for i, symbol in enumerate(closes.symbols)}
        self.symbols = tuple(companies())
        missing = ", ".join(s for s in self.symbols if s not in self._column)
        if missing:
            raise ConfigurationError(f"The closes lack {missing}.", "Install skfolio again.")
        returns = np.diff(np.log(closes.adjusted), axis=0, prepend=np.log(closes.adjusted[:1]))
        low = bisect_left(closes.days, FIRST_DAY) - 1
        self.days = closes.days[low:]
        self._short = _floored(ewma_variance(returns, half_life=_SHORT_HALF_LIFE)[low:])
        self._long = _floored(ewma_variance(returns, half_life=_LONG_HALF_LIFE)[low:])
        raw = unadjust(closes.adjusted[low:], self._cash())
        self.cents: npt.NDArray[np.int64] = np.rint(raw * 100.0).astype(np.int64)
        calendar = exchange_calendar()
        bells = [calendar.open_close(day) for day in self.days]
        self._opens = [opens.timestamp() for opens, _ in bells]
        self._ends = [ends.timestamp() for _, ends in bells]
        self._over = calendar.open_close(calendar.next_session(self.last_day))[0].timestamp()
        self._path = lru_cache(maxsize=2048)(self._make_path)
        self._traded = lru_cache(maxsize=2048)(self._make_traded)

    def known(self, symbol: str) -> int:
        """The symbol's column; `InputError` naming what there is."""
        column = self._column.get(symbol)
        if column is None:
            raise InputError(
                f"The practice market does not list {symbol}.",
                f"It lists {', '.join(self.symbols)} and the index {REFERENCE_INDEX}.",
            )
        return column

    def session(self, day: date) -> int:
        """The index of a session; `InputError` on other days and outside the data."""
        index = bisect_left(self.days, day)
        if not FIRST_DAY <= day <= self.last_day or self.days[index] != day:
            raise InputError(
                f"The practice market has no session on {day}.",
                f"It runs from {FIRST_DAY} to {self.last_day}.",
            )
        return index

    def moment(self, at: datetime) -> Moment:
        if at.tzinfo is None:
            raise InputError(f"{at} has no time zone.")
        seconds = at.timestamp()
        index = bisect_right(self._opens, seconds) - 1
        if index < 1 or seconds >= self._over:
            raise InputError(
                f"The practice market has no prices at {at:%Y-%m-%d %H:%M %Z}.",
                f"Its data run from {FIRST_DAY} to {self.last_day}.",
            )
        opens, ends = self._opens[index], self._ends[index]
        progress = min((seconds - opens) / (ends - opens), 1.0)
        effective = at.astimezone(UTC) if seconds <= ends else datetime.fromtimestamp(ends, UTC)
        return Moment(index, self.days[index], progress, effective)

    def close(self, symbol: str, day: date) -> Decimal:
        return dollars(int(self.cents[self.session(day), self.known(symbol)]))

    def closes(self, symbol: str, start: date, end: date) -> tuple[DailyClose, ...]:
        """Closes of the sessions in [start, end], as far as there are data."""
        column = self.known(symbol)
        low = bisect_left(self.days, max(start, FIRST_DAY))
        high = bisect_right(self.days, end)
        return tuple(
            DailyClose(day=self.days[i], close=dollars(int(self.cents[i, column])))
            for i in range(low, high)
        )

    def last_closed(self, at: datetime) -> date:
        """The last session whose closing bell has rung."""
        now = self.moment(at)
        return now.day if now.progress >= 1.0 else self.days[now.index - 1]

    def price_cents(self, symbol: str, now: Moment) -> int:
        column = self.known(symbol)
        if now.progress >= 1.0:
            return int(self.cents[now.index, column])
        path = self._path(symbol, now.index)
        return max(round(interpolate(path, now.progress) * 100.0), 1)

    def quote(self, symbol: str, now: Moment) -> Quote:
        price = self.price_cents(symbol, now)
        company = companies().get(symbol)
        spread = company.stock_spread if company is not None else 0
        below = spread // 2
        return Quote(
            symbol=symbol,
            bid=dollars(max(price - below, 1)),
            ask=dollars(price + spread - below),
            last=dollars(price),
            previous_close=dollars(int(self.cents[now.index - 1, self.known(symbol)])),
            volume=self._volume(symbol, now),
            as_of=now.at,
        )

    def variances(self, symbol: str, index: int) -> tuple[float, float]:
        """Short- and long-run annual variance known before session `index` opens."""
        column = self.known(symbol)
        return float(self._short[index - 1, column]), float(self._long[index - 1, column])

    @property
    def opening_bells(self) -> Floats:
        """Of every session, in epoch seconds."""
        return np.array(self._opens)

    def variance_history(self, company: Company) -> tuple[Floats, Floats]:
        """`variances` of every session but the first, as columns."""
        column = self.known(company.symbol)
        return self._short[:-1, column], self._long[:-1, column]

    def price_range(self, symbol: str, start: date, index: int) -> tuple[float, float]:
        """Lowest and highest close from the one before `start` to the one before `index`."""
        column = self.known(symbol)
        low = max(bisect_left(self.days, start) - 1, 0)
        seen = self.cents[low:index, column]
        return float(seen.min()) / 100.0, float(seen.max()) / 100.0

    def _make_path(self, symbol: str, index: int) -> Floats:
        column, day = self.known(symbol), self.days[index]
        paid = sum(float(d.amount) for d in dividends_between(symbol, day, day))
        return session_path(
            seed=self.seed,
            symbol=symbol,
            day=day,
            start=float(self.cents[index - 1, column]) / 100.0 - paid,
            close=float(self.cents[index, column]) / 100.0,
            volatility=self.variances(symbol, index)[0] ** 0.5,
        )

    def _volume(self, symbol: str, now: Moment) -> int:
        return int(self._traded(symbol, now.day) * float(intensity(now.progress)))

    def _make_traded(self, symbol: str, day: date) -> float:
        """Shares traded on a whole day."""
        company = companies().get(symbol)
        if company is None:
            return 0.0
        stream = np.random.Philox(key=key(self.seed, "volume", symbol, day))
        noise = float(np.random.Generator(stream).standard_normal())
        return company.daily_shares * float(np.exp(0.3 * noise - 0.045))

    def _cash(self) -> Floats:
        cash = np.zeros((len(self.days), len(self._column)))
        place = {day: i for i, day in enumerate(self.days)}
        for symbol in self.symbols:
            for dividend in dividends_between(symbol, self.days[1], self.days[-1]):
                cash[place[dividend.ex_date], self._column[symbol]] += float(dividend.amount)
        return cash


def dollars(cents: int) -> Decimal:
    """Whole cents as dollars."""
    return Decimal(cents).scaleb(-2)


def _floored(variance: Floats) -> Floats:
    return np.maximum(variance, _LEAST_VARIANCE)
