"""The account features over the real practice desk: figures agree with the books to the cent."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from connectors.base import Sources
from connectors.practice.desk import PracticeDesk
from mfa.data.requests import Served
from mfa.data.service import DataIntegrationService
from mfa.kernel.metrics import Metrics
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Absent, Found, Outcome
from mfa.store.database import Database

SEED = 7


@pytest.fixture(scope="module")
def desk(module_database: Database) -> PracticeDesk:
    return PracticeDesk.open(module_database, SEED)


def serving(desk: PracticeDesk) -> DataIntegrationService:
    sources = Sources(
        mode=Mode.PRACTICE, clock=desk.clock, market=desk.market, account=desk.account
    )
    return DataIntegrationService(sources, metrics=Metrics(), deadline=10.0)


@pytest.fixture
def service(desk: PracticeDesk) -> Iterator[DataIntegrationService]:
    with serving(desk) as made:
        yield made


def value(outcome: Outcome[Any]) -> Any:
    assert isinstance(outcome, Found), outcome
    return outcome.value


def test_profit_is_all_accounted_for(service: DataIntegrationService) -> None:
    summary = value(service.get_portfolio_summary())
    parts = (summary.realized.total, summary.unrealized, summary.dividends, summary.interest)
    assert summary.balance.equity - summary.balance.deposits == summary.total_profit == sum(parts)
    assert summary.balance.equity == summary.balance.cash + summary.balance.positions_value


def test_strategies_and_allocation_add_up_to_the_accounts_own_figures(
    service: DataIntegrationService,
) -> None:
    """The call calendar on AAPL and the covered call on AMD are recognised; nothing is lost."""
    balance = value(service.get_portfolio_balance())
    found = value(service.query("positions", "group_by_strategy"))
    assert sum(row.value for row in found.rows) == balance.positions_value
    labels = {row.symbol: row.structure.value for row in found.rows if len(row.instruments) > 1}
    assert labels == {"AAPL": "call_calendar", "AMD": "covered_call"}
    divided = value(service.query("dashboard", "get_allocation"))
    assert divided.tied_up == balance.collateral
    for rows in (divided.kinds, divided.symbols, divided.sectors, divided.strategies):
        assert sum(row.value for row in rows) == balance.equity


def test_a_wheel_is_what_the_trades_on_its_symbol_made(service: DataIntegrationService) -> None:
    """PFE and AMD are traded as wheels alone: their profit is all of it, booked and open."""
    for symbol, state in (("PFE", "selling puts"), ("AMD", "covered")):
        (row,) = value(service.query("positions", "wheel_status", {"symbols": symbol})).rows
        profit = value(service.query("dashboard", "get_profit_loss", {"symbols": symbol}))
        assert row.state == state
        assert row.total == profit.booked + profit.unrealized_now


def test_the_positions_add_up_to_the_accounts_own_figures(service: DataIntegrationService) -> None:
    positions = value(service.get_active_positions())
    balance = value(service.get_portfolio_balance())
    summary = value(service.get_portfolio_summary())
    assert positions.unpriced == ()
    assert positions.totals.value == balance.positions_value
    assert positions.totals.unrealized == summary.unrealized
    assert summary.counts.total == positions.count


def test_theta_is_what_the_market_quotes_times_what_is_held(
    service: DataIntegrationService, desk: PracticeDesk
) -> None:
    held = desk.account.positions()
    assert isinstance(held, Found)
    expected = 0.0
    for position in held.value:
        if position.option is not None:
            quote = desk.market.option_quote(position.option)
            assert isinstance(quote, Found)
            expected += quote.value.theta * 100 * float(position.quantity)
    report = value(service.calculate_portfolio_theta())
    summary = value(service.get_portfolio_summary())
    assert report.theta_per_day == pytest.approx(expected)
    assert summary.theta_per_day == pytest.approx(expected)


def test_last_months_trades_are_those_of_the_database(
    service: DataIntegrationService, module_database: Database
) -> None:
    with module_database.connection() as conn:
        row = conn.execute(
            "select count(*), sum(realized), count(*) filter (where realized > 0),"
            " count(*) filter (where realized < 0) from practice.closed_trade"
            " where (closed_at at time zone 'America/New_York')::date"
            " between '2021-05-01' and '2021-05-31'"
        ).fetchone()
    history = value(service.get_trade_history(start_date="2021-05-01", end_date="2021-05-31"))
    assert row == (history.count, history.total_realized, history.wins, history.losses)
    assert history.wins > 0
    assert history.losses > 0
    assert all(r.closed_on.month == 5 for r in history.rows)


def test_the_months_of_profit_add_up_to_the_whole(service: DataIntegrationService) -> None:
    whole = value(service.query("dashboard", "get_profit_loss"))
    months = [
        value(
            service.query("dashboard", "get_profit_loss", {"start_date": first, "end_date": last})
        )
        for first, last in (
            (None, "2020-12-31"),
            ("2021-01-01", "2021-03-31"),
            ("2021-04-01", "2021-05-31"),
            ("2021-06-01", None),
        )
    ]
    assert sum(month.total for month in months) == whole.total
    assert sum(month.booked for month in months) == whole.booked


def test_the_ko_put_says_when_it_expires(service: DataIntegrationService) -> None:
    details = value(service.get_position_details(symbols="KO", option_type="put"))
    assert details.rows
    assert all(row.position.expiration > date(2021, 6, 15) for row in details.rows)
    assert all(row.obligation.startswith("If assigned, you buy") for row in details.rows)


def test_something_is_at_risk_of_assignment_and_the_cash_is_added_up(
    service: DataIntegrationService,
) -> None:
    risk = value(service.query("positions", "check_assignment_risk"))
    assert any(row.in_the_money for row in risk.rows)
    assert risk.cash_needed == sum(row.cash_needed for row in risk.rows)
    assert all(0.0 <= row.probability_itm <= 1.0 for row in risk.rows)


def test_every_figure_of_the_practice_market_is_marked_computed(
    service: DataIntegrationService,
) -> None:
    outcome = service.get_active_positions()
    assert isinstance(outcome, Found)
    assert outcome.provenance.computed
    sources = {each.source for each in outcome.provenance.inputs}
    assert sources == {"practice account", service.sources.market.name}


def test_an_unknown_symbol_is_absent(service: DataIntegrationService) -> None:
    assert isinstance(service.get_quotes(["ZZZZ"]), Absent)


def test_a_moved_clock_is_seen_at_once_by_every_service(
    new_database: Callable[[], Database],
) -> None:
    with new_database() as database:
        desk = PracticeDesk.open(database, SEED)
        other = PracticeDesk.open(database, SEED)
        with serving(desk) as service, serving(other) as elsewhere:
            before = value(service.get_portfolio_summary())
            assert value(elsewhere.get_portfolio_summary()) == before
            assert elsewhere.ask("dashboard", "get_summary").served is Served.CACHED
            desk.advance(days=1)
            after = value(service.get_portfolio_summary())
            assert after.balance.previous_close_day != before.balance.previous_close_day
            assert value(elsewhere.get_portfolio_summary()) == after


def test_no_answer_mixes_two_days_while_the_clock_moves(
    new_database: Callable[[], Database],
) -> None:
    """Every summary asked while five sessions pass balances to the cent, or says it could not."""
    with new_database() as database:
        desk = PracticeDesk.open(database, SEED)
        done = threading.Event()

        def move() -> None:
            for _ in range(5):
                desk.advance(days=1)
            done.set()

        with serving(desk) as service:
            mover = threading.Thread(target=move)
            mover.start()
            balanced = 0
            while not done.is_set() or balanced == 0:
                outcome = service.get_portfolio_summary()
                if isinstance(outcome, Found):
                    now = outcome.value
                    parts = (now.realized.total, now.unrealized, now.dividends, now.interest)
                    assert sum(parts, Decimal(0)) == now.total_profit
                    balanced += 1
            mover.join()
            positions = value(service.get_active_positions())
            assert positions.totals.value == value(service.get_portfolio_balance()).positions_value
