"""A card is bound to its user, session and very parameters, and is decided once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.cards import DESPITE_HALT, Cards, binding, canonical, is_bound
from actions.proposal import ActionProposal
from mfa.kernel.canonical import canonical_json
from mfa.kernel.cards import Card, CardFacts, CardState
from mfa.kernel.errors import InputError
from mfa.kernel.mode import Mode
from mfa.store.cards import CardRepository
from mfa.store.database import Database
from tests.actions.house import ADA, MOMENT, House, Keep, Wall

LIST = ActionProposal(action="keep_list", params={"name": "Wheel", "symbols": ["KO", "PEP"]})
ORDER = ActionProposal(action="buy", params={"symbol": "KO", "quantity": 2}, reason="You asked.")


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def house(database: Database, tmp_path: Path, wall: Wall) -> House:
    return House.build(database, tmp_path, wall=wall)


@pytest.fixture
def repository(house: House) -> CardRepository:
    return house.desk.repository


@pytest.fixture
def cards(house: House) -> Cards:
    return house.desk.cards


def test_a_proposal_becomes_an_open_card_that_is_read_back_whole(cards: Cards) -> None:
    card = cards.propose(ORDER, ADA)
    assert card == cards.card(card.id, ADA)
    assert card.state is CardState.OPEN
    assert card.params == '{"closing":false,"quantity":2,"symbol":"KO"}'
    assert card.facts.title == "Buy"
    assert card.facts.reason == "You asked."
    assert "opposite order" in card.facts.undo
    assert is_bound(card)


def test_an_order_s_card_lives_two_minutes_and_another_half_an_hour(
    cards: Cards, wall: Wall
) -> None:
    order, kept = cards.propose(ORDER, ADA), cards.propose(LIST, ADA)
    wall.move(seconds=119)
    assert cards.card(order.id, ADA).state is CardState.OPEN
    wall.move(seconds=1)
    assert cards.card(order.id, ADA).state is CardState.EXPIRED
    assert cards.open_in(ADA) == (kept,)
    wall.move(minutes=28)
    assert cards.open_in(ADA) == ()


def test_wrong_parameters_make_no_card(cards: Cards) -> None:
    for action, params, said in (
        ("buy", {"symbol": "KO", "quantity": 0}, "greater than 0"),
        ("buy", {"symbol": "KO", "quantity": 1, "extra": 1}, "extra"),
        ("fly", {}, "no action 'fly'"),
    ):
        with pytest.raises(InputError, match=said):
            cards.propose(ActionProposal(action=action, params=params), ADA)
    assert cards.recent(ADA) == ()


def test_another_user_has_no_such_card(cards: Cards) -> None:
    card, bob = cards.propose(ORDER, ADA), replace(ADA, user="bob")
    for look in (cards.card, cards.cancel, cards.again):
        with pytest.raises(InputError, match="no such card"):
            look(card.id, bob)
    with pytest.raises(InputError, match="no such card"):
        cards.edit(card.id, {"symbol": "KO", "quantity": 1}, bob)
    assert cards.recent(bob) == ()


def test_an_edit_makes_another_card_and_the_old_one_is_replaced(cards: Cards) -> None:
    old = cards.propose(ORDER, ADA)
    new = cards.edit(old.id, {"symbol": "KO", "quantity": 3}, ADA)
    assert (new.replaces, new.binding != old.binding) == (old.id, True)
    assert new.facts.reason == old.facts.reason == "You asked."
    assert cards.card(old.id, ADA).state is CardState.REPLACED
    assert cards.open_in(ADA) == (new,)
    with pytest.raises(InputError, match="replaced and can no longer be edited"):
        cards.edit(old.id, {"symbol": "KO", "quantity": 4}, ADA)


def test_an_edit_that_is_wrong_leaves_the_card_as_it_was(cards: Cards) -> None:
    old = cards.propose(ORDER, ADA)
    with pytest.raises(InputError):
        cards.edit(old.id, {"symbol": "KO", "quantity": -3}, ADA)
    assert cards.open_in(ADA) == (old,)


def test_fifty_decide_and_one_of_them_did(cards: Cards, repository: CardRepository) -> None:
    card = cards.propose(ORDER, ADA)
    with ThreadPoolExecutor(50) as pool:
        states = [CardState.CONFIRMED, CardState.CANCELLED] * 25
        told = list(pool.map(lambda state: repository.decide("ada", card.id, state), states))
    mine = [each for each in told if each is not None and each.mine]
    assert len(mine) == 1
    assert {each.card.state for each in told if each is not None} == {mine[0].card.state}


def test_a_card_cannot_be_changed_even_in_the_database(cards: Cards, database: Database) -> None:
    card = cards.propose(ORDER, ADA)
    for column, value in (("params", "{}"), ("user_name", "bob"), ("binding", "0" * 64)):
        with pytest.raises(psycopg.errors.RaiseException), database.connection() as conn:
            conn.execute(f"UPDATE practice.card SET {column} = %s WHERE id = %s", (value, card.id))
    cards.cancel(card.id, ADA)
    with pytest.raises(psycopg.errors.RaiseException), database.connection() as conn:
        conn.execute("UPDATE practice.card SET state = 'open', decided_at = NULL")


def test_an_expired_card_can_be_made_anew(cards: Cards, wall: Wall) -> None:
    card = cards.propose(ORDER, ADA)
    assert cards.again(card.id, ADA) == card
    wall.move(minutes=3)
    fresh = cards.again(card.id, ADA)
    assert (fresh.params, fresh.state, fresh.id != card.id) == (card.params, CardState.OPEN, True)
    assert fresh.facts.reason == "You asked."


def test_only_what_closes_can_be_asked_for_under_a_halt(cards: Cards) -> None:
    with pytest.raises(InputError, match="Only what closes"):
        cards.propose(replace(ORDER, despite_halt=True), ADA)
    closing = ActionProposal(
        action="buy", params={"symbol": "KO", "quantity": 2, "closing": True}, despite_halt=True
    )
    card = cards.propose(closing, ADA)
    assert card.despite_halt
    assert card.facts.warnings == (DESPITE_HALT,)


def test_a_proposal_that_is_made_again_under_its_number_is_the_same_card(
    cards: Cards, house: House
) -> None:
    number = uuid4()
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: cards.propose(ORDER, ADA, number=number), range(8)))
    assert {card.id for card in made} == {number}
    assert len({card.created_at for card in made}) == 1
    assert cards.recent(ADA) == (made[0],)
    house.desk.cards.cancel(number, ADA)
    assert cards.propose(ORDER, ADA, number=number).state is CardState.CANCELLED
    with pytest.raises(LookupError):
        cards.propose(ORDER, replace(ADA, user="bob"), number=number)


def test_modes_keep_their_own_cards(cards: Cards, database: Database, wall: Wall) -> None:
    card = cards.propose(ORDER, ADA)
    live = CardRepository(database, Mode.LIVE, wall)
    assert live.card("ada", card.id) is None


def test_every_step_of_a_card_is_written_down(cards: Cards, house: House) -> None:
    old = cards.propose(ORDER, ADA)
    new = cards.edit(old.id, {"symbol": "KO", "quantity": 3}, ADA)
    cards.cancel(new.id, ADA)
    cards.cancel(new.id, ADA)
    assert house.told() == ["begun", "proposal", "edit", "cancellation"]


def test_a_character_that_no_text_holds_makes_no_card(cards: Cards) -> None:
    with pytest.raises(InputError, match="nobody can read"):
        cards.propose(ActionProposal(action="keep_list", params={"name": "a\0b"}), ADA)


TEXTS = st.text(alphabet=st.characters(codec="utf-8"), max_size=20)
BOUND = st.tuples(*[TEXTS] * 5, st.booleans())


@settings(max_examples=200, deadline=None)
@given(first=BOUND, second=BOUND)
def test_two_cards_have_one_binding_only_if_they_are_the_same(
    first: tuple[str, str, str, str, str, bool], second: tuple[str, str, str, str, str, bool]
) -> None:
    def made(given: tuple[str, str, str, str, str, bool]) -> set[str]:
        user, session, account, action, params, halt = given
        return {
            binding(
                user=user,
                session=session,
                mode=mode,
                account=account,
                action=action,
                params=params,
                despite_halt=halt,
            )
            for mode in Mode
        }

    assert len(made(first)) == len(Mode)
    assert (made(first) & made(second) != set()) == (first == second)


@settings(max_examples=100, deadline=None)
@given(name=TEXTS.filter(bool), symbols=st.lists(TEXTS, max_size=4))
def test_canonical_parameters_come_back_as_the_same_parameters(
    name: str, symbols: list[str]
) -> None:
    params = Keep(name=name, symbols=tuple(symbols))
    text = canonical(params)
    again = Keep.model_validate_json(text)
    assert again == params
    assert canonical(again) == text


def test_the_canonical_text_has_one_order_and_no_nan() -> None:
    assert canonical_json({"b": 1, "a": "é"}) == '{"a":"é","b":1}'
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical_json(float("nan"))


def test_a_card_that_was_tampered_with_is_not_bound() -> None:
    card = Card(
        id=uuid4(),
        user="ada",
        session="s",
        door="page",
        conversation=None,
        mode=Mode.PAPER,
        action="buy",
        params="{}",
        facts=CardFacts(title="Buy", account="tradier VA1"),
        created_at=MOMENT,
        expires_at=MOMENT,
        binding=binding(
            user="ada",
            session="s",
            mode=Mode.PAPER,
            account="tradier VA1",
            action="buy",
            params="{}",
        ),
    )
    assert is_bound(card)
    for change in (
        {"user": "bob"},
        {"session": "t"},
        {"mode": Mode.LIVE},
        {"action": "sell"},
        {"params": '{"a":1}'},
        {"despite_halt": True},
        {"facts": CardFacts(title="Buy", account="tradier VA2")},
    ):
        assert not is_bound(card.model_copy(update=change))
