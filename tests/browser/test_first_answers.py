"""The five first questions, in a real browser, against figures worked out from the books."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.by_hand import ByHand, figures, usd
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


def ask(page: Any, question: str) -> str:
    """Type the question; the text of its whole answer, sources included."""
    answers = page.get_by_test_id("stChatMessage")
    before = answers.count()
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(question)
    box.press("Enter")
    answer = answers.nth(before + 1)
    answer.get_by_text("PRACTICE · ").wait_for(timeout=30_000)
    text: str = answer.inner_text()
    return text.replace("\xa0", " ")


@pytest.fixture(scope="module")
def by_hand(site: Site) -> ByHand:
    return figures(site.home)


def test_portfolio_status_equals_the_books(page: Any, by_hand: ByHand) -> None:
    text = ask(page, "What's my portfolio status?")
    assert usd(by_hand.cash + by_hand.positions) in text
    assert usd(by_hand.cash) in text
    assert usd(by_hand.positions) in text
    assert "practice account" in text


def test_theta_equals_the_sum_over_the_options_held(page: Any, by_hand: ByHand) -> None:
    assert f"{usd(by_hand.theta)}/day" in ask(page, "How much theta am I collecting?")


def test_assignment_risk_names_the_cash_that_it_would_take(page: Any, by_hand: ByHand) -> None:
    text = ask(page, "Am I at risk of assignment?")
    assert f"{by_hand.short_options} short option" in text
    assert usd(by_hand.all_puts) in text
    assert usd(by_hand.puts_in_the_money) in text


def test_trade_history_of_last_month_equals_the_closed_trades(page: Any, by_hand: ByHand) -> None:
    text = ask(page, "Show me my trade history from last month")
    assert f"{by_hand.may_trades} trades in May 2021" in text
    assert usd(by_hand.may_realized) in text
    assert f"{by_hand.may_wins} won" in text


def test_the_ko_put_expires_when_its_symbol_says(page: Any, by_hand: ByHand) -> None:
    day = by_hand.ko_put
    assert f"{day.day} {day:%b %Y}" in ask(page, "When does my KO put expire?")


def test_a_reload_finds_the_conversation_again(page: Any) -> None:
    first = ask(page, "How much theta am I collecting?")
    page.reload()
    page.get_by_text("PRACTICE · ").first.wait_for(timeout=30_000)
    again = page.get_by_test_id("stChatMessage").nth(1).inner_text().replace("\xa0", " ")
    assert [line for line in first.splitlines() if "/day" in line] == [
        line for line in again.splitlines() if "/day" in line
    ]


@pytest.mark.parametrize("name", ["Dashboard", "Positions"])
def test_feature_pages_show_the_account(page: Any, by_hand: ByHand, name: str) -> None:
    page.get_by_role("link", name=name).click()
    page.get_by_role("heading", name=name).wait_for(timeout=30_000)
    page.locator(".js-plotly-plot").first.wait_for(timeout=30_000)
    tiles = "\n".join(page.get_by_test_id("stMetricValue").all_inner_texts())
    expected = by_hand.cash + by_hand.positions if name == "Dashboard" else by_hand.positions
    assert usd(expected) in tiles
    assert f"{usd(by_hand.theta)}/day" in tiles
    assert page.get_by_test_id("stException").count() == 0
    assert page.get_by_text("PRACTICE").count() >= 2


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Opportunities", "Contracts looked at"),
        ("Watchlists", "Lists"),
        ("Earnings", "Reports ahead"),
        ("Performance", "Sharpe ratio"),
        ("Risk", "Value at risk"),
    ],
)
def test_a_page_opened_by_its_address_stands_in_the_whole_house(
    page: Any, site: Site, name: str, shown: str
) -> None:
    page.goto(f"{site.url}/{name.lower()}")
    page.get_by_role("heading", name=name, exact=True).wait_for(timeout=30_000)
    page.get_by_role("link", name="Chat").wait_for(timeout=30_000)
    page.get_by_text("PRACTICE · ").last.wait_for(state="attached", timeout=30_000)
    page.get_by_text(shown).first.wait_for(timeout=30_000)
    assert page.get_by_test_id("stException").count() == 0
    assert page.get_by_text("PRACTICE").count() >= 2
