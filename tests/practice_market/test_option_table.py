"""The table of a company's options holds the very quotes of its chains."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pytest

from connectors.practice.market import PracticeMarket
from mfa.kernel.errors import InputError
from mfa.kernel.option_table import OptionTable
from mfa.kernel.tabulate import tabulated

FIRST, LAST = date(2021, 6, 18), date(2021, 8, 20)
COLUMNS = [
    "expiration",
    "years",
    "strike",
    "sign",
    "bid",
    "ask",
    "last",
    "volume",
    "open_interest",
    "implied_volatility",
]


@pytest.fixture
def table(market: PracticeMarket, now: datetime) -> OptionTable:
    return market.option_table_at("AAPL", now, first=FIRST, last=LAST)


def test_it_equals_the_tabulated_chains(
    market: PracticeMarket, now: datetime, table: OptionTable
) -> None:
    days = [day for day in market.expirations_at("AAPL", now) if FIRST <= day <= LAST]
    expected = tabulated(market.chain_at("AAPL", day, now) for day in days)
    assert table.expirations == expected.expirations == tuple(days)
    assert (table.spot, table.as_of, len(table)) == (
        expected.spot, expected.as_of, len(expected),
    )  # fmt: skip
    for name in COLUMNS:
        assert np.allclose(getattr(table, name), getattr(expected, name), rtol=1e-12), name


def test_a_row_names_its_contract(
    market: PracticeMarket, now: datetime, table: OptionTable
) -> None:
    for row in (0, 1, len(table) // 2, len(table) - 1):
        option = table.option(row)
        quote = market.option_quote_at(option, now)
        assert float(quote.bid) == table.bid[row]
        assert float(quote.ask) == table.ask[row]
        assert (quote.open_interest, quote.volume) == (table.open_interest[row], table.volume[row])


def test_no_expiration_in_the_window_is_said(market: PracticeMarket, now: datetime) -> None:
    with pytest.raises(InputError, match="no expiration from"):
        market.option_table_at("AAPL", now, first=date(2021, 6, 19), last=date(2021, 6, 20))


def test_chains_of_two_companies_make_no_table(market: PracticeMarket, now: datetime) -> None:
    chains = [market.chain_at(symbol, FIRST, now) for symbol in ("AAPL", "KO")]
    with pytest.raises(ValueError, match="one underlying"):
        tabulated(chains)
    with pytest.raises(ValueError, match="one underlying"):
        tabulated([])
