"""Followed companies are kept per user and mode; their figures are of the market."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mfa.kernel.market import Listing
from mfa.kernel.outcome import Failed, Found
from mfa.kernel.stocks import Figures, Stock
from mfa.store.database import Database
from mfa.store.stocks import StockRepository

KO = Listing(symbol="KO", name="Coca-Cola", sector="Consumer Staples")
AMD = Listing(symbol="AMD", name="Advanced Micro Devices", sector="Information Technology")


@pytest.fixture
def stocks(database: Database) -> StockRepository:
    return StockRepository(database)


def _all(stocks: StockRepository, user: str = "ada", mode: str = "practice") -> tuple[Stock, ...]:
    outcome = stocks.stocks(user, mode)
    assert isinstance(outcome, Found)
    return outcome.value


def _value(outcome: object) -> object:
    assert isinstance(outcome, Found)
    return outcome.value


def test_a_table_is_filled_once(stocks: StockRepository) -> None:
    assert _value(stocks.seed_stocks("ada", "practice", [KO, AMD])) == 2
    assert _value(stocks.seed_stocks("ada", "practice", [KO, AMD])) == 0
    assert [each.symbol for each in _all(stocks)] == ["AMD", "KO"]


def test_adding_again_adds_nothing(stocks: StockRepository) -> None:
    assert _value(stocks.add_stocks("ada", "practice", [KO])) == ("KO",)
    assert _value(stocks.add_stocks("ada", "practice", [AMD, KO])) == ("AMD",)
    assert _all(stocks, "bob") == ()
    assert _all(stocks, "ada", "live") == ()


def test_figures_are_the_last_ones_taken_with_what_was_missing(stocks: StockRepository) -> None:
    stocks.add_stocks("ada", "practice", [KO])
    assert (_all(stocks)[0].as_of, _all(stocks)[0].figures) == (None, {})
    for day, price in ((1, 54.0), (2, 55.0)):
        taken = Figures(
            symbol="KO", figures={"price": price}, missing={"market_cap": "not told"},
            as_of=datetime(2021, 6, day, tzinfo=UTC),
        )  # fmt: skip
        assert isinstance(stocks.keep_figures("practice", [taken]), Found)
    (stock,) = _all(stocks)
    assert (stock.figures, stock.missing) == ({"price": 55.0}, {"market_cap": "not told"})
    assert stock.as_of == datetime(2021, 6, 2, tzinfo=UTC)


def test_a_database_that_is_gone_is_a_failure(database: Database) -> None:
    database.pool.close()
    assert isinstance(StockRepository(database).stocks("ada", "practice"), Failed)
    assert isinstance(StockRepository(database).add_stocks("ada", "practice", [KO]), Failed)
