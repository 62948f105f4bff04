"""Forwards by parity and the scan: hand-worked figures, oracles, hostile input, place, threads."""

from __future__ import annotations

import os
from typing import Any

import mpmath as mp
import numpy as np
import pytest

from core_numba.chains import Scan, Weights, parity_forwards, scan
from core_numba.european import black
from core_numba.implied import Reason, black_implied
from core_numba.jit import threads
from core_numba.jit.kernel import numba_exists
from core_numba.normal import Floats
from core_numba.plain.chains import parity as plain_parity
from core_numba.plain.chains import scan as plain_scan

COMPILED = pytest.mark.skipif(
    os.environ.get("MAGNUS_KERNELS") == "plain" or not numba_exists(),
    reason="what only the compiled kernels claim",
)

K = np.array([90.0, 95.0, 100.0, 105.0, 110.0])


def pairs(forward: float, discount: float, half: float) -> list[Floats]:
    call = discount * black(forward, K, 0.2, 1.0).value
    put = discount * black(forward, K, 0.2, -1.0).value
    return [call - half, call + half, put - half, put + half]


def test_the_forward_of_fair_quotes_is_the_forward() -> None:
    found = parity_forwards([0, 5], K, *pairs(101.3, 0.97, 0.05), discount=0.97)
    assert found.forward == pytest.approx([101.3], abs=1e-12)
    assert found.pairs.tolist() == [5]
    assert found.low[0] < 101.3 < found.high[0]
    assert found.high[0] - found.low[0] == pytest.approx(0.2 / 0.97)


def test_one_stale_quote_does_not_move_the_forward_but_shows_as_arbitrage() -> None:
    quotes = pairs(101.3, 0.97, 0.05)
    quotes[0][1] += 7.0
    quotes[1][1] += 7.0
    found = parity_forwards([0, 5], K, *quotes, discount=0.97)
    assert found.forward == pytest.approx([101.3], abs=1e-12)
    assert found.low[0] > found.high[0]


def test_wide_pairs_count_less_and_unquoted_ones_not_at_all() -> None:
    quotes = pairs(100.0, 1.0, 0.01)
    for side, wider in zip(quotes, (-2.0, 2.0, -2.0, 2.0), strict=True):
        side[:3] += wider
    quotes[1][:3] += 1.0  # their midpoints are off by half a dollar
    quotes[0][4] = np.nan
    quotes[2][3] = quotes[3][3] + 1.0  # crossed
    only = parity_forwards([0, 5], K, *quotes, discount=1.0)
    assert only.pairs.tolist() == [3]
    quotes = pairs(100.0, 1.0, 0.01)
    for side, wider in zip(quotes, (-2.0, 3.0, -2.0, 2.0), strict=True):
        side[:3] += wider
    assert parity_forwards([0, 5], K, *quotes, discount=1.0).forward == pytest.approx([100.0])


def test_an_expiration_without_pairs_has_no_forward() -> None:
    found = parity_forwards([0, 0, 5], K, *pairs(100.0, 1.0, 0.1), discount=1.0)
    assert np.isnan([found.forward[0], found.low[0], found.high[0]]).all()
    assert found.pairs.tolist() == [0, 5]
    with pytest.raises(ValueError, match="rise from 0 to 5"):
        parity_forwards([0, 4], K, *pairs(100.0, 1.0, 0.1), discount=1.0)


def test_plain_and_compiled_forwards_agree() -> None:
    generator = np.random.default_rng(3)
    start = np.array([0, 40, 41, 41, 200])
    strike = generator.uniform(50, 150, 200)
    quotes = [generator.uniform(0, 30, 200) for _ in range(4)]
    quotes[1], quotes[3] = quotes[0] + quotes[1] / 20, quotes[2] + quotes[3] / 20
    quotes[0][::11] = np.nan
    discount = np.full(200, 0.96)
    found = parity_forwards(start, strike, *quotes, discount=discount)
    made: list[Any] = [np.empty(4), np.empty(4), np.empty(4), np.empty(4, np.int64)]
    given: list[Any] = [start, strike, discount, *quotes, *made]
    plain_parity.parity_forwards(*given)
    for field, other in zip(found._fields, made, strict=True):
        assert getattr(found, field) == pytest.approx(other, rel=1e-14, nan_ok=True)


def one(**changes: float) -> Scan:
    terms: dict[str, Any] = {"bid": 1.0, "ask": 1.2, "forward": 50.0, "spot": 50.0}
    terms |= {"strike": 45.0, "years": 0.25, "rate": 0.0, "sign": -1.0}
    return scan(**(terms | changes))


