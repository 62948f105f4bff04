"""The practice market of crypto currencies: computed prices, and no real ones.

Magnus carries no history of coins, so nothing here is a price that ever was. The logarithm of a
price wanders about a round level of the coin's own and is pulled back to it (an Ornstein-Uhlenbeck
process, exact at each midnight UTC; Uhlenbeck and Ornstein, 1930), with a Brownian bridge of
minutes in between. It follows from the seed and the moment alone, so that time can be moved as one
likes; it is quoted at all hours. Provenance says 'computed'.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Final, TypeVar

import numpy as np

from connectors.practice.path import key
from core_numba.normal import Floats
from mfa.kernel.clock import Clock
from mfa.kernel.coins import Pair, PairQuote, PairRules
from mfa.kernel.errors import InputError
from mfa.kernel.outcome import Absent, Found, Outcome, Provenance

T = TypeVar("T")

SOURCE: Final = "practice exchange"
NOTE: Final = "prices of crypto currencies are computed here, and no real ones"
QUOTES: Final = ("USD", "USDT")
MAKER: Final = Decimal("0.001")
TAKER: Final = Decimal("0.002")
FIRST: Final = date(2015, 1, 1)
LAST: Final = date(2023, 1, 31)
HALF_LIFE: Final = 60.0
"""Days in which half of the way back to the level is gone."""
_HALF_SPREAD: Final = 0.0002
_MINUTES: Final = 1440
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Coin:
    """`level` in dollars, annual `volatility`, and the grid of its pairs."""

    level: float
    volatility: float
    price_step: Decimal
    amount_step: Decimal


def _coin(level: float, volatility: float, price_step: str, amount_step: str) -> Coin:
    return Coin(level, volatility, Decimal(price_step), Decimal(amount_step))


COINS: Final = MappingProxyType(
    {
        "BTC": _coin(60_000.0, 0.60, "0.01", "0.00001"),
        "ETH": _coin(3_000.0, 0.75, "0.01", "0.0001"),
        "BNB": _coin(500.0, 0.70, "0.01", "0.001"),
        "SOL": _coin(150.0, 0.95, "0.01", "0.001"),
        "LTC": _coin(90.0, 0.75, "0.01", "0.001"),
        "AVAX": _coin(30.0, 0.95, "0.001", "0.01"),
        "LINK": _coin(15.0, 0.85, "0.001", "0.01"),
        "DOT": _coin(6.0, 0.85, "0.0001", "0.01"),
        "XRP": _coin(0.60, 0.80, "0.00001", "0.1"),
        "ADA": _coin(0.50, 0.85, "0.00001", "0.1"),
        "DOGE": _coin(0.15, 0.95, "0.00001", "1"),
    }
)


class PracticePairs:
    """`PairMarket` of a seed at the practice clock's moment. Safe for threads."""

    def __init__(self, seed: Callable[[], int], clock: Clock) -> None:
        self._seed, self._clock = seed, clock

    @property
    def name(self) -> str:
        return SOURCE

    def pair(self, base: str, quote: str | None) -> Outcome[Pair]:
        if base not in COINS or (quote or QUOTES[0]) not in QUOTES:
            return Absent(_unlisted(f"{base}/{quote}" if quote else base))
        return self._found(Pair(base, quote or QUOTES[0]))

    def quote(self, pair: Pair) -> Outcome[PairQuote]:
        try:
            return self._found(quote_at(pair, self._clock.now(), seed=self._seed()))
        except InputError as error:
            return Absent(str(error))

    def rules(self, pair: Pair) -> Outcome[PairRules]:
        if not _is_listed(pair):
            return Absent(_unlisted(str(pair)))
        coin = COINS[pair.base]
        return self._found(
            PairRules(
                pair=pair, symbol=f"{pair.base}{pair.quote}", amount_step=coin.amount_step,
                price_step=coin.price_step, least_amount=coin.amount_step,
                least_cost=Decimal(5), maker=MAKER, taker=TAKER,
            )
        )  # fmt: skip

    def at(self, pair: Pair, moment: datetime) -> Outcome[PairQuote]:
        """The quote of a moment that is past."""
        try:
            return self._found(quote_at(pair, min(moment, self._clock.now()), seed=self._seed()))
        except InputError as error:
            return Absent(str(error))

    def between(
        self, pair: Pair, after: datetime, until: datetime
    ) -> Outcome[tuple[PairQuote, ...]]:
        """The quotes at the full hours of (after, until]: what resting orders meet."""
        hour = after.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        found = []
        try:
            while hour <= until:
                found.append(quote_at(pair, hour, seed=self._seed()))
                hour += timedelta(hours=1)
        except InputError as error:
            return Absent(str(error))
        return self._found(tuple(found))

    def _found(self, value: T) -> Found[T]:
        source = Provenance(source=SOURCE, as_of=self._clock.now(), computed=True, note=NOTE)
        return Found(value, source)


