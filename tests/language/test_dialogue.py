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
