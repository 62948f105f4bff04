"""No profit without risk on any chain: values before rounding, and quotes after it.

Twenty random days, every company, every expiration. With S the price, D the present value of the
dividends until the expiration, K the strike and B = exp(-r T), for American options:

    max(S - K, 0) <= C <= S        max(K - S, 0) <= P <= K
    S - D - K <= C - P <= S - K B  (Hull, section on put-call parity with dividends)
    C falls, P rises in K with slopes of at most 1, both convex; both rise with the expiration
"""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from connectors.practice.chains import Valuation
from connectors.practice.market import PracticeMarket
from core_numba.normal import Floats
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.market import OptionChain, Quote

ROUNDING = 1e-9
_RANDOM = random.Random(20)
_SESSIONS = exchange_calendar().sessions(
    datetime(2015, 1, 2, tzinfo=UTC).date(), datetime(2022, 12, 28, tzinfo=UTC).date()
)
MOMENTS = [
    exchange_calendar().open_close(day)[0] + timedelta(minutes=_RANDOM.uniform(0.0, 200.0))
    for day in sorted(_RANDOM.sample(_SESSIONS, 20))
]
SURFACE_STEPS = np.linspace(-1.5, 1.5, 61)


@pytest.mark.parametrize("at", MOMENTS, ids=lambda at: f"{at:%Y-%m-%d}")
def test_no_arbitrage_on_any_chain_of_the_day(market: PracticeMarket, at: datetime) -> None:
    for symbol in market.symbols:
        stock = market.quote_at(symbol, at)
        longest: dict[float, Floats] = {}
        flattest = np.zeros_like(SURFACE_STEPS)
        for expiration in market.expirations_at(symbol, at):
            valued = market._chains.valuation(symbol, expiration, at)
            _bounds_and_parity(valued)
            _shape_in_strike(valued)
            _calendar(valued, longest)
            flattest = _total_variance(valued, flattest)
            _quotes(market.chain_at(symbol, expiration, at), valued, stock)


def _bounds_and_parity(valued: Valuation) -> None:
    (call, put), strikes, spot = valued.values.price, valued.strikes, valued.spot
    assert (call >= np.maximum(spot - strikes, 0.0) - ROUNDING).all()
    assert (call <= spot + ROUNDING).all()
    assert (put >= np.maximum(strikes - spot, 0.0) - ROUNDING).all()
    assert (put <= strikes + ROUNDING).all()
    paid, discount = float(valued.dates.paid[-1]), math.exp(-valued.rate * valued.dates.years[-1])
    assert (call - put >= spot - paid - strikes - ROUNDING).all()
    assert (call - put <= spot - strikes * discount + ROUNDING).all()
    assert (call >= spot - paid - strikes * discount - ROUNDING).all()


def _shape_in_strike(valued: Valuation) -> None:
    slopes = np.diff(valued.values.price, axis=1) / np.diff(valued.strikes)
    assert (slopes[0] <= ROUNDING).all()
    assert (slopes[0] >= -1.0 - ROUNDING).all()
    assert (slopes[1] >= -ROUNDING).all()
    assert (slopes[1] <= 1.0 + ROUNDING).all()
    assert (np.diff(slopes, axis=1) >= -ROUNDING).all()


def _calendar(valued: Valuation, longest: dict[float, Floats]) -> None:
    for i, strike in enumerate(valued.strikes.tolist()):
        value = valued.values.price[:, i]
        if strike in longest:
            assert (value >= longest[strike] - ROUNDING).all()
        longest[strike] = value


def _total_variance(valued: Valuation, before: Floats) -> Floats:
    now = valued.surface.variance(SURFACE_STEPS, valued.dates.theta[-1])
    assert (now > before).all()
    assert (np.diff(valued.dates.theta) >= 0.0).all()
    return now


def _quotes(chain: OptionChain, valued: Valuation, stock: Quote) -> None:
    """Buying at the ask and selling at the bid locks in nothing."""
    rows = (chain.calls, chain.puts)
    bid = np.array([[float(quote.bid) for quote in row] for row in rows])
    ask = np.array([[float(quote.ask) for quote in row] for row in rows])
    last = np.array([[float(quote.last) for quote in row] for row in rows])
    strikes, spacing = valued.strikes, np.diff(valued.strikes)
    assert ((bid >= 0) & (bid < ask) & (bid <= last) & (last <= ask)).all()
    assert (bid <= valued.values.price + ROUNDING).all()
    assert (ask >= valued.values.price - ROUNDING).all()
    for better, worse in (
        (bid[0, :-1] - ask[0, 1:], ask[0, :-1] - bid[0, 1:]),
        (bid[1, 1:] - ask[1, :-1], ask[1, 1:] - bid[1, :-1]),
    ):
        assert (worse >= -ROUNDING).all()
        assert (better <= spacing + ROUNDING).all()
    wings = ask[:, :-2] * spacing[1:] + ask[:, 2:] * spacing[:-1]
    assert (wings >= bid[:, 1:-1] * (strikes[2:] - strikes[:-2]) - ROUNDING).all()
    paid, discount = float(valued.dates.paid[-1]), math.exp(-valued.rate * valued.dates.years[-1])
    assert (ask[0] - bid[1] >= float(stock.bid) - paid - strikes - ROUNDING).all()
    assert (bid[0] - ask[1] <= float(stock.ask) - strikes * discount + ROUNDING).all()
