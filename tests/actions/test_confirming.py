"""One person's word carries one card out, once, at a door where a person acts."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from actions.action import PermissionLevel, Who
from actions.confirm import Confirmed, is_yes
from actions.proposal import ActionProposal
from mfa.kernel.cards import CardState, ResultStatus
from mfa.kernel.errors import InputError
from mfa.kernel.mode import Mode
from mfa.store.database import Database
from tests.actions.house import ADA, House, Levels, Sent

LIST = ActionProposal(action="keep_list", params={"name": "Wheel", "symbols": ["KO"]})


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    return House.build(database, tmp_path)


def _confirm(house: House, number: object, who: Who = ADA) -> Confirmed:
    return house.desk.confirmations.confirm(number, who)  # type: ignore[arg-type]


def test_a_confirmed_card_is_carried_out_and_becomes_the_receipt(house: House) -> None:
    card = house.buy(2)
    done = _confirm(house, card.id)
    assert (done.carried_out, done.sentence) == (True, "2 KO bought.")
    assert house.sent.orders == [("KO", 2)]
    kept = house.desk.cards.card(card.id, ADA)
    assert kept.state is CardState.CONFIRMED
    assert kept.receipt is not None
    assert kept.receipt.status is ResultStatus.DONE
    assert kept.receipt.details == {"symbol": "KO", "quantity": 2}
    assert [check.margin for check in kept.receipt.checks] == [98]
    assert house.told() == ["begun", "proposal", "confirmation", "execution", "result"]


def test_fifty_who_confirm_one_card_make_one_order(house: House) -> None:
    card = house.buy(2)
    with ThreadPoolExecutor(50) as pool:
        told = list(pool.map(lambda _: _confirm(house, card.id), range(50)))
    assert house.sent.orders == [("KO", 2)]
    assert sum(each.carried_out for each in told) == 1
    others = {each.sentence for each in told if not each.carried_out}
    assert others == {"This card was confirmed before; nothing was done a second time."}


def test_fifty_typed_yeses_and_clicks_at_once_make_one_order(house: House) -> None:
    who = replace(ADA, conversation=uuid4())
    card = house.buy(2, who)
    confirmations = house.desk.confirmations
    ways = [lambda: confirmations.yes(who), lambda: confirmations.confirm(card.id, who)] * 25
    with ThreadPoolExecutor(50) as pool:
        list(pool.map(lambda way: way(), ways))
    assert house.sent.orders == [("KO", 2)]


def test_two_desks_as_two_processes_carry_a_card_out_once(house: House, database: Database) -> None:
    card, second = house.buy(2), House.build(database, house.home, wall=house.wall)
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda n: _confirm((house, second)[n % 2], card.id), range(20)))
    assert house.sent.orders + second.sent.orders == [("KO", 2)]


def test_an_expired_card_refuses_and_offers_to_be_made_anew(house: House) -> None:
    card = house.buy(2)
    house.wall.move(minutes=2)
    told = _confirm(house, card.id)
    assert (told.carried_out, told.renewable) == (False, True)
    assert told.sentence == "This card has expired; nothing was done. I can make it anew."
    assert house.sent.orders == []
    fresh = house.desk.cards.again(card.id, ADA)
    assert _confirm(house, fresh.id).carried_out


def test_a_cancelled_or_edited_card_cannot_be_confirmed(house: House) -> None:
    cancelled, edited = house.buy(1), house.buy(2)
    house.desk.cards.cancel(cancelled.id, ADA)
    new = house.desk.cards.edit(edited.id, {"symbol": "KO", "quantity": 3}, ADA)
    assert "cancelled" in _confirm(house, cancelled.id).sentence
    assert "edited" in _confirm(house, edited.id).sentence
    assert house.sent.orders == []
    assert _confirm(house, new.id).carried_out
    assert house.sent.orders == [("KO", 3)]


@pytest.mark.parametrize("door", ["voice", "mcp", "telegram", "monitor", ""])
def test_voice_and_programs_never_confirm(house: House, door: str) -> None:
    card = house.buy(2)
    told = _confirm(house, card.id, replace(ADA, door=door))
    assert not told.carried_out
    assert "by hand" in told.sentence
    assert house.desk.cards.card(card.id, ADA).state is CardState.OPEN
    assert house.sent.orders == []


def test_another_user_has_no_such_card_and_another_session_may_not(house: House) -> None:
    card = house.buy(2)
    with pytest.raises(InputError, match="no such card"):
        _confirm(house, card.id, replace(ADA, user="bob"))
    told = _confirm(house, card.id, replace(ADA, session="s-2"))
    assert "another session" in told.sentence
    assert house.sent.orders == []
    assert house.told() == ["begun", "proposal", "refusal"]


def test_a_card_of_another_mode_is_none_here(
    house: House, database: Database, tmp_path: Path
) -> None:
    live = House.build(database, tmp_path, mode=Mode.LIVE)
    card = house.buy(2)
    with pytest.raises(InputError, match="no such card"):
        _confirm(live, card.id)


def test_a_row_that_was_tampered_with_is_not_carried_out(house: House, database: Database) -> None:
    """Whoever can switch the trigger off still cannot change what a card is for."""
    card = house.buy(2)
    with database.owner_connection() as conn:
        conn.execute("ALTER TABLE practice.card DISABLE TRIGGER keep_card")
        conn.execute(
            "UPDATE practice.card SET params = replace(params, '2', '90') WHERE id = %s", (card.id,)
        )
    told = _confirm(house, card.id)
    assert "not what it was" in told.sentence
    assert house.sent.orders == []


def test_a_typed_yes_confirms_the_one_open_card_of_its_conversation(house: House) -> None:
    here, there = (replace(ADA, conversation=uuid4()) for _ in range(2))
    yes = house.desk.confirmations.yes
    assert yes(here) is None
    card = house.buy(2, here)
    assert yes(there) is None
    assert yes(ADA) is None
    told = yes(here)
    assert told is not None
    assert told.card.id == card.id
    assert house.sent.orders == [("KO", 2)]
    assert yes(here) is None


def test_a_typed_yes_with_two_open_cards_asks_which(house: House) -> None:
    who = replace(ADA, conversation=uuid4())
    house.buy(2, who)
    second = house.buy(3, who)
    with pytest.raises(InputError, match="2 cards are open"):
        house.desk.confirmations.yes(who)
    house.desk.cards.cancel(second.id, who)
    assert house.desk.confirmations.yes(who) is not None
    assert house.sent.orders == [("KO", 2)]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("yes", True),
        ("Yes.", True),
        (" YES, confirm!", True),
        ("confirm", True),
        ("yes but only one", False),
        ("no", False),
        ("yesterday", False),
        ("", False),
        ("do it when it dips", False),
    ],
)
def test_only_a_plain_yes_is_one(text: str, meant: bool) -> None:
    assert is_yes(text) == meant


def test_what_needs_no_card_is_done_at_once_and_has_a_receipt(house: House) -> None:
    done = house.desk.confirmations.perform(LIST, ADA)
    assert (done.carried_out, done.sentence) == (True, "Wheel is made.")
    assert house.desk.undoing.last(ADA) == done.card
    with pytest.raises(InputError, match="needs a card"):
        house.desk.confirmations.perform(
            ActionProposal(action="buy", params={"symbol": "KO", "quantity": 1}), ADA
        )


def test_a_missing_second_factor_does_not_use_the_card_up(
    database: Database, tmp_path: Path
) -> None:
    levels = {"s-1": PermissionLevel.USER}
    house = House.build(database, tmp_path, mode=Mode.LIVE, permissions=Levels(levels))
    card = house.buy(2)
    told = _confirm(house, card.id)
    assert told.sentence == "This needs your second factor. Enter it, then confirm again."
    assert house.desk.cards.card(card.id, ADA).state is CardState.OPEN
    levels["s-1"] = PermissionLevel.VERIFIED
    assert _confirm(house, card.id).carried_out


def test_an_input_error_is_a_failure_with_its_sentence(house: House) -> None:
    confirmations = house.desk.confirmations
    confirmations.perform(LIST, ADA)
    again = confirmations.perform(LIST, ADA)
    assert again.card.receipt is not None
    assert again.card.receipt.status is ResultStatus.FAILED
    assert "already" in again.sentence


def test_an_order_that_raises_is_of_unknown_fate_and_is_never_run_again(house: House) -> None:
    card = house.buy(2)

    def trouble() -> None:
        raise ConnectionResetError

    house.sent.trouble = trouble
    done = _confirm(house, card.id)
    assert done.card.receipt is not None
    assert done.card.receipt.status is ResultStatus.UNKNOWN
    assert "not certain" in done.sentence
    house.sent.trouble = Sent().trouble
    _confirm(house, card.id)
    assert house.sent.orders == []


def test_nothing_is_done_when_it_cannot_be_written_down(house: House, database: Database) -> None:
    card = house.buy(2)
    with database.owner_connection() as conn:
        conn.execute("ALTER TABLE magnus.audit RENAME TO away")
    told = _confirm(house, card.id)
    assert (told.carried_out, told.renewable) == (False, True)
    assert told.sentence.startswith("It could not be written down, so nothing was done.")
    with database.owner_connection() as conn:
        conn.execute("ALTER TABLE magnus.away RENAME TO audit")
    assert "confirmed before" in _confirm(house, card.id).sentence
    assert house.sent.orders == []


def test_what_was_done_is_told_also_when_the_database_is_lost_meanwhile(
    house: House, database: Database
) -> None:
    card = house.buy(2)

    def loses_the_tables() -> None:
        with database.owner_connection() as conn:
            conn.execute("ALTER TABLE magnus.audit RENAME TO away")
            conn.execute("ALTER TABLE practice.card RENAME TO away")

    house.sent.trouble = loses_the_tables
    told = _confirm(house, card.id)
    assert (told.carried_out, told.sentence) == (True, "2 KO bought.")
    assert house.sent.orders == [("KO", 2)]


def test_what_needs_no_card_runs_at_any_door_of_its_session(house: House) -> None:
    voice, run = replace(ADA, door="voice"), house.desk.confirmations.run
    card = house.desk.cards.propose(LIST, voice)
    assert "another session" in run(card.id, replace(voice, session="s-2")).sentence
    assert run(card.id, voice).carried_out
    assert "confirmed before" in run(card.id, voice).sentence
    with pytest.raises(InputError, match="needs your confirmation"):
        run(house.buy(2).id, voice)


def test_processes_that_confirm_one_card_make_one_order(house: House, database: Database) -> None:
    card = house.buy(2)
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.actions.child"],
            cwd=Path(__file__).resolve().parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    said = json.dumps([database.conninfo, str(house.home), str(card.id)])
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write(f"{said}\n")
        child.stdin.flush()
    orders = [int(child.communicate()[0]) for child in children]
    assert sorted(orders) == [0, 0, 1]
    receipt = house.desk.cards.card(card.id, ADA).receipt
    assert receipt is not None
    assert receipt.status is ResultStatus.DONE


def test_a_card_whose_process_died_gets_a_receipt_and_no_second_try(house: House) -> None:
    card = house.buy(2)

    def killed() -> None:
        raise SystemExit

    house.sent.trouble = killed
    with pytest.raises(SystemExit):
        _confirm(house, card.id)
    house.sent.trouble = Sent().trouble
    assert house.desk.executor.settle_cut_off() == ()
    house.wall.move(minutes=10)
    (settled,) = house.desk.executor.settle_cut_off()
    assert settled.receipt is not None
    assert settled.receipt.status is ResultStatus.UNKNOWN
    assert house.desk.executor.settle_cut_off() == ()
    assert "confirmed before" in _confirm(house, card.id).sentence
    assert house.sent.orders == []


def test_the_executor_takes_nothing_but_a_card_just_confirmed(house: House) -> None:
    card = house.buy(2)
    with pytest.raises(ValueError, match="just confirmed"):
        house.desk.executor.carry_out(card, ADA)
    forged = card.model_copy(update={"state": CardState.CONFIRMED, "user": "bob"})
    with pytest.raises(ValueError, match="bound to something else"):
        house.desk.executor.carry_out(forged, replace(ADA, user="bob"))
    _confirm(house, card.id)
    forged = card.model_copy(update={"state": CardState.CONFIRMED})
    again = house.desk.executor.carry_out(forged, ADA)
    assert again.receipt is not None
    assert again.receipt.message == "This card was carried out before."
    assert house.sent.orders == [("KO", 2)]
