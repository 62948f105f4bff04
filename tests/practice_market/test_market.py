"""The practice market as a market source: outcomes, provenance, refusals, speed of thought."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from connectors.practice.earnings import earnings_between, reaction
from connectors.practice.listings import companies
from connectors.practice.market import PracticeMarket
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.clock import FrozenClock
from mfa.kernel.errors import InputError
from mfa.kernel.market import MarketSource
from mfa.kernel.outcome import Absent, Found
from mfa.kernel.symbols import OptionSymbol, OptionType


def _at(moment: datetime) -> PracticeMarket:
    return PracticeMarket(seed=7, clock=FrozenClock(moment))


def test_it_is_a_market_source(market: PracticeMarket) -> None:
    source: MarketSource = market
    assert source.name == "practice market"


def test_a_quote_says_that_it_is_computed_and_from_what(
    market: PracticeMarket, now: datetime
) -> None:
    found = market.quote("KO")
    assert isinstance(found, Found)
    assert (found.source, found.as_of, found.stale) == ("practice market", now, False)
    assert found.provenance.computed
    assert "real closes from skfolio" in found.provenance.note
    assert "computed" in found.provenance.note
    assert found.value.bid <= found.value.last <= found.value.ask


def test_daily_closes_are_real_and_say_so(market: PracticeMarket) -> None:
    found = market.daily_closes("KO", date(2021, 6, 7), date(2021, 6, 30))
    assert isinstance(found, Found)
    assert not found.provenance.computed
    assert [c.day.day for c in found.value] == [7, 8, 9, 10, 11, 14]
    assert found.value[-1].close == market.close("KO", date(2021, 6, 14))


def test_unknown_symbols_are_absent_with_what_there_is(market: PracticeMarket) -> None:
    for outcome in (
        market.quote("TSLA"),
        market.expirations("TSLA"),
        market.daily_closes("TSLA", date(2021, 1, 1), date(2021, 2, 1)),
        market.dividends("TSLA", date(2021, 1, 1), date(2021, 2, 1)),
        market.next_earnings("TSLA"),
        market.option_quote(OptionSymbol("TSLA", date(2021, 6, 18), OptionType.PUT, Decimal(600))),
    ):
        assert isinstance(outcome, Absent)
        assert "does not list TSLA" in outcome.reason
        assert "XOM" in outcome.reason


def test_the_index_has_closes_but_neither_options_nor_earnings(market: PracticeMarket) -> None:
    assert isinstance(market.quote("SPX"), Found)
    assert isinstance(market.expirations("SPX"), Absent)
    assert isinstance(market.next_earnings("SPX"), Absent)
    listings = market.listings()
    assert isinstance(listings, Found)
    assert len(listings.value) == 20
    assert "SPX" not in [listing.symbol for listing in listings.value]


def test_after_the_data_everything_is_absent() -> None:
    outcome = _at(datetime(2023, 3, 1, 15, 0, tzinfo=UTC)).quote("KO")
    assert isinstance(outcome, Absent)
    assert "2022-12-28" in outcome.reason


def test_a_range_without_closes_is_absent_not_empty(market: PracticeMarket) -> None:
    outcome = market.daily_closes("KO", date(2021, 6, 19), date(2021, 6, 20))
    assert isinstance(outcome, Absent)


def test_no_close_on_a_holiday(market: PracticeMarket) -> None:
    with pytest.raises(InputError, match="no session on 2021-07-05"):
        market.close("KO", date(2021, 7, 5))


def test_dividends_are_past_ones_declared_ones_and_expected_ones(market: PracticeMarket) -> None:
    found = market.dividends("KO", date(2021, 6, 1), date(2021, 10, 1))
    assert isinstance(found, Found)
    assert [(d.ex_date, d.amount) for d in found.value] == [
        (date(2021, 6, 14), Decimal("0.42")),
        (date(2021, 9, 13), Decimal("0.42")),
    ]
    assert "expected" in found.provenance.note


def test_the_next_report_turns_over_when_the_price_can_react() -> None:
    def next_day(symbol: str, moment: datetime) -> date:
        found = _at(moment).next_earnings(symbol)
        assert isinstance(found, Found)
        return found.value.day

    jpm, aapl = date(2021, 7, 14), date(2021, 7, 29)
    assert next_day("JPM", datetime(2021, 7, 14, 13, 0, tzinfo=UTC)) == jpm  # before the bell
    assert next_day("JPM", datetime(2021, 7, 14, 13, 30, tzinfo=UTC)) == date(2021, 10, 13)
    assert next_day("AAPL", datetime(2021, 7, 29, 19, 59, tzinfo=UTC)) == aapl  # after the close
    assert next_day("AAPL", datetime(2021, 7, 29, 20, 0, tzinfo=UTC)) == date(2021, 10, 28)


def test_there_is_a_next_report_on_every_day_for_everybody() -> None:
    for day in exchange_calendar().sessions(date(2021, 1, 4), date(2021, 12, 31))[::3]:
        source = _at(datetime(day.year, day.month, day.day, 22, 0, tzinfo=UTC))
        assert all(isinstance(source.next_earnings(s), Found) for s in source.symbols)


def test_reports_fall_on_sessions_and_are_priced_at_the_next_opening() -> None:
    calendar = exchange_calendar()
    for company in companies().values():
        reports = earnings_between(company, date(2019, 1, 1), date(2019, 12, 31))
        assert len(reports) == 4
        for report in reports:
            assert calendar.is_session(report.day)
            after = 0 if report.timing == "before open" else 1
            assert len(calendar.sessions(report.day, reaction(report).date())) == 1 + after


def test_eight_threads_get_what_one_gets(now: datetime) -> None:
    alone, shared = _at(now), _at(now)
    asked = [(s, e) for s in alone.symbols[:6] for e in alone.expirations_at(s, now)[:6]]
    expected = [alone.chain_at(s, e, now) for s, e in asked]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            assert (
                list(pool.map(lambda pair: shared.chain_at(pair[0], pair[1], now), asked))
                == expected
            )
