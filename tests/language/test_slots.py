"""Slots of single messages, on Tuesday 15 June 2021. Dates worked out on a wall calendar."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mfa.language import Language


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("show my trades from last month", "2021-05-01", "2021-05-31"),
        ("show my trades this week", "2021-06-14", "2021-06-20"),
        ("trades last week", "2021-06-07", "2021-06-13"),
        ("closed trades this quarter", "2021-04-01", "2021-06-30"),
        ("closed trades last quarter", "2021-01-01", "2021-03-31"),
        ("my trades ytd", "2021-01-01", "2021-06-15"),
        ("trades of the past 30 days", "2021-05-16", "2021-06-15"),
        ("trades since March", "2021-03-01", None),
        ("my trades since May 10", "2021-05-10", None),
        ("show winners in May", "2021-05-01", "2021-05-31"),
        ("trades closed in December", "2020-12-01", "2020-12-31"),
        ("what did i trade yesterday", "2021-06-14", "2021-06-14"),
        ("what did i trade today", "2021-06-15", "2021-06-15"),
        ("trades between May 1 and May 15", "2021-05-01", "2021-05-15"),
        ("trades from 2021-05-03 to 2021-05-07", "2021-05-03", "2021-05-07"),
        ("my trades in 2020", "2020-01-01", "2020-12-31"),
        ("trades in q1", "2021-01-01", "2021-03-31"),
        ("trades last year", "2020-01-01", "2020-12-31"),
        ("what did i sell on monday", "2021-06-14", "2021-06-14"),
    ],
)
def test_history_periods_are_whole_calendar_periods(
    language: Language, today: date, text: str, start: str, end: str | None
) -> None:
    slots = language.understand(text, today=today).slots
    assert (slots.get("start_date"), slots.get("end_date")) == (start, end)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("who reports next week", "2021-06-21", "2021-06-27"),
        ("earnings this week", "2021-06-14", "2021-06-20"),
        ("any earnings tomorrow", "2021-06-16", "2021-06-16"),
        ("which companies report in july", "2021-07-01", "2021-07-31"),
    ],
)
def test_earnings_periods_look_ahead(
    language: Language, today: date, text: str, start: str, end: str
) -> None:
    slots = language.understand(text, today=today).slots
    assert (slots["start_date"], slots["end_date"]) == (start, end)


@pytest.mark.parametrize(
    ("text", "expiration"),
    [
        ("sell a KO 50 put expiring dec 18", "2021-12-18"),
        ("sell a KO 50 put next friday", "2021-06-18"),
        ("sell a KO 50 put for the january monthly", "2022-01-21"),
        ("roll my KO put to July", "2021-07-16"),
        ("sell a KO 7/16 50 put", "2021-07-16"),
        ("sell a KO 50 put 2021-07-16", "2021-07-16"),
        ("roll my AAPL call to next month", "2021-07-16"),
        ("buy an AAPL 130 call 18 Feb 2022", "2022-02-18"),
    ],
)
def test_expirations_point_ahead(
    language: Language, today: date, text: str, expiration: str
) -> None:
    assert language.understand(text, today=today).slots["expiration"] == expiration


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("price of apple", ["AAPL"]),
        ("quote tsla and $sofi", ["TSLA", "SOFI"]),
        ("what is coca-cola trading at", ["KO"]),
        ("how much is microsfot stock", ["MSFT"]),
        ("price of F", ["F"]),
        ("what's AT&T at", ["T"]),
        ("is cat a buy", ["CAT"]),
        ("better put to sell, KO or PEP?", ["KO", "PEP"]),
        ("j&j price", ["JNJ"]),
        ("quote for procter & gamble and exxon mobil", ["PG", "XOM"]),
        ("is fastenal a buy", ["FAST"]),
        ("price of parker hannifin and o'reilly auto parts", ["PH", "ORLY"]),
        ("puts on autozone?", ["AZO"]),
        ("sell a put on fico", ["FICO"]),
        ("research the trade desk", ["TTD"]),
        ("quote BRK.B", ["BRK.B"]),
        ("how is weyerhauser stock doing", ["WY"]),
        ("covered calls on regions financial", ["RF"]),
        ("price of ticker cash", ["CASH"]),
    ],
)
def test_tickers_and_names_become_symbols(
    language: Language, today: date, text: str, symbols: list[str]
) -> None:
    assert language.understand(text, today=today).slots["symbols"] == symbols


@pytest.mark.parametrize(
    "text",
    [
        "what is a good put to sell on it now",
        "show all my open positions",
        "am i low on cash",
        "is it all in the money",
        "which play should i close",
        "HOW IS IT GOING ON MY ACCOUNT NOW",
        "which positions hit their profit target",
        "what's the key risk",
        "how much cash do i have for puts",
        "are you there",
        "show me the two best calls",
        "find tech stocks for the wheel",
        "what is my p & l",
        "which leg of my spread is losing",
        "what is a safe way to eat up theta",
        "is my plan good in a fast market",
    ],
)
def test_ordinary_words_are_no_tickers(language: Language, today: date, text: str) -> None:
    assert "symbols" not in language.understand(text, today=today).slots


def test_a_ticker_that_only_the_account_knows_is_a_symbol(language: Language, today: date) -> None:
    held = frozenset({"QZX"})
    assert language.understand("price of qzx", today=today, held=held).slots["symbols"] == ["QZX"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Sell a put on AAPL at 170",
            {
                "symbols": ["AAPL"],
                "option_type": "put",
                "side": "sell",
                "strike": 170.0,
                "quantity": 1,
            },
        ),
        (
            "-1 AAPL 12/18 170p @ 2.50",
            {
                "symbols": ["AAPL"],
                "option_type": "put",
                "side": "sell",
                "strike": 170.0,
                "expiration": "2021-12-18",
                "quantity": 1,
                "limit_price": 2.5,
            },
        ),
        (
            "STO 2x SOFI 14p",
            {
                "symbols": ["SOFI"],
                "option_type": "put",
                "side": "sell",
                "effect": "open",
                "strike": 14.0,
                "quantity": 2,
            },
        ),
        (
            "sell one apple one seventy put for two fifty credit",
            {
                "symbols": ["AAPL"],
                "option_type": "put",
                "side": "sell",
                "strike": 170.0,
                "quantity": 1,
                "limit_price": 2.5,
            },
        ),
        (
            "sell AAPL  261218P00170000",
            {
                "symbols": ["AAPL"],
                "option_type": "put",
                "side": "sell",
                "strike": 170.0,
                "expiration": "2026-12-18",
            },
        ),
        (
            "Sell the JPM 150/145 put spread for 1.20 credit",
            {
                "symbols": ["JPM"],
                "option_type": "put",
                "side": "sell",
                "strikes": [145.0, 150.0],
                "limit_price": 1.2,
                "strategy": "vertical",
            },
        ),
    ],
)
def test_orders_are_read_in_words_and_in_shorthand(
    language: Language, today: date, text: str, expected: dict[str, Any]
) -> None:
    understood = language.understand(text, today=today)
    assert understood.intent == "execute_trade"
    assert dict(understood.slots) == expected


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("find csps with 30 to 45 dte", "dte", [30, 45]),
        ("find csps under 45 DTE", "dte", [0, 45]),
        ("find a csp with .30 delta", "delta", [0.3, 0.3]),
        ("find a csp between 20 and 30 delta", "delta", [0.2, 0.3]),
        ("find csps with iv rank over 50", "min_iv_rank", 50),
        ("find csps needing less than 5k capital", "max_capital", 5000.0),
        ("find a put to sell with no earnings this month", "no_earnings_days", 15),
        ("find a put to sell with no earnings before expiration", "no_earnings_days", -1),
        ("find a put to sell on the stocks i hold", "holdings_only", True),
        ("tech stocks under $50 in the database", "max_price", 50.0),
        ("tech stocks under $50 in the database", "sector", "Information Technology"),
        ("stocks with market cap over 10 billion", "min_market_cap", 1e10),
        ("top 5 premiums today", "limit", 5),
        ("show my losing trades", "outcome", "losers"),
        ("What's on my High IV list?", "watchlist", "High IV"),
        ("roll the KO put from 50 to 48", "from_strike", 50.0),
        ("roll the KO put from 50 to 48", "strike", 48.0),
        ("status of order 12345", "order_id", "12345"),
        ("if TSLA drops 10%, what happens to me", "shock", {"symbol": "TSLA", "pct": -10.0}),
        (
            "alert me when AAPL drops below 150",
            "condition",
            {"metric": "price", "op": "<", "value": 150.0},
        ),
        ("what is implied volatility?", "concept", "implied volatility"),
        ("can you explain theta to me please", "concept", "theta"),
        ("how does the wheel strategy work", "strategy", "wheel"),
        ("covered calls on KO", "strategy", "covered_call"),
        ("nfl odds for week 7", "week", 7),
        ("analyze the Chiefs Bills game", "team", ["Chiefs", "Bills"]),
    ],
)
def test_filters_are_read(
    language: Language, today: date, text: str, slot: str, value: object
) -> None:
    assert language.understand(text, today=today).slots[slot] == value


def test_a_strategys_name_gives_no_option_type(language: Language, today: date) -> None:
    slots = language.understand("find covered calls on my shares", today=today).slots
    assert "option_type" not in slots


def test_a_price_without_a_symbol_asks_which(language: Language, today: date) -> None:
    understood = language.understand("what's the price?", today=today)
    assert understood.missing == ("symbols",)
    assert language.question(understood) == "Which symbol's price?"
