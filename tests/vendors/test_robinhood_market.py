"""Robinhood over its loopback: quotes, chains, earnings, figures and news."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from connectors.vendors.ground.door import VendorSource
from mfa.kernel.market import MarketSource
from mfa.kernel.outcome import Absent, Found
from mfa.kernel.symbols import OptionSymbol
from tests.servers.robinhood import EXPIRATION, RobinhoodServer
from tests.vendors.robinhood_ground import opened


@pytest.fixture
def server() -> Iterator[RobinhoodServer]:
    with RobinhoodServer() as fake:
        yield fake


@pytest.fixture
def source(server: RobinhoodServer) -> Iterator[VendorSource]:
    made = opened(server)
    yield made
    made.close()


@pytest.fixture
def market(source: VendorSource) -> MarketSource:
    assert source.market is not None
    return source.market


def test_a_quote_has_its_volume_from_the_figures_and_its_own_time(market: MarketSource) -> None:
    outcome = market.quote("KO")
    assert isinstance(outcome, Found)
    quote = outcome.value
    assert (quote.bid, quote.ask, quote.last) == (
        Decimal("70.05"),
        Decimal("70.15"),
        Decimal("70.1"),
    )
    assert (quote.change, quote.volume) == (Decimal("0.4"), 5_000_000)
    assert outcome.as_of == datetime(2026, 11, 20, 17, 59, 58, tzinfo=UTC)


def test_after_hours_the_last_trade_is_that_of_the_evening(
    market: MarketSource, server: RobinhoodServer
) -> None:
    real = server.quote
    server.quote = lambda symbol: (  # type: ignore[method-assign]
        {**(real(symbol) or {}), "last_extended_hours_trade_price": "71.20", "trading_halted": True}
    )
    outcome = market.quote("KO")
    assert isinstance(outcome, Found)
    assert outcome.value.last == Decimal("71.2")
    assert "Trading in KO is halted." in outcome.provenance.note


def test_a_chain_has_robinhoods_own_greeks(market: MarketSource, server: RobinhoodServer) -> None:
    outcome = market.chain("KO", EXPIRATION)
    assert isinstance(outcome, Found)
    call = outcome.value.calls[1]
    assert (call.option.strike, call.delta, call.theta, call.vega) == (
        Decimal(70),
        0.5,
        -0.02,
        0.08,
    )
    assert (call.implied_volatility, call.open_interest) == (0.21, 1314)
    assert outcome.provenance.note == ""
    asked = [path for path in server.paths() if path == "/marketdata/options/"]
    assert len(asked) == 1, "six contracts are one request"


def test_a_long_chain_is_read_page_by_page(market: MarketSource, server: RobinhoodServer) -> None:
    server.page_size = 2
    outcome = market.chain("KO", EXPIRATION)
    assert isinstance(outcome, Found)
    assert len(outcome.value.calls) + len(outcome.value.puts) == 6
    assert server.paths().count("/options/instruments/") == 3


def test_without_robinhoods_greeks_they_are_computed_and_said_to_be(
    market: MarketSource, server: RobinhoodServer
) -> None:
    server.model = False
    outcome = market.chain("KO", EXPIRATION)
    assert isinstance(outcome, Found)
    call, put = outcome.value.calls[1], outcome.value.puts[1]
    assert call.delta - put.delta == pytest.approx(1, abs=0.02)
    assert "computed here" in outcome.provenance.note


def test_one_option_is_asked_for_alone(market: MarketSource) -> None:
    outcome = market.option_quote(OptionSymbol.parse("KO261218P00065000"))
    assert isinstance(outcome, Found)
    assert outcome.value.bid == Decimal("1.15")
    assert outcome.value.underlying_price == Decimal("70.1")


def test_expirations_ascend_and_a_stock_without_options_has_none(market: MarketSource) -> None:
    outcome = market.expirations("KO")
    assert isinstance(outcome, Found)
    assert outcome.value == (EXPIRATION, date(2027, 1, 15))
    assert isinstance(market.expirations("BRK.B"), Absent)


def test_earnings_figures_and_news_are_typed(source: VendorSource, market: MarketSource) -> None:
    coming = market.next_earnings("KO")
    assert isinstance(coming, Found)
    assert (coming.value.day, coming.value.timing) == (date(2027, 2, 9), "before open")
    past = market.earnings("KO", date(2026, 10, 1), date(2026, 12, 31))
    assert isinstance(past, Found)
    assert [report.day for report in past.value] == [date(2026, 10, 20)]
    assert source.research is not None
    figures = source.research.fundamentals("KO")
    assert isinstance(figures, Found)
    assert (figures.value.name, figures.value.trailing_pe) == ("Coca-Cola", 24.5)
    assert figures.value.dividend_yield == pytest.approx(0.0291)
    news = source.research.news("KO")
    assert isinstance(news, Found)
    assert news.value[0].headline == "Coca-Cola raises prices"
    assert isinstance(source.research.news("PG"), Absent)


@pytest.mark.parametrize(
    ("start", "span"),
    [
        (date(2026, 11, 16), "week"),
        (date(2026, 11, 1), "month"),
        (date(2026, 9, 1), "3month"),
        (date(2026, 1, 2), "year"),
        (date(2022, 1, 3), "5year"),
    ],
)
def test_the_shortest_span_that_reaches_back_is_asked_for(
    market: MarketSource, server: RobinhoodServer, start: date, span: str
) -> None:
    outcome = market.daily_closes("KO", start, date(2026, 11, 20))
    assert isinstance(outcome, Found)
    assert [str(each.close) for each in outcome.value] == ["69.50", "69.70"]
    assert server.requests[-1].query["span"] == span
