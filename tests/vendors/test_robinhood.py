"""Robinhood over its loopback: what the account adds up to, tokens, and the locked session."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.vendors.ground.door import Conditions, Keeping, VendorSource
from connectors.vendors.robinhood.access import TERMS
from connectors.vendors.robinhood.door import DOOR
from mfa.kernel.account import AccountSource, CloseReason, EntryKind
from mfa.kernel.clock import FrozenClock
from mfa.kernel.market import MarketSource
from mfa.kernel.metrics import Metrics
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found
from mfa.kernel.symbols import OptionSymbol
from tests.servers.robinhood import EXPIRATION, NOW, RobinhoodServer
from tests.servers.robinhood_account import ACCOUNT, CALL_75, _option_order, _order

KEPT = {"access_token": SecretStr("old"), "refresh_token": SecretStr("loopback-refresh-0")}


@pytest.fixture
def server() -> Iterator[RobinhoodServer]:
    with RobinhoodServer() as fake:
        yield fake


def opened(server: RobinhoodServer, **more: Any) -> VendorSource:
    secrets = {
        "access_token": SecretStr(server.access),
        "refresh_token": SecretStr(server.refresh),
    }
    given = {"clock": FrozenClock(NOW), "metrics": Metrics(), "origin": server.url, **more}
    return DOOR.open({**secrets, **given.pop("secrets", {})}, Conditions(**given))


@pytest.fixture
def source(server: RobinhoodServer) -> Iterator[VendorSource]:
    made = opened(server)
    yield made
    made.close()


@pytest.fixture
def market(source: VendorSource) -> MarketSource:
    assert source.market is not None
    return source.market


@pytest.fixture
def account(source: VendorSource) -> AccountSource:
    assert source.account is not None
    return source.account


# -- the market -------------------------------------------------------------------------------


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


# -- the account ------------------------------------------------------------------------------


def test_the_account_adds_up_to_the_cent(account: AccountSource) -> None:
    """By hand, see tests/servers/robinhood: 100 + 99.98 - 30 + 55 realised; 110.05 open."""
    outcome = account.account()
    assert isinstance(outcome, Found)
    now = outcome.value
    assert (now.account_id, now.cash, now.equity) == (
        ACCOUNT,
        Decimal("2962.21"),
        Decimal("9887.26"),
    )
    assert [now.deposits, now.dividends, now.interest] == [9500, 51, Decimal("-1.23")]
    assert (now.realized, now.unrealized) == (Decimal("224.98"), Decimal("110.05"))
    assert now.equity == now.deposits + now.realized + now.unrealized + now.dividends - now.interest
    assert "add up" not in outcome.provenance.note, "every movement of cash was read"


def test_cash_that_no_movement_explains_is_said(
    account: AccountSource, server: RobinhoodServer
) -> None:
    server.interest.clear()
    outcome = account.account()
    assert isinstance(outcome, Found)
    assert "add up to 2,960.98 dollars of cash and Robinhood states 2,962.21" in (
        outcome.provenance.note
    )


def test_positions_are_fractions_of_shares_and_signed_contracts(account: AccountSource) -> None:
    outcome = account.positions()
    assert isinstance(outcome, Found)
    stock, option = outcome.value
    assert (stock.symbol, stock.quantity, stock.cost_basis) == (
        "KO",
        Decimal("100.5"),
        Decimal("6935.00"),
    )
    assert option.option == OptionSymbol.parse("KO261218C00075000")
    assert (option.quantity, option.average_price) == (Decimal(-1), Decimal("1.2"))
    assert option.cost_basis == Decimal("-120.00")


def test_ids_are_named_once(account: AccountSource, server: RobinhoodServer) -> None:
    account.positions()
    account.positions()
    assert server.paths().count("/instruments/") == 1
    assert server.paths().count("/options/instruments/") == 1


def test_round_trips_are_folded_from_executions(account: AccountSource) -> None:
    outcome = account.closed_trades(symbol="KO")
    assert isinstance(outcome, Found)
    told: list[Any] = [
        (t.option.strike if t.option else None, t.quantity, t.realized, t.reason)
        for t in outcome.value
    ]
    assert told == [
        (Decimal(70), -1, Decimal("100.00"), CloseReason.ASSIGNED),
        (None, 100, Decimal("99.98"), CloseReason.TRADE),
        (Decimal(72), 1, Decimal("-30.00"), CloseReason.EXPIRED),
        (Decimal(65), -1, Decimal("55.00"), CloseReason.TRADE),
    ]
    assert outcome.value[1].fees == Decimal("0.02")
    only_october = account.closed_trades(start=date(2026, 10, 1), end=date(2026, 10, 18))
    assert isinstance(only_october, Found)
    assert [t.reason for t in only_october.value] == [CloseReason.EXPIRED]
    assert isinstance(account.closed_trades(symbol="PG"), Absent)


def test_trades_of_a_stock_whose_history_is_not_whole_are_left_out_and_said(
    account: AccountSource, server: RobinhoodServer
) -> None:
    """300 shares came from another broker: no order tells of them."""
    server.positions[0]["quantity"] = "400.5000"
    outcome = account.closed_trades()
    assert isinstance(outcome, Found)
    assert all(trade.option is not None for trade in outcome.value)
    assert "1 trades of instruments whose history is not whole" in outcome.provenance.note


def test_a_split_is_counted_into_what_was_bought_before_it(
    account: AccountSource, server: RobinhoodServer
) -> None:
    """Four for one in late September: the 100 sold before it are 400 at a quarter of the price."""
    server.splits = [
        {"execution_date": "2026-09-28", "multiplier": "4.00000000", "divisor": "1.00000000"}
    ]
    server.orders.insert(0, _order("o-6", "2026-09-03T14:00:00Z", "buy", ("10.0", "80.0")))
    server.positions[0]["quantity"] = "140.5000"
    outcome = account.closed_trades()
    assert isinstance(outcome, Found)
    stock: list[Any] = [
        (t.quantity, t.open_price, t.close_price, t.realized)
        for t in outcome.value
        if t.option is None
    ]
    assert stock == [
        (40, 20, Decimal("17.75"), Decimal("-90.00")),
        (360, Decimal("17.5"), Decimal("17.75"), Decimal("89.98")),
    ]
    assert "not whole" not in outcome.provenance.note


def test_the_ledger_names_each_movement_and_no_pending_one(account: AccountSource) -> None:
    outcome = account.ledger()
    assert isinstance(outcome, Found)
    assert sum(entry.amount for entry in outcome.value) == Decimal("2962.21")
    assert [(str(e.kind), e.amount) for e in outcome.value[:4]] == [
        (EntryKind.DEPOSIT, Decimal("10000.00")),
        (EntryKind.TRADE, Decimal("100.00")),
        (EntryKind.ASSIGNMENT, Decimal("-7000.00")),
        (EntryKind.TRADE, Decimal("7099.98")),
    ]
    assert outcome.value[1].memo == "sold 1 KO 70 put 18 Sep 2026 at 1"
    assert {e.kind for e in outcome.value} == {
        EntryKind.DEPOSIT, EntryKind.WITHDRAWAL, EntryKind.TRADE, EntryKind.ASSIGNMENT,
        EntryKind.DIVIDEND, EntryKind.INTEREST,
    }  # fmt: skip


def test_the_curve_knows_what_was_paid_in_by_then(account: AccountSource) -> None:
    outcome = account.equity_curve()
    assert isinstance(outcome, Found)
    points: list[Any] = [(p.day, p.equity, p.cash, p.deposits) for p in outcome.value]
    assert points == [
        (date(2026, 10, 19), Decimal("10011.00"), Decimal("3101.00"), 10000),
        (date(2026, 11, 19), Decimal("9850.00"), Decimal("2962.21"), 9500),
    ]


def test_lists_are_read_once_for_one_state_and_orders_only_anew(server: RobinhoodServer) -> None:
    class Watch(FrozenClock):
        second = 0

        def now(self) -> datetime:
            return NOW.replace(second=Watch.second)

    source = opened(server, clock=Watch(NOW))
    assert source.account is not None
    source.account.account()
    source.account.ledger()
    assert server.paths().count("/orders/") == 1
    Watch.second = 30
    server.orders.insert(0, _order("o-5", "2026-11-20T17:00:00Z", "buy", ("1.0", "70.0")))
    server.option_orders.insert(
        0, _option_order("p-6", "2026-11-20T17:00:00Z", CALL_75, "buy", "1.10")
    )
    outcome = source.account.ledger()
    assert isinstance(outcome, Found)
    assert [e.amount for e in outcome.value[-2:]] == [Decimal("-70.00"), Decimal("-110.00")]
    assert len(outcome.value) == 16, "the earlier ones are kept"
    asked = [r.query.get("updated_at[gte]") for r in server.requests if r.path == "/orders/"]
    assert asked == [None, "2026-11-19"]
    source.close()


def test_another_persons_account_is_refused(server: RobinhoodServer) -> None:
    source = opened(server, secrets={"account": SecretStr("5QR99999")})
    assert source.account is not None
    outcome = source.account.positions()
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.PERMISSION
    source.close()


# -- tokens -----------------------------------------------------------------------------------


def test_an_expired_token_is_exchanged_and_the_new_pair_is_kept(server: RobinhoodServer) -> None:
    kept: dict[str, SecretStr] = {**KEPT, "account": SecretStr(ACCOUNT)}
    source = opened(server, keeping=Keeping(read=lambda: kept, write=kept.update))
    kept["access_token"] = SecretStr(server.access)
    server.expire()
    assert source.market is not None
    assert isinstance(source.market.quote("KO"), Found)
    assert kept["access_token"].get_secret_value() == server.access == "loopback-access-1"
    assert kept["refresh_token"].get_secret_value() == server.refresh == "loopback-refresh-1"
    assert kept["account"].get_secret_value() == ACCOUNT
    assert server.paths().count("/oauth2/token/") == 1
    source.close()


def test_a_pair_that_another_process_bought_is_used(server: RobinhoodServer) -> None:
    kept = {"access_token": SecretStr("loopback-access-9")}
    source = opened(server, keeping=Keeping(read=lambda: kept, write=kept.update))
    server.access, server.refresh = "loopback-access-9", "loopback-refresh-9"
    assert source.market is not None
    assert isinstance(source.market.quote("KO"), Found)
    assert "/oauth2/token/" not in server.paths()
    source.close()


def test_logged_out_is_said_with_the_remedy_and_not_tried_for_ever(
    server: RobinhoodServer,
) -> None:
    source = opened(server)
    server.log_out()
    assert source.market is not None
    for _ in range(3):
        outcome = source.market.quote("KO")
        assert isinstance(outcome, Failed)
        assert outcome.kind is FailureKind.CREDENTIALS
        assert "magnus connect robinhood" in outcome.message
    assert server.paths().count("/oauth2/token/") == 1
    health = source.check()
    assert (health.reachable, health.authorised) == (True, False)
    source.close()


def test_a_throttled_answer_tells_its_pause_in_words(
    market: MarketSource, server: RobinhoodServer
) -> None:
    from tests.servers.base import Answer

    said = {"detail": "Request was throttled. Expected available in 41 seconds."}
    server._answer = lambda request: Answer(said, 429)  # type: ignore[method-assign]
    outcome = market.quote("KO")
    assert isinstance(outcome, Failed)
    assert outcome.retry_after is not None
    assert outcome.retry_after.total_seconds() == 41


# -- the locked session -----------------------------------------------------------------------


def test_the_librarys_own_calls_read_the_loopback_and_can_place_no_order(
    server: RobinhoodServer,
) -> None:
    """The witness: robin-stocks understands this server, and its orders go nowhere."""
    import robin_stocks.robinhood as library
    from robin_stocks.robinhood import helper

    from connectors.vendors.robinhood.courier import Courier, NoPassageError

    courier = Courier(TERMS, origin=server.url)
    helper.set_login_state(True)
    try:
        with courier.passage(time.monotonic() + 30, SecretStr(server.access)):
            assert library.get_open_stock_positions()[0]["quantity"] == "100.50000000"
            assert library.get_latest_price("KO") == ["70.100000"]
            assert library.get_open_option_positions()[0]["type"] == "short"
            assert library.get_all_stock_orders()[0]["id"] == "o-4"
            assert library.get_total_dividends() == 51.0
            assert len(library.find_options_by_expiration("KO", str(EXPIRATION))) == 6
            before = len(server.requests)
            assert library.order_buy_limit("KO", 1, 70.0) is None
            library.withdrawl_funds_to_bank_account("https://x", 5)
            assert all(request.method == "GET" for request in server.requests[before:])
        with pytest.raises(NoPassageError):
            library.get_open_stock_positions()
    finally:
        helper.set_login_state(False)
        courier.close()


def test_a_token_goes_to_robinhoods_hosts_only(
    market: MarketSource, server: RobinhoodServer
) -> None:
    real = server.page

    def elsewhere(request: Any, rows: Any) -> Any:
        return {**real(request, rows), "next": "https://api.robinhood.com.example.org/steal/"}

    server.page = elsewhere  # type: ignore[method-assign]
    outcome = market.chain("KO", EXPIRATION)
    assert isinstance(outcome, Failed)
    assert "not Robinhood's" in outcome.message
    assert "/steal/" not in server.paths()


def test_pages_that_go_round_are_not_followed_for_ever(
    market: MarketSource, server: RobinhoodServer
) -> None:
    real = server.page
    again = "https://api.robinhood.com/options/instruments/?cursor=0&chain_id=x&expiration_dates=x"
    server.page = lambda request, rows: {**real(request, rows), "next": again}  # type: ignore[method-assign]
    outcome = market.chain("KO", EXPIRATION)
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.BAD_DATA


def test_the_library_is_imported_at_the_first_question_only() -> None:
    asked = (
        "import sys, connectors.vendors.robinhood.account, connectors.vendors.robinhood.login; "
        "print([m for m in ('robin_stocks', 'requests') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
