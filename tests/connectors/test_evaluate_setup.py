"""One trade judged, on the company of `coca_cola`: every figure worked out beside it."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connectors.setups.params import SetupParams
from mfa.kernel.outcome import Absent
from tests.connectors.coca_cola import SPOT, VOLATILITY, YEARS, normal, stocked, value
from tests.connectors.conftest import Desk, at, position

DEVIATION = VOLATILITY * math.sqrt(YEARS)
PUT: dict[str, Any] = {
    "symbol": "ko", "side": "sell", "option_type": "put", "strike": "52.5",
    "expiration": "2021-07-16",
}  # fmt: skip


@pytest.fixture
def market(desk: Desk) -> Desk:
    return stocked(desk)


def judge(market: Desk, **asked: Any) -> Any:
    return market.found("opportunities", "evaluate_setup", **asked)


def _above(level: float) -> float:
    return normal((math.log(SPOT / level) - DEVIATION**2 / 2) / DEVIATION)


def _bid(strike: float, sign: float) -> float:
    return value(strike, sign) - 0.025


def _ask(strike: float, sign: float) -> float:
    return value(strike, sign) + 0.025


def test_a_cash_secured_put(market: Desk) -> None:
    found = judge(market, **PUT)
    bid = _bid(52.5, -1.0)
    even = 52.5 - bid
    assert found.strategy == "cash-secured put"
    assert float(found.net) == pytest.approx(100 * bid, abs=0.005)
    assert float(found.max_profit) == pytest.approx(100 * bid, abs=0.005)
    assert found.max_profit_words == "at $52.50 and above"
    assert float(found.max_loss) == pytest.approx(-100 * even, abs=0.005)
    assert found.max_loss_words == "if the stock falls to nothing"
    assert float(found.capital) == pytest.approx(100 * even, abs=0.005)
    assert [float(row.price) for row in found.break_evens] == [pytest.approx(even, abs=0.005)]
    assert found.chance_pct == pytest.approx(100 * _above(even))
    assert found.return_pct == pytest.approx(100 * bid / even)
    assert found.annual_pct == pytest.approx(100 * bid / even / YEARS)
    # 20 % of 5,500 less the 250 out of the money, plus the premium at the bid
    assert float(found.margin) == pytest.approx(1100 - 250 + 100 * bid, abs=0.01)
    assert float(found.buying_power) == pytest.approx(1100 - 250, abs=0.01)
    d1 = math.log(SPOT / 52.5) / DEVIATION + DEVIATION / 2
    assert found.delta == pytest.approx(100 * normal(-d1))
    density = math.exp(-d1 * d1 / 2) / math.sqrt(2 * math.pi)
    assert found.gamma == pytest.approx(-100 * density / SPOT / DEVIATION)
    assert float(found.theta_per_day) == pytest.approx(
        100 * SPOT * density * VOLATILITY / 2 / math.sqrt(YEARS) / 365, abs=0.005
    )
    assert float(found.vega) == pytest.approx(-SPOT * density * math.sqrt(YEARS), abs=0.005)
    implied = found.measures[0]
    # sold at the bid, a put is worth its value under its own volatility: 2.5 cents are given away
    assert float(implied.expected) == pytest.approx(-2.5, abs=0.005)
    assert found.earnings == date(2021, 7, 20)


def test_the_same_put_scores_as_it_does_in_the_scan(market: Desk) -> None:
    found = judge(market, **PUT)
    scanned = market.found("opportunities", "scan_csp").rows
    (row,) = [row for row in scanned if row.strike == Decimal("52.50")]
    assert found.score == pytest.approx(row.score)
    points = [part.points for part in found.parts]
    assert points == pytest.approx([value for name, value in row if name.endswith("_points")])
    assert sum(part.of for part in found.parts) == 100.0


def test_a_bull_put_spread(market: Desk) -> None:
    spread = {"symbol": "KO", "strikes": ["50", "52.5"], "option_type": "put"}
    found = judge(market, **spread, expiration="2021-07-16", quantity=2)
    net = _bid(52.5, -1.0) - _ask(50.0, -1.0)
    assert found.strategy == "bull put spread"
    assert float(found.net) == pytest.approx(200 * net, abs=0.01)
    assert float(found.max_profit) == pytest.approx(200 * net, abs=0.01)
    assert float(found.max_loss) == pytest.approx(-200 * (2.5 - net), abs=0.01)
    assert found.max_loss_words == "at $50.00 and below"
    assert found.capital == -found.max_loss
    assert float(found.margin) == pytest.approx(500.0)  # the width
    assert float(found.break_evens[0].price) == pytest.approx(52.5 - net, abs=0.005)
    assert [row.quantity for row in found.legs] == [-2, 2]


def test_a_price_of_ones_own_moves_the_whole_trade(market: Desk) -> None:
    spread = {"symbol": "KO", "legs": "sell 52.5 put, buy 50 put", "expiration": "2021-07-16"}
    found = judge(market, **spread, price="0.60")
    assert (found.net, found.max_loss) == (Decimal("60.00"), Decimal("-190.00"))
    assert judge(market, **PUT, price="1.00").break_evens[0].price == Decimal("51.50")


def test_an_iron_condor_has_two_break_evens(market: Desk) -> None:
    found = judge(
        market, symbol="KO", strikes=["50", "52.5", "57.5", "60"], expiration="2021-07-16"
    )
    net = _bid(52.5, -1) - _ask(50, -1) + _bid(57.5, 1) - _ask(60, 1)
    assert found.strategy == "iron condor"
    low, high = (float(row.price) for row in found.break_evens)
    assert low == pytest.approx(52.5 - net, abs=0.005)
    assert high == pytest.approx(57.5 + net, abs=0.005)
    assert float(found.margin) == pytest.approx(250.0)  # the wider side, once
    assert found.max_profit_words == "between $52.50 and $57.50"
    assert found.chance_pct == pytest.approx(
        100 * (_above(52.5 - net) - _above(57.5 + net)), abs=1e-6
    )


def test_a_naked_call_has_no_bound_and_says_so(market: Desk) -> None:
    market.hold()
    call = {**PUT, "option_type": "call", "strike": "57.5"}
    found = judge(market, **call)
    assert found.strategy == "short call"
    assert (found.max_loss, found.max_loss_words) == (None, "without bound, the higher the stock")
    # 20 % of 5,500 less the 250 out of the money
    assert float(found.capital) == pytest.approx(850.0)
    assert found.cons[0].text == "The loss has no bound."
    assert "Good" not in found.verdict


def test_a_call_is_covered_by_shares_that_are_held(market: Desk) -> None:
    market.hold(position("KO", 100, "50.00", "5000.00", at(5, 21), "stock"))
    call = {**PUT, "option_type": "call", "strike": "57.5"}
    found = judge(market, **call)
    bid = _bid(57.5, 1.0)
    assert found.strategy == "covered call"
    assert float(found.capital) == pytest.approx(100 * (55 - bid), abs=0.01)
    assert float(found.max_profit) == pytest.approx(100 * (2.5 + bid), abs=0.01)
    assert "100 shares that you hold" in found.warnings[0]
    assert judge(market, **call, with_stock=False).strategy == "short call"
    assert judge(market, **call, quantity=2).strategy == "short call"


def test_a_long_call_wins_without_bound(market: Desk) -> None:
    found = judge(market, **{**PUT, "side": "buy", "option_type": "call", "strike": "55"})
    ask = _ask(55.0, 1.0)
    assert (found.strategy, found.max_profit) == ("long call", None)
    assert float(found.max_loss) == pytest.approx(-100 * ask, abs=0.005)
    assert float(found.capital) == pytest.approx(100 * ask, abs=0.005)
    assert found.chance_pct == pytest.approx(100 * _above(55 + ask))
    assert found.best_return_pct is None
    assert found.return_pct == pytest.approx(-100.0)  # at 55 it ends worthless


def test_reasons_come_from_figures(market: Desk) -> None:
    market.snapshot(buying_power=Decimal(1000))
    found = judge(market, **PUT)
    against = " ".join(point.text for point in found.cons)
    speaking = " ".join(point.text for point in found.pros)
    assert "It ties up $5,1" in against
    assert "the account has $1,000 of buying power" in against
    assert "IV rank 100: options are dear" in speaking
    assert "No report before the expiration (next 20 Jul 2021)." in speaking
    assert found.verdict.startswith("Fair by the desk's rules")


@pytest.mark.parametrize(
    ("left_out", "asked_back"),
    [
        ("side", "Do you want to buy it or to sell it?"),
        ("option_type", "Is it a put or a call on KO?"),
        ("strike", "Which strike of KO? Say for example 'sell the 120 put'."),
        ("expiration", "Which expiration? KO has 16 Jul 2021."),
    ],
)
def test_what_is_missing_is_asked_for(market: Desk, left_out: str, asked_back: str) -> None:
    asked = {name: each for name, each in PUT.items() if name != left_out}
    assert market.ask("opportunities", "evaluate_setup", **asked) == Absent(asked_back)


def test_what_is_near_is_taken_and_said_what_is_far_is_not(market: Desk) -> None:
    found = judge(market, **{**PUT, "strike": "52", "expiration": "2021-07-15"})
    assert found.warnings[:2] == (
        "There is no 15 Jul 2021; judged is 16 Jul 2021.",
        "There is no strike 52; judged is 52.5.",
    )
    for wrong, said in (
        ({"strike": "40"}, "Near it are"),
        ({"expiration": "2022-01-21"}, "has no"),
    ):
        outcome = market.ask("opportunities", "evaluate_setup", **{**PUT, **wrong})
        assert isinstance(outcome, Absent)
        assert said in outcome.reason


def test_legs_are_read_as_people_write_them() -> None:
    given = SetupParams(symbol="KO", legs="sell 2x 52.5p; +50 put 2021-07-16")
    assert [(leg.side, leg.quantity, leg.strike) for leg in given.legs] == [
        ("sell", 2, Decimal("52.5")), ("buy", 1, Decimal(50)),
    ]  # fmt: skip
    assert given.legs[1].expiration == date(2021, 7, 16)
    with pytest.raises(ValueError, match="is no leg"):
        SetupParams(symbol="KO", legs="the put")
