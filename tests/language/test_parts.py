"""Messages of several parts, and later turns that only change a value."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mfa.language import Language, Plan


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("P&L ytd and win rate", ("profit_loss", "analyze_performance")),
        ("price of KO + iv rank", ("price_quote", "analyze_iv")),
        ("KO's price, then its zones", ("price_quote", "find_zones")),
        ("show my puts and calls", ("position_details",)),
        ("If tesla falls 10 percent, how much do I lose?", ("check_portfolio_risk",)),
        ("What do you make of Caterpillar? My late father drove one.", ("research_stock",)),
        ("1) win rate ytd 2) net delta", ("analyze_performance", "check_delta_exposure")),
        ("price of KO, and thereafter list my working orders",
         ("price_quote", "check_order_status")),
        ("Having been assigned on KO, which calls might I sell against the shares?",
         ("find_covered_call",)),
        ("which day does MSFT report? I follow MSFT, KO and PEP.", ("check_earnings",)),
        ("rate this setup: iron condor AAPL 110/115/140/145", ("evaluate_trade",)),
    ],
)  # fmt: skip
def test_a_message_is_parted_where_a_request_begins(
    language: Language, today: date, text: str, intents: tuple[str, ...]
) -> None:
    assert language.understand(text, today=today).intents == intents


def _plan(language: Language, today: date, text: str) -> Plan:
    plan = language.plan(language.understand(text, today=today), today=today)
    assert isinstance(plan, Plan)
    return plan


@pytest.mark.parametrize(
    ("text", "features"),
    [
        ("my win rate, VaR and my balance", {"performance", "risk", "dashboard"}),
        (
            "find me cash-secured puts on names near a demand zone",
            {"opportunities", "supply_demand_zones"},
        ),
        (
            "Which stocks on my Retail watchlist have unusual options activity?",
            {"tradingview", "options_flow"},
        ),
        ("what's my net delta", {"risk"}),
    ],
)
def test_a_plan_asks_every_feature_that_is_named(
    language: Language, today: date, text: str, features: set[str]
) -> None:
    assert features <= set(_plan(language, today, text).features)


@pytest.mark.parametrize(
    ("text", "query", "params"),
    [
        ("run my weekly condors scan", "run_saved", {"name": "weekly condors"}),
        ("history of my weekly condors scan", "history", {"name": "weekly condors"}),
        ("show my saved scans", "saved_scans", {}),
    ],
)
def test_a_saved_scan_is_run_or_looked_up_by_its_name(
    language: Language, today: date, text: str, query: str, params: dict[str, Any]
) -> None:
    (step,) = _plan(language, today, text).steps
    assert (step.query, dict(step.params)) == (query, params)


@pytest.mark.parametrize(
    ("texts", "intent", "slots"),
    [
        (("sell 2 KO 50 puts", "make it 3"), "execute_trade", {"quantity": 3}),
        (("sell 2 KO 50 puts", "45 instead"), "execute_trade", {"strike": 45.0, "quantity": 2}),
        (("sell 2 KO 50 puts at .80", "use .90"), "execute_trade", {"limit_price": 0.9}),
        (("alert me when KO is below 50", "48 instead"), "create_alert", {"condition": {
            "metric": "price", "op": "<", "value": 48.0}}),
        (("find me csps in tech", "not tech, energy"), "find_csp_opportunity",
         {"sector": "Energy"}),
        (("what if spy falls 5%", "and up 10?"), "check_portfolio_risk",
         {"shock": {"symbol": "SPY", "pct": 10.0}}),
        (("find me a csp on KO", "make it 2 contracts"), "find_csp_opportunity",
         {"symbols": ["KO"], "quantity": 2}),
        (("price of KO", "sorry, i meant its iv rank"), "analyze_iv", {"symbols": ["KO"]}),
        (("quote KO, PEP and MCD", "research the second one"), "research_stock",
         {"symbols": ["PEP"]}),
        (("sell 2 KO 50 puts", "never mind, I'd better ask first"), "decline", {}),
        (("sell 2 KO 50 puts", "Yes, it is correct"), "confirm", {}),
    ],
)  # fmt: skip
def test_a_later_turn_changes_what_it_says_and_keeps_the_rest(
    language: Language, today: date, texts: tuple[str, ...], intent: str, slots: dict[str, Any]
) -> None:
    dialogue = language.dialogue(texts[:-1], today=today)
    last = dialogue.understand(texts[-1], today)
    assert last.intent == intent
    assert {name: last.slots.get(name) for name in slots} == slots


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("trades in the first half of the year", "2021-01-01", "2021-06-30"),
        ("closed trades from the 1st to the 15th of May", "2021-05-01", "2021-05-15"),
        ("trades since the start of the year", "2021-01-01", None),
        ("what will my balance be at the end of Q3", None, "2021-09-30"),
        ("my balance by christmas", None, "2021-12-25"),
    ],
)
def test_halves_edges_and_holidays_are_dates(
    language: Language, today: date, text: str, start: str | None, end: str | None
) -> None:
    slots = language.understand(text, today=today).slots
    assert (slots.get("start_date"), slots.get("end_date")) == (start, end)
