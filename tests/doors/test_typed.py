"""A typed yes confirms the one open card, a typed no throws it away; /halt needs no language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest

from actions.action import Who
from actions.proposal import ActionProposal
from mfa.assistant import Assistant
from mfa.kernel.cards import Card, CardState
from mfa.kernel.settings import load_settings
from mfa.typed import answered
from tests.conftest import _home, _remove

DOOR = "page"


@pytest.fixture(scope="module")
def assistant() -> Iterator[Assistant]:
    home = _home()
    with Assistant.open(load_settings(home=home)) as opened:
        yield opened
    _remove(home)


@pytest.fixture
def who(assistant: Assistant) -> Who:
    return assistant.acting.who(assistant.settings.user, DOOR, conversation=uuid4())


def _trade(assistant: Assistant, who: Who) -> Card:
    """A card that needs confirming: a trade made elsewhere, written down."""
    params = {
        "instrument": "KO", "side": "buy", "quantity": "1", "price": "50", "day": "2021-06-01",
    }  # fmt: skip
    proposal = ActionProposal(action="record_manual_trade", params=params)
    return assistant.acting.desk.cards.propose(proposal, who)


def test_yes_confirms_the_one_open_card_of_the_conversation(assistant: Assistant, who: Who) -> None:
    card = _trade(assistant, who)
    elsewhere = replace(who, conversation=uuid4())
    assert answered(assistant.acting, "yes", elsewhere) is None
    said = answered(assistant.acting, "Yes.", who)
    assert said is not None
    assert said.done
    assert said.card is not None
    assert (said.card.id, said.card.state) == (card.id, CardState.CONFIRMED)
    assert answered(assistant.acting, "yes", who) is None


def test_yes_to_two_cards_confirms_neither(assistant: Assistant, who: Who) -> None:
    cards = [_trade(assistant, who), _trade(assistant, who)]
    said = answered(assistant.acting, "yes", who)
    assert said is not None
    assert (said.done, said.card) == (False, None)
    assert "2 cards are open" in said.text
    for card in cards:
        assert assistant.acting.desk.cards.card(card.id, who).state is CardState.OPEN


def test_no_throws_the_one_open_card_away(assistant: Assistant, who: Who) -> None:
    card = _trade(assistant, who)
    said = answered(assistant.acting, "No, thanks", who)
    assert said is not None
    assert said.card is not None
    assert (said.card.id, said.card.state) == (card.id, CardState.CANCELLED)
    assert answered(assistant.acting, "no", who) is None


def test_voice_confirms_nothing(assistant: Assistant, who: Who) -> None:
    heard = replace(who, door="voice")
    card = _trade(assistant, who)
    said = answered(assistant.acting, "yes", heard)
    assert said is not None
    assert not said.done
    assert assistant.acting.desk.cards.card(card.id, who).state is CardState.OPEN


def test_what_is_a_message_like_any_other_is_left_to_the_engine(
    assistant: Assistant, who: Who
) -> None:
    _trade(assistant, who)
    for text in ("yes, but at 45", "no news on KO?", "/add_stock symbols=KO", "confirm my balance"):
        assert answered(assistant.acting, text, who) is None


def test_halt_stops_orders_at_once_and_is_not_lifted_in_chat(
    assistant: Assistant, who: Who
) -> None:
    halted = assistant.acting.desk.halted
    said = answered(assistant.acting, "/halt prices look wrong", who)
    assert said is not None
    standing = halted.standing()
    assert standing is not None
    assert "prices look wrong" in standing.reason
    assert standing.sentence in said.text
    lifted = answered(assistant.acting, "/resume", who)
    assert lifted is not None
    assert halted.standing() is not None
    halted.lift()
