"""Single quotes: Greeks that are the price's derivatives, spreads, ticks, open interest, volume."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from connectors.practice.liquidity import two_sided
from connectors.practice.market import PracticeMarket
from core_numba.european import black, black_scholes
from mfa.kernel.errors import InputError
from mfa.kernel.symbols import OptionSymbol, OptionType

CALL, PUT = OptionType.CALL, OptionType.PUT
DAY = 1.0 / 365.0


def _option(symbol: str, day: date, kind: OptionType, strike: str) -> OptionSymbol:
    return OptionSymbol(symbol, day, kind, Decimal(strike))


def test_greeks_of_a_call_without_dividends_are_derivatives_of_its_price(
    market: PracticeMarket, now: datetime
) -> None:
    quote = market.option_quote_at(_option("AMD", date(2021, 9, 17), CALL, "80"), now)
    spot, vol = float(quote.underlying_price), quote.implied_volatility
    years = (datetime(2021, 9, 17, 20, 0, tzinfo=UTC) - now).total_seconds() / 86400 * DAY
    rate = float(np.log1p(0.0002))  # May 2021: 0.02 %

    def price(s: float = spot, t: float = years, v: float = vol) -> float:
        return float(black_scholes(s, 80.0, t, rate, 0.0, v, 1.0).price)

    assert float(quote.bid) < price() < float(quote.ask)
    assert quote.delta == pytest.approx((price(spot + 0.01) - price(spot - 0.01)) / 0.02, rel=1e-5)
    bend = price(spot + 0.05) - 2 * price() + price(spot - 0.05)
    assert quote.gamma == pytest.approx(bend / 0.05**2, rel=1e-4)
    decay = (price(t=years - 0.01 * DAY) - price(t=years + 0.01 * DAY)) / 0.02
    assert quote.theta == pytest.approx(decay, rel=1e-5)
    assert quote.vega == pytest.approx((price(v=vol + 0.005) - price(v=vol - 0.005)), rel=1e-5)


def test_greeks_of_a_put_on_a_dividend_payer_are_derivatives_of_its_price(
    market: PracticeMarket, now: datetime
) -> None:
    """KO is expected to pay 0.42 ex 13 September: the forward is (S - D) grown at the rate."""
    quote = market.option_quote_at(_option("KO", date(2021, 9, 17), PUT, "55"), now)
    spot, vol = float(quote.underlying_price), quote.implied_volatility
    end = datetime(2021, 9, 17, 20, 0, tzinfo=UTC)
    years = (end - now).total_seconds() / 86400 * DAY
    wait = (datetime(2021, 9, 13, 13, 30, tzinfo=UTC) - now).total_seconds() / 86400 * DAY
    rate = float(np.log1p(0.0002))

    def price(s: float = spot, passed: float = 0.0, v: float = vol) -> float:
        left = years - passed
        forward = (s - 0.42 * np.exp(-rate * (wait - passed))) * np.exp(rate * left)
        return float(np.exp(-rate * left) * black(forward, 55.0, v * left**0.5, -1.0).value)

    assert float(quote.bid) < price() < float(quote.ask)
    assert quote.delta == pytest.approx((price(spot + 0.01) - price(spot - 0.01)) / 0.02, rel=1e-5)
    assert quote.delta < 0 < quote.gamma
    decay = (price(passed=0.01 * DAY) - price(passed=-0.01 * DAY)) / 0.02
    assert quote.theta == pytest.approx(decay, rel=1e-5)
    assert quote.theta < 0
    assert quote.vega == pytest.approx(price(v=vol + 0.005) - price(v=vol - 0.005), rel=1e-5)


def test_a_put_far_in_the_money_at_high_rates_is_worth_its_exercise(market: PracticeMarket) -> None:
    at = datetime(2022, 12, 14, 17, 0, tzinfo=UTC)
    strike = market.strikes_at("KO", date(2023, 1, 20), at)[-1]
    quote = market.option_quote_at(OptionSymbol("KO", date(2023, 1, 20), PUT, strike), at)
    intrinsic = strike - quote.underlying_price
    assert quote.bid <= intrinsic <= quote.ask
    assert (quote.delta, quote.gamma, quote.theta, quote.vega) == (-1.0, 0.0, 0.0, 0.0)


def test_the_day_before_a_dividend_a_deep_call_is_worth_exercising(market: PracticeMarket) -> None:
    """KO goes ex 14 June 2021; on the 11th the 45 call of the 18th has no time value left."""
    at = datetime(2021, 6, 11, 19, 59, tzinfo=UTC)
    quote = market.option_quote_at(_option("KO", date(2021, 6, 18), CALL, "45"), at)
    assert quote.bid <= quote.underlying_price - 45 <= quote.ask
    assert quote.delta == pytest.approx(1.0)


def test_at_the_bell_of_its_expiration_an_option_is_its_payoff_and_then_gone(
    market: PracticeMarket,
) -> None:
    option = _option("KO", date(2021, 6, 18), PUT, "56")
    bell = datetime(2021, 6, 18, 20, 0, tzinfo=UTC)
    quote = market.option_quote_at(option, bell)
    payoff = max(Decimal(56) - market.close("KO", date(2021, 6, 18)), Decimal(0))
    assert quote.bid <= payoff <= quote.ask
    assert quote.ask - quote.bid <= Decimal("0.15")
    with pytest.raises(InputError, match="has expired"):
        market.option_quote_at(option, bell + timedelta(seconds=1))


def test_ticks_are_a_cent_below_three_dollars_and_five_cents_above() -> None:
    value = np.linspace(0.001, 30.0, 3001)
    quotes = two_sided(value, reach=np.zeros_like(value), years=0.1, factor=1.0)
    for side in (quotes.bid, quotes.ask):
        assert not (side[side > 300] % 5).any()
    assert (quotes.bid <= value * 100).all()
    assert (quotes.ask >= value * 100).all()
    assert quotes.bid[0] == 0
    assert quotes.ask[0] >= 1
    assert (quotes.ask > quotes.bid).all()


def test_spreads_widen_with_tenor_and_thin_names() -> None:
    value, at_the_money = np.array([5.0]), np.array([0.0])

    def width(years: float, factor: float) -> int:
        quotes = two_sided(value, reach=at_the_money, years=years, factor=factor)
        return int(quotes.ask[0] - quotes.bid[0])

    assert width(0.1, 0.6) <= width(0.1, 1.8) <= width(2.0, 1.8)
    assert width(0.1, 0.6) < width(2.0, 1.8)


def test_interest_and_volume_gather_near_the_money_and_in_monthlies(
    market: PracticeMarket, now: datetime
) -> None:
    weekly = market.chain_at("AAPL", date(2021, 7, 9), now)
    monthly = market.chain_at("AAPL", date(2021, 7, 16), now)
    assert sum(q.open_interest for q in monthly.calls) > sum(q.open_interest for q in weekly.calls)
    near = [q for q in monthly.calls if abs(q.option.strike - q.underlying_price) < 10]
    far = [q for q in monthly.calls if q.option.strike > q.underlying_price + 35]
    assert min(q.open_interest for q in near) > max(q.open_interest for q in far)
    assert sum(q.volume for q in near) > sum(q.volume for q in far)
    thin = market.chain_at("BBY", date(2021, 7, 16), now)
    assert sum(q.open_interest for q in thin.puts) < sum(q.open_interest for q in monthly.puts) / 5


def test_volume_only_grows_through_a_day_and_open_interest_stands(market: PracticeMarket) -> None:
    option = _option("AAPL", date(2021, 7, 16), CALL, "130")
    opens = datetime(2021, 6, 15, 13, 30, tzinfo=UTC)
    quotes = [
        market.option_quote_at(option, opens + timedelta(minutes=m)) for m in (0, 60, 200, 389)
    ]
    volumes = [q.volume for q in quotes]
    assert volumes == sorted(volumes)
    assert volumes[0] == 0 < volumes[-1]


def test_a_quote_alone_equals_its_row_in_the_chain(market: PracticeMarket, now: datetime) -> None:
    chain = market.chain_at("JPM", date(2021, 12, 17), now)
    for quote in (*chain.calls[::7], *chain.puts[::7]):
        assert market.option_quote_at(quote.option, now) == quote


def test_an_unlisted_strike_names_those_near_it(market: PracticeMarket, now: datetime) -> None:
    with pytest.raises(InputError, match=r"no strike 57.3 .* Near it are 56, 57, 58, 59"):
        market.option_quote_at(_option("KO", date(2021, 6, 18), PUT, "57.3"), now)


def test_an_unlisted_expiration_names_the_next(market: PracticeMarket, now: datetime) -> None:
    with pytest.raises(InputError, match=r"is not listed on 15 Jun 2021.*18 Jun 2021"):
        market.chain_at("KO", date(2021, 6, 22), now)
