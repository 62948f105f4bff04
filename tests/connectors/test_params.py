"""What a question may say, in which spellings, and how it is said back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from pydantic import ValidationError

from connectors.base import NoParams
from connectors.portfolio.params import DetailFilter, Period, PositionFilter, QuoteParams
from mfa.data.requests import _accepted


@pytest.mark.parametrize(
    "given", ["ko, pep", "PEP KO KO", ["$KO", "pep"], ("KO", "PEP"), {"ko", "pep"}]
)
def test_symbols_in_any_spelling_are_one(given: object) -> None:
    assert PositionFilter.model_validate({"symbols": given}).symbols == ("KO", "PEP")


@pytest.mark.parametrize("given", [7, "12!", ["KO", "not a ticker"]])
def test_what_is_no_symbol_is_refused(given: object) -> None:
    with pytest.raises(ValidationError):
        QuoteParams.model_validate({"symbols": given})


def test_a_quote_needs_a_symbol() -> None:
    with pytest.raises(ValidationError):
        QuoteParams.model_validate({"symbols": None})


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("aapl210618c00125000", "AAPL  210618C00125000"),
        ("AAPL  210618C00125000", "AAPL  210618C00125000"),
        (" ko ", "KO"),
    ],
)
def test_an_instrument_is_an_occ_symbol_or_a_ticker(given: str, read: str) -> None:
    assert PositionFilter(instrument=given).instrument == read


@pytest.mark.parametrize("given", ["AAPL 2021", 5])
def test_what_is_neither_is_refused(given: object) -> None:
    with pytest.raises(ValidationError):
        PositionFilter.model_validate({"instrument": given})


def test_a_strike_may_come_as_a_float_and_stays_exact() -> None:
    assert PositionFilter.model_validate({"strike": 52.5}).strike == Decimal("52.5")


def test_a_period_that_runs_backwards_is_refused() -> None:
    with pytest.raises(ValidationError, match="start_date is after end_date"):
        Period(start_date=date(2021, 6, 1), end_date=date(2021, 5, 1))


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (None, None, ""),
        (date(2021, 5, 1), None, "since 1 May 2021"),
        (None, date(2021, 5, 31), "until 31 May 2021"),
        (date(2021, 5, 1), date(2021, 5, 31), "between 1 May 2021 and 31 May 2021"),
        (date(2021, 5, 1), date(2021, 5, 1), "on 1 May 2021"),
    ],
)
def test_a_period_is_said_back(start: date | None, end: date | None, words: str) -> None:
    assert Period(start_date=start, end_date=end).words == words


def test_a_filter_is_said_back() -> None:
    wanted = DetailFilter.model_validate(
        {
            "symbols": "KO",
            "side": "short",
            "strike": "52.50",
            "option_type": "put",
            "expiration": "2021-07-16",
        }
    )
    assert wanted.words == "short KO 52.5 put positions expiring 16 Jul 2021"


def test_explicit_nothing_is_no_detail() -> None:
    with pytest.raises(ValidationError, match="say which position"):
        DetailFilter.model_validate({"symbols": None, "option_type": None})


def test_what_a_query_takes_is_listed_with_the_values_it_may_have() -> None:
    assert _accepted(PositionFilter) == (
        "It takes: symbols, instrument, kind (stock or option), option_type (call or put),"
        " side (long or short), strategy, strike, expiration (date),"
        " expires_from (date), expires_by (date)."
    )
    assert _accepted(NoParams) == "It takes no parameters."
