"""The bundled list of companies: whole, unique, dated, and honest about what it is."""

from __future__ import annotations

from connectors.practice.listings import companies
from connectors.sources.universe import bundled
from mfa.kernel.symbols import ticker


def test_every_row_is_a_ticker_with_a_name_and_a_sector_once() -> None:
    rows = bundled().value
    assert len(rows) == len({row.symbol for row in rows}) >= 150
    assert all(ticker(row.symbol) == row.symbol and row.name and row.sector for row in rows)
    assert list(rows) == sorted(rows, key=lambda row: row.symbol)


def test_sectors_are_the_eleven_of_gics_and_funds() -> None:
    assert {row.sector for row in bundled().value} == {
        "Communication Services", "Consumer Discretionary", "Consumer Staples", "ETF", "Energy",
        "Financials", "Health Care", "Industrials", "Information Technology", "Materials",
        "Real Estate", "Utilities",
    }  # fmt: skip


def test_companies_of_practice_are_on_it_with_the_same_sector() -> None:
    sectors = {row.symbol: row.sector for row in bundled().value}
    assert {s: sectors.get(s) for s in companies()} == {s: c.sector for s, c in companies().items()}


def test_it_says_that_it_is_bundled_and_of_when() -> None:
    assert "Bundled list" in bundled().provenance.note
    assert "as of 2026-11" in bundled().provenance.note
