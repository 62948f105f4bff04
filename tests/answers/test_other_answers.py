"""Answers without data, answers with faults, and answers from the library."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.lessons.models import ExampleFigure, Explanation, Explanations, WorkedExample
from connectors.portfolio.position_results import Quotes
from mfa.answers.blocks import NoticeBlock, TextBlock
from mfa.answers.compose import COMPOSERS, compose
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Absent, Failed, FailureKind
from tests.answers.made import LANGUAGE, STALE, answer, found, question, words
from tests.answers.test_account_answers import BALANCE


def test_a_failed_source_is_named_with_its_reason_and_what_to_do() -> None:
    failed = Failed(FailureKind.TIMEOUT, "No answer within 2 seconds.")
    blocks = answer("Status", found(BALANCE), failed, intent="portfolio_status")
    assert words(blocks).startswith("Your account is worth $105,123.45")
    assert blocks[-1] == NoticeBlock(
        level="error",
        text="Asking 1 failed (dashboard.get_it, timeout): No answer within 2 seconds. "
        "Ask again in a moment. It is left out of every total.",
    )


def test_the_time_to_ask_again_is_the_sources_own() -> None:
    failed = Failed(FailureKind.RATE_LIMITED, "Too many requests", timedelta(seconds=30))
    blocks = answer("Status", failed, intent="portfolio_status")
    assert isinstance(blocks[0], NoticeBlock)
    assert "(dashboard.get_it, rate limited): Too many requests. Ask again in 30 s." in (
        blocks[0].text
    )


def test_absence_is_told_with_its_reason_and_is_no_error() -> None:
    blocks = answer("trades?", Absent("No trades in May."), intent="trade_history")
    assert blocks == [NoticeBlock(level="info", text="No trades in May.")]


def test_stale_figures_are_said_to_be_stale() -> None:
    blocks = answer("Status", found(BALANCE, STALE), intent="portfolio_status")
    assert blocks[-1] == NoticeBlock(
        level="warning",
        text="The figures from practice account are stale: 15 Jun 2021 10:21 New York.",
    )


def test_the_same_warning_is_told_once() -> None:
    quotes = Quotes(rows=(), missing=("ZZZ",), warnings=("ZZZ has no quote.",))
    blocks = answer("ZZZ", found(quotes), found(quotes), intent="price_quote")
    assert blocks == [NoticeBlock(level="warning", text="ZZZ has no quote.")]


def test_what_a_source_says_is_never_read_as_a_place_for_a_figure() -> None:
    quotes = Quotes(rows=(), missing=(), warnings=("{equity} {0} {",))
    blocks = answer("q", found(quotes), intent="price_quote")
    assert blocks == [NoticeBlock(level="warning", text="{equity} {0} {")]


def test_a_missing_slot_is_asked_for() -> None:
    asked = answer("quote", intent="price_quote", missing=("symbols",))
    assert words(asked) == "Which symbol's price?"


def test_a_feature_that_is_not_there_is_said_to_be_missing_with_what_works_instead() -> None:
    blocks = answer(
        "scan premium", intent="scan_premium", unplanned="The scanner is not connected yet."
    )
    notice = blocks[0]
    assert isinstance(notice, NoticeBlock)
    assert notice.text == "The scanner is not connected yet."
    assert "What's my portfolio status?" in notice.suggestions


def test_an_unclear_message_is_asked_back_with_both_guesses() -> None:
    blocks = answer(
        "hm", intent="price_quote", confidence=0.2, runner_up="trade_history", missing=("symbols",)
    )
    notice = blocks[0]
    assert isinstance(notice, NoticeBlock)
    assert notice.text.startswith("I am not sure what you mean.")
    assert len(notice.suggestions) == 2


def test_a_note_on_the_second_part_is_told() -> None:
    blocks = answer("a and b", found(BALANCE), intent="portfolio_status", notes=("No scanner.",))
    assert blocks[-1] == NoticeBlock(level="info", text="No scanner.")


def test_both_parts_of_a_message_are_answered_in_their_order() -> None:
    quotes = Quotes(rows=(), missing=("ZZZ",), warnings=("ZZZ has no quote.",))
    blocks = answer(
        "balance and ZZZ", found(BALANCE), found(quotes), intent="portfolio_status",
        also="price_quote",
    )  # fmt: skip
    assert words(blocks).startswith("Your account is worth")
    assert blocks[-1] == NoticeBlock(level="warning", text="ZZZ has no quote.")


@pytest.mark.parametrize(
    ("text", "says"),
    [("hello", "Hello."), ("thanks!", "You're welcome."), ("bye", "Goodbye."),
     ("who are you?", "I am Magnus")],
)  # fmt: skip
def test_small_talk_is_answered_and_the_mode_is_said(text: str, says: str) -> None:
    blocks = answer(text, intent="greeting")
    assert words(blocks).startswith(says)
    assert "PRACTICE" in words(blocks)
    assert "LIVE" in words(answer(text, intent="greeting", mode=Mode.LIVE))


def test_help_lists_only_what_works_now() -> None:
    assert "What's my portfolio status?" in words(answer("help", intent="help"))
    nothing = compose(question("help", intent="help", available=False))
    assert "portfolio status" not in words(nothing)


def test_an_unknown_message_says_so_and_offers_what_works() -> None:
    blocks = answer("write a poem", intent="unknown")
    notice = blocks[0]
    assert isinstance(notice, NoticeBlock)
    assert "do not know" in notice.text
    assert len(notice.suggestions) == 4


def test_a_bare_yes_confirms_nothing() -> None:
    blocks = answer("yes", intent="confirm")
    assert blocks == [
        NoticeBlock(level="info", text="There is nothing open to confirm or decline.")
    ]


def test_every_composer_belongs_to_a_known_intent_and_survives_having_nothing() -> None:
    assert set(COMPOSERS) <= set(LANGUAGE.catalogue.intents)
    for intent in COMPOSERS:
        assert answer("x", intent=intent)


def test_an_explanation_shows_its_examples_figures_as_computed() -> None:
    entry = Explanation(
        name="theta", title="Theta", definition="Value lost per day {sic}.", formula="dV/dt",
        example=WorkedExample(
            template="A put loses {loss} a day.",
            figures=(ExampleFigure(name="loss", value=4.5, unit="usd"),),
        ),
        risks=("It grows near expiry.",), references=("Hull, ch. 19",), related=("gamma",),
    )  # fmt: skip
    blocks = answer(
        "what is theta", found(Explanations(entries=(entry,))), intent="explain_concept"
    )
    assert words(blocks).startswith("**Theta**: Value lost per day {sic}.")
    assert "A put loses $4.50 a day." in words(blocks)
    assert "Hull, ch. 19" in words(blocks)
    text = blocks[0]
    assert isinstance(text, TextBlock)
    assert text.figures["loss"].provenance.source == "worked example"