def quote_at(pair: Pair, at: datetime, *, seed: int) -> PairQuote:
    """The market of a moment. `InputError` for what is not listed or lies outside the calendar."""
    if not _is_listed(pair):
        raise InputError(_unlisted(str(pair)))
    if not FIRST <= at.date() < LAST:
        raise InputError(f"The practice market of coins ends with {LAST:%d %b %Y}.")
    coin = COINS[pair.base]
    midnight = datetime(at.year, at.month, at.day, tzinfo=UTC)
    minute = int((at - midnight) / timedelta(minutes=1))
    price = math.exp(float(_minutes(seed, pair.base, at.date())[minute]))
    step = coin.price_step
    return PairQuote(
        pair=pair,
        bid=_on_grid(price * (1.0 - _HALF_SPREAD), step, ROUND_FLOOR),
        ask=_on_grid(price * (1.0 + _HALF_SPREAD), step, ROUND_CEILING),
        last=_on_grid(price, step, ROUND_FLOOR),
        as_of=at,
    )


def midnights(seed: int, base: str) -> Floats:
    """Logarithms of the price at each midnight UTC from `FIRST` to `LAST`, both included."""
    return _midnights(seed, base)


@lru_cache(maxsize=64)
def _midnights(seed: int, base: str) -> Floats:
    coin = COINS[base]
    pull = math.exp(-math.log(2.0) / HALF_LIFE)
    daily = coin.volatility / math.sqrt(365.0)
    generator = np.random.Generator(np.random.Philox(key=key(seed, "coin", base)))
    normals = generator.standard_normal((LAST - FIRST).days + 1)
    away = np.empty(len(normals))
    away[0] = normals[0] * daily / math.sqrt(1.0 - pull * pull)
    for day in range(1, len(normals)):
        away[day] = pull * away[day - 1] + daily * normals[day]
    return np.asarray(math.log(coin.level) + away)


@lru_cache(maxsize=512)
def _minutes(seed: int, base: str, day: date) -> Floats:
    """Logarithms at each minute of a day and at the midnight after it (1441 values)."""
    place = (day - FIRST).days
    start, end = _midnights(seed, base)[place : place + 2]
    times = np.linspace(0.0, 1.0, _MINUTES + 1)
    generator = np.random.Generator(np.random.Philox(key=key(seed, "coin minutes", base, day)))
    steps = generator.standard_normal(_MINUTES) / math.sqrt(_MINUTES)
    walk = np.concatenate(([0.0], np.cumsum(steps)))
    bridge = walk - times * walk[-1]
    daily = COINS[base].volatility / math.sqrt(365.0)
    return np.asarray(start + (end - start) * times + daily * bridge)


def _on_grid(price: float, step: Decimal, rounding: str) -> Decimal:
    steps = (Decimal(repr(price)) / step).to_integral_value(rounding)
    return max(steps, Decimal(1)) * step


def _is_listed(pair: Pair) -> bool:
    return pair.base in COINS and pair.quote in QUOTES


def _unlisted(what: str) -> str:
    return f"The practice market does not trade {what}. It has {', '.join(COINS)} in dollars."
