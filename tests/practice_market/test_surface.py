"""The surface: a premium over what was realised, mean reversion, and a bump for earnings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from connectors.practice.listings import companies
from connectors.practice.market import PracticeMarket
from connectors.practice.rates import interest_rate
from connectors.practice.surface import SECONDS_PER_YEAR, build_surface
from core_numba.ssvi import arbitrage_free

KO = companies()["KO"]
NO_REPORTS = np.array([])


def test_every_companys_parameters_exclude_arbitrage() -> None:
    assert all(arbitrage_free(c.rho, c.eta) for c in companies().values())


def test_total_variance_worked_by_hand() -> None:
    """Realised 20 % at both ends, earnings 1.6 %: sqrt(0.04 - 4 * 0.016^2) = 0.1974233.

    Implied 1.06 * 0.1974233 + 0.01 = 0.2192687; half a year of its square is 0.0240394.
    """
    surface = build_surface(KO, 0.04, 0.04, NO_REPORTS)
    half_a_year = surface.theta(0.0, [0.5 * SECONDS_PER_YEAR])[0]
    assert half_a_year == pytest.approx(0.0240394, abs=1e-7)


def test_a_report_before_the_expiration_adds_its_variance_once() -> None:
    report = 0.25 * SECONDS_PER_YEAR
    with_it = build_surface(KO, 0.04, 0.04, np.array([report]))
    without = build_surface(KO, 0.04, 0.04, NO_REPORTS)
    moments = np.array([0.2, 0.3, 0.5]) * SECONDS_PER_YEAR
    added = with_it.theta(0.0, moments) - without.theta(0.0, moments)
    assert added == pytest.approx([0.0, 0.016**2, 0.016**2])
    assert with_it.theta(report, moments) == pytest.approx(without.theta(report, moments))


def test_after_a_shock_short_tenors_stand_above_long_ones(market: PracticeMarket) -> None:
    def at_the_money(at: datetime, days: int) -> float:
        expirations = market.expirations_at("JPM", at)
        expiration = min(expirations, key=lambda e: abs((e - at.date()).days - days))
        chain = market.chain_at("JPM", expiration, at)
        near = min(chain.calls, key=lambda q: abs(q.option.strike - q.underlying_price))
        return near.implied_volatility

    crash = datetime(2020, 3, 20, 15, 0, tzinfo=UTC)
    calm = datetime(2019, 12, 20, 15, 0, tzinfo=UTC)
    assert at_the_money(crash, 30) > at_the_money(crash, 365) + 0.1
    assert at_the_money(calm, 30) < at_the_money(calm, 365)
    assert at_the_money(crash, 30) > 3.0 * at_the_money(calm, 30)


def test_puts_below_the_money_carry_more_volatility_than_calls_above(
    market: PracticeMarket, now: datetime
) -> None:
    chain = market.chain_at("AAPL", date(2021, 7, 16), now)
    put = min(chain.puts, key=lambda q: abs(q.delta + 0.25))
    call = min(chain.calls, key=lambda q: abs(q.delta - 0.25))
    assert 0.02 < put.implied_volatility - call.implied_volatility < 0.10


def test_implied_stands_two_to_four_points_over_what_is_then_realised(
    market: PracticeMarket,
) -> None:
    """Thirty-day implied against the following 21 sessions, all companies, monthly, 2015-2019.

    2020 is left out on purpose: no market priced that spring in advance.
    """
    tape = market._tape
    premiums = []
    for index in range(21, 1180, 21):
        for symbol in market.symbols:
            outlook = market._chains._outlook(symbol, index)
            start = tape._opens[index]
            theta = outlook.surface.theta(start, [start + 30 * 86400.0])[0]
            implied = float(np.sqrt(theta * 365.0 / 30.0))
            column = tape.known(symbol)
            moves = np.diff(np.log(tape.cents[index : index + 22, column]))
            premiums.append(implied - float(np.sqrt(252.0 * np.mean(moves**2))))
    assert 0.02 < float(np.mean(premiums)) < 0.04


def test_the_rate_of_a_day_is_the_average_of_the_month_before() -> None:
    assert interest_rate(date(2022, 12, 14)) == pytest.approx(np.log(1.0415))
    assert interest_rate(date(2022, 1, 3)) == pytest.approx(np.log(1.0006))


def test_days_beyond_the_table_take_its_last_month() -> None:
    assert interest_rate(date(2024, 5, 1) + timedelta(days=1)) == pytest.approx(np.log(1.0425))
