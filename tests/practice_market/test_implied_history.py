"""The volatility history is what the chains of those days said, and tells nothing of tomorrow."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from connectors.practice.market import PracticeMarket
from connectors.volatility.event_move import at_the_money_volatility
from mfa.kernel.clock import FrozenClock
from mfa.kernel.outcome import Absent, Found


def test_it_agrees_with_the_chains_around_thirty_days(market: PracticeMarket) -> None:
    """At the money of the expirations around 30 days, interpolated in total variance."""
    day = date(2021, 6, 15)
    opens = datetime(2021, 6, 15, 13, 30, tzinfo=UTC)
    for symbol in ("AAPL", "KO", "AMD"):
        table = market.option_table_at(symbol, opens, first=day, last=day + timedelta(days=60))
        years = np.array(
            [table.years[table.expiration == p][0] for p in range(len(table.expirations))]
        )
        implied = [at_the_money_volatility(table, p) for p in range(len(years))]
        total = np.array([v or np.nan for v in implied]) ** 2 * years
        expected = np.sqrt(np.interp(30 / 365, years, total) / (30 / 365))
        outcome = market.implied_volatilities(symbol, day, day)
        assert isinstance(outcome, Found)
        assert outcome.value[0].volatility == pytest.approx(float(expected), rel=0.03)


def test_it_ends_with_the_session_that_has_begun() -> None:
    for moment, last in (
        (datetime(2021, 6, 15, 14, 30, tzinfo=UTC), date(2021, 6, 15)),
        (datetime(2021, 6, 15, 12, 0, tzinfo=UTC), date(2021, 6, 14)),
    ):
        market = PracticeMarket(seed=7, clock=FrozenClock(moment))
        outcome = market.implied_volatilities("KO", date(2021, 6, 1), date(2021, 12, 31))
        assert isinstance(outcome, Found)
        assert outcome.value[-1].day == last
        assert outcome.provenance.computed


def test_what_has_no_options_has_no_history(market: PracticeMarket) -> None:
    for symbol in ("ZZZ", "SPX"):
        outcome = market.implied_volatilities(symbol, date(2021, 1, 4), date(2021, 6, 1))
        assert isinstance(outcome, Absent)
