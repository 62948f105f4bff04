"""The practice market: a market source that replays real closes at the practice clock's moment.

Methods that take a moment raise `InputError` for what cannot be asked; the `MarketSource` methods
stand at `clock.now()` and answer with outcomes. Nothing here shows a later close than the clock's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, TypeVar

from connectors.practice.chains import Chains
from connectors.practice.closes import load_closes
from connectors.practice.dividends import DECLARED_AHEAD, dividends_between, expected_dividends
from connectors.practice.earnings import BEFORE_OPEN, earnings_between
from connectors.practice.implied_history import ImpliedHistory
from connectors.practice.listings import companies
from connectors.practice.outlook import FURTHEST
from connectors.practice.tape import Tape, dollars
from mfa.kernel.clock import Clock, exchange_date
from mfa.kernel.errors import InputError
from mfa.kernel.market import (
    DailyClose,
    DailyVolatility,
    Dividend,
    Earnings,
    Listing,
    OptionChain,
    OptionQuote,
    Quote,
)
from mfa.kernel.option_table import OptionTable
from mfa.kernel.outcome import Absent, Found, Outcome, Provenance
from mfa.kernel.symbols import OptionSymbol

SOURCE: Final = "practice market"
_CLOSES: Final = "real closes from skfolio's S&P 500 data, dividends taken out"
_COMPUTED: Final = f"{_CLOSES}; intraday path, option quotes and dividends computed"
_CALENDAR: Final = "practice calendar, computed by rule, not historic dates"
_NEXT_REPORT_WITHIN: Final = timedelta(days=150)

T = TypeVar("T")


class PracticeMarket:
    """Twenty companies, 2015-01-02 to 2022-12-28. Reproducible from `seed`; thread-safe."""

    def __init__(self, *, seed: int, clock: Clock) -> None:
        self._clock = clock
        self.reseed(seed)
        self.first_day = self._tape.first_day
        self.last_day = self._tape.last_day
        self.symbols = self._tape.symbols

    def reseed(self, seed: int) -> None:
        """Another seed's market from now on: practice was reset, perhaps by another process."""
        self._tape = Tape(load_closes(), seed=seed)
        self._chains = Chains(self._tape)
        self._implied = ImpliedHistory(self._tape)

    @property
    def name(self) -> str:
        return SOURCE

    # At a given moment: for the broker.

    def close(self, symbol: str, day: date) -> Decimal:
        """The real close of a session, un-adjusted (see `dividends`), in cents."""
        return self._tape.close(symbol, day)

    def price(self, symbol: str, at: datetime) -> Decimal:
        """The last price: the path during a session, else the last close."""
        self._tape.known(symbol)
        return dollars(self._tape.price_cents(symbol, self._tape.moment(at)))

    def quote_at(self, symbol: str, at: datetime) -> Quote:
        self._tape.known(symbol)
        return self._tape.quote(symbol, self._tape.moment(at))

    def option_quote_at(self, option: OptionSymbol, at: datetime) -> OptionQuote:
        """A listed option's quote, until and including the closing bell of its expiration."""
        return self._chains.quote(option, at)

    def expirations_at(self, symbol: str, at: datetime) -> tuple[date, ...]:
        return self._chains.expirations(symbol, at)

    def strikes_at(self, symbol: str, expiration: date, at: datetime) -> tuple[Decimal, ...]:
        return self._chains.strikes(symbol, expiration, at)

    def chain_at(self, symbol: str, expiration: date, at: datetime) -> OptionChain:
        return self._chains.chain(symbol, expiration, at)

    def option_table_at(self, symbol: str, at: datetime, *, first: date, last: date) -> OptionTable:
        return self._chains.table(symbol, at, first=first, last=last)

    def dividends_between(self, symbol: str, start: date, end: date) -> tuple[Dividend, ...]:
        """What really goes ex on the days [start, end], whatever the clock says."""
        self._tape.known(symbol)
        return dividends_between(symbol, start, end)

    # At the clock's moment: the market source.

    def listings(self) -> Outcome[tuple[Listing, ...]]:
        every = companies()
        return self._found(lambda _: tuple(every[s].listing for s in self.symbols))

    def quote(self, symbol: str) -> Outcome[Quote]:
        return self._found(lambda now: self.quote_at(symbol, now))

    def option_quote(self, option: OptionSymbol) -> Outcome[OptionQuote]:
        return self._found(lambda now: self.option_quote_at(option, now))

    def expirations(self, symbol: str) -> Outcome[tuple[date, ...]]:
        return self._found(lambda now: self.expirations_at(symbol, now))

    def chain(self, symbol: str, expiration: date) -> Outcome[OptionChain]:
        return self._found(lambda now: self.chain_at(symbol, expiration, now))

    def option_table(self, symbol: str, *, first: date, last: date) -> Outcome[OptionTable]:
        return self._found(lambda now: self.option_table_at(symbol, now, first=first, last=last))

    def daily_closes(self, symbol: str, start: date, end: date) -> Outcome[tuple[DailyClose, ...]]:
        """Closes of sessions that are over; a range without any is absent."""

        def read(now: datetime) -> tuple[DailyClose, ...]:
            last = self._tape.last_closed(now)
            found = self._tape.closes(symbol, start, min(end, last))
            if not found:
                raise InputError(
                    f"The practice market has no closes of {symbol} from {start} to {end}.",
                    f"It has them from {self.first_day} to {last}.",
                )
            return found

        return self._found(read, computed=False, note=_CLOSES)

    def implied_volatilities(
        self, symbol: str, start: date, end: date
    ) -> Outcome[tuple[DailyVolatility, ...]]:
        """At the opening bells of the sessions that have begun; the rest is still to come."""

        def read(now: datetime) -> tuple[DailyVolatility, ...]:
            self._tape.known(symbol)
            company = companies().get(symbol)
            if company is None:
                raise InputError(f"{symbol} has no options in the practice market.")
            begun = self._tape.moment(now).day
            found = self._implied.between(company, start, min(end, begun))
            if not found:
                raise InputError(f"There are no sessions from {start} to {min(end, begun)}.")
            return found

        return self._found(read)

    def dividends(self, symbol: str, start: date, end: date) -> Outcome[tuple[Dividend, ...]]:
        """Ex-dates in [start, end] as the clock's day knows them: past, declared, then expected."""

        def read(now: datetime) -> tuple[Dividend, ...]:
            self._tape.known(symbol)
            today = exchange_date(now)
            past = dividends_between(symbol, start, min(end, today))
            coming = expected_dividends(symbol, today, min(end, today + FURTHEST))
            return (*past, *(d for d in coming if d.ex_date >= start))

        note = f"declared up to {DECLARED_AHEAD.days} days ahead, later ones expected; computed"
        return self._found(read, note=note)

    def next_earnings(self, symbol: str) -> Outcome[Earnings]:
        """The next report that is still to come."""

        def read(now: datetime) -> Earnings:
            self._tape.known(symbol)
            company = companies().get(symbol)
            if company is None:
                raise InputError(f"{symbol} is an index and reports no earnings.")
            moment = self._tape.moment(now)
            today = exchange_date(now)
            started = moment.day == today
            ahead = [
                report
                for report in earnings_between(company, today, today + _NEXT_REPORT_WITHIN)
                if report.day > today
                or not started
                or (report.timing != BEFORE_OPEN and moment.progress < 1.0)
            ]
            return ahead[0]

        return self._found(read, note=_CALENDAR)

    def earnings(self, symbol: str, start: date, end: date) -> Outcome[tuple[Earnings, ...]]:
        """Reports on the days [start, end], as far ahead as they are announced."""

        def read(now: datetime) -> tuple[Earnings, ...]:
            self._tape.known(symbol)
            company = companies().get(symbol)
            if company is None:
                raise InputError(f"{symbol} is an index and reports no earnings.")
            announced = exchange_date(now) + _NEXT_REPORT_WITHIN
            return earnings_between(company, start, min(end, announced))

        return self._found(read, note=_CALENDAR)

    def _found(
        self, read: Callable[[datetime], T], *, computed: bool = True, note: str = _COMPUTED
    ) -> Outcome[T]:
        """`read` at the clock's moment, which is looked at once: an answer is of one moment."""
        now = self._clock.now()
        try:
            value = read(now)
            as_of = self._tape.moment(now).at
        except InputError as error:
            return Absent(str(error))
        return Found(value, Provenance(source=SOURCE, as_of=as_of, computed=computed, note=note))
