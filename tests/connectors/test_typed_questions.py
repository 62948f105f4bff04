"""The data service's typed methods give what the queries behind them give, on the practice desk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from connectors.base import Sources
from connectors.practice.desk import PracticeDesk
from connectors.practice.listings import EXAMPLE_WATCHLISTS
from mfa.data.service import DataIntegrationService
from mfa.kernel.metrics import Metrics
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Failed, Found
from mfa.store.database import Database
from mfa.store.stocks import StockRepository
from mfa.store.watchlists import WatchlistRepository

JULY = date(2021, 7, 16)


@pytest.fixture(scope="module")
def data(module_database: Database) -> Iterator[DataIntegrationService]:
    desk = PracticeDesk.open(module_database, 7)
    lists = WatchlistRepository(module_database)
    for name, symbols in EXAMPLE_WATCHLISTS.items():
        lists.create("local", name, symbols)
    sources = Sources(
        mode=Mode.PRACTICE, clock=desk.clock, market=desk.market, account=desk.account,
        watchlists=lists, stocks=StockRepository(module_database),
    )  # fmt: skip
    with DataIntegrationService(sources, metrics=Metrics(), deadline=20.0) as made:
        yield made


def test_a_desk_is_new_to_the_first_who_opens_it(database: Database) -> None:
    assert PracticeDesk.open(database, 7).is_new
    assert not PracticeDesk.open(database, 7).is_new


def test_puts_are_scanned(data: DataIntegrationService) -> None:
    puts = data.scan_csp_opportunities(symbols=["KO"], limit=1)
    assert isinstance(puts, Found)
    assert puts.value.rows[0].symbol == "KO"


def test_a_watchlist_is_read_and_scanned(data: DataIntegrationService) -> None:
    lists = data.get_watchlists()
    assert isinstance(lists, Found)
    assert {row.name for row in lists.value.rows} == set(EXAMPLE_WATCHLISTS)
    symbols = data.get_watchlist_symbols("wheel")
    assert isinstance(symbols, Found)
    assert symbols.value.symbols == EXAMPLE_WATCHLISTS["Wheel"]
    puts = data.find_watchlist_opportunities("wheel")
    assert isinstance(puts, Found)
    assert {row.symbol for row in puts.value.rows} <= set(EXAMPLE_WATCHLISTS["Wheel"])


def test_earnings_are_told(data: DataIntegrationService) -> None:
    report = data.get_earnings_date("AAPL")
    assert isinstance(report, Found)
    assert report.value.symbol == "AAPL"
    exposed = data.check_position_earnings_risk()
    assert isinstance(exposed, Found)
    assert exposed.value.checked > 0
    risk = data.check_earnings_risk("AAPL", years=2)
    assert isinstance(risk, Found)
    assert risk.value == answer(data, "earnings", "expected_move", symbol="AAPL", years=2)


def test_companies_are_rated(data: DataIntegrationService) -> None:
    rating = data.get_stock_rating("KO")
    assert isinstance(rating, Found)
    assert rating.value.symbol == "KO"


def test_trades_are_evaluated_and_spreads_scanned(data: DataIntegrationService) -> None:
    setup = data.evaluate_trade_setup(
        "KO", option_type="put", side="sell", strike=50, expiration=JULY
    )
    assert isinstance(setup, Found)
    assert setup.value.symbol == "KO"
    spreads = data.scan_calendar_spreads(symbols=["KO"])
    assert isinstance(spreads, Found)
    assert {row.symbol for row in spreads.value.rows} == {"KO"}


def test_the_stock_database_is_counted_and_screened(data: DataIntegrationService) -> None:
    """Empty at first; what is added is seen by the next question, although scans are kept."""
    before = data.scan_database()
    assert not isinstance(before, Failed)
    added = data.query("database_scan", "add_stock", {"symbols": ["KO", "AAPL"]})
    assert isinstance(added, Found), added
    stats = data.get_database_stats()
    assert isinstance(stats, Found)
    assert stats.value == answer(data, "database_scan", "get_stats")
    screened = data.scan_database()
    assert isinstance(screened, Found)
    assert {"KO", "AAPL"} <= {row.symbol for row in screened.value.rows}


def test_the_wheel_is_told(data: DataIntegrationService) -> None:
    wheel = data.wheel_status(symbols=["AAPL"])
    assert isinstance(wheel, Found)
    assert {row.symbol for row in wheel.value.rows} == {"AAPL"}


def answer(data: DataIntegrationService, feature: str, query: str, **params: object) -> object:
    outcome = data.query(feature, query, params)
    assert isinstance(outcome, Found)
    return outcome.value
