"""Premium by any strategy, on the company of `coca_cola`: strikes from 50 to 60, by 2.5."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome
from mfa.kernel.scans import SavedScan, ScanRun
from tests.connectors.coca_cola import SPOT, VOLATILITY, YEARS, normal, stocked, value
from tests.connectors.conftest import ACCOUNT, Desk

DEVIATION = VOLATILITY * math.sqrt(YEARS)
WIDE = {"delta": "0-1", "min_open_interest": 0, "limit": 100, "per_symbol": 100}


@pytest.fixture
def market(desk: Desk) -> Desk:
    return stocked(desk)


def _rows(market: Desk, strategy: str, **asked: Any) -> dict[str, Any]:
    found = market.found("premium_scanner", "scan", **{**WIDE, "strategy": strategy, **asked})
    return {row.trade.removeprefix("KO 16 Jul 2021: "): row for row in found.rows}


def _bid(strike: float, sign: float) -> float:
    return value(strike, sign) - 0.025


def _ask(strike: float, sign: float) -> float:
    return value(strike, sign) + 0.025


def _above(level: float) -> float:
    return normal((math.log(SPOT / level) - DEVIATION**2 / 2) / DEVIATION)


def test_a_put_is_what_the_other_scan_says_it_is(market: Desk) -> None:
    asked = {"delta": "0.05-0.35", "limit": 100}
    rows = market.found("premium_scanner", "scan", strategy="csp", **asked).rows
    others = market.found("opportunities", "scan_csp", **asked).rows
    assert [row.score for row in rows] == pytest.approx([row.score for row in others])
    assert [row.capital for row in rows] == [row.capital for row in others]
    assert [row.annual_pct for row in rows] == pytest.approx([row.annual_pct for row in others])
    assert [row.chance_pct for row in rows] == pytest.approx([row.chance_pct for row in others])


def test_a_spread_buys_the_strike_nearest_to_its_wing(market: Desk) -> None:
    rows = _rows(market, "bull_put_spread", wing_pct=4)  # 2.20 of 55.00: the next strike
    assert set(rows) == {f"sell {k + 2.5:g} put, buy {k:g} put" for k in (50, 52.5, 55, 57.5)}
    wide = _rows(market, "bull put spreads", wing_pct=9)  # 4.95: the second next
    row = wide["sell 55 put, buy 50 put"]
    net = _bid(55.0, -1.0) - _ask(50.0, -1.0)
    assert float(row.premium) == pytest.approx(100 * net, abs=0.005)
    assert float(row.capital) == pytest.approx(100 * (5 - net), abs=0.005)
    assert row.max_loss == -row.capital
    assert row.chance_pct == pytest.approx(100 * _above(55 - net))
    assert row.return_pct == pytest.approx(100 * net / (5 - net))  # at 55.00 the put ends worthless
    assert row.annual_pct == pytest.approx(row.return_pct / YEARS)
    assert row.break_evens == f"above {55 - net:.2f}"


def test_a_call_spread_leans_the_other_way(market: Desk) -> None:
    row = _rows(market, "bear_call_spread")["sell 57.5 call, buy 60 call"]
    net = _bid(57.5, 1.0) - _ask(60.0, 1.0)
    assert row.break_evens == f"below {57.5 + net:.2f}"
    assert row.chance_pct == pytest.approx(100 * (1 - _above(57.5 + net)))
    # above both averages: a bull gets the trend's ten points, a bear none
    bull = _rows(market, "bull_put_spread")["sell 52.5 put, buy 50 put"]
    assert bull.score > row.score


def test_a_condor_pairs_like_deltas_and_ties_up_its_wider_side(market: Desk) -> None:
    rows = _rows(market, "iron_condor", delta="0.05-0.35")
    row = rows["sell 52.5 put, buy 50 put, sell 57.5 call, buy 60 call"]
    net = _bid(52.5, -1) - _ask(50, -1) + _bid(57.5, 1) - _ask(60, 1)
    assert float(row.capital) == pytest.approx(100 * (2.5 - net), abs=0.005)
    assert row.chance_pct == pytest.approx(100 * (_above(52.5 - net) - _above(57.5 + net)))
    assert row.risk == "bounded"


def test_what_has_no_bound_is_flagged_and_takes_margin(market: Desk) -> None:
    found = market.found("premium_scanner", "scan", **{**WIDE, "strategy": "short_straddle"})
    (row,) = found.rows  # one for the expiration: at the money
    assert row.trade == "KO 16 Jul 2021: sell 55 put, sell 55 call"
    net = _bid(55.0, -1.0) + _bid(55.0, 1.0)
    # the greater side, 20 % of 5,500, without its price; both prices are received
    assert float(row.capital) == pytest.approx(1100.0)
    assert (row.max_loss, row.risk[:9]) == (None, "UNDEFINED")
    assert "UNDEFINED risk" in found.warnings[0]
    assert row.break_evens == f"{55 - net:.2f} to {55 + net:.2f}"
    call = _rows(market, "short_call")["sell 57.5 call"]
    assert float(call.capital) == pytest.approx(1100 - 250)
    strangle = _rows(market, "strangle", delta="0.05-0.35")["sell 52.5 put, sell 57.5 call"]
    assert float(strangle.capital) == pytest.approx(1100 - 250)


def test_everything_at_once_leaves_out_what_has_no_bound_and_what_is_bought(market: Desk) -> None:
    found = market.found("premium_scanner", "scan", **WIDE)
    assert {row.strategy for row in found.rows} == {
        "cash-secured put", "covered call (buy-write)", "bull put spread", "bear call spread",
        "iron condor",
    }  # fmt: skip
    assert [row.score for row in found.rows] == sorted((r.score for r in found.rows), reverse=True)


def test_bought_options_cost_what_they_can_lose(market: Desk) -> None:
    row = _rows(market, "long_call")["buy 57.5 call"]
    ask = _ask(57.5, 1.0)
    assert float(row.premium) == pytest.approx(-100 * ask, abs=0.005)
    assert (row.capital, row.max_loss) == (-row.premium, row.premium)
    assert row.break_evens == f"above {57.5 + ask:.2f}"
    put = _rows(market, "long_put")["buy 52.5 put"]
    assert put.chance_pct == pytest.approx(100 * (1 - _above(52.5 - _ask(52.5, -1.0))))


@pytest.mark.parametrize(
    ("asked", "trades"),
    [
        ({"max_capital": 5100}, {"sell 50 put"}),
        ({"min_premium": 40}, {"sell 52.5 put"}),
        ({"min_chance_pct": 90}, {"sell 50 put"}),
        ({"min_annual_pct": 8}, {"sell 52.5 put"}),
        ({"max_spread_pct": 20}, {"sell 52.5 put"}),
        ({"no_earnings_days": -1}, {"sell 50 put", "sell 52.5 put"}),
    ],
)
def test_filters_hold(market: Desk, asked: dict[str, Any], trades: set[str]) -> None:
    assert set(_rows(market, "csp", delta="0.05-0.35", **asked)) == trades


def test_the_best_is_what_was_asked_for(market: Desk) -> None:
    by = {
        key: next(iter(_rows(market, "csp", delta="0.05-0.35", sort=key).values())).trade
        for key in ("premium", "chance", "annual")
    }
    assert by == {
        "premium": "KO 16 Jul 2021: sell 52.5 put", "chance": "KO 16 Jul 2021: sell 50 put",
        "annual": "KO 16 Jul 2021: sell 52.5 put",
    }  # fmt: skip


def test_nothing_that_fits_is_said_with_how_much_was_looked_at(market: Desk) -> None:
    outcome = market.ask("premium_scanner", "scan", strategy="csp", max_capital=10)
    assert isinstance(outcome, Absent)
    assert outcome.reason.startswith("No trade of 10 quoted contracts fits")


class Kept:
    """Keeps scans in memory."""

    def __init__(self, *scans: SavedScan) -> None:
        self.scans = scans
        self.runs: list[ScanRun] = []
        self.broken = False

    def saved_scans(self, _user: str) -> Outcome[tuple[SavedScan, ...]]:
        return Found(self.scans, ACCOUNT)

    def scan_runs(self, _user: str, _name: str, limit: int) -> Outcome[tuple[ScanRun, ...]]:
        return Found(tuple(reversed(self.runs))[:limit], ACCOUNT)

    def record_run(
        self, _user: str, _name: str, *, day: date, mode: str, passed: int,
        found: Sequence[Mapping[str, Any]],
    ) -> Outcome[None]:  # fmt: skip
        if self.broken:
            return Failed(FailureKind.UNAVAILABLE, "No room.")
        ran = datetime(2026, 1, 2, tzinfo=UTC)
        self.runs.append(ScanRun(ran_at=ran, day=day, mode=mode, passed=passed, found=tuple(found)))
        return Found(None, ACCOUNT)


@pytest.fixture
def kept(market: Desk) -> Kept:
    scan = SavedScan(
        name="Safe puts", params={"strategy": "csp", "delta": [0.05, 0.15]},
        saved_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    market.scans = Kept(scan)
    return market.scans


def test_a_saved_scan_runs_with_its_own_limits_and_each_run_is_kept(
    market: Desk, kept: Kept
) -> None:
    assert isinstance(market.ask("premium_scanner", "history", name="safe puts"), Absent)
    found = market.found("premium_scanner", "run_saved", name=" SAFE  puts ")
    assert [row.trade for row in found.rows] == ["KO 16 Jul 2021: sell 50 put"]
    (row,) = market.found("premium_scanner", "history", name="safe puts").rows
    assert (row.day, row.mode, row.passed) == (date(2021, 6, 15), "practice", 1)
    assert row.best == "KO 16 Jul 2021: sell 50 put"
    assert row.best_score == pytest.approx(found.rows[0].score)
    (listed,) = market.found("premium_scanner", "saved_scans").rows
    assert (listed.name, listed.strategy, listed.limits) == ("Safe puts", "csp", "delta 0.05-0.15")
    assert Decimal(str(kept.runs[0].found[0]["capital"])) == found.rows[0].capital


def test_a_run_that_could_not_be_kept_says_so_and_shows_what_it_found(
    market: Desk, kept: Kept
) -> None:
    kept.broken = True
    found = market.found("premium_scanner", "run_saved", name="Safe puts")
    assert found.warnings[-1] == "This run was not kept in the history: No room."


def test_an_unknown_scan_is_answered_with_those_there_are(market: Desk, kept: Kept) -> None:
    del kept
    outcome = market.ask("premium_scanner", "run_saved", name="condors")
    assert outcome == Absent("You have no saved scan 'condors'. Yours are: Safe puts.")


@pytest.mark.parametrize("said", ["credit_spread", "vertical", "credit spreads"])
def test_credit_spreads_are_those_of_puts_and_those_of_calls(market: Desk, said: str) -> None:
    asked = {"delta": "0.05-0.45", "limit": 50, "per_symbol": 50}
    both = market.found("premium_scanner", "scan", strategy=said, **asked)
    each = [
        market.found("premium_scanner", "scan", strategy=kind, **asked)
        for kind in ("bull_put_spread", "bear_call_spread")
    ]
    assert {row.trade for row in both.rows} == {row.trade for one in each for row in one.rows}
