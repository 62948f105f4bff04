"""Slips of spelling, spoken dates and values taken back, as people type and say them."""

from __future__ import annotations

from datetime import date

import pytest

from mfa.language import Language
from mfa.language.spelling import corrected
from mfa.language.text import read


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("any put calandars undr 500", "any put calendars under 500"),
        ("folow nitetrader22", "follow nitetrader22"),
        ("wat moved yestrday", "what moved yesterday"),
        ("coverd calls frm my lst", "covered calls from my list"),
    ],
)
def test_a_slip_is_read_as_the_word_of_the_desk(typed: str, meant: str) -> None:
    assert corrected(typed) == meant


@pytest.mark.parametrize(
    "typed",
    ["my Calandar list", "the resorts", "diagonals", "price of shares", "a fellow trader", "$frm"],
)
def test_names_and_other_words_are_left_as_they_are(typed: str) -> None:
    assert corrected(typed) == typed


@pytest.mark.parametrize(
    ("said", "read_as"),
    [
        ("for sixty cents no wait sixty five", "for 65 cents"),
        ("over 150, no wait, 160", "over 160"),
        ("about 5000 dollars to tie up no wait 4000", "about 4000 dollars to tie up"),
        ("at 28 even no wait twenty eight fifty", "at 2850 even"),
        ("no wait 30", "no wait 30"),
    ],
)
def test_a_number_taken_back_is_replaced(said: str, read_as: str) -> None:
    assert read(said).plain == read_as


def test_a_price_said_in_two_pairs_keeps_that_it_was_spoken_when_it_replaces_another() -> None:
    text = read("at 28 even no wait twenty eight fifty")
    assert text.spoken == {text.plain.index("2850")}


@pytest.mark.parametrize(
    ("said", "slots"),
    [
        ("when does gm no wait ford report", {"symbols": ["F"]}),
        ("earnings of gm no wait not gm ford", {"symbols": ["F"]}),
        ("who reports today no wait tomorrow", {"start_date": "2021-06-16"}),
    ],
)
def test_a_name_or_a_day_taken_back_is_no_value(
    language: Language, said: str, slots: dict[str, object]
) -> None:
    found = language.slots_for(said, "check_earnings", today=date(2021, 6, 15), held=frozenset())
    assert slots.items() <= found.items()


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("october sixteenth", "2021-10-16"),
        ("the sixteenth of October", "2021-10-16"),
        ("the twenty-first of january", "2022-01-21"),
        ("the third Friday of October", "2021-10-15"),
        ("Oct 30.", "2021-10-30"),
    ],
)
def test_dates_are_read_as_they_are_spoken(language: Language, said: str, day: str) -> None:
    found = language.slots_for(
        f"sell a KO 50 put {said}", "execute_trade", today=date(2021, 6, 15), held=frozenset()
    )
    assert found["expiration"] == day
