"""Yahoo through yfinance itself against the loopback: its empty frames never reach anybody."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from connectors.vendors.yahoo.access import YahooAccess
from connectors.vendors.yahoo.market import YahooMarket
from mfa.kernel.clock import FrozenClock
from mfa.kernel.metrics import Metrics
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found
from mfa.kernel.symbols import OptionSymbol
from tests.servers import faults
from tests.servers.base import Answer
from tests.servers.yahoo import EXPIRATION, NOW, YahooServer


@pytest.fixture
def server() -> Iterator[YahooServer]:
    with YahooServer() as fake:
        yield fake


@pytest.fixture
def access(server: YahooServer) -> Iterator[YahooAccess]:
    made = YahooAccess(clock=FrozenClock(NOW), origin=server.url, metrics=Metrics())
    yield made
    made.close()


@pytest.fixture
def market(access: YahooAccess) -> YahooMarket:
    return YahooMarket(access)


def test_the_librarys_own_frames_read_the_loopback(server: YahooServer, tmp_path: Path) -> None:
    """The witness: yfinance's public interface understands what this server says."""
    import yfinance
    from yfinance.data import YfData

    from connectors.vendors.yahoo.courier import _BoundedSession

    yfinance.set_tz_cache_location(str(tmp_path))
    session: Any = _BoundedSession(max_bytes=1 << 20, origin=server.url)
    session.bound(time.monotonic() + 30)
    try:
        share = yfinance.Ticker("KO", session=session)
        history = share.history(start="2026-11-17", end="2026-11-21", auto_adjust=False)
        assert history["Close"].dropna().tolist() == [69.0, 69.7, 70.1]
        chain = share.option_chain(str(EXPIRATION))
        assert chain.calls["strike"].tolist() == [65.0, 70.0, 75.0]
        assert chain.underlying["bid"] == 70.05
        assert share.news[0]["content"]["title"] == "Coca-Cola raises prices"
    finally:
        type(YfData)._instances.clear()
        session.close()


def test_a_quote_says_when_and_how_late_it_is(market: YahooMarket, server: YahooServer) -> None:
    outcome = market.quote("KO")
    assert isinstance(outcome, Found)
    assert (outcome.value.bid, outcome.value.ask) == (Decimal("70.05"), Decimal("70.15"))
    assert outcome.value.change == Decimal("0.4")
    assert (outcome.source, outcome.delay) == ("Yahoo", timedelta(0))
    assert outcome.as_of == NOW - timedelta(seconds=2)
    assert isinstance(market.quote("ZZZZ"), Absent)
    share_class = market.quote("BRK.B")
    assert isinstance(share_class, Found)
    assert share_class.value.symbol == "BRK.B"
    assert server.paths().count("/v1/test/getcrumb") == 1


def test_outside_trading_hours_the_last_price_stands_for_both_and_that_is_said(
    market: YahooMarket, server: YahooServer
) -> None:
    server.market_open = False
    outcome = market.quote("KO")
    assert isinstance(outcome, Found)
    assert outcome.value.bid == outcome.value.ask == Decimal("70.1")
    assert "no two-sided quote now" in outcome.provenance.note


def test_a_price_in_another_currency_is_not_taken_for_dollars(
    market: YahooMarket, server: YahooServer
) -> None:
    server.currency = "GBp"
    outcome = market.quote("KO")
    assert isinstance(outcome, Failed)
    assert "not in dollars" in outcome.message


def test_greeks_come_from_yahoos_volatility_and_are_said_to_be_computed(
    market: YahooMarket,
) -> None:
    """Delta of a 28-day call at 70.1/70, 21 %, rate 4 %: N(0.107) = 0.543."""
    outcome = market.chain("KO", EXPIRATION)
    assert isinstance(outcome, Found)
    call = outcome.value.calls[1]
    assert call.implied_volatility == 0.21
    assert call.delta == pytest.approx(0.543, abs=0.002)
    assert call.vega == pytest.approx(0.0773, abs=0.0005)
    assert "computed here" in outcome.provenance.note
    assert isinstance(market.chain("KO", date(2026, 12, 19)), Absent)
    assert isinstance(market.chain("KO", date(2027, 1, 15)), Absent)
    assert isinstance(market.chain("PG", EXPIRATION), Absent)


def test_a_volatility_that_yahoo_does_not_mean_is_solved_from_the_midpoint(
    market: YahooMarket, server: YahooServer
) -> None:
    server.volatility = None
    outcome = market.option_quote(OptionSymbol.parse("KO261218P00070000"))
    assert isinstance(outcome, Found)
    assert 0.15 < outcome.value.implied_volatility < 0.3
    assert isinstance(market.option_quote(OptionSymbol.parse("KO261218P00071000")), Absent)


