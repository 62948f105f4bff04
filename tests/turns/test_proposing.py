"""A turn only proposes: what was asked to be done becomes a card, and nothing is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from mfa.answers.blocks import Block, CardBlock
from mfa.kernel.cards import CardFacts
from mfa.kernel.errors import InputError
from mfa.kernel.mode import Mode
from mfa.store.database import Database
from mfa.store.turn_records import TurnEvent
from mfa.turns.proposing import Wish, wish_of
from tests.turns.house import NOW, house, kinds, notices, understood

ADD = "Add KO to my watchlist"


@dataclass
class Maker:
    """Makes a card of every wish, or says what is wrong with it."""

    actions: frozenset[str] = frozenset({"add_to_watchlist"})
    wrong: str = ""
    wishes: list[Wish] = field(default_factory=list)

    def available(self, action: str) -> bool:
        return action in self.actions

    def propose(self, wish: Wish) -> Sequence[Block]:
        self.wishes.append(wish)
        if self.wrong:
            raise InputError(self.wrong)
        return [
            CardBlock(
                card=wish.identity, action=wish.action, mode=Mode.PRACTICE,
                facts=CardFacts(title="Add KO"), expires_at=NOW + timedelta(minutes=30),
            )
        ]  # fmt: skip


def _blocks(events: list[TurnEvent]) -> list[dict[str, Any]]:
    return [event.payload["block"] for event in events if event.kind == "block"]


def test_what_is_asked_to_be_done_becomes_a_card_in_the_answer(database: Database) -> None:
    maker = Maker()
    with house(database, proposer=maker) as here:
        turn, events = here.ask(ADD, session="s-7")
    (wish,) = maker.wishes
    assert (wish.action, wish.session, wish.user, wish.door) == (
        "add_to_watchlist", "s-7", "local", "test",
    )  # fmt: skip
    assert (wish.params["symbols"], wish.conversation) == (["KO"], turn.conversation)
    cards = [block["card"] for block in _blocks(events) if block["type"] == "card"]
    assert cards == [str(wish.identity)]
    assert kinds(events)[-1] == "finished"
    done = next(event.payload for event in events if event.kind == "step_done")
    assert (done["id"], done["outcome"]) == ("add", "found")


def test_a_wish_made_again_is_the_same_wish(database: Database) -> None:
    maker = Maker()
    with house(database, proposer=maker) as here:
        turn, events = here.ask(ADD)
    step = {"id": "add", "query": "add_to_watchlist", "params": {}}
    again = wish_of(step, understood(events), turn, session="", today=NOW.date())
    assert again.identity == maker.wishes[0].identity
    other = wish_of({**step, "id": "add_2"}, understood(events), turn, session="", today=NOW.date())
    assert other.identity != again.identity


def test_an_action_that_is_not_there_is_said_so(database: Database) -> None:
    with house(database, proposer=Maker(actions=frozenset())) as here:
        _, events = here.ask(ADD)
    assert not [block for block in _blocks(events) if block["type"] == "card"]
    assert notices(events)
    with house(database) as here:
        _, events = here.ask(ADD)
    assert notices(events)


def test_what_keeps_a_card_from_being_made_is_said(database: Database) -> None:
    with house(database, proposer=Maker(wrong="You have no watchlists yet.")) as here:
        _, events = here.ask(ADD)
    told = [(notice["level"], notice["text"]) for notice in notices(events)]
    assert ("warning", "You have no watchlists yet.") in told
    assert not [block for block in _blocks(events) if block["type"] == "card"]


def test_a_reading_question_never_comes_by_the_proposer(database: Database) -> None:
    maker = Maker()
    with house(database, proposer=maker) as here:
        _, events = here.ask("What's my portfolio status?")
    assert maker.wishes == []
    assert {event.payload["id"] for event in events if event.kind == "step_done"} == {
        "summary", "balance",
    }  # fmt: skip
