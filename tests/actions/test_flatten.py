"""After a halt: what works is cancelled and what is held is closed, each on a card, in the whole
house; and nothing else is sent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from actions.halt import Halt
from mfa.answers.blocks import CardBlock, NoticeBlock
from mfa.kernel.cards import Card, CardState, ResultStatus
from mfa.typed import OFFERS, answered
from tests.actions.whole_house import House, opened


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Ten cards are decided one by one: a slow machine has the time for it."""
    monkeypatch.setattr("actions.action.ORDER_LIFE", timedelta(hours=1))
    with opened() as built:
        yield built


def outcome(card: Card) -> tuple[ResultStatus, str]:
    assert card.receipt is not None
    return card.receipt.status, card.receipt.refused_by


def far_below(house: House) -> str:
    price = (house.quote("PEP", "bid") * Decimal("0.95")).quantize(Decimal("0.01"))
    return f"Buy 3 shares of PEP at {price}"


def test_from_the_halt_to_an_empty_account(house: House) -> None:
    acting = house.assistant.acting
    assert outcome(house.do(far_below(house)))[0] is ResultStatus.UNDER_WAY
    open_card = house.ask(far_below(house).replace("3", "4", 1))

    said = answered(acting, "/halt the market is mad", house.who)
    assert said is not None
    assert said.done
    assert "the market is mad." in said.text
    assert OFFERS in said.text

    # entries are stopped at once, those on cards that stood open included
    assert outcome(house.decide(open_card)) == (ResultStatus.REFUSED, "halt")

    # what works is cancelled
    assert len(acting.orders.working(house.user)) == 1
    assert outcome(house.do("cancel all my orders"))[0] is ResultStatus.DONE
    assert acting.orders.working(house.user) == ()

    # to close is not enough: it has to be asked for under the halt
    cards = house.cards("close everything")
    assert len(cards) == len(house.positions)
    refused = house.decide(cards[0])
    assert outcome(refused) == (ResultStatus.REFUSED, "halt")
    assert refused.receipt is not None
    assert refused.receipt.message.endswith("only when you ask for it under a halt.")

    # what is sold short is closed first, then what covered it
    cards = house.cards("close everything despite the halt")
    assert [card.facts.title.split()[0] for card in cards] == ["Buy"] * 7 + ["Sell"] * 3
    done = [house.decide(card) for card in cards]
    assert {outcome(card) for card in done} == {(ResultStatus.DONE, "")}
    assert all(card.despite_halt for card in done)
    assert house.positions == {}
    (nothing,) = house.blocks("close everything despite the halt")
    assert isinstance(nothing, NoticeBlock)
    assert nothing.text.startswith("Nothing is held")

    # and the halt stands as it did
    assert Halt(house.home).standing() is not None
    assert outcome(house.do(far_below(house))) == (ResultStatus.REFUSED, "halt")


def test_what_covers_a_call_is_not_closed_before_it(house: House) -> None:
    by_name = {card.facts.title: card for card in house.cards("close everything")}
    shares = next(card for title, card in by_name.items() if title.startswith("Sell 100 AMD"))
    call = next(card for title, card in by_name.items() if title.startswith("Buy 1 AMD 85 call"))
    refused = house.decide(shares)
    assert outcome(refused) == (ResultStatus.REFUSED, "limits")
    assert refused.receipt is not None
    assert refused.receipt.message.endswith("Close the call first.")
    assert house.positions["AMD"].quantity == 100

    assert outcome(house.decide(call))[0] is ResultStatus.DONE
    (again,) = house.cards("Sell all my AMD shares")
    assert outcome(house.decide(again))[0] is not ResultStatus.REFUSED


def test_what_is_being_closed_already_is_told_and_not_closed_twice(house: House) -> None:
    ask = house.quote("JPM", "ask")
    above = (ask * Decimal("1.05")).quantize(Decimal("0.01"))
    assert outcome(house.do(f"Sell all my JPM shares at {above}"))[0] is ResultStatus.UNDER_WAY
    blocks = house.blocks("close everything")
    titles = [each.facts.title for each in blocks if isinstance(each, CardBlock)]
    assert not any(title.startswith("Sell 30 JPM") for title in titles)
    (notice,) = [each.text for each in blocks if isinstance(each, NoticeBlock)]
    assert "Of 30 JPM orders that work already close 30: cancel one first." in notice


def test_a_card_of_a_position_that_is_gone_does_nothing(house: House) -> None:
    first, second = (house.cards("close everything")[0] for _ in range(2))
    assert outcome(house.decide(first))[0] is ResultStatus.DONE
    again = house.decide(second)
    assert again.state is CardState.CONFIRMED
    assert outcome(again) == (ResultStatus.REFUSED, "limits")
