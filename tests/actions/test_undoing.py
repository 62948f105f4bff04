"""What was done last is taken back as declared, through the same gates, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from actions.action import PermissionLevel, Who
from actions.proposal import ActionProposal
from mfa.kernel.cards import CardState
from mfa.kernel.errors import InputError
from mfa.kernel.outcome import Found
from mfa.store.database import Database
from mfa.store.watchlists import WatchlistRepository
from tests.actions.house import ADA, House, Levels


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    return House.build(database, tmp_path)


def _keep(house: House, name: str = "Wheel", who: Who = ADA) -> None:
    proposal = ActionProposal(action="keep_list", params={"name": name})
    assert house.desk.confirmations.perform(proposal, who).carried_out


def _lists(house: House) -> list[str]:
    found = WatchlistRepository(house.database).watchlists("ada")
    assert isinstance(found, Found)
    return [each.name for each in found.value]


def test_the_last_action_is_undone_and_both_are_written_down(house: House) -> None:
    _keep(house, "First")
    house.wall.move(seconds=1)
    _keep(house, "Second")
    undone = house.desk.undoing.undo(ADA)
    assert undone.sentence == "Second is gone again."
    assert _lists(house) == ["First"]
    assert house.desk.undoing.undo(ADA).sentence == "First is gone again."
    assert _lists(house) == []
    assert house.told()[-4:] == ["undo", "undo_result", "undo", "undo_result"]
    with pytest.raises(InputError, match="Nothing was done"):
        house.desk.undoing.undo(ADA)


def test_minutes_that_are_over_are_over(house: House) -> None:
    _keep(house)
    house.wall.move(minutes=10)
    last = house.desk.undoing.last(ADA)
    assert last is not None
    assert last.receipt is not None
    assert last.receipt.undo_until == house.wall.now()
    house.wall.move(seconds=1)
    with pytest.raises(InputError, match="10 minutes, and they are over"):
        house.desk.undoing.undo(ADA)
    assert _lists(house) == ["Wheel"]


def test_twenty_who_undo_at_once_undo_once(house: House) -> None:
    _keep(house)
    card = house.desk.undoing.last(ADA)
    assert card is not None

    def undo(_: int) -> bool:
        try:
            return bool(house.desk.undoing.undo(ADA, card.id).sentence)
        except InputError:
            return False

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(undo, range(20))) == 1
    assert house.told().count("undo") == 1


def test_an_order_is_compensated_by_an_order_on_a_card_of_its_own(house: House) -> None:
    house.desk.confirmations.confirm(house.buy(2).id, ADA)
    undone = house.desk.undoing.undo(ADA)
    assert house.sent.orders == [("KO", 2)]
    assert undone.proposed is not None
    assert (undone.proposed.state, undone.proposed.undoes) == (CardState.OPEN, undone.card.id)
    house.desk.confirmations.confirm(undone.proposed.id, ADA)
    assert house.sent.orders == [("KO", 2), ("KO", 1)]
    assert house.desk.cards.card(undone.card.id, ADA).undone is not None


def test_an_order_is_compensated_once_however_many_cards_propose_it(house: House) -> None:
    house.desk.confirmations.confirm(house.buy(2).id, ADA)
    cards = [house.desk.undoing.undo(ADA).proposed for _ in range(5)]
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda c: c and house.desk.confirmations.confirm(c.id, ADA), cards))
    assert house.sent.orders == [("KO", 2), ("KO", 1)]


def test_what_cannot_be_undone_is_said_and_nothing_earlier_is_taken_instead(
    database: Database, tmp_path: Path
) -> None:
    levels = Levels({"s-1": PermissionLevel.VERIFIED})
    house = House.build(database, tmp_path, permissions=levels)
    _keep(house)
    house.wall.move(seconds=1)
    proposal = ActionProposal(action="keep_carefully", params={"name": "Other"})
    house.desk.confirmations.confirm(house.desk.cards.propose(proposal, ADA).id, ADA)
    with pytest.raises(InputError, match="List Other: It cannot be undone: it is only a sample"):
        house.desk.undoing.undo(ADA)
    assert _lists(house) == ["Other", "Wheel"]


def test_undoing_passes_the_gates_and_may_be_tried_again_after_a_refusal(
    database: Database, tmp_path: Path
) -> None:
    levels = {"s-1": PermissionLevel.USER}
    house = House.build(database, tmp_path, permissions=Levels(levels))
    _keep(house)
    levels["s-1"] = PermissionLevel.PUBLIC
    assert "not signed in" in house.desk.undoing.undo(ADA).sentence
    assert _lists(house) == ["Wheel"]
    assert house.told()[-1] == "refusal"
    levels["s-1"] = PermissionLevel.USER
    house.desk.undoing.undo(ADA)
    assert _lists(house) == []


def test_an_undo_that_fails_may_be_tried_again(house: House) -> None:
    _keep(house)
    WatchlistRepository(house.database).delete("ada", "Wheel")
    assert "no list" in house.desk.undoing.undo(ADA).sentence
    WatchlistRepository(house.database).create("ada", "Wheel")
    house.desk.undoing.undo(ADA)
    assert _lists(house) == []


def test_another_user_undoes_nothing_of_it(house: House) -> None:
    _keep(house)
    card = house.desk.undoing.last(ADA)
    assert card is not None
    bob = replace(ADA, user="bob")
    with pytest.raises(InputError, match="Nothing was done"):
        house.desk.undoing.undo(bob)
    with pytest.raises(InputError, match="no such card"):
        house.desk.undoing.undo(bob, card.id)
    with pytest.raises(InputError, match="by hand"):
        house.desk.undoing.undo(replace(ADA, door="voice"))
    assert _lists(house) == ["Wheel"]


def test_a_card_that_did_nothing_has_nothing_to_undo(house: House) -> None:
    card = house.buy(101)
    house.desk.confirmations.confirm(card.id, ADA)
    with pytest.raises(InputError, match="nothing was done"):
        house.desk.undoing.undo(ADA, card.id)
