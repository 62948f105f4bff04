"""The computed path meets the real closes, never jumps inside a session and is reproducible."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from connectors.practice.market import PracticeMarket
from connectors.practice.path import intensity, session_path
from mfa.kernel.clock import FrozenClock
from mfa.kernel.errors import InputError

CLOSE = datetime(2021, 6, 15, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize("symbol", ["AAPL", "KO", "RRC", "SPX"])
def test_at_the_closing_bell_the_price_is_the_close(market: PracticeMarket, symbol: str) -> None:
    assert market.price(symbol, CLOSE) == market.close(symbol, date(2021, 6, 15))
    just_before = market.price(symbol, CLOSE - timedelta(microseconds=1))
    assert abs(just_before - market.close(symbol, date(2021, 6, 15))) <= Decimal("0.01")


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2021, 6, 15, 13, 29, 59, tzinfo=UTC), date(2021, 6, 14)),  # before the open
        (datetime(2021, 6, 15, 23, 0, tzinfo=UTC), date(2021, 6, 15)),  # in the evening
        (datetime(2021, 6, 19, 15, 0, tzinfo=UTC), date(2021, 6, 18)),  # Saturday
        (datetime(2021, 7, 5, 15, 0, tzinfo=UTC), date(2021, 7, 2)),  # a holiday
        (datetime(2021, 11, 26, 18, 0, tzinfo=UTC), date(2021, 11, 26)),  # early close, 13:00
    ],
)
def test_outside_trading_hours_the_last_close_stands(
    market: PracticeMarket, at: datetime, day: date
) -> None:
    assert market.price("MSFT", at) == market.close("MSFT", day)


def test_the_quote_of_an_evening_is_of_the_closing_bell(market: PracticeMarket) -> None:
    assert market.quote_at("MSFT", CLOSE + timedelta(hours=5)).as_of == CLOSE


def test_a_second_moves_a_price_by_little_and_a_day_has_a_range(market: PracticeMarket) -> None:
    opens = CLOSE - timedelta(hours=6, minutes=30)
    prices = [
        float(market.price("AAPL", opens + timedelta(seconds=s))) for s in range(0, 23400, 30)
    ]
    moves = np.abs(np.diff(np.log(prices)))
    assert moves.max() < 0.003
    assert 0.004 < max(prices) / min(prices) - 1.0 < 0.05


def test_same_seed_same_path_another_seed_another_path(market: PracticeMarket) -> None:
    at = datetime(2019, 3, 5, 17, 12, 7, tzinfo=UTC)
    again = PracticeMarket(seed=7, clock=FrozenClock(at))
    other = PracticeMarket(seed=8, clock=FrozenClock(at))
    assert again.quote_at("JPM", at) == market.quote_at("JPM", at)
    assert other.price("JPM", at) != market.price("JPM", at)
    assert other.price("JPM", at.replace(hour=23)) == market.price("JPM", at.replace(hour=23))


def test_the_path_is_pinned_to_one_stream_on_every_platform() -> None:
    """Recorded once. A change of these digits changes everybody's practice history."""
    path = session_path(
        seed=7, symbol="KO", day=date(2021, 6, 15), start=55.0, close=54.8, volatility=0.2
    )
    assert np.exp(path[[0, 195, 390]]).round(6).tolist() == [55.092622, 54.939942, 54.8]


def test_bridges_have_the_days_variance_and_are_busiest_at_the_bells() -> None:
    paths = np.array(
        [
            session_path(
                seed=s,
                symbol="X",
                day=date(2021, 6, 15),
                start=100.0,
                close=100.0,
                volatility=0.252,
            )
            for s in range(4000)
        ]
    )
    daily = 0.252 / 252**0.5
    quarter = np.var(paths[:, 0] - np.log(100.0))  # a bridge at 1/4: 1/4 * 3/4 of the variance
    assert quarter == pytest.approx(daily**2 * 0.1875, rel=0.08)
    first, noon = np.diff(paths[:, [0, 30, 180, 210]], axis=1)[:, [0, 2]].var(axis=0)
    assert first > 2.0 * noon


def test_volume_runs_from_zero_to_the_days_total_in_a_u_shape(market: PracticeMarket) -> None:
    assert intensity(np.array([0.0, 0.5, 1.0])) == pytest.approx([0.0, 0.5, 1.0])
    assert float(intensity(0.1)) > 0.14
    volumes = [
        market.quote_at("AAPL", CLOSE - timedelta(minutes=m)).volume for m in (390, 200, 60, 0, -90)
    ]
    assert volumes == sorted(volumes)
    assert volumes[0] == 0
    assert volumes[-1] == volumes[-2] > 20_000_000


def test_on_the_ex_date_the_price_opens_lower_by_about_the_dividend(market: PracticeMarket) -> None:
    """CVX paid 1.42 in 2022: over many ex-dates the overnight move averages minus the dividend."""
    gaps = []
    for dividend in market.dividends_between("CVX", date(2015, 2, 1), date(2022, 12, 28)):
        at = datetime(*dividend.ex_date.timetuple()[:3], 15, 0, tzinfo=UTC)
        quote = market.quote_at("CVX", at)
        gaps.append(float((quote.last - quote.previous_close + dividend.amount) / quote.last))
    assert abs(float(np.mean(gaps))) < 0.008


@pytest.mark.parametrize(
    "at",
    [
        datetime(2015, 1, 2, 14, 29, tzinfo=UTC),
        datetime(2022, 12, 29, 14, 30, tzinfo=UTC),
        datetime(2030, 1, 2, 15, 0, tzinfo=UTC),
    ],
)
def test_outside_the_data_there_is_no_price(market: PracticeMarket, at: datetime) -> None:
    with pytest.raises(InputError, match="2015-01-02 to 2022-12-28"):
        market.price("KO", at)


def test_the_last_evening_still_has_its_close(market: PracticeMarket) -> None:
    at = datetime(2022, 12, 29, 14, 29, tzinfo=UTC)
    assert market.price("AAPL", at) == Decimal("125.67")


def test_a_moment_without_a_zone_is_refused(market: PracticeMarket) -> None:
    with pytest.raises(InputError, match="time zone"):
        market.price("KO", datetime(2021, 6, 15, 10, 30))  # noqa: DTZ001 - the point