def test_a_cash_secured_put_earns_its_bid_on_the_strike_less_the_bid() -> None:
    found = one(volume=50.0, open_interest=50.0)
    assert found.static == pytest.approx(1.0 / 44.0)
    assert found.annualised == pytest.approx(4.0 / 44.0)
    assert found.margin == pytest.approx(max(0.2 * 50 - 5, 4.5) + 1.0)
    assert found.on_margin == pytest.approx(4.0 / 6.0)
    assert found.spread == pytest.approx(0.2 / 1.1)
    assert found.liquidity == pytest.approx(0.1 / (0.1 + 0.2 / 1.1) / 2)
    assert found.income == pytest.approx((4 / 44) / (4 / 44 + 0.2))
    parts = (found.liquidity, 1 - found.in_the_money, found.income)
    assert found.score == pytest.approx(0.3 * parts[0] + 0.4 * parts[1] + 0.3 * parts[2])


def test_far_out_of_the_money_the_least_margin_counts() -> None:
    assert one(strike=30.0, bid=0.1, ask=0.2).margin == pytest.approx(3.0 + 0.1)
    call = one(strike=80.0, bid=0.1, ask=0.2, sign=1.0)
    assert call.margin == pytest.approx(5.0 + 0.1)


def test_in_the_money_only_the_time_value_is_earned() -> None:
    put = one(strike=55.0, bid=6.0, ask=6.2)
    assert put.static == pytest.approx(1.0 / 49.0)
    assert put.margin == pytest.approx(10.0 + 6.0)
    call = one(strike=45.0, bid=6.0, ask=6.2, sign=1.0)
    assert call.static == pytest.approx(1.0 / 44.0)


def test_a_covered_call_earns_its_bid_on_the_stock_less_the_bid() -> None:
    call = one(strike=55.0, bid=1.5, ask=1.6, sign=1.0)
    assert call.static == pytest.approx(1.5 / 48.5)
    assert call.margin == pytest.approx(5.0 + 1.5)


def market(count: int) -> dict[str, Any]:
    generator = np.random.default_rng(12)
    spot = generator.uniform(20.0, 400.0, count)
    years = generator.uniform(1 / 365, 3.0, count)
    rate = generator.uniform(0.0, 0.06, count)
    forward = spot * np.exp((rate - 0.01) * years)
    strike = spot * np.exp(generator.uniform(-0.7, 0.7, count))
    sign = generator.choice([-1.0, 1.0], count)
    deviation = generator.uniform(0.1, 1.0, count) * np.sqrt(years)
    price = np.exp(-rate * years) * black(forward, strike, deviation, sign).value
    price[::97] = np.nan
    half = generator.uniform(0.0, 0.05, count) * price
    return {
        "bid": price - half, "ask": price + half, "forward": forward, "spot": spot,
        "strike": strike, "years": years, "rate": rate, "sign": sign,
        "volume": generator.integers(0, 900, count).astype(float),
        "open_interest": generator.integers(0, 9000, count).astype(float),
    }  # fmt: skip


@COMPILED
def test_figures_equal_60_digit_values() -> None:
    f, s, k, t, r, sign, vol = 103.0, 100.0, 108.0, 0.4, 0.05, 1.0, 0.31
    found = scan(
        bid=1.0, ask=2.0, forward=f, spot=s, strike=k, years=t, rate=r, sign=sign, volatility=vol
    )
    with mp.workdps(40):

        def value(spot: float, years: float, sigma: float, rate: float) -> mp.mpf:
            carry = mp.log(mp.mpf(f) / s) / t + (rate - r)
            forward = spot * mp.exp(carry * years)
            dev = sigma * mp.sqrt(years)
            d1 = mp.log(forward / k) / dev + dev / 2
            call = forward * mp.ncdf(d1) - k * mp.ncdf(d1 - dev)
            return mp.exp(-rate * years) * call

        at = (mp.mpf(s), mp.mpf(t), mp.mpf(vol), mp.mpf(r))
        expected = {
            "value": value(*at),
            "delta": mp.diff(value, at, (1, 0, 0, 0)),
            "gamma": mp.diff(value, at, (2, 0, 0, 0)),
            "theta": -mp.diff(value, at, (0, 1, 0, 0)),
            "vega": mp.diff(value, at, (0, 0, 1, 0)),
            "rho": mp.diff(value, at, (0, 0, 0, 1)),
        }
        dev = vol * mp.sqrt(t)
        drift, m = mp.log(mp.mpf(f) / s) - dev**2 / 2, mp.log(mp.mpf(k) / s)
        expected["in_the_money"] = mp.ncdf((drift - m) / dev)
        mirrored = mp.exp(2 * drift * m / dev**2) * mp.ncdf((-drift - m) / dev)
        expected["touch"] = expected["in_the_money"] + mirrored
    for name, exact in expected.items():
        assert float(getattr(found, name)[0]) == pytest.approx(float(exact), rel=1e-12), name


@COMPILED
def test_touch_without_drift_is_twice_the_tail_and_certain_at_the_strike() -> None:
    found = scan(
        bid=1.0, ask=1.1, forward=100.0 * np.exp(0.02), spot=100.0, strike=[120.0, 80.0, 100.0],
        years=1.0, rate=0.0, sign=[1.0, -1.0, 1.0], volatility=0.2,
    )  # fmt: skip
    tails = 2 * np.array([float(mp.ncdf(-abs(mp.log(k / 100.0)) / 0.2)) for k in (120.0, 80.0)])
    assert found.touch[:2] == pytest.approx(tails, rel=1e-12)
    assert found.touch[2] == 1.0


