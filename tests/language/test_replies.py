"""Yes and no in many words, and what is neither."""

from __future__ import annotations

import pytest

from mfa.language.replies import agrees, agrees_to_do, declines, refuses


@pytest.mark.parametrize(
    "said",
    ["you may proceed", "very good, do proceed", "yes thats right", "lfg do it", "send it 🚀",
     "go on ahead, pardner", "y", "very well, do so", "👍"],
)  # fmt: skip
def test_these_are_a_yes(said: str) -> None:
    assert agrees(said)


@pytest.mark.parametrize(
    "said",
    ["do it tomorrow", "go ahead, cancel", "yes but make it 2", "place a stop", "send it back",
     "good morning", "thanks", "later"],
)  # fmt: skip
def test_these_are_no_yes_that_would_send_an_order(said: str) -> None:
    assert not agrees(said)
    assert not agrees(said, open_card=True)


def test_a_word_that_may_mean_anything_answers_only_a_card() -> None:
    assert not agrees("send")
    assert agrees("send", open_card=True)
    assert not declines("later")
    assert declines("later", open_card=True)


def test_a_yes_may_say_again_what_was_asked() -> None:
    assert agrees_to_do("yes, withdraw it")
    assert not agrees_to_do("yes, show my positions")


@pytest.mark.parametrize(
    "said",
    [
        "nah forget it, i'll take the shares",
        "never mind, iv's too low",
        "no never mind i got scared",
    ],
)
def test_a_no_may_give_its_reason(said: str) -> None:
    assert refuses(said)


@pytest.mark.parametrize("said", ["never mind, show my puts", "no, the 145", "no, i meant msft"])
def test_a_no_with_a_request_is_the_request(said: str) -> None:
    assert not refuses(said)
