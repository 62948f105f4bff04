"""The practice account as a source: what stands in it, and what it says when it cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from connectors.practice.account import UNREACHABLE, PracticeAccount
from connectors.practice.desk import PracticeDesk
from connectors.practice.wiring import Wiring
from mfa.kernel.account import AccountSnapshot, AccountSource, CloseReason, Position
from mfa.kernel.errors import StoreError
from mfa.kernel.outcome import Failed, FailureKind, Found, Outcome
from mfa.store.book_writer import BookWriter
from mfa.store.books import Books
from mfa.store.database import Database

NOW = datetime(2021, 6, 15, 14, 30, tzinfo=UTC)


def value(outcome: Outcome[Any]) -> Any:
    assert isinstance(outcome, Found), outcome
    return outcome.value


def by_instrument(desk: PracticeDesk) -> dict[str, Position]:
    return {p.instrument: p for p in value(desk.account.positions())}


def test_the_half_year_ends_as_promised(shared_desk: PracticeDesk) -> None:
    held = by_instrument(shared_desk)
    strategies = {p.strategy for p in held.values()}
    assert {"csp", "covered_call", "call_calendar", "wheel", "stock"} == strategies
    ko = [p for p in held.values() if p.symbol == "KO"]
    assert [(int(p.quantity), str(p.option)) for p in ko] == [(-2, "KO 53 put 16 Jul 2021")]
    amd = {p.strategy: p.quantity for p in held.values() if p.symbol == "AMD"}
    assert amd == {"wheel": 100, "covered_call": -1}
    assert held["AMD"].average_price == Decimal("85.00")  # the strike it was assigned at
    assert held["AMD"].cost_basis == Decimal("8500.00")
    calendar = [p for p in held.values() if p.strategy == "call_calendar"]
    assert sorted(p.quantity for p in calendar) == [-2, 2]
    close = shared_desk.market.price("JPM", NOW)
    puts = [p for p in held.values() if p.symbol == "JPM" and p.option is not None]
    assert [p.option.strike > close for p in puts if p.option] == [True]  # in the money


def test_every_month_was_won_and_may_was_also_lost(shared_desk: PracticeDesk) -> None:
    trades = value(shared_desk.account.closed_trades())
    by_month: dict[int, list[Decimal]] = {}
    for trade in trades:
        by_month.setdefault(trade.closed_at.month, []).append(trade.realized)
    assert set(by_month) == {12, 1, 2, 3, 4, 5}
    assert all(max(results) > 0 for results in by_month.values())
    assert min(by_month[5]) < 0
    reasons = {trade.reason for trade in trades}
    assert reasons == {
        CloseReason.TRADE,
        CloseReason.EXPIRED,
        CloseReason.ASSIGNED,
        CloseReason.ROLLED,
    }


def test_the_snapshot_adds_up(shared_desk: PracticeDesk) -> None:
    found = shared_desk.account.account()
    assert isinstance(found, Found)
    now: AccountSnapshot = found.value
    assert now.equity == now.cash + now.positions_value
    assert now.equity == (
        now.deposits + now.realized + now.unrealized + now.dividends - now.interest
    )
    assert now.deposits == Decimal("100000.00")
    # 27 + 117 + 27, see test_half_years.
    assert now.dividends == Decimal("171.00")
    # KO 2 x 5,300, JPM 15,500, BBY 11,000, CVX 10,000, PFE 2 x 3,800; calls are covered.
    assert now.collateral == Decimal("54700.00")
    assert now.buying_power == now.cash - now.collateral
    assert found.provenance.computed
    assert found.as_of == NOW


def test_positions_are_worth_their_midpoints(shared_desk: PracticeDesk) -> None:
    market, total = shared_desk.market, Decimal(0)
    for position in value(shared_desk.account.positions()):
        mid = (
            market.option_quote_at(position.option, NOW).mid
            if position.option is not None
            else market.quote_at(position.symbol, NOW).mid
        )
        total += position.quantity * position.multiplier * mid
    snapshot = value(shared_desk.account.account())
    assert abs(snapshot.positions_value - total) < Decimal("0.05")  # half a cent a position


def test_books_are_facts_and_marks_are_computed(shared_desk: PracticeDesk) -> None:
    account = shared_desk.account
    assert [
        found.provenance.computed
        for found in (account.positions(), account.closed_trades(), account.ledger())
        if isinstance(found, Found)
    ] == [False, False, False]
    curve = account.equity_curve()
    assert isinstance(curve, Found)
    assert curve.provenance.computed


def test_ranges_include_both_days_at_the_exchange(shared_desk: PracticeDesk) -> None:
    account = shared_desk.account
    may = value(account.closed_trades(start=date(2021, 5, 1), end=date(2021, 5, 31)))
    assert len(may) == 6
    assert {t.closed_at.month for t in may} == {5}
    # The AMD call expired at the close of the 21st, 20:00 UTC.
    day = date(2021, 5, 21)
    assert [t.symbol for t in value(account.closed_trades(start=day, end=day))] == ["AMD"]
    assert value(account.closed_trades(symbol="AMD", start=day))[0].symbol == "AMD"
    assert value(account.closed_trades(symbol="TSLA")) == ()
    first = value(account.ledger(end=date(2020, 12, 15)))
    assert first[0].amount == Decimal("100000.00")
    assert {entry.at.date() for entry in first} == {date(2020, 12, 15)}
    curve = value(account.equity_curve(start=date(2021, 6, 10), end=date(2021, 6, 14)))
    assert [point.day.day for point in curve] == [10, 11, 14]


def test_the_curve_has_a_point_for_every_session_settled(shared_desk: PracticeDesk) -> None:
    curve = value(shared_desk.account.equity_curve())
    assert len(curve) == 124
    assert (curve[0].day, curve[-1].day) == (date(2020, 12, 15), date(2021, 6, 14))
    assert all(point.deposits == Decimal("100000.00") for point in curve)


class LostDatabase:
    """A database whose server is gone for good."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    @contextmanager
    def connection(self) -> Iterator[None]:
        raise self._error
        yield

    def read(self, ask: Callable[[Any], Any]) -> Any:
        raise self._error

    glance = read


@pytest.mark.parametrize(
    "error", [psycopg.OperationalError("server closed the connection"), StoreError("no server")]
)
def test_a_lost_database_is_a_failure_and_not_an_exception(error: Exception) -> None:
    wiring = Wiring(
        database=LostDatabase(error),  # type: ignore[arg-type]
        books=Books("practice"),
        writer=BookWriter("practice"),
        prices_of=lambda _: pytest.fail("nothing can be marked"),
    )
    account: AccountSource = PracticeAccount(wiring)
    for outcome in (
        account.account(),
        account.positions(),
        account.closed_trades(),
        account.ledger(),
        account.equity_curve(),
    ):
        assert isinstance(outcome, Failed)
        assert outcome.kind is FailureKind.UNAVAILABLE
    assert account.revision() == UNREACHABLE


def test_books_that_were_never_opened_are_a_failure(database: Database) -> None:
    wiring = Wiring(
        database=database,
        books=Books("paper"),
        writer=BookWriter("paper"),
        prices_of=lambda _: pytest.fail("nothing is held"),
    )
    outcome = PracticeAccount(wiring).account()
    assert isinstance(outcome, Failed)
    assert "not open" in outcome.message


def test_the_clock_stands_still_while_the_database_is_away(
    database: Database, desk: PracticeDesk
) -> None:
    desk.advance(days=1)
    seen = desk.clock.now()
    database.close()
    assert desk.clock.now() == seen
