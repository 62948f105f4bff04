"""Names of watchlists and traders, told from the words around them."""

from __future__ import annotations

import pytest

from mfa.language.given_names import trader, watchlist


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("whats on my truck stocks list", "truck stocks"),
        ("What is standing on my list Dividenden?", "Dividenden"),
        ("the watchlist entitled Dividend Payers.", "Dividend Payers"),
        ("a list called Old Friends, read it to me", "Old Friends"),
        ("Semis WL: CSPs", "Semis"),
        ("Run me Core Income for puts", "Core Income"),
        ("my TradingView lists are stale", None),
        ("y'all got the old lists", None),
        ("put it on my watchlist", None),
    ],
)
def test_a_list_is_known_by_what_stands_beside_its_name(said: str, name: str | None) -> None:
    assert watchlist(said) == name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("toss SOFI onto Wheel Candidates", "Wheel Candidates"),
        ("delete gme from yolo lol", "yolo"),
        ("take Ford off it again", None),
    ],
)
def test_where_something_is_put_the_word_list_may_be_left_out(said: str, name: str | None) -> None:
    assert watchlist(said, put_on=True) == name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Has the gentleman known as OptionsOwl posted anything?", "OptionsOwl"),
        ("everything posted by LadyGamma henceforth", "LadyGamma"),
        ("what has the trader marlowe_capital posted", "marlowe_capital"),
        ("my friend says optionmom is careful, add her", "optionmom"),
        ("what have the traders whom I follow lately traded?", None),
        ("what are the traders i follow getting into", None),
    ],
)
def test_a_trader_is_a_name_and_no_word_of_the_sentence(said: str, name: str | None) -> None:
    assert trader(said) == name