def test_plain_and_compiled_scans_agree() -> None:
    data = market(3000)
    found = scan(**data, sides=True)
    zeros = np.zeros(3000)
    made = [np.empty(3000) for _ in range(19)]
    reason = np.empty(3000, np.int8)
    settings = np.array([0.2, 0.1, 0.1, 100.0, 0.2, 0.3, 0.4, 0.3])
    given: list[Any] = [*data.values(), zeros, zeros * np.nan, settings, *made, reason]
    plain_scan.scan(*given)
    both = ~np.isnan(made[0]) & (made[0] > 0) & (np.abs(found.delta) > 0.01)
    both &= np.abs(found.delta) < 0.95
    assert both.sum() > 1000
    for name, theirs in zip(Scan._fields, made, strict=False):
        ours = getattr(found, name)
        assert ours[both] == pytest.approx(theirs[both], rel=1e-7, abs=1e-9, nan_ok=True), name


def test_bid_mid_and_ask_are_what_the_solver_gives() -> None:
    data = market(700)
    found = scan(**data, sides=True)
    discount = np.exp(-data["rate"] * data["years"])
    terms = (data["forward"], data["strike"], data["years"], data["sign"])
    for price, volatility in ((data["bid"], found.bid_implied), (data["ask"], found.ask_implied)):
        solved = black_implied(price, *terms, discount=discount).volatility
        assert volatility == pytest.approx(solved, rel=1e-9, nan_ok=True)
    assert scan(**data).bid_implied.size == 0


def test_an_early_exercise_premium_is_taken_off_and_put_back() -> None:
    data = market(200)
    plain = scan(**data)
    raised = {name: data[name] + (0.5 if name in {"bid", "ask"} else 0.0) for name in data}
    american = scan(**raised, early_exercise=0.5)
    known = (plain.value > 0.01) & (np.abs(plain.delta) < 0.95)
    assert american.implied[known] == pytest.approx(plain.implied[known], rel=1e-6)
    assert american.value[known] == pytest.approx(plain.value[known] + 0.5, rel=1e-9)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 0.0, -1.0, 5e-324])
def test_nonsense_in_any_column_is_nan_with_a_reason_and_never_crashes(bad: float) -> None:
    data = market(40)
    for name in data:
        column = data[name].copy()
        column[3] = bad
        found = scan(**{**data, name: column})
        assert (found.reason == Reason.FOUND).tolist() == np.isfinite(found.implied).tolist()
        untouched = scan(**data)
        for field in set(Scan._fields) - {"bid_implied", "ask_implied"}:
            here, there = getattr(found, field), getattr(untouched, field)
            assert np.delete(here, 3).tobytes() == np.delete(there, 3).tobytes()


@COMPILED
@pytest.mark.parametrize("column", ["forward", "spot", "strike"])
@pytest.mark.parametrize("bad", [np.inf, 1e-310, 0.0, -100.0, np.nan])
def test_a_price_that_is_none_has_no_figures_at_a_given_volatility(column: str, bad: float) -> None:
    columns: dict[str, Any] = {
        "forward": 100.0, "spot": 100.0, "strike": 105.0,
        column: bad,
    }  # fmt: skip
    found = scan(
        bid=1.0, ask=2.0, years=0.5, rate=0.03, sign=[1.0, -1.0], volatility=0.3, **columns
    )
    for name in ("value", "delta", "gamma", "theta", "vega", "rho", "in_the_money", "touch"):
        assert np.isnan(getattr(found, name)).all(), name


@COMPILED
@pytest.mark.parametrize("shift", [1, 2, 3, 5, 8, 13, 17])
def test_the_place_in_the_array_does_not_matter(shift: int) -> None:
    data = market(1100)
    whole = scan(**data)
    part = scan(**{name: column[shift:] for name, column in data.items()})
    for field in Scan._fields:
        assert getattr(part, field).tobytes() == getattr(whole, field)[shift:].tobytes()


@COMPILED
def test_two_threads_give_the_same_bits_and_out_is_written_over() -> None:
    data = market(40_000)
    before = threads.get_threads()
    try:
        threads.set_threads(1)
        one_thread = scan(**data)
        threads.set_threads(2)
        two = scan(**data, out=Scan._make([column.copy() for column in one_thread]))
    finally:
        threads.set_threads(before)
    for field in Scan._fields:
        assert getattr(two, field).tobytes() == getattr(one_thread, field).tobytes()
    with pytest.raises(ValueError, match="as many contracts"):
        scan(**market(10), out=two)


def test_weights_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="above zero"):
        Weights(spread_half=0.0)
    with pytest.raises(ValueError, match="negative"):
        Weights(income=-1.0)
