"""The bundled list holds the indices whole, and says what is known of everybody's companies."""

from __future__ import annotations

import pytest

from mfa.kernel.companies import companies

GICS = {
    "Information Technology",
    "Health Care",
    "Financials",
    "Consumer Discretionary",
    "Communication Services",
    "Industrials",
    "Consumer Staples",
    "Energy",
    "Utilities",
    "Real Estate",
    "Materials",
}


@pytest.mark.parametrize(
    ("index", "least", "most"),
    [("sp500", 500, 505), ("nasdaq100", 100, 102), ("dow", 30, 30), ("sp600", 590, 610)],
)
def test_an_index_has_all_its_members(index: str, least: int, most: int) -> None:
    assert least <= sum(index in each.indices for each in companies().values()) <= most


def test_every_company_has_a_name_and_one_of_the_eleven_sectors() -> None:
    for each in companies().values():
        assert each.name
        assert each.sector in GICS


@pytest.mark.parametrize(
    ("symbol", "name", "sector"),
    [
        ("AAPL", "Apple", "Information Technology"),
        ("AMZN", "Amazon", "Consumer Discretionary"),
        ("BRK.B", "Berkshire Hathaway", "Financials"),
        ("DUK", "Duke Energy", "Utilities"),
        ("KO", "Coca-Cola", "Consumer Staples"),
        ("META", "Meta Platforms", "Communication Services"),
        ("PSA", "Public Storage", "Real Estate"),
        ("TGT", "Target", "Consumer Staples"),
        ("XOM", "ExxonMobil", "Energy"),
    ],
)
def test_a_known_company_is_what_it_is(symbol: str, name: str, sector: str) -> None:
    company = companies()[symbol]
    assert (company.name, company.sector) == (name, sector)
