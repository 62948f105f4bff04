"""Search by words, against BM25 worked out by hand."""

from __future__ import annotations

import math

import pytest

from mfa.meaning.search import Meaning
from mfa.meaning.words import Passage, Words, words_of

PASSAGES = (
    Passage("put", "the right to sell shares"),
    Passage("call", "the right to buy shares"),
    Passage("dividend", "cash for shares held"),
)


def test_a_share_is_the_bm25_score_over_its_limit() -> None:
    """'sell cash': three owners; each word stands in one of them, so both weigh
    ln(1 + 2.5/1.5) = 0.9808. All owners have four words but 'put' and 'call', which have three
    of them (to is short) plus 'the': four as well. So the length factor is 1, and one word of two
    found once is 0.9808 x 2.2/2.2 over 2 x 0.9808 x 2.2 = 1/4.4."""
    shares = Words(PASSAGES).shares("sell cash")
    assert [len(words_of(each.text)) for each in PASSAGES] == [4, 4, 4]
    assert shares == pytest.approx({"put": 1 / 4.4, "dividend": 1 / 4.4})
    assert math.log(1 + 2.5 / 1.5) == pytest.approx(0.9808, abs=1e-4)


def test_endings_do_not_matter() -> None:
    assert words_of("Selling shares, SHARE sells") == ["sell", "shar", "shar", "sell"]


@pytest.mark.parametrize("question", ["", "?", "zzzz", "日本語", "\0", "a" * 10_000])
def test_a_question_without_a_known_word_finds_nobody(question: str) -> None:
    assert Words(PASSAGES).shares(question) == {}


def test_no_passages_are_no_obstacle() -> None:
    assert Words(()).shares("sell") == {}
    assert Meaning(local=False).search("nothing", (), "sell").hits == ()


def test_without_the_embedder_words_rank_and_say_so() -> None:
    meaning = Meaning(local=False)
    ranking = meaning.search("terms", PASSAGES, "who may sell")
    assert (ranking.hits[0].owner, ranking.by) == ("put", "words")
    assert meaning.why_not is not None
