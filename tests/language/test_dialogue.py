"""What later messages of a conversation inherit."""

from __future__ import annotations

from datetime import date

import pytest

from mfa.language import Language, Understanding


def _turns(language: Language, today: date, *texts: str) -> list[Understanding]:
    dialogue = language.dialogue(today=today)
    return [dialogue.understand(text, today) for text in texts]


@pytest.mark.parametrize(
    ("texts", "intent", "slots"),
    [
        (("price of apple", "what about tesla?"), "price_quote", {"symbols": ["TSLA"]}),
        (("What's the price?", "tesla"), "price_quote", {"symbols": ["TSLA"]}),
        (("research KO", "and its earnings?"), "check_earnings", {"symbols": ["KO"]}),
        (
            ("show my trades from last month", "only the winners"),
            "trade_history",
            {"start_date": "2021-05-01", "end_date": "2021-05-31", "outcome": "winners"},
        ),
        (
            ("sell a KO 50 put for 0.80", "make it 2 contracts"),
            "execute_trade",
            {
                "symbols": ["KO"],
                "option_type": "put",
                "side": "sell",
                "strike": 50.0,
                "quantity": 2,
                "limit_price": 0.8,
            },
        ),
        (
            ("sell a KO 50 put", "price of pepsi"),
            "price_quote",
            {"symbols": ["PEP"]},
        ),
        (
            ("when does my KO put expire?", "close it"),
            "close_position",
            {"symbols": ["KO"], "option_type": "put"},
        ),
        (("sell a KO 50 put", "yes"), "confirm", {}),
        (("sell a KO 50 put", "no, forget it"), "decline", {}),
        (
            ("how much did i make this month", "and last month?"),
            "profit_loss",
            {"start_date": "2021-05-01", "end_date": "2021-05-31"},
        ),
        (("price of apple", "what's my portfolio status?"), "portfolio_status", {}),
    ],
)
def test_a_later_turn_inherits_what_it_leans_on(
    language: Language, today: date, texts: tuple[str, ...], intent: str, slots: dict[str, object]
) -> None:
    last = _turns(language, today, *texts)[-1]
    assert (last.intent, dict(last.slots)) == (intent, slots)


def test_a_new_request_on_the_same_thing_takes_no_order_details_along(
    language: Language, today: date
) -> None:
    last = _turns(language, today, "sell 2 KO 50 puts for 0.80", "is it a buy?")[-1]
    assert last.intent == "get_stock_rating"
    assert dict(last.slots) == {"symbols": ["KO"]}


def test_a_conversation_rebuilt_from_its_messages_goes_on_the_same(
    language: Language, today: date
) -> None:
    rebuilt = language.dialogue(["price of apple", "what about tesla?"], today=today)
    assert rebuilt.understand("and microsoft?", today).slots["symbols"] == ["MSFT"]


@pytest.mark.parametrize(
    ("texts", "intent", "slots"),
    [
        (("nfl odds week 3", "just the bills"), "check_nfl_predictions",
         {"team": ["Bills"], "week": 3}),
        (("quote KO and PEP", "research the second one", "and the first?"), "research_stock",
         {"symbols": ["KO"]}),
        (("what happens to me if TSLA drops 10%", "and if it drops 20%?"), "check_portfolio_risk",
         {"shock": {"symbol": "TSLA", "pct": -20.0}}),
        (("find csps on AMD, 30 dte, 20 delta", "drop the dte filter"), "find_csp_opportunity",
         {"symbols": ["AMD"], "strategy": "csp", "delta": [0.2, 0.2]}),
        (("what is on my Wheel list", "add KO to it"), "add_to_watchlist",
         {"symbols": ["KO"], "watchlist": "Wheel"}),
        (("sell a KO 50 put for 0.80", "price of pepsi", "back to the order, make it 2 contracts"),
         "execute_trade",
         {"symbols": ["KO"], "option_type": "put", "side": "sell", "strike": 50.0, "quantity": 2,
          "limit_price": 0.8}),
        (("richest premium in the market under $60", "make that $100"), "scan_premium",
         {"max_price": 100.0}),
        (("realized gain last month", "and my win rate over the same period?"),
         "analyze_performance", {"start_date": "2021-05-01", "end_date": "2021-05-31"}),
        (("did my costco order go through", "cancel it"), "cancel_order", {"symbols": ["COST"]}),
    ],
)  # fmt: skip
def test_a_turn_changes_points_at_and_returns_to_what_was_said(
    language: Language, today: date, texts: tuple[str, ...], intent: str, slots: dict[str, object]
) -> None:
    last = _turns(language, today, *texts)[-1]
    assert (last.intent, dict(last.slots)) == (intent, slots)


@pytest.mark.parametrize(
    "question",
    [
        "Find me a CSP opportunity on a stock from my watchlist that has a bullish AI rating",
        "which stocks that I own have earnings this week",
        "show me companies that report this week",
    ],
)
def test_a_clause_that_describes_points_at_nothing_said_before(
    language: Language, today: date, question: str
) -> None:
    dialogue = language.dialogue(["price of AAPL"], today=today)
    assert "symbols" not in dialogue.understand(question, today).slots
