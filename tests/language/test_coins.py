"""Coins in orders, and what looks like one and is none."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mfa.language import Language
from mfa.language.coins import read_coin


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "buy 0.05 btc at 60000",
            {"pair": "BTC", "side": "buy", "amount": 0.05, "limit_price": 60000.0},
        ),
        (
            "buy .5 bitcoin @ 60k",
            {"pair": "BTC", "side": "buy", "amount": 0.5, "limit_price": 60000.0},
        ),
        (
            "buy 1,000 doge at $0.15",
            {"pair": "DOGE", "side": "buy", "amount": 1000.0, "limit_price": 0.15},
        ),
        ("sell 0.5 eth/usdt at the market", {"pair": "ETH/USDT", "side": "sell", "amount": 0.5}),
        ("buy 2 sol-usdc", {"pair": "SOL/USDC", "side": "buy", "amount": 2.0}),
        ("buy 3 xrpusdt", {"pair": "XRP/USDT", "side": "buy", "amount": 3.0}),
        ("buy $500 of bitcoin", {"pair": "BTC", "side": "buy", "max_capital": 500.0}),
        ("put 2k dollars into ethereum", {"pair": "ETH", "max_capital": 2000.0}),
        ("sell half my litecoin", {"pair": "LTC", "side": "sell"}),
        ("get me out of bitcoin", {"pair": "BTC", "side": "sell"}),
        ("close my btc position", {"pair": "BTC", "side": "sell"}),
        ("buy 10 link", {"pair": "LINK", "side": "buy", "amount": 10.0}),
    ],
)  # fmt: skip
def test_a_coin_is_read_with_its_amount_price_and_side(text: str, said: dict[str, Any]) -> None:
    assert read_coin(text) == {"symbols": [said["pair"].partition("/")[0]], **said}


@pytest.mark.parametrize(
    "text",
    [
        "btc 1 jpm 150p at 0.40", "btc my ko put", "send me the link", "buy 100 shares of ko",
        "sell 2 ko 52.5 puts", "what do you think of the dot com years", "buy brk/b",
    ],
)  # fmt: skip
def test_what_is_no_coin_is_read_as_none(text: str) -> None:
    assert read_coin(text) is None


def test_an_order_of_a_coin_lacks_nothing(language: Language, today: date) -> None:
    heard = language.understand("buy 0.05 btc at 60000", today=today)
    assert (heard.intent, heard.missing) == ("execute_trade", ())
    assert heard.slots == {
        "symbols": ["BTC"], "side": "buy", "pair": "BTC", "amount": 0.05, "limit_price": 60000.0,
    }  # fmt: skip


def test_the_code_that_buys_to_close_stays_one(language: Language, today: date) -> None:
    heard = language.understand("BTC 1 JPM 150p at 0.40", today=today)
    assert heard.slots["symbols"] == ["JPM"]
    assert heard.slots["effect"] == "close"
    assert "pair" not in heard.slots


def test_only_orders_carry_a_pair(language: Language, today: date) -> None:
    heard = language.understand("show crypto prediction markets about bitcoin", today=today)
    assert "pair" not in heard.slots


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("price of bitcoin", "BTC"),
        ("what's the current price of ethereum?", "ETH"),
        ("quote eth/usdt", "ETH/USDT"),
        ("what's KO trading at?", None),
        ("price of the bitcoin etf", None),
    ],
)
def test_a_price_may_be_a_coins(
    language: Language, today: date, text: str, pair: str | None
) -> None:
    slots = language.slots_for(text, "price_quote", today=today, held=frozenset())
    assert slots.get("pair") == pair
    assert set(slots) <= {"symbols", "pair"}
