"""The messages that the language contract and the first answer name."""

from __future__ import annotations

from datetime import date

import pytest

from mfa.language import Language


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("What's my portfolio status?", "portfolio_status"),
        ("How much theta am I collecting?", "position_details"),
        ("Am I at risk of assignment?", "assignment_check"),
        ("Show me my trade history from last month", "trade_history"),
        ("When does my KO put expire?", "position_details"),
        ("close my NVDA put", "close_position"),
        ("which positions should I close?", "profit_target_check"),
        ("Sell a put on AAPL at 170", "execute_trade"),
        ("analyze this trade: sell TSLA 240 put", "evaluate_trade"),
        ("what's a good strike for NVDA?", "recommend_options"),
        ("Is NVDA a buy?", "get_stock_rating"),
        ("what do you think about NVDA?", "research_stock"),
        ("When is AAPL earnings?", "check_earnings"),
        ("do I have earnings risk?", "check_earnings_risk"),
        ("Scan my High IV list for puts", "scan_watchlist"),
        ("Better put to sell, KO or PEP?", "find_csp_opportunity"),
        ("how much premium did I collect", "profit_loss"),
        ("if TSLA drops 10%, what happens to me", "check_portfolio_risk"),
        ("", "unknown"),
        ("kgjhdf", "unknown"),
    ],
)
def test_borderline_messages_fall_on_the_right_side(
    language: Language, today: date, text: str, intent: str
) -> None:
    assert language.understand(text, today=today).intent == intent


def test_an_option_named_in_passing_identifies_the_position(
    language: Language, today: date
) -> None:
    slots = language.understand("When does my KO put expire?", today=today).slots
    assert dict(slots) == {"symbols": ["KO"], "option_type": "put"}


def test_two_requests_in_one_message_are_both_named(language: Language, today: date) -> None:
    understood = language.understand(
        "What's my balance and am I at risk of assignment?", today=today
    )
    assert understood.intents == ("portfolio_status", "assignment_check")


def test_puts_and_calls_are_one_request(language: Language, today: date) -> None:
    assert language.understand("show my puts and calls", today=today).also is None
