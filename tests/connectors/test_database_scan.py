"""The stock database: figures worked out from a straight line of closes, screening, adding.

KO closed at 45.00 and rose by a thirtieth of a dollar a day to 54.97; it trades at 55.00, after
55.50 yesterday, and paid 1.65 in the last year.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors.stocks.freshness import current
from connectors.stocks.params import StockScanParams
from mfa.kernel.market import Dividend, Listing
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome
from mfa.kernel.research import Fundamentals, NoResearch
from mfa.kernel.stocks import Figures, Stock
from tests.connectors.coca_cola import stocked
from tests.connectors.conftest import ACCOUNT, Desk, stock_quote
from tests.connectors.fakes import MARKET, NOW

KO = Listing(symbol="KO", name="Coca-Cola", sector="Consumer Staples")
AMD = Listing(symbol="AMD", name="Advanced Micro Devices", sector="Information Technology")


class Kept:
    """Keeps companies in memory."""

    def __init__(self, *listings: Listing) -> None:
        self.rows: dict[str, Stock] = {}
        self.asked_for: list[str] = []
        self.add_stocks("local", "practice", listings)

    def stocks(self, _user: str, _mode: str) -> Outcome[tuple[Stock, ...]]:
        return Found(tuple(self.rows[symbol] for symbol in sorted(self.rows)), ACCOUNT)

    def add_stocks(
        self, _user: str, _mode: str, listings: Sequence[Listing]
    ) -> Outcome[tuple[str, ...]]:
        new = [each for each in listings if each.symbol not in self.rows]
        for each in new:
            self.rows[each.symbol] = Stock(
                symbol=each.symbol, name=each.name, sector=each.sector, added_at=NOW
            )
        return Found(tuple(each.symbol for each in new), ACCOUNT)

    def keep_figures(self, _mode: str, taken: Sequence[Figures]) -> Outcome[None]:
        for each in taken:
            row = self.rows[each.symbol]
            self.asked_for.append(each.symbol)
            self.rows[each.symbol] = Stock(
                symbol=row.symbol, name=row.name, sector=row.sector, added_at=row.added_at,
                figures=each.figures, missing=each.missing, as_of=each.as_of,
            )  # fmt: skip
        return Found(None, ACCOUNT)


class Research(NoResearch):
    def fundamentals(self, symbol: str) -> Outcome[Fundamentals]:
        unknown = dict.fromkeys(
            (
                "forward_pe", "price_to_book", "dividend_yield", "beta", "profit_margin",
                "revenue_growth", "debt_to_equity", "shares_outstanding",
            )
        )  # fmt: skip
        return Found(
            Fundamentals(
                symbol=symbol, name="Coca-Cola", sector="Staples", industry="Beverages",
                market_cap=237e9, trailing_pe=None, **unknown,
            ),
            MARKET,
        )  # fmt: skip


@pytest.fixture
def market(desk: Desk) -> Desk:
    desk.stocks = Kept(KO)
    paid = tuple(
        Dividend(symbol="KO", ex_date=date(2021, month, 14), pay_date=None, amount=Decimal(amount))
        for month, amount in ((3, "0.82"), (6, "0.83"))
    )
    desk.market.paid["KO"] = Found(paid, MARKET)
    return stocked(desk)


def test_the_rsi_has_the_price_now_as_its_last_close(market: Desk) -> None:
    """Wilder: gains of 1/30 a day, then a loss from 45 + 299/30 to 54: the mean gain is 13/14 of
    1/30, the mean loss 1/14 of 0.9667, and 100 x 0.4333 / (0.4333 + 0.9667) is 30.95."""
    market.market.quotes["KO"] = Found(stock_quote("KO", "53.99", "54.01", "54.97"), MARKET)
    assert _row(market).rsi == pytest.approx(30.95, abs=0.05)


def _row(market: Desk, **asked: Any) -> Any:
    (row,) = market.found("database_scan", "scan", **asked).rows
    return row


def test_figures_follow_from_quote_closes_and_dividends(market: Desk) -> None:
    row = _row(market)
    assert (row.price, row.volume) == (Decimal("55.00"), 1_000)
    assert row.change_pct == pytest.approx(100 * (55 / 55.5 - 1))
    assert (row.sma50, row.sma200) == ("above", "above")  # every close is below the price
    assert row.rsi == pytest.approx(100.0)  # it never fell
    low, high = 45 + 48 / 30, 45 + 299 / 30  # the last 252 closes, in cents
    assert row.from_high_pct == 0.0  # the price is over the high of the closes
    assert high < 55
    assert row.from_low_pct == pytest.approx(100 * (55 / round(low, 2) - 1))
    assert row.yield_pct == pytest.approx(100 * 1.65 / 55)
    assert row.iv_rank == pytest.approx(100.0)
    assert row.iv_pct == pytest.approx(100 * (0.15 + 0.0005 * 200))
    assert (row.market_cap, row.pe) == (None, None)


@pytest.mark.parametrize(
    "asked",
    [
        {"sector": "staples"}, {"min_price": 55, "max_price": 55}, {"above_sma50": True},
        {"min_rsi": 70}, {"max_from_high_pct": 5}, {"min_iv_rank": 90}, {"min_yield_pct": 2.9},
        {"min_volume": 1000}, {"max_from_low_pct": 20}, {"symbols": "ko"},
    ],
)  # fmt: skip
def test_what_is_within_passes(market: Desk, asked: dict[str, Any]) -> None:
    assert _row(market, **asked).symbol == "KO"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"max_price": 50}, "None of 1 companies passes."),
        ({"above_sma200": False}, "None of 1"),
        ({"max_rsi": 30}, "None of 1"),
        ({"max_from_low_pct": 10}, "None of 1"),
        ({"min_yield_pct": 3.1}, "None of 1"),
        ({"sector": "energy"}, "Sectors there are: Consumer Staples."),
        ({"symbols": "PEP"}, "PEP: not in the stock database."),
    ],
)
def test_what_is_outside_does_not(market: Desk, asked: dict[str, Any], said: str) -> None:
    outcome = market.ask("database_scan", "scan", **asked)
    assert isinstance(outcome, Absent)
    assert said in outcome.reason


def test_what_no_source_has_is_named_and_never_zero(market: Desk) -> None:
    outcome = market.ask("database_scan", "scan", max_pe=15)
    assert isinstance(outcome, Absent)
    assert "The price to earnings of 1 of 1 companies is not known" in outcome.reason
    market.research = Research()
    market.stocks = Kept(KO)
    row = _row(market, min_market_cap=200e9)
    assert (row.market_cap, row.pe) == (237.0, None)
    missing = market.found("database_scan", "get_stats").missing
    assert [(each.figure, each.why) for each in missing] == [("pe", "the source does not tell")]


def test_figures_of_now_are_not_taken_again(market: Desk) -> None:
    _row(market)
    _row(market)
    assert isinstance(market.stocks, Kept)
    assert market.stocks.asked_for == ["KO"]


def test_a_company_without_a_price_is_named_and_the_others_are_screened(market: Desk) -> None:
    market.stocks = Kept(KO, AMD)
    found = market.found("database_scan", "scan")
    assert [row.symbol for row in found.rows] == ["KO"]
    assert found.warnings == ("No price now: AMD.",)


def test_the_greatest_comes_first_and_what_is_not_known_last(market: Desk) -> None:
    market.stocks = Kept(KO, AMD)
    market.market.quotes["AMD"] = Found(stock_quote("AMD", "80.00", "80.00", "81.00"), MARKET)
    by_price = market.found("database_scan", "scan", sort="price").rows
    assert [row.symbol for row in by_price] == ["AMD", "KO"]
    by_rank = market.found("database_scan", "scan", sort="iv_rank", ascending=True).rows
    assert [(row.symbol, row.iv_rank) for row in by_rank] == [
        ("KO", pytest.approx(100.0)), ("AMD", None),
    ]  # fmt: skip


def test_statistics_tell_how_many_of_what_and_how_fresh(market: Desk) -> None:
    market.stocks = Kept(KO, AMD)
    before = market.found("database_scan", "get_stats")
    assert (before.count, before.untaken, before.current, before.newest) == (2, 2, 0, None)
    market.found("database_scan", "refresh")
    after = market.found("database_scan", "get_stats")
    assert (after.untaken, after.current, after.newest) == (1, 1, NOW)
    assert [(row.sector, row.count) for row in after.by_sector] == [
        ("Consumer Staples", 1), ("Information Technology", 1),
    ]  # fmt: skip


def test_adding_says_what_it_did_and_doing_it_again_does_nothing(market: Desk) -> None:
    market.market.quotes["AMD"] = Found(stock_quote("AMD", "80.00", "80.00", "81.00"), MARKET)
    market.market.listed += (AMD,)
    first = market.found("database_scan", "add_stock", symbols="amd, ko, zzz")
    assert (first.added, first.there_before, first.unknown, first.followed) == (1, 1, 1, 2)
    assert [(row.symbol, row.result) for row in first.rows] == [
        ("AMD", "added"), ("KO", "followed before"), ("ZZZ", "There is no listing ZZZ."),
    ]  # fmt: skip
    again = market.found("database_scan", "add_stock", symbols="AMD")
    assert (again.added, again.there_before, again.followed) == (0, 1, 2)
    assert market.ask("database_scan", "add_stock", symbols="ZZZ") == Absent(
        "There is no listing ZZZ."
    )


def test_a_market_that_cannot_be_asked_adds_nothing(market: Desk) -> None:
    market.market.quotes["AMD"] = Failed(FailureKind.TIMEOUT, "Too slow.")
    outcome = market.ask("database_scan", "add_stock", symbols="AMD, PEP")
    assert outcome == Failed(FailureKind.TIMEOUT, "Too slow.")
    assert isinstance(market.stocks, Kept)
    assert set(market.stocks.rows) == {"KO"}


def test_an_empty_database_says_how_to_fill_it(market: Desk) -> None:
    market.stocks = Kept()
    outcome = market.ask("database_scan", "scan")
    assert isinstance(outcome, Absent)
    assert "empty" in outcome.reason
    assert market.found("database_scan", "get_stats").count == 0
    assert isinstance(market.ask("database_scan", "refresh"), Absent)


def test_figures_are_of_now_within_an_hour_of_trading() -> None:
    bell = datetime(2021, 6, 18, 20, tzinfo=UTC)  # Friday's close
    sunday = datetime(2021, 6, 20, 15, tzinfo=UTC)
    monday = datetime(2021, 6, 21, 15, tzinfo=UTC)
    assert current(bell, sunday)
    assert not current(bell, monday)
    assert current(monday - timedelta(minutes=60), monday)
    assert not current(monday + timedelta(minutes=1), monday)  # the clock was set back
    assert not current(None, monday)


def test_limits_that_exclude_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="min_rsi is greater"):
        StockScanParams(min_rsi=70, max_rsi=30)
