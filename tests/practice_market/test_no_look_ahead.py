"""Nothing that is quoted knows a later close, but for the running day's own path."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest

from connectors.practice.market import PracticeMarket
from mfa.kernel.clock import FrozenClock
from mfa.kernel.outcome import Found

SYMBOLS = ("AAPL", "KO", "RRC", "XOM")


def _forget(market: PracticeMarket, at: datetime) -> None:
    """Put noise in place of every close after the session of `at` and what is learned from it."""
    tape, generator = market._tape, np.random.default_rng(1)
    index = tape.moment(at).index
    rest = tape.cents[index + 1 :]
    rest[:] = generator.integers(100, 90_000, rest.shape)
    for learned in (tape._short, tape._long):
        learned[index:] = generator.uniform(0.01, 4.0, learned[index:].shape)


def _everything(market: PracticeMarket, at: datetime) -> list[object]:
    said: list[object] = []
    for symbol in SYMBOLS:
        said.append(market.quote_at(symbol, at))
        said.extend(market.chain_at(symbol, e, at) for e in market.expirations_at(symbol, at))
    return said


@pytest.mark.parametrize(
    "at",
    [
        datetime(2019, 8, 5, 15, 7, tzinfo=UTC),
        datetime(2020, 3, 13, 19, 59, tzinfo=UTC),
        datetime(2022, 11, 10, 21, 30, tzinfo=UTC),
    ],
)
def test_another_future_changes_no_quote_before_it(market: PracticeMarket, at: datetime) -> None:
    other = PracticeMarket(seed=7, clock=FrozenClock(at))
    _forget(other, at)
    assert _everything(other, at) == _everything(market, at)


def test_another_future_does_change_what_comes(market: PracticeMarket) -> None:
    other = PracticeMarket(seed=7, clock=FrozenClock(datetime(2021, 6, 15, tzinfo=UTC)))
    _forget(other, datetime(2021, 6, 15, 21, 0, tzinfo=UTC))
    tomorrow = datetime(2021, 6, 16, 20, 0, tzinfo=UTC)
    assert other.price("AAPL", tomorrow) != market.price("AAPL", tomorrow)


def test_closes_are_shown_only_after_the_bell() -> None:
    before = PracticeMarket(seed=7, clock=FrozenClock(datetime(2021, 6, 15, 19, 59, tzinfo=UTC)))
    after = PracticeMarket(seed=7, clock=FrozenClock(datetime(2021, 6, 15, 20, 0, tzinfo=UTC)))
    period = (date(2021, 6, 1), date(2021, 7, 1))
    early, late = before.daily_closes("KO", *period), after.daily_closes("KO", *period)
    assert isinstance(early, Found)
    assert isinstance(late, Found)
    assert early.value[-1].day == date(2021, 6, 14)
    assert late.value[-1].day == date(2021, 6, 15)
