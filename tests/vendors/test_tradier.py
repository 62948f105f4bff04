"""Tradier through its own client against the loopback: values worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from pydantic import SecretStr

from connectors.vendors.tradier.access import TradierAccess, TradierKeys
from connectors.vendors.tradier.account import TradierAccount
from connectors.vendors.tradier.market import TradierMarket
from mfa.kernel.account import CloseReason, EntryKind
from mfa.kernel.clock import FrozenClock
from mfa.kernel.metrics import Metrics
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found
from mfa.kernel.symbols import OptionSymbol
from tests.servers.tradier import ACCOUNT, EXPIRATION, NOW, TOKEN, TradierServer

KEYS = TradierKeys(token=SecretStr(TOKEN), account=ACCOUNT)


@pytest.fixture
def server() -> Iterator[TradierServer]:
    with TradierServer() as fake:
        yield fake


@pytest.fixture
def access(server: TradierServer) -> Iterator[TradierAccess]:
    clock = FrozenClock(NOW)
    made = TradierAccess(KEYS, clock=clock, base_url=server.url, metrics=Metrics())
    yield made
    made.close()


@pytest.fixture
def market(access: TradierAccess) -> TradierMarket:
    return TradierMarket(access)


@pytest.fixture
def account(access: TradierAccess) -> TradierAccount:
    return TradierAccount(access, clock=FrozenClock(NOW))


def test_a_quote_says_its_source_its_delay_and_its_moment(market: TradierMarket) -> None:
    outcome = market.quote("ko")
    assert isinstance(outcome, Found)
    quote = outcome.value
    assert (quote.bid, quote.ask, quote.last) == (
        Decimal("70.05"),
        Decimal("70.15"),
        Decimal("70.1"),
    )
    assert quote.change == Decimal("0.4")
    assert outcome.source == "Tradier sandbox"
    assert outcome.delay == timedelta(minutes=15)
    assert outcome.as_of == NOW - timedelta(minutes=15)
    assert outcome.provenance.note == ""


def test_a_share_class_is_spelt_the_vendors_way_and_told_ours(
    market: TradierMarket, server: TradierServer
) -> None:
    outcome = market.quote("BRK.B")
    assert isinstance(outcome, Found)
    assert outcome.value.symbol == "BRK.B"
    assert server.requests[-1].query["symbols"] == "BRK/B"


def test_an_unknown_symbol_is_absent_and_nonsense_is_not_asked(
    market: TradierMarket, server: TradierServer
) -> None:
    assert market.quote("ZZZZ") == Absent("Tradier sandbox does not know ZZZZ.")
    assert isinstance(market.quote("not a ticker"), Absent)
    assert len(server.requests) == 1


def test_a_chain_has_both_sides_ascending_with_the_vendors_greeks(market: TradierMarket) -> None:
    outcome = market.chain("KO", EXPIRATION)
    assert isinstance(outcome, Found)
    chain = outcome.value
    assert [q.option.strike for q in chain.calls] == [65, 70, 75]
    assert [q.option.strike for q in chain.puts] == [65, 70, 75]
    assert chain.underlying_price == Decimal("70.1")
    at_the_money = chain.calls[1]
    assert at_the_money.implied_volatility == 0.21
    assert (at_the_money.delta, at_the_money.theta, at_the_money.vega) == (0.5, -0.02, 0.08)
    assert chain.calls[0].implied_volatility == 0.205, "smv_vol where mid_iv is zero"
    assert outcome.provenance.note == "Greeks by ORATS, refreshed hourly."


def test_without_the_vendors_greeks_they_are_computed_and_said_to_be(
    market: TradierMarket, server: TradierServer
) -> None:
    server.greeks = False
    outcome = market.chain("KO", EXPIRATION)
    assert isinstance(outcome, Found)
    call, put = outcome.value.calls[1], outcome.value.puts[1]
    assert call.delta - put.delta == pytest.approx(1, abs=0.02)
    assert 0.1 < call.implied_volatility < 0.3
    assert call.theta < 0 < call.vega
    assert "computed here" in outcome.provenance.note


def test_one_option_carries_its_underlyings_price(market: TradierMarket) -> None:
    outcome = market.option_quote(OptionSymbol.parse("KO261218C00070000"))
    assert isinstance(outcome, Found)
    assert outcome.value.underlying_price == Decimal("70.1")
    assert outcome.value.bid == Decimal("1.25")
    assert isinstance(market.option_quote(OptionSymbol.parse("KO261218C00999000")), Absent)


def test_expirations_are_dates_ascending_and_none_is_absent(market: TradierMarket) -> None:
    outcome = market.expirations("KO")
    assert isinstance(outcome, Found)
    assert outcome.value == (date(2026, 12, 18), date(2027, 1, 15))
    assert isinstance(market.expirations("BRK.B"), Absent)


def test_one_day_comes_without_its_list_and_is_read_all_the_same(market: TradierMarket) -> None:
    one = market.daily_closes("KO", date(2026, 11, 19), date(2026, 11, 19))
    assert isinstance(one, Found)
    assert [c.close for c in one.value] == [Decimal("69.7")]
    two = market.bars("KO", date(2026, 11, 1), date(2026, 11, 30))
    assert isinstance(two, Found)
    assert [bar.high for bar in two.value] == [70, 71]
    assert isinstance(market.daily_closes("KO", date(2020, 1, 1), date(2020, 2, 1)), Absent)


def test_what_tradier_has_no_data_for_is_said(market: TradierMarket) -> None:
    outcome = market.next_earnings("KO")
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.NOT_SUPPORTED


def test_a_wrong_token_is_told_with_the_remedy_and_known_to_the_doctor(
    server: TradierServer,
) -> None:
    keys = TradierKeys(token=SecretStr("other"))
    access = TradierAccess(keys, clock=FrozenClock(NOW), base_url=server.url, metrics=Metrics())
    health = access.check()
    assert (health.reachable, health.authorised) == (True, False)
    assert "magnus connect tradier" in health.sentence()
    access.close()


def test_the_limit_that_the_vendor_tells_is_what_the_doctor_shows(
    access: TradierAccess,
) -> None:
    assert access.check().limits_left <= 59
    assert access.check().authorised is True


def test_the_account_adds_up(account: TradierAccount) -> None:
    """10,000 paid in, 51 dividends, 130 open: 10,179.50 - 10,181 = -1.50, which is the fee."""
    outcome = account.account()
    assert isinstance(outcome, Found)
    now = outcome.value
    assert (now.account_id, now.equity, now.cash) == (
        ACCOUNT,
        Decimal("10179.50"),
        Decimal("3269.50"),
    )
    assert [now.deposits, now.dividends, now.interest] == [10000, 51, 0]
    assert now.realized == Decimal("-1.50")
    assert now.equity == now.deposits + now.realized + now.unrealized + now.dividends - now.interest
    assert now.buying_power == Decimal("3269.50")


def test_without_a_history_what_came_before_counts_as_paid_in_and_that_is_said(
    account: TradierAccount, server: TradierServer
) -> None:
    server.keeps_history = False
    outcome = account.account()
    assert isinstance(outcome, Found)
    assert outcome.value.deposits == Decimal("10049.50")
    assert outcome.value.realized == 0
    assert "gives no cash history" in outcome.provenance.note
    ledger = account.ledger()
    assert isinstance(ledger, Failed)
    assert ledger.kind is FailureKind.NOT_SUPPORTED


def test_positions_have_signs_and_prices_per_share(account: TradierAccount) -> None:
    outcome = account.positions()
    assert isinstance(outcome, Found)
    stock, option = outcome.value
    assert (stock.symbol, stock.quantity, stock.average_price) == (
        "KO",
        Decimal(100),
        Decimal(69),
    )
    assert (int(option.quantity), option.cost_basis) == (-1, Decimal("-120.00"))
    assert option.average_price == Decimal("1.2")
    assert option.option is not None
    assert option.option.strike == 75


def test_no_positions_is_a_true_empty_list(account: TradierAccount, server: TradierServer) -> None:
    server.positions = "null"
    outcome = account.positions()
    assert isinstance(outcome, Found)
    assert outcome.value == ()


def test_a_fraction_of_a_share_is_held_and_one_of_a_contract_is_left_out_and_said(
    account: TradierAccount, server: TradierServer
) -> None:
    server.positions["position"][0]["quantity"] = 0.5
    server.positions["position"][1]["quantity"] = -0.5
    outcome = account.positions()
    assert isinstance(outcome, Found)
    (stock,) = outcome.value
    assert (stock.option, stock.quantity, stock.average_price) == (
        None,
        Decimal("0.5"),
        Decimal(13800),  # 6,900 for half a share
    )
    assert "1 positions of a fraction of a contract" in outcome.provenance.note


def test_a_closed_short_put_has_its_prices_in_the_right_order(account: TradierAccount) -> None:
    outcome = account.closed_trades(symbol="KO")
    assert isinstance(outcome, Found)
    (trade,) = outcome.value
    assert (int(trade.quantity), trade.realized) == (-1, Decimal("55.00"))
    assert (trade.open_price, trade.close_price) == (Decimal("0.95"), Decimal("0.4"))
    assert trade.reason is CloseReason.TRADE
    assert isinstance(account.closed_trades(symbol="PG"), Absent)


def test_the_ledger_names_each_movement(account: TradierAccount) -> None:
    outcome = account.ledger(start=date(2026, 10, 10))
    assert isinstance(outcome, Found)
    assert [entry.kind for entry in outcome.value] == [
        EntryKind.DIVIDEND,
        EntryKind.TRADE,
        EntryKind.FEE,
    ]


def test_a_brokers_state_counts_as_one_for_a_quarter_minute(access: TradierAccess) -> None:
    def at(second: int) -> str:
        clock = FrozenClock(datetime(2026, 11, 20, 18, 0, second, tzinfo=UTC))
        return TradierAccount(access, clock=clock).revision()

    assert at(0) == at(14) != at(15)
