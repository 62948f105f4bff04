"""Alpaca through our client, and its own library as witness that the loopback speaks as it does."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from alpaca.data.historical import NewsClient, StockHistoricalDataClient
from alpaca.data.historical.corporate_actions import CorporateActionsClient
from alpaca.data.historical.option import OptionHistoricalDataClient
from alpaca.data.requests import (
    CorporateActionsRequest,
    NewsRequest,
    OptionChainRequest,
    StockBarsRequest,
    StockSnapshotRequest,
)
from alpaca.data.timeframe import TimeFrame
from alpaca.trading.client import TradingClient
from alpaca.trading.requests import GetOptionContractsRequest
from pydantic import SecretStr

from connectors.vendors.alpaca.access import AlpacaAccess, AlpacaKeys
from connectors.vendors.alpaca.account import AlpacaAccount
from connectors.vendors.alpaca.market import AlpacaMarket
from mfa.kernel.account import EntryKind
from mfa.kernel.clock import FrozenClock
from mfa.kernel.metrics import Metrics
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found
from mfa.kernel.symbols import OptionSymbol
from tests.servers.alpaca import ACCOUNT, EXPIRATION, KEY, NOW, SECRET, AlpacaServer

KEYS = AlpacaKeys(key=SecretStr(KEY), secret=SecretStr(SECRET))


@pytest.fixture
def server() -> Iterator[AlpacaServer]:
    with AlpacaServer() as fake:
        yield fake


@pytest.fixture
def access(server: AlpacaServer) -> Iterator[AlpacaAccess]:
    made = AlpacaAccess(
        KEYS,
        clock=FrozenClock(NOW),
        data_url=server.url,
        trading_url=server.url,
        metrics=Metrics(),
    )
    yield made
    made.close()


@pytest.fixture
def market(access: AlpacaAccess) -> AlpacaMarket:
    return AlpacaMarket(access)


@pytest.fixture
def account(access: AlpacaAccess) -> AlpacaAccount:
    return AlpacaAccount(access, clock=FrozenClock(NOW))


def test_the_vendors_own_library_reads_the_loopbacks_data(server: AlpacaServer) -> None:
    stocks: Any = StockHistoricalDataClient(KEY, SECRET, url_override=server.url)
    snapshot = stocks.get_stock_snapshot(StockSnapshotRequest(symbol_or_symbols="KO"))["KO"]
    assert (snapshot.latest_quote.bid_price, snapshot.previous_daily_bar.close) == (70.05, 69.7)
    start = datetime(2026, 11, 1, tzinfo=UTC)
    request = StockBarsRequest(symbol_or_symbols="KO", timeframe=TimeFrame.Day, start=start)
    assert [bar.close for bar in stocks.get_stock_bars(request).data["KO"]] == [69.5, 69.7]
    options: Any = OptionHistoricalDataClient(KEY, SECRET, url_override=server.url)
    chain = options.get_option_chain(OptionChainRequest(underlying_symbol="KO"))
    assert len(chain) == 6
    assert chain["KO261218C00070000"].greeks.delta == 0.5
    reader: Any = NewsClient(KEY, SECRET, url_override=server.url)
    news = reader.get_news(NewsRequest(symbols="KO"))
    assert news.data["news"][0].headline == "Coca-Cola raises prices"
    corporate: Any = CorporateActionsClient(KEY, SECRET, url_override=server.url)
    actions = corporate.get_corporate_actions(
        CorporateActionsRequest(symbols=["KO"], start=date(2026, 9, 1), end=date(2026, 9, 30))
    )
    assert actions.data["cash_dividends"][0].rate == 0.51


def test_the_vendors_own_library_reads_the_loopbacks_account(server: AlpacaServer) -> None:
    client: Any = TradingClient(KEY, SECRET, paper=True, url_override=server.url)
    assert client.get_account().account_number == ACCOUNT
    held = client.get_all_positions()
    assert [p.qty for p in held] == ["100", "-1"]
    request = GetOptionContractsRequest(underlying_symbols=["KO"], expiration_date=EXPIRATION)
    found = client.get_option_contracts(request)
    assert found.option_contracts[0].open_interest == "1314"


def test_a_quote_names_its_feed(market: AlpacaMarket) -> None:
    outcome = market.quote("KO")
    assert isinstance(outcome, Found)
    quote = outcome.value
    assert (quote.bid, quote.ask, quote.last) == (
        Decimal("70.05"),
        Decimal("70.15"),
        Decimal("70.1"),
    )
    assert (quote.change, quote.volume) == (Decimal("0.4"), 900)
    assert outcome.source == "Alpaca (IEX feed)"
    assert outcome.as_of.replace(microsecond=0) == NOW - timedelta(seconds=2)
    assert isinstance(market.quote("ZZZZ"), Absent)


def test_a_chain_is_read_over_all_its_pages_with_open_interest(
    market: AlpacaMarket, server: AlpacaServer
) -> None:
    outcome = market.chain("KO", EXPIRATION)
    assert isinstance(outcome, Found)
    assert [q.option.strike for q in outcome.value.puts] == [65, 70, 75]
    assert {q.open_interest for q in outcome.value.calls} == {1314}
    assert outcome.value.calls[1].delta == 0.5
    assert outcome.source == "Alpaca (indicative feed)"
    assert outcome.delay == timedelta(minutes=15)
    assert server.paths().count("/v1beta1/options/snapshots/KO") == 2
    assert isinstance(market.chain("KO", date(2027, 1, 15)), Absent)


def test_greeks_that_are_missing_are_computed_and_said_to_be(
    market: AlpacaMarket, server: AlpacaServer
) -> None:
    server.greeks = False
    outcome = market.option_quote(OptionSymbol.parse("KO261218C00070000"))
    assert isinstance(outcome, Found)
    assert 0.45 < outcome.value.delta < 0.6
    assert "computed here" in outcome.provenance.note
    assert isinstance(market.option_quote(OptionSymbol.parse("KO261218C00999000")), Absent)


def test_expirations_come_from_the_listed_contracts(market: AlpacaMarket) -> None:
    outcome = market.expirations("KO")
    assert isinstance(outcome, Found)
    assert outcome.value == (EXPIRATION,)
    assert isinstance(market.expirations("PG"), Absent)


def test_bars_dividends_and_news_are_typed(market: AlpacaMarket) -> None:
    bars = market.bars("KO", date(2026, 11, 1), date(2026, 11, 30))
    assert isinstance(bars, Found)
    assert [(bar.day, bar.close) for bar in bars.value] == [
        (date(2026, 11, 18), Decimal("69.5")),
        (date(2026, 11, 19), Decimal("69.7")),
    ]
    dividends = market.dividends("KO", date(2026, 9, 1), date(2026, 9, 30))
    assert isinstance(dividends, Found)
    assert (dividends.value[0].amount, dividends.value[0].pay_date) == (
        Decimal("0.51"),
        date(2026, 10, 1),
    )
    assert isinstance(market.dividends("KO", date(2026, 1, 1), date(2026, 1, 30)), Absent)
    news = market.news("KO")
    assert isinstance(news, Found)
    assert news.value[0].symbols == ("KO",)
    assert isinstance(market.news("PG"), Absent)


def test_the_account_adds_up(account: AlpacaAccount) -> None:
    """10,000 paid in, 51 dividends, 130 open: 10,179.50 - 10,181 = -1.50, which is the fee."""
    outcome = account.account()
    assert isinstance(outcome, Found)
    now = outcome.value
    assert [now.equity, now.deposits, now.dividends, now.unrealized, now.realized] == [
        Decimal("10179.5"),
        Decimal(10000),
        Decimal(51),
        Decimal(130),
        Decimal("-1.5"),
    ]


def test_positions_know_when_they_were_opened_from_the_fills(account: AlpacaAccount) -> None:
    outcome = account.positions()
    assert isinstance(outcome, Found)
    stock, option = outcome.value
    assert (int(stock.quantity), stock.opened_at.date()) == (100, date(2026, 10, 5))
    assert (int(option.quantity), option.cost_basis) == (-1, Decimal("-120.00"))
    assert option.opened_at.date() == date(2026, 11, 2)


def test_a_position_older_than_the_fills_that_were_read_is_said_to_be(
    account: AlpacaAccount, server: AlpacaServer
) -> None:
    server.activities = [row for row in server.activities if row["activity_type"] != "FILL"]
    outcome = account.positions()
    assert isinstance(outcome, Found)
    assert "older than the fills" in outcome.provenance.note


def test_the_ledger_is_read_over_all_its_pages(
    account: AlpacaAccount, server: AlpacaServer
) -> None:
    outcome = account.ledger()
    assert isinstance(outcome, Found)
    assert [(entry.kind, entry.amount) for entry in outcome.value] == [
        (EntryKind.DEPOSIT, Decimal(10000)),
        (EntryKind.TRADE, Decimal(-6900)),
        (EntryKind.DIVIDEND, Decimal(51)),
        (EntryKind.TRADE, Decimal(120)),
        (EntryKind.FEE, Decimal("-1.5")),
    ]
    deposit = server.activities[0]
    server.activities = [{**deposit, "id": f"{n:04d}"} for n in range(250)]
    many = account.ledger()
    assert isinstance(many, Found)
    assert len(many.value) == 250


def test_wrong_keys_are_told_with_the_vendors_own_sentence(server: AlpacaServer) -> None:
    access = AlpacaAccess(
        AlpacaKeys(key=SecretStr("k"), secret=SecretStr("s")),
        clock=FrozenClock(NOW),
        data_url=server.url,
        trading_url=server.url,
        metrics=Metrics(),
    )
    outcome = AlpacaMarket(access).quote("KO")
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.CREDENTIALS
    assert "request is not authorized" in outcome.message
    assert access.check().authorised is False
    access.close()