def test_expirations_are_days(market: YahooMarket) -> None:
    outcome = market.expirations("KO")
    assert isinstance(outcome, Found)
    assert outcome.value == (EXPIRATION, date(2027, 1, 15))
    assert isinstance(market.expirations("PG"), Absent)


def test_closes_leave_out_days_without_prices_and_a_session_under_way(
    market: YahooMarket,
) -> None:
    outcome = market.daily_closes("KO", date(2026, 11, 17), date(2026, 11, 20))
    assert isinstance(outcome, Found)
    assert [(c.day.day, c.close) for c in outcome.value] == [
        (17, Decimal("69.0")),
        (19, Decimal("69.7")),
    ]
    assert isinstance(market.daily_closes("PG", date(2026, 11, 17), date(2026, 11, 20)), Absent)
    assert isinstance(market.daily_closes("KO", date(1950, 1, 1), date(1950, 2, 1)), Absent)


def test_dividends_have_no_pay_date_of_yahoos_and_that_is_said(market: YahooMarket) -> None:
    outcome = market.dividends("KO", date(2026, 11, 1), date(2026, 11, 30))
    assert isinstance(outcome, Found)
    assert [(d.ex_date, d.pay_date, d.amount) for d in outcome.value] == [
        (date(2026, 11, 19), None, Decimal("0.51"))
    ]
    assert "no pay dates" in outcome.provenance.note


def test_earnings_figures_and_news_are_typed(market: YahooMarket) -> None:
    report = market.next_earnings("KO")
    assert isinstance(report, Found)
    assert (report.value.day, report.value.timing) == (date(2027, 2, 9), "before open")
    assert isinstance(market.next_earnings("PG"), Absent)
    figures = market.fundamentals("KO")
    assert isinstance(figures, Found)
    assert (figures.value.trailing_pe, figures.value.forward_pe) == (24.5, None)
    assert (figures.value.price_to_book, figures.value.debt_to_equity) == (10.2, 1.5)
    news = market.news("KO")
    assert isinstance(news, Found)
    assert [(n.headline, n.publisher) for n in news.value] == [
        ("Coca-Cola raises prices", "A Paper")
    ]
    assert isinstance(market.news("PG"), Absent)


def test_a_crumb_that_is_refused_stops_no_chart(market: YahooMarket, server: YahooServer) -> None:
    server.crumb = Answer("Too Many Requests\r\n", 429)
    closes = market.daily_closes("KO", date(2026, 11, 17), date(2026, 11, 19))
    assert isinstance(closes, Found)


def test_an_anonymous_session_that_is_refused_names_the_way_out(
    market: YahooMarket, server: YahooServer
) -> None:
    server.accepts_crumb = False
    outcome = market.quote("KO")
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.UNAVAILABLE
    assert "connect a source with a key" in outcome.message


def test_a_limit_is_not_answered_with_more_requests(
    market: YahooMarket, server: YahooServer
) -> None:
    market.quote("KO")
    before = len(server.requests)
    server.inject(faults.LIMITED)
    for _ in range(3):
        outcome = market.quote("KO")
        assert isinstance(outcome, Failed)
        assert outcome.kind is FailureKind.RATE_LIMITED
    assert len(server.requests) == before + 1


def test_an_answer_beyond_the_bound_is_not_read(server: YahooServer) -> None:
    from connectors.vendors.ground.terms import Call
    from connectors.vendors.ground.trouble import Trouble
    from connectors.vendors.yahoo.access import TERMS
    from connectors.vendors.yahoo.courier import Courier

    small = TERMS.with_size(300)
    courier = Courier(small, origin=server.url)
    call = Call(operation="chart", until=time.monotonic() + 30, now=NOW)
    with pytest.raises(Trouble, match="MiB"):
        courier.get(call, "https://query2.finance.yahoo.com/v8/finance/chart/KO", {})
    courier.close()


def test_health_is_asked_with_one_small_question(access: YahooAccess, server: YahooServer) -> None:
    assert access.check().sentence().startswith("Yahoo answers;")
    assert server.requests[-1].path == "/v8/finance/chart/SPY"


def test_the_library_is_imported_at_the_first_question_only() -> None:
    asked = (
        "import sys, connectors.vendors.yahoo.market; "
        "print([m for m in ('yfinance', 'curl_cffi') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
