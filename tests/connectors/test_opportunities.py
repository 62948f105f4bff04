"""Scans for contracts to sell, on the company of `coca_cola`."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from connectors.screening.contracts import contracts
from connectors.screening.ranking import best
from connectors.screening.score import (
    WEIGHTS,
    Parts,
    chance_part,
    distance_part,
    range_part,
    return_part,
)
from mfa.kernel.market import Listing
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome
from mfa.kernel.watchlists import Watchlist, WatchlistSource
from tests.connectors.coca_cola import SPOT, VOLATILITY, YEARS, normal, stocked, table, value
from tests.connectors.conftest import Desk, at, option, position
from tests.connectors.fakes import MARKET, NOW

KO_CALL = option("KO", 7, 16, "60", "call")


@pytest.fixture
def market(desk: Desk) -> Desk:
    return stocked(desk)


def test_the_scan_gives_forward_volatility_and_delta_back() -> None:
    found = contracts([table()])
    assert found.forward == pytest.approx(np.full(10, SPOT), abs=1e-9)
    assert found.found.implied == pytest.approx(np.full(10, VOLATILITY), abs=1e-9)
    s = VOLATILITY * math.sqrt(YEARS)
    put = 3  # the 52.5 put
    d1 = math.log(SPOT / 52.5) / s + s / 2
    assert found.found.delta[put] == pytest.approx(normal(d1) - 1)
    even = 52.5 - (value(52.5, -1.0) - 0.025)
    assert found.break_even[put] == pytest.approx(even)
    chance = normal((math.log(SPOT / even) - s * s / 2) / s)
    assert found.profit_chance[put] == pytest.approx(chance)


def test_no_tables_are_no_contracts() -> None:
    assert len(contracts([])) == 0


def test_two_companies_keep_their_own_forwards() -> None:
    import dataclasses

    other = table("PEP")
    shifted = dataclasses.replace(
        other, spot=2 * SPOT, strike=2 * other.strike, bid=2 * other.bid, ask=2 * other.ask
    )
    found = contracts([table(), shifted])
    assert found.forward[:10] == pytest.approx(SPOT)
    assert found.forward[10:] == pytest.approx(2 * SPOT)
    assert found.tables[int(found.table[13])].option(int(found.row[13])).strike == Decimal(105)


def test_a_table_in_another_order_gives_the_same_forwards() -> None:
    import dataclasses

    made = table()
    mixed = np.random.default_rng(1).permutation(len(made))
    columns = ("expiration", "years", "strike", "sign", "bid", "ask", "last", "volume")
    shuffled = dataclasses.replace(
        made,
        **{name: getattr(made, name)[mixed] for name in (*columns, "open_interest")},
    )
    assert contracts([shuffled]).forward == pytest.approx(np.full(10, SPOT), abs=1e-9)


def test_a_put_is_scored_by_its_stated_parts(market: Desk) -> None:
    found = market.found("opportunities", "scan_csp")
    (row, *_) = [row for row in found.rows if row.strike == Decimal("52.50")]
    bid = value(52.5, -1.0) - 0.025
    capital = 100 * (52.5 - bid)
    annual = bid / (52.5 - bid) / YEARS
    assert float(row.premium) == pytest.approx(100 * bid, abs=0.01)
    assert float(row.capital) == pytest.approx(capital, abs=0.01)
    assert row.annual_pct == pytest.approx(100 * annual)
    assert row.return_points == pytest.approx(25 * annual / (annual + 0.15))
    assert row.chance_points == pytest.approx(20 * (row.chance_pct / 100 - 0.5) / 0.45)
    move = VOLATILITY * math.sqrt(YEARS)
    assert row.distance_points == pytest.approx(10 * (2.5 / 55) / move / 1.5)
    assert (row.iv_rank, row.rank_points) == (pytest.approx(100.0), pytest.approx(10.0))
    assert row.trend_points == pytest.approx(10.0)
    assert row.earnings_points == 5.0  # 20 July is after 16 July
    low, high = 45 + 48 / 30, 45 + 299 / 30  # the last 252 closes
    even = 52.5 - bid
    assert row.assignment_points == pytest.approx(5 * (1 - (even - low) / (high - low)))
    parts = [value for name, value in row if name.endswith("_points")]
    assert row.score == pytest.approx(sum(parts))


@pytest.mark.parametrize(
    ("asked", "strikes"),
    [
        ({}, {50.0, 52.5}),
        ({"delta": "0.05-0.15"}, {50.0}),
        ({"max_capital": 5100}, {50.0}),
        ({"min_premium_pct": 1.0}, {52.5}),
        ({"no_earnings_days": -1}, {50.0, 52.5}),
        ({"no_earnings_days": 30}, {50.0, 52.5}),
        ({"min_iv_rank": 90}, {50.0, 52.5}),
        ({"sector": "staples"}, {50.0, 52.5}),
        ({"max_price": 60, "min_price": 50}, {50.0, 52.5}),
    ],
)
def test_filters_hold(market: Desk, asked: dict[str, Any], strikes: set[float]) -> None:
    found = market.found("opportunities", "scan_csp", **{"delta": "0.05-0.35", **asked})
    assert {float(row.strike) for row in found.rows} == strikes


@pytest.mark.parametrize(
    "asked",
    [
        {"no_earnings_days": 40}, {"delta": "0.4-0.45"}, {"max_capital": 100}, {"min_price": 60},
        {"min_open_interest": 501}, {"sector": "energy"}, {"min_score": 100},
    ],
)  # fmt: skip
def test_what_excludes_everything_is_said(market: Desk, asked: dict[str, Any]) -> None:
    assert isinstance(market.ask("opportunities", "scan_csp", **asked), Absent)


def test_what_is_not_known_does_not_vote_and_does_not_pass_a_filter(market: Desk) -> None:
    market.market.implied.clear()
    market.market.reports["KO"] = Failed(FailureKind.TIMEOUT, "Too slow.")
    found = market.found("opportunities", "scan_csp")
    row = found.rows[0]
    assert (row.rank_points, row.earnings_points, row.iv_rank) == (None, None, None)
    known = [value for name, value in row if name.endswith("_points") and value is not None]
    assert row.score == pytest.approx(100 * sum(known) / 85)
    assert "KO: Too slow." in found.warnings
    assert isinstance(market.ask("opportunities", "scan_csp", min_iv_rank=1), Absent)
    assert isinstance(market.ask("opportunities", "scan_csp", no_earnings_days=1), Absent)


def test_calls_are_looked_for_on_shares_in_round_lots(market: Desk) -> None:
    market.hold(position("KO", 100, "58.00", "5800.00", at(5, 21), "stock"))
    found = market.found("opportunities", "scan_covered_calls", delta="0.05-0.35")
    points = {float(row.strike): row.assignment_points for row in found.rows}
    assert points == {57.5: 0.0, 60.0: 5.0}  # below and above what was paid
    call = next(row for row in found.rows if row.strike == Decimal("60.00"))
    bid = value(60.0, 1.0) - 0.025
    assert float(call.capital) == pytest.approx(100 * (55 - bid), abs=0.01)


def test_shares_that_a_call_may_take_are_offered_for_no_second_one(market: Desk) -> None:
    market.hold(
        position("KO", 200, "58.00", "11600.00", at(5, 21), "stock"),
        position("KO", -2, "0.50", "-98.70", at(6, 1), "covered_call", KO_CALL),
    )
    outcome = market.ask("opportunities", "scan_covered_calls", delta="0.05-0.35")
    assert outcome == Absent(
        "Your 200 KO shares are taken: 2 calls are sold against them, and another would be naked."
    )
    named = market.found("opportunities", "scan_covered_calls", symbols="KO", delta="0.05-0.35")
    assert outcome.reason in named.warnings


def test_a_lot_of_shares_that_is_free_is_looked_at(market: Desk) -> None:
    market.hold(
        position("KO", 200, "58.00", "11600.00", at(5, 21), "stock"),
        position("KO", -1, "0.50", "-49.35", at(6, 1), "covered_call", KO_CALL),
    )
    found = market.found("opportunities", "scan_covered_calls", delta="0.05-0.35")
    assert found.rows
    assert found.warnings == ()


def test_without_round_lots_there_is_nothing_to_cover(market: Desk) -> None:
    market.hold(position("KO", 99, "50.00", "4950.00", at(5, 21), "stock"))
    outcome = market.ask("opportunities", "scan_covered_calls")
    assert isinstance(outcome, Absent)
    assert "no hundred shares" in outcome.reason


def test_strikes_stand_side_by_side(market: Desk) -> None:
    found = market.found("opportunities", "analyze_strikes", symbols="KO", limit=3)
    assert [float(row.strike) for row in found.rows] == [52.5, 55.0, 57.5]
    at_the_money = found.rows[1]
    assert at_the_money.iv_pct == pytest.approx(25.0)
    assert at_the_money.spread_pct == pytest.approx(100 * 0.05 / value(55.0, -1.0))
    assert found.iv_rank == pytest.approx(100.0)


def test_a_failed_source_is_named_and_the_others_are_ranked(market: Desk) -> None:
    market.market.listed += (Listing(symbol="PEP", name="PepsiCo", sector="Staples"),)
    market.market.tables["PEP"] = Failed(FailureKind.TIMEOUT, "No answer.")
    found = market.found("opportunities", "scan_csp")
    assert {row.symbol for row in found.rows} == {"KO"}
    assert "PEP: No answer." in found.warnings


def test_parts_are_bounded_and_unknown_ones_are_no_number() -> None:
    nan = math.nan
    assert return_part([0.15, -0.1, math.inf]).tolist() == [0.5, 0.0, 1.0]
    assert chance_part([0.95, 1.0, 0.2]).tolist() == [1.0, 1.0, 0.0]
    assert distance_part([0.2, -0.1], [0.1, 0.1]).tolist() == [1.0, 0.0]
    assert range_part([10, 20, 5], 10, 20).tolist() == [1, 0, 1]
    unknown = (return_part(nan), distance_part(0.1, 0.0), range_part(10, nan, 20))
    assert all(math.isnan(float(each)) for each in unknown)
    assert sum(WEIGHTS.values()) == 100.0
    columns = {name: np.array([nan, nan]) for name in WEIGHTS}
    parts = Parts(**{**columns, "trend_part": np.array([nan, 0.4])})
    assert math.isnan(parts.score[0])
    assert parts.score[1] == pytest.approx(40.0)
    assert parts.points(1) == {**dict.fromkeys(WEIGHTS), "trend_part": pytest.approx(4.0)}


def test_no_company_takes_all_the_places() -> None:
    score = np.array([50.0, 90.0, 80.0, math.nan, 70.0, 60.0])
    company = np.array([0, 1, 1, 0, 1, 0])
    assert best(score, company, per_company=2, limit=3) == [1, 2, 5]
    assert best(score, company, per_company=9, limit=9) == [1, 2, 4, 5, 0]


def test_a_single_delta_or_day_means_what_is_near_it(market: Desk) -> None:
    found = market.found("opportunities", "scan_csp", delta=0.20, dte=30)
    assert [float(row.strike) for row in found.rows] == [52.5]  # a delta of -0.23, 31 days


def test_a_watchlist_is_scanned_by_the_same_rules(market: Desk) -> None:
    made = Watchlist(name="Wheel", symbols=("KO",), source="magnus", updated_at=NOW)

    class Kept:
        def watchlists(self, _user: str) -> Found[tuple[Watchlist, ...]]:
            return Found((made,), MARKET)

    market.watchlists = Kept()
    scanned = market.found("tradingview", "scan_watchlist", watchlist="wheel")
    assert scanned == market.found("opportunities", "scan_csp", symbols="KO")
    assert isinstance(market.ask("tradingview", "scan_watchlist", watchlist="crypto"), Absent)


def test_my_watchlist_is_every_list_and_says_so_where_none_is_the_usual(
    market: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kept(*names: str) -> WatchlistSource:
        class Kept:
            def watchlists(self, _user: str) -> Outcome[tuple[Watchlist, ...]]:
                lists = tuple(
                    Watchlist(name=each, symbols=("KO",), source="magnus", updated_at=NOW)
                    for each in names
                )
                return Found(lists, MARKET)

        return Kept()

    market.watchlists = kept("Wheel", "Dividends")
    scanned = market.found("opportunities", "scan_csp", watchlist="my watchlist")
    alone = market.found("opportunities", "scan_csp", symbols="KO")
    assert scanned.rows == alone.rows
    assert scanned.warnings[0].startswith("No list was named, so all of yours were looked through")
    assert "Wheel, Dividends" in scanned.warnings[0]
    monkeypatch.setenv("MAGNUS_WATCHLIST", "wheel")
    assert market.found("opportunities", "scan_csp", watchlist="my lists") == alone
    monkeypatch.delenv("MAGNUS_WATCHLIST")
    market.watchlists = kept()
    none = market.ask("opportunities", "scan_csp", watchlist="my watchlist")
    assert none == Absent("You have no watchlists yet.")


def test_ranges_are_read_as_people_write_them(market: Desk) -> None:
    for dte in ("20-45", [20, 45], (20, 45)):
        assert market.found("opportunities", "scan_csp", dte=dte).passed == 1
    with pytest.raises(ValueError, match="range"):
        market.ask("opportunities", "scan_csp", dte="45-20")
