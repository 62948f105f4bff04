"""PAPER and LIVE end to end: who answers, and what a dead source costs."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Absent, Failed, Found
from tests.servers.faults import SILENT, WRONG_KEY
from tests.servers.tradier import TradierServer
from tests.servers.yahoo import YahooServer
from tests.sources.conftest import NOWHERE, House

SLOW = {"query_deadline": 20.0}
"""A loaded machine may take its time where a test is not about time."""


def test_the_chain_is_every_connected_vendor_and_yahoo_last(house: House) -> None:
    house.connect("alpaca", key="k", secret="s", house="paper", account="PA1")
    house.connect_tradier()
    outside = house.open(Mode.PAPER, {})
    assert outside.market.name == "Tradier, then Alpaca, then Yahoo"
    assert outside.shelf.order("account") == ("tradier", "alpaca")


def test_the_order_that_a_person_sets_is_the_order(house: House) -> None:
    house.connect_tradier()
    outside = house.open(Mode.PAPER, {}, sources=("yahoo", "tradier"))
    assert outside.market.name == "Yahoo, then Tradier"


def test_a_vendor_connected_meanwhile_joins_at_a_refresh(
    house: House, tradier_server: TradierServer
) -> None:
    outside = house.open(Mode.PAPER, {"tradier": tradier_server, "yahoo": NOWHERE}, **SLOW)
    assert isinstance(outside.market.quote("KO"), Failed)
    house.connect_tradier()
    outside.refresh()
    quote = outside.market.quote("KO")
    assert isinstance(quote, Found)
    assert quote.source == "Tradier sandbox"


def test_a_refusal_falls_back_and_the_provenance_says_why(
    house: House, tradier_server: TradierServer, yahoo_server: YahooServer
) -> None:
    house.connect_tradier()
    tradier_server.inject(WRONG_KEY)
    outside = house.open(Mode.PAPER, {"tradier": tradier_server, "yahoo": yahoo_server}, **SLOW)
    quote = outside.market.quote("KO")
    assert isinstance(quote, Found)
    assert quote.source == "Yahoo"
    note = quote.provenance.note
    assert note.startswith("Tradier sandbox refused the credentials. Yahoo answered.")


def test_a_vendor_that_is_named_but_not_connected_says_so_in_its_place(
    house: House, yahoo_server: YahooServer
) -> None:
    outside = house.open(Mode.PAPER, {"yahoo": yahoo_server}, sources=("tradier", "yahoo"), **SLOW)
    quote = outside.market.quote("KO")
    assert isinstance(quote, Found)
    assert "Tradier is not connected." in quote.provenance.note


def test_data_that_the_first_does_not_offer_come_from_the_next(
    house: House, tradier_server: TradierServer, yahoo_server: YahooServer
) -> None:
    house.connect_tradier()
    outside = house.open(Mode.PAPER, {"tradier": tradier_server, "yahoo": yahoo_server}, **SLOW)
    dividends = outside.market.dividends("KO", date(2026, 9, 1), date(2026, 11, 19))
    assert isinstance(dividends, Found)
    assert dividends.source == "Yahoo"
    assert "Tradier sandbox does not offer companies' dividends" in dividends.provenance.note
    figures = outside.research.fundamentals("KO")
    assert isinstance(figures, Found)


def test_a_first_source_that_hangs_does_not_take_the_deadline_with_it(
    house: House, tradier_server: TradierServer, yahoo_server: YahooServer
) -> None:
    house.connect_tradier()
    outside = house.open(
        Mode.PAPER, {"tradier": tradier_server, "yahoo": yahoo_server}, query_deadline=4.0
    )
    assert isinstance(outside.market.expirations("KO"), Found)  # connections and libraries are warm
    yahoo = outside.shelf.open("yahoo")
    assert not isinstance(yahoo, Failed)
    assert yahoo.market is not None
    assert isinstance(yahoo.market.quote("KO"), Found)
    tradier_server.inject(SILENT)
    began = time.monotonic()
    quote = outside.market.quote("KO")
    assert isinstance(quote, Found)
    assert quote.source == "Yahoo"
    assert "Tradier" in quote.provenance.note
    assert time.monotonic() - began < 4.0  # not speed: the promise of the deadline


def _price(server: TradierServer, last: float) -> None:
    def cheaper(document: Any) -> Any:
        row = document.get("quotes", {}).get("quote") if isinstance(document, dict) else None
        if isinstance(row, dict):
            row.update(last=last, bid=last - 0.05, ask=last + 0.05)
        return document

    server.mutate = cheaper


@pytest.mark.parametrize(("last", "warns"), [(70.1, False), (63.0, True)])
def test_two_sources_that_disagree_on_a_price_are_a_warning_on_the_value(
    house: House,
    tradier_server: TradierServer,
    yahoo_server: YahooServer,
    last: float,
    *,
    warns: bool,
) -> None:
    house.connect_tradier()
    outside = house.open(Mode.PAPER, {"tradier": tradier_server, "yahoo": yahoo_server}, **SLOW)
    yahoo = outside.shelf.open("yahoo")
    assert not isinstance(yahoo, Failed)
    assert yahoo.check().reachable
    _price(tradier_server, last)
    quote = outside.market.quote("KO")
    for _ in range(20 if warns else 0):  # a witness that a loaded machine makes late is not heard
        if isinstance(quote, Found) and quote.provenance.warning:
            break
        outside.market.forget()
        quote = outside.market.quote("KO")
    outcome = house.data(outside).query("ai_research", "get_quote", {"symbols": ["KO"]})
    assert isinstance(outcome, Found)
    answer: Any = outcome.value
    assert answer.rows[0].last == Decimal(str(last))
    assert any("Sources disagree on KO" in each for each in answer.warnings) is warns


def test_paper_answers_dashboard_quote_and_scan_over_tradier(
    house: House, tradier_server: TradierServer
) -> None:
    house.connect_tradier()
    outside = house.open(Mode.PAPER, {"tradier": tradier_server, "yahoo": NOWHERE}, **SLOW)
    data = house.data(outside)
    summary = data.query("dashboard", "get_summary")
    assert isinstance(summary, Found)
    assert summary.value.balance.equity == Decimal("100000.00")  # type: ignore[attr-defined]
    quote = data.query("ai_research", "get_quote", {"symbols": ["KO"]})
    assert isinstance(quote, Found)
    assert quote.value.rows[0].last == Decimal("70.1")  # type: ignore[attr-defined]
    scan = data.query(
        "opportunities",
        "scan_csp",
        {"symbols": ["KO"], "dte": [20, 60], "delta": [0.05, 0.9]},
    )
    assert isinstance(scan, Found)
    assert {row.symbol for row in scan.value.rows} == {"KO"}  # type: ignore[attr-defined]


def test_a_scan_of_everything_ranks_what_is_here_and_names_what_is_not(
    house: House, tradier_server: TradierServer
) -> None:
    house.connect_tradier()
    outside = house.open(Mode.PAPER, {"tradier": tradier_server}, sources=("tradier",))
    wanted = {"dte": [20, 60], "delta": [0.05, 0.9], "sector": "Consumer Staples"}
    outcome: Any = None
    for _ in range(30):  # at its pace: the next asking finds more
        outcome = house.data(outside).query("opportunities", "scan_csp", wanted)
        if isinstance(outcome, Found):
            break
    assert isinstance(outcome, Found)
    answer: Any = outcome.value
    assert {row.symbol for row in answer.rows} == {"KO"}
    told = " ".join(answer.warnings)
    assert "implied volatility" in told
    assert "recorded so far" in told
    assert "Tradier sandbox does not offer earnings dates" in told


def test_a_scan_that_can_reach_nobody_is_a_failure_in_few_words(house: House) -> None:
    outside = house.open(Mode.PAPER, {"yahoo": NOWHERE}, **SLOW)
    outcome = house.data(outside).query("opportunities", "scan_csp")
    assert isinstance(outcome, Failed)
    assert "companies: Yahoo " in outcome.message
    assert "Yahoo cannot be reached" in outcome.message
    assert len(outcome.message) < 400


def test_with_nobody_to_be_reached_every_query_answers_and_says_so(house: House) -> None:
    outside = house.open(Mode.PAPER, {"yahoo": NOWHERE})
    data = house.data(outside, deadline=30.0)
    for feature, query in (
        ("dashboard", "get_summary"),
        ("positions", "fetch_active"),
        ("performance", "get_metrics"),
        ("risk", "concentration"),
    ):
        outcome = data.query(feature, query)
        assert isinstance(outcome, Found | Absent), (feature, query, outcome)
    quote = data.query("ai_research", "get_quote", {"symbols": ["KO"]})
    assert isinstance(quote, Failed)
    assert quote.message.startswith("Yahoo cannot be reached")


# -- accounts -----------------------------------------------------------------------------------
