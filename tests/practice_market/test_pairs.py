"""The computed market of coins: the same for a seed, continuous over midnights, about its level."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from connectors.practice.pairs import COINS, HALF_LIFE, PracticePairs, midnights, quote_at
from mfa.kernel.clock import FrozenClock
from mfa.kernel.coins import Pair
from mfa.kernel.errors import InputError
from mfa.kernel.outcome import Absent, Found

NOON = datetime(2021, 7, 3, 12, 30, tzinfo=UTC)
BTC = Pair("BTC", "USD")


def test_a_quote_follows_from_seed_and_moment_alone() -> None:
    assert quote_at(BTC, NOON, seed=7) == quote_at(BTC, NOON, seed=7)
    assert quote_at(BTC, NOON, seed=7) != quote_at(BTC, NOON, seed=8)


@pytest.mark.parametrize("base", sorted(COINS))
def test_quotes_are_two_sided_on_the_grid_and_near_together(base: str) -> None:
    quote, step = quote_at(Pair(base, "USDT"), NOON, seed=7), COINS[base].price_step
    assert 0 < quote.bid < quote.ask
    assert quote.bid % step == quote.ask % step == 0
    assert float((quote.ask - quote.bid) / quote.mid) < 0.002


def test_the_minutes_of_a_day_begin_and_end_at_its_midnights() -> None:
    """23:59 and 00:00 are one minute apart: no more than a few minutes' volatility."""
    end = quote_at(BTC, datetime(2021, 7, 3, 23, 59, tzinfo=UTC), seed=7)
    start = quote_at(BTC, datetime(2021, 7, 4, tzinfo=UTC), seed=7)
    minute = 0.60 / math.sqrt(365 * 1440)
    assert abs(math.log(start.mid / end.mid)) < 6 * minute
    assert start.last == Decimal(repr(math.exp(midnights(7, "BTC")[2376]))).quantize(
        Decimal("0.01"), "ROUND_FLOOR"
    )


def test_prices_wander_about_their_level_as_the_process_says() -> None:
    """An Ornstein-Uhlenbeck process of daily volatility s and pull p has the variance
    s^2 / (1 - p^2); over 40 seeds of eight years the sample's is within a tenth of it."""
    pull = math.exp(-math.log(2.0) / HALF_LIFE)
    daily = 0.60 / math.sqrt(365.0)
    away = np.concatenate([midnights(seed, "BTC") - math.log(60_000.0) for seed in range(40)])
    assert float(np.var(away)) == pytest.approx(daily**2 / (1 - pull**2), rel=0.1)
    steps = away[1:] - pull * away[:-1]
    assert float(np.std(steps)) == pytest.approx(daily, rel=0.02)


def test_resting_orders_meet_the_full_hours() -> None:
    market = PracticePairs(lambda: 7, FrozenClock(NOON))
    found = market.between(BTC, NOON - timedelta(hours=2), NOON)
    assert isinstance(found, Found)
    assert [each.as_of.hour for each in found.value] == [11, 12]


def test_what_is_computed_says_so_and_what_is_not_listed_is_absent() -> None:
    market = PracticePairs(lambda: 7, FrozenClock(NOON))
    found = market.quote(BTC)
    assert isinstance(found, Found)
    assert found.provenance.computed
    assert "no real ones" in found.provenance.note
    assert isinstance(market.pair("XYZ", None), Absent)
    assert isinstance(market.pair("BTC", "EUR"), Absent)
    late = PracticePairs(lambda: 7, FrozenClock(datetime(2024, 1, 1, tzinfo=UTC)))
    assert isinstance(late.quote(BTC), Absent)
    with pytest.raises(InputError):
        quote_at(Pair("XYZ", "USD"), NOON, seed=7)
