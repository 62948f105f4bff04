"""Robinhood over its loopback: what the account adds up to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.vendors.ground.door import VendorSource
from mfa.kernel.account import AccountSource, CloseReason, EntryKind
from mfa.kernel.clock import FrozenClock
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found
from mfa.kernel.symbols import OptionSymbol
from tests.servers.robinhood import NOW, RobinhoodServer
from tests.servers.robinhood_account import ACCOUNT, CALL_75, _option_order, _order
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
def account(source: VendorSource) -> AccountSource:
    assert source.account is not None
    return source.account


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
