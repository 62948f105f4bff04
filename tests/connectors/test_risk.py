"""Risk on the small account of `conftest` and on plain stock, against sums done another way."""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from mfa.kernel.market import DailyClose, Listing
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found
from tests.connectors.conftest import ACCOUNT, Desk, at, position
from tests.connectors.fakes import MARKET, NOW

STOCK = position("AAPL", 100, "130.00", "13000.00", at(5, 21), "stock")
"""Marked at 130.00: one percent is 130 dollars."""


def _normal(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


def _call(spot: float, strike: float, years: float, volatility: float) -> float:
    deviation = volatility * math.sqrt(years)
    d1 = math.log(spot / strike) / deviation + 0.5 * deviation
    return spot * _normal(d1) - strike * _normal(d1 - deviation)


def _history(desk: Desk, **moves: list[float]) -> None:
    """Closes before today that make these simple returns, the last one yesterday."""
    for symbol, each in moves.items():
        values = 100.0 * np.cumprod([1.0, *(1.0 + move for move in each)])
        first = NOW.date() - timedelta(days=len(values))
        closes = tuple(
            DailyClose(day=first + timedelta(days=i), close=Decimal(repr(float(value))))
            for i, value in enumerate(values)
        )
        desk.market.closes[symbol] = Found(closes, MARKET)


def _steps(count: int = 200) -> list[float]:
    """-1.00 %, -0.99 %, ... +0.99 %, in an order that is none."""
    moves = [(i - count // 2) / 10_000 for i in range(count)]
    return [moves[(7 * i) % count] for i in range(count)]


@pytest.fixture
def stock(desk: Desk) -> Desk:
    """100 AAPL; the market moves half as much as it does, so that its beta is two."""
    desk.hold(STOCK)
    moves = _steps()
    _history(desk, AAPL=moves, SPX=[0.5 * move for move in moves])
    return desk


def test_the_historical_value_at_risk_is_an_observed_loss(stock: Desk) -> None:
    """Of 200 losses the 190th smallest is 0.90 % of 13,000; the ten worse ones average 0.955 %."""
    found = stock.found("risk", "portfolio_var")
    assert found.rows[0].method == "historical"
    assert found.value_at_risk == Decimal("117.00")
    assert found.shortfall == Decimal("124.15")
    assert found.share_pct == pytest.approx(100 * 117 / 99570)
    assert (found.history, found.level_pct, found.days) == (200, 95.0, 1)


def test_the_parametric_one_is_the_normal_quantile_of_delta(stock: Desk) -> None:
    found = stock.found("risk", "portfolio_var", level_pct=99, days=4)
    row = next(row for row in found.rows if row.method == "parametric")
    deviation = float(np.std(_steps(), ddof=1)) * 13_000 * 2  # root of four days
    assert float(row.value_at_risk) == pytest.approx(2.3263478740408408 * deviation, abs=0.01)


def test_monte_carlo_has_the_histories_deviation_and_fatter_tails(stock: Desk) -> None:
    """A Student-t with 5 degrees of freedom scaled to one deviation exceeds 1.5608 of it once in
    twenty, and 2.6065 once in a hundred; 20,000 draws are within three percent of that."""
    deviation = float(np.std(_steps(), ddof=1)) * 13_000
    for level, quantile in ((95, 1.5608), (99, 2.6065)):
        found = stock.found("risk", "portfolio_var", level_pct=level)
        row = next(row for row in found.rows if row.method == "Monte Carlo")
        assert float(row.value_at_risk) == pytest.approx(quantile * deviation, rel=0.03)


def test_too_short_a_history_gives_no_figure(desk: Desk) -> None:
    desk.hold(STOCK)
    _history(desk, AAPL=_steps(50), SPX=_steps(50))
    outcome = desk.ask("risk", "portfolio_var")
    assert isinstance(outcome, Absent)
    assert "too short" in outcome.reason
    desk.market.closes["AAPL"] = Failed(FailureKind.TIMEOUT, "No answer.")
    outcome = desk.ask("risk", "portfolio_var")
    assert isinstance(outcome, Absent)
    assert "AAPL: No answer." in outcome.reason


def test_a_move_of_the_market_reaches_a_symbol_by_its_beta(stock: Desk) -> None:
    found = stock.found("risk", "what_if", shock={"market": True, "pct": -10})
    (row,) = found.rows
    assert row.move_pct == pytest.approx(-20.0)
    assert (row.price, row.profit, found.profit) == (
        Decimal("104.00"), Decimal("-2600.00"), Decimal("-2600.00"),
    )  # fmt: skip


def test_options_are_valued_anew_at_their_own_volatility(desk: Desk) -> None:
    """100 AAPL and a short 125 call of 18 June at 20 %: 3 days and 5.5 hours to the bell."""
    found = desk.found("risk", "what_if", shock={"symbol": "AAPL", "pct": -5})
    years = (3 * 24 + 5.5) / (365 * 24)
    fallen, before = _call(123.5, 125, years, 0.2), _call(130, 125, years, 0.2)
    assert float(found.profit) == pytest.approx(-650 - 100 * (fallen - before), abs=0.01)
    assert {row.symbol: row.profit for row in found.rows if row.symbol != "AAPL"} == {
        "KO": Decimal("0.00"), "PEP": Decimal("0.00"),
    }  # fmt: skip


def test_a_symbol_that_is_not_held_changes_nothing_and_is_said(stock: Desk) -> None:
    assert stock.ask("risk", "what_if", shock={"symbol": "XOM", "pct": -5}) == Absent(
        "You hold nothing in XOM: its move changes nothing."
    )


@pytest.mark.parametrize("shock", [{"pct": -5}, {"symbol": "KO", "market": True, "pct": -5}])
def test_a_shock_names_the_market_or_one_symbol(stock: Desk, shock: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="market or one symbol"):
        stock.ask("risk", "what_if", shock=shock)


def test_the_stress_grid_of_stock_is_its_move_whatever_volatility_does(stock: Desk) -> None:
    found = stock.found("risk", "stress")
    assert {row.move_pct: row.same for row in found.rows}[-20.0] == Decimal("-2600.00")
    assert all(row.lower == row.same == row.higher == row.much_higher for row in found.rows)
    assert (found.worst, found.worst_move_pct) == (Decimal("-3900.00"), -30.0)


def test_a_short_option_loses_when_volatility_rises(desk: Desk) -> None:
    held = desk.positions
    desk.hold(held[0])  # two short KO puts
    found = desk.found("risk", "stress")
    still = next(row for row in found.rows if row.move_pct == 0.0)
    assert still.lower > still.same > still.higher > still.much_higher
    assert still.same == Decimal("0.00")


def test_concentration_counts_dollars_of_delta(desk: Desk) -> None:
    """AAPL: (100 - 85) x 130 = 1,950; KO: 2 x 25 x 55 = 2,750; PEP: (40 - 30) x 142 = 1,420."""
    desk.market.listed = (
        Listing(symbol="AAPL", name="Apple", sector="Technology"),
        Listing(symbol="KO", name="Coca-Cola", sector="Staples"),
        Listing(symbol="PEP", name="PepsiCo", sector="Staples"),
    )
    found = desk.found("risk", "concentration")
    assert [(row.name, row.delta_dollars) for row in found.rows] == [
        ("KO", Decimal("2750.00")), ("AAPL", Decimal("1950.00")), ("PEP", Decimal("1420.00")),
    ]  # fmt: skip
    assert found.largest_pct == pytest.approx(100 * 2750 / 6120)
    index = (2750**2 + 1950**2 + 1420**2) / 6120**2
    assert (found.herfindahl, found.effective) == (pytest.approx(index), pytest.approx(1 / index))
    assert [(row.name, row.delta_dollars) for row in found.sectors] == [
        ("Staples", Decimal("4170.00")), ("Technology", Decimal("1950.00")),
    ]  # fmt: skip


def test_margin_follows_regulation_t(desk: Desk) -> None:
    """Two naked KO 52.5 puts at 0.55, spot 55: 20 % of 55 is 11, less 2.50 out of the money, plus
    0.55: 9.05 a share, 1,810. The AAPL call is covered, and 13,000 of stock is lent half the
    strike of the call that it covers, 6,250. A calendar of one strike needs nothing."""
    found = desk.found("risk", "margin")
    assert {row.symbol: row.regulation_t for row in found.rows} == {
        "AAPL": Decimal("6750.00"), "KO": Decimal("1810.00"), "PEP": Decimal("0.00"),
    }  # fmt: skip
    assert found.regulation_t == Decimal("8560.00")
    assert found.collateral == Decimal("10500.00")


def test_what_cannot_be_priced_is_left_out_and_said(stock: Desk) -> None:
    stock.hold(STOCK, position("ZZZ", 10, "5.00", "50.00", at(5, 21), "stock"))
    found = stock.found("risk", "stress")
    assert found.worst == Decimal("-3900.00")
    assert len(found.warnings) == 1
    assert "ZZZ" in found.warnings[0]


def test_an_account_with_nothing_has_no_risk_to_measure(desk: Desk) -> None:
    desk.hold()
    for query in ("portfolio_var", "stress", "concentration", "margin", "hedge_candidates"):
        assert isinstance(desk.ask("risk", query), Absent)


def test_positions_that_could_not_be_read_are_a_failure(desk: Desk) -> None:
    desk.account.held = Failed(FailureKind.UNAVAILABLE, "The broker is away.")
    assert desk.ask("risk", "stress") == Failed(FailureKind.UNAVAILABLE, "The broker is away.")


def test_a_fall_that_costs_nothing_needs_no_hedge(stock: Desk) -> None:
    stock.hold(position("AAPL", -100, "130.00", "-13000.00", at(5, 21), "stock"))
    assert stock.ask("risk", "hedge_candidates") == Absent(
        "A fall of the market by 20 % would not cost you anything."
    )


def test_the_window_of_expirations_must_be_one(stock: Desk) -> None:
    with pytest.raises(ValueError, match="greater than"):
        stock.ask("risk", "hedge_candidates", min_dte=90, max_dte=30)


def test_figures_carry_what_they_were_made_from(stock: Desk) -> None:
    outcome = stock.ask("risk", "portfolio_var")
    assert isinstance(outcome, Found)
    assert set(outcome.provenance.inputs) == {ACCOUNT, MARKET}
    assert "valued anew" in outcome.provenance.note


def test_a_hedge_is_sized_to_halve_the_loss(stock: Desk) -> None:
    """100 AAPL lose 40 % (beta two) of 13,000 when the market falls by 20 %: 5,200."""
    from mfa.kernel.option_table import OptionTable

    day, years = date(2021, 8, 20), 66 / 365
    stock.market.tables["AAPL"] = Found(
        OptionTable(
            symbol="AAPL", spot=130.0, as_of=NOW, expirations=(day,),
            expiration=np.zeros(2, np.int64), years=np.full(2, years),
            strike=np.array([130.0, 130.0]), sign=np.array([1.0, -1.0]), bid=np.array([5.0, 4.9]),
            ask=np.array([5.2, 5.1]), last=np.array([5.1, 5.0]), volume=np.ones(2),
            open_interest=np.ones(2), implied_volatility=np.full(2, 0.25),
        ),
        MARKET,
    )  # fmt: skip
    found = stock.found("risk", "hedge_candidates")
    (row,) = found.rows
    put = _call(78.0, 130.0, years, 0.25) - 78.0 + 130.0
    assert found.loss == Decimal("5200.00")
    assert (row.contract, row.contracts, row.cost) == (
        "AAPL 130 put 20 Aug 2021", 1, Decimal("510.00"),
    )  # fmt: skip
    assert float(row.gain) == pytest.approx(100 * (put - 5.1), abs=0.01)
    assert float(row.loss_after) == pytest.approx(5200 - 100 * (put - 5.1), abs=0.02)
