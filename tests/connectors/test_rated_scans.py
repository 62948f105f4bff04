"""Scans filtered by companies' ratings, and by the person's own usual limits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from connectors.portfolio.params import TargetParams
from connectors.ratings.scale import bounds, outlook
from connectors.screening.params import ScanParams
from mfa.kernel.outcome import Absent
from mfa.kernel.settings import load_settings
from tests.connectors.coca_cola import stocked
from tests.connectors.conftest import Desk
from tests.connectors.test_database_scan import KO, Kept


@pytest.fixture
def market(desk: Desk) -> Desk:
    """Coca-Cola, which rose every day: bullish by whatever is known of it."""
    return stocked(desk)


def rows(market: Desk, query: str = "scan_csp", **asked: Any) -> Any:
    return market.found("opportunities", query, **asked).rows


def test_a_rating_that_nobody_asks_for_is_not_asked(market: Desk) -> None:
    assert {row.rating for row in rows(market)} == {None}


def test_a_bullish_company_passes_the_bullish_filter_with_its_rating(market: Desk) -> None:
    rated = market.found("ai_research", "get_rating", symbol="KO")
    assert rated.outlook == "bullish"
    assert [row.rating for row in rows(market, rating="bullish", limit=1)] == [rated.rating]
    assert rows(market, min_rating=60)
    for asked in ({"rating": "bearish"}, {"rating": "neutral"}, {"min_rating": 100}):
        assert isinstance(market.ask("opportunities", "scan_csp", **asked), Absent)


def test_premium_is_filtered_alike(market: Desk) -> None:
    assert market.found("premium_scanner", "scan", rating="bullish", strategy="csp").rows
    assert isinstance(market.ask("premium_scanner", "scan", rating="bearish"), Absent)


def test_what_cannot_be_rated_does_not_pass(market: Desk) -> None:
    known = market.market.closes["KO"]
    market.market.closes["KO"] = known.map(lambda closes: closes[-60:])  # type: ignore[union-attr]
    assert isinstance(market.ask("opportunities", "scan_csp", rating="bullish"), Absent)
    assert rows(market), "without the filter it is found as before"


@pytest.mark.parametrize("rating", [0.0, 39.9, 40.0, 59.9, 60.0, 100.0])
def test_bounds_are_those_of_the_outlook(rating: float) -> None:
    within = [
        name for name in ("bullish", "neutral", "bearish")
        if bounds(name)[0] <= rating < bounds(name)[1]
    ]  # fmt: skip
    assert within == [outlook(rating)]


def test_the_usual_limits_stand_in_for_what_a_question_leaves_open() -> None:
    usual = load_settings(scan_dte=(30, 45), scan_max_capital=5000.0, profit_target_pct=60.0)
    open_ = ScanParams().preferring(usual)
    assert (open_.dte, open_.delta, open_.max_capital) == ((30, 45), (0.10, 0.35), 5000.0)
    said = ScanParams(dte=(20, 50), max_capital=None).preferring(usual)
    assert (said.dte, said.max_capital) == ((20, 50), None)
    assert TargetParams().preferring(usual).target_pct == 60.0
    assert TargetParams(target_pct=25).preferring(usual).target_pct == 25
    assert np.isclose(TargetParams().target_pct, 50.0)


def test_the_stock_database_is_screened_by_rating_too(market: Desk) -> None:
    market.stocks = Kept(KO)
    assert [row.rating for row in market.found("database_scan", "scan").rows] == [None]
    (row,) = market.found("database_scan", "scan", rating="bullish").rows
    assert row.rating == market.found("ai_research", "get_rating", symbol="KO").rating
    for asked in ({"rating": "bearish"}, {"min_rating": 100}):
        assert isinstance(market.ask("database_scan", "scan", **asked), Absent)
