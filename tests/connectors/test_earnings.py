"""Earnings on the small account of `conftest`, with a report and a table worked on paper.

KO reports on Tuesday 20 July 2021 before the open. Its table has two expirations, 16 July (31
days) and 23 July (38 days), spot 55.00. At 55: on 16 July a volatility of 20 %, so ordinary days
bring a variance of 0.04 a year; on 23 July 26 %, a total of 0.0676 * 38/365, of which
0.04 * 38/365 is ordinary and 0.0276 * 38/365 = 0.00287342 the report: one standard deviation of
5.3604 %. The straddle of 23 July costs 1.50 + 1.20 = 2.70, or 4.9091 % of the price.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from mfa.kernel.market import DailyClose, Earnings, Listing
from mfa.kernel.option_table import OptionTable
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found
from tests.connectors.conftest import Desk, at, option, position
from tests.connectors.fakes import MARKET, NOW

REPORT = Earnings(symbol="KO", day=date(2021, 7, 20), timing="before open")
NEAR, AFTER = date(2021, 7, 16), date(2021, 7, 23)
LONG_PUT = option("KO", 7, 23, "52.5", "put")


def _table() -> OptionTable:
    rows = [  # place, years, strike, sign, bid, ask, volatility
        (0, 31 / 365, 55.0, 1.0, 1.00, 1.10, 0.20),
        (0, 31 / 365, 55.0, -1.0, 1.00, 1.10, 0.20),
        (1, 38 / 365, 50.0, 1.0, 5.10, 5.30, 0.30),
        (1, 38 / 365, 50.0, -1.0, 0.30, 0.40, 0.30),
        (1, 38 / 365, 55.0, 1.0, 1.45, 1.55, 0.26),
        (1, 38 / 365, 55.0, -1.0, 1.15, 1.25, 0.26),
    ]
    place, years, strike, sign, bid, ask, volatility = (
        np.array(c) for c in zip(*rows, strict=True)
    )
    return OptionTable(
        symbol="KO", spot=55.0, as_of=NOW, expirations=(NEAR, AFTER),
        expiration=place.astype(np.int64), years=years, strike=strike, sign=sign, bid=bid, ask=ask,
        last=bid, volume=bid, open_interest=bid, implied_volatility=volatility,
    )  # fmt: skip


@pytest.fixture
def reporting(desk: Desk) -> Desk:
    desk.market.reports["KO"] = Found(REPORT, MARKET)
    desk.market.tables["KO"] = Found(_table(), MARKET)
    return desk


def test_the_next_report_comes_with_the_straddles_move(reporting: Desk) -> None:
    found = reporting.found("earnings", "fetch_date", symbol="ko")
    assert (found.report_day, found.timing, found.days_away) == (REPORT.day, "before open", 35)
    assert found.straddle_expiration == AFTER
    assert found.expected_move == Decimal("2.70")
    assert found.expected_move_pct == pytest.approx(100 * 2.70 / 55)
    assert found.warnings == ()


def test_without_options_the_date_stands_and_the_move_is_missing_and_said(desk: Desk) -> None:
    desk.market.reports["KO"] = Found(REPORT, MARKET)
    desk.market.tables["KO"] = Failed(FailureKind.TIMEOUT, "No answer within 2 seconds.")
    found = desk.found("earnings", "fetch_date", symbol="KO")
    assert found.report_day == REPORT.day
    assert found.expected_move is None
    assert found.warnings == ("The expected move of KO is not known: No answer within 2 seconds.",)


def test_a_company_without_a_known_report_is_absent(desk: Desk) -> None:
    assert desk.ask("earnings", "fetch_date", symbol="AAPL") == Absent(
        "No report of AAPL is known."
    )


def test_the_reports_own_move_is_what_ordinary_days_do_not_explain(reporting: Desk) -> None:
    reporting.market.history["KO"] = Found((), MARKET)
    found = reporting.found("earnings", "expected_move", symbol="KO")
    assert found.straddle_pct == pytest.approx(4.9090909)
    assert found.event_pct == pytest.approx(100 * (0.0276 * 38 / 365) ** 0.5)
    assert (found.reports, found.mean_move_pct, found.beyond_straddle) == (0, None, None)


def test_past_moves_run_from_the_last_close_before_to_the_first_after(reporting: Desk) -> None:
    """Before the open of 3 May: from 30 April to 3 May. After the close of 4 May: to 5 May."""
    closes = {(4, 30): "50.00", (5, 3): "52.00", (5, 4): "51.00", (5, 5): "45.90"}
    reporting.market.closes["KO"] = Found(
        tuple(DailyClose(day=date(2021, *d), close=Decimal(c)) for d, c in closes.items()), MARKET
    )
    reporting.market.history["KO"] = Found(
        (
            Earnings(symbol="KO", day=date(2021, 4, 30), timing="before open"),  # nothing before it
            Earnings(symbol="KO", day=date(2021, 5, 3), timing="before open"),  # +4 %
            Earnings(symbol="KO", day=date(2021, 5, 4), timing="after close"),  # -10 %
            Earnings(symbol="KO", day=date(2021, 5, 5), timing="after close"),  # nothing after it
        ),
        MARKET,
    )
    found = reporting.found("earnings", "expected_move", symbol="KO")
    assert [(row.report_day.day, row.move_pct) for row in found.rows] == [
        (4, pytest.approx(-10.0)),
        (3, pytest.approx(4.0)),
    ]
    assert (found.mean_move_pct, found.median_move_pct) == (pytest.approx(7.0), pytest.approx(7.0))
    assert found.largest_move_pct == pytest.approx(-10.0)
    assert found.beyond_straddle == 1


@pytest.mark.parametrize(
    ("contract", "at_risk"),
    [("16 July", False), ("23 July", True)],
)
def test_an_option_is_at_risk_when_it_outlives_the_report(
    reporting: Desk, contract: str, at_risk: bool
) -> None:
    near = option("KO", 7, 16, "52.5", "put")
    held = near if contract == "16 July" else LONG_PUT
    reporting.hold(position("KO", -2, "0.80", "-158.70", at(6, 1), "csp", held))
    found = reporting.found("earnings", "check_position_risk")
    assert (found.checked, found.at_risk) == (1, int(at_risk))
    if at_risk:
        (row,) = found.rows
        assert row.distance_pct == pytest.approx(100 * 2.5 / 55)
        assert row.inside_move is True  # 4.55 % away, 4.91 % expected
        assert row.quantity == -2


def test_a_report_on_the_expiration_day_counts_only_before_the_open(reporting: Desk) -> None:
    reporting.hold(position("KO", -1, "0.80", "-79.35", at(6, 1), "csp", LONG_PUT))
    for timing, expected in (("before open", 1), ("after close", 0)):
        report = Earnings(symbol="KO", day=AFTER, timing=timing)
        reporting.market.reports["KO"] = Found(report, MARKET)
        assert reporting.found("earnings", "check_position_risk").at_risk == expected


def test_an_unknown_report_is_named_and_not_taken_for_none(desk: Desk) -> None:
    desk.market.reports["AAPL"] = Failed(FailureKind.UNAVAILABLE, "The calendar is down.")
    found = desk.found("earnings", "check_position_risk")
    assert found.at_risk == 0
    assert "AAPL: The calendar is down." in found.warnings
    assert "KO: No report of KO is known." in found.warnings


def test_without_options_there_is_nothing_to_check(desk: Desk) -> None:
    desk.hold(position("AAPL", 100, "130.00", "13000.00", at(5, 21), "wheel"))
    assert desk.ask("earnings", "check_position_risk") == Absent("You hold no options.")


def _listed(desk: Desk) -> None:
    desk.market.listed = tuple(
        Listing(symbol=s, name=f"{s} Inc", sector="Staples") for s in ("AAPL", "KO", "PEP")
    )
    for symbol, ahead in (("AAPL", 3), ("KO", 1), ("PEP", 40)):
        day = NOW.date() + timedelta(days=ahead)
        report = Earnings(symbol=symbol, day=day, timing="after close")
        desk.market.history[symbol] = Found((report,), MARKET)


@pytest.mark.parametrize(
    ("asked", "symbols"),
    [
        ({}, ["KO", "AAPL"]),
        ({"days": 2}, ["KO"]),
        ({"days": 60}, ["KO", "AAPL", "PEP"]),
        ({"start_date": "2021-06-18", "end_date": "2021-07-30"}, ["AAPL", "PEP"]),
        ({"symbols": "AAPL"}, ["AAPL"]),
    ],
)
def test_who_reports_in_a_period_the_next_first(
    desk: Desk, asked: dict[str, Any], symbols: list[str]
) -> None:
    _listed(desk)
    found = desk.found("earnings", "fetch_upcoming", **asked)
    assert [row.symbol for row in found.rows] == symbols
    assert all(row.held for row in found.rows)
    assert found.rows[0].company == f"{symbols[0]} Inc"


def test_an_empty_period_is_absent_and_a_failed_company_is_named(desk: Desk) -> None:
    _listed(desk)
    asked = {"start_date": "2021-12-01", "end_date": "2021-12-05"}
    assert desk.ask("earnings", "fetch_upcoming", **asked) == Absent(
        "No company reports from 1 Dec 2021 to 5 Dec 2021."
    )
    desk.market.history["KO"] = Failed(FailureKind.TIMEOUT, "Too slow.")
    assert desk.found("earnings", "fetch_upcoming").warnings == ("KO: Too slow.",)


def test_days_and_dates_together_are_refused(desk: Desk) -> None:
    with pytest.raises(ValueError, match="not both"):
        desk.ask("earnings", "fetch_upcoming", days=3, end_date="2021-07-01")
