"""Permission, halt, limits, rate: in that order, each failing closed, each written down."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from actions.action import PermissionLevel, Who
from actions.gates import Limits, Permissions
from actions.proposal import ActionProposal
from mfa.kernel.cards import Check, ResultStatus
from mfa.kernel.mode import Mode
from mfa.store.audit import AuditRepository
from mfa.store.database import Database
from mfa.store.rates import RateRepository
from tests.actions.house import ADA, House, Levels, Most, Wall


@dataclass
class Answering:
    """A provider of permissions and limits that answers what it should not, or raises."""

    answer: Any

    def _say(self) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def level(self, who: Who) -> Any:
        return self._say()

    def checks(self, *_: Any) -> Any:
        return self._say()


@dataclass
class OnlyAtFirst:
    """Lets the first question pass, as if a session ended in between."""

    asked: int = 0

    def level(self, who: Who) -> PermissionLevel:
        self.asked += 1
        return PermissionLevel.USER if self.asked == 1 else PermissionLevel.PUBLIC


def _build(
    database: Database,
    home: Path,
    permissions: Permissions | None = None,
    limits: Limits | None = None,
) -> House:
    return House.build(database, home, permissions=permissions, limits=limits)


def _refusal(house: House) -> dict[str, Any]:
    """The last one that was written down."""
    rows = AuditRepository(house.database, house.wall).rows()
    said: dict[str, Any] = json.loads([row.entry for row in rows if row.kind == "refusal"][-1])
    return said


@pytest.mark.parametrize(
    "answer", [OSError("gone"), None, 3, "admin", True, ZeroDivisionError(), PermissionLevel.PUBLIC]
)
def test_no_level_no_effect(database: Database, tmp_path: Path, answer: Any) -> None:
    house = _build(database, tmp_path, permissions=Answering(answer))
    told = house.desk.confirmations.confirm(house.buy(2).id, ADA)
    assert not told.carried_out
    assert house.sent.orders == []
    assert _refusal(house)["refused_by"] == "permission"


@pytest.mark.parametrize("answer", [OSError("gone"), None, (), ("fine",), 3])
def test_no_limits_no_order(database: Database, tmp_path: Path, answer: Any) -> None:
    house = _build(database, tmp_path, limits=Answering(answer))
    told = house.desk.confirmations.confirm(house.buy(2).id, ADA)
    assert told.card.receipt is not None
    assert told.card.receipt.refused_by == "limits"
    assert told.renewable
    assert house.sent.orders == []
    assert _refusal(house)["gates"].keys() == {"permission", "halt", "limits"}


def test_a_limit_refuses_with_every_check_on_the_receipt_and_in_the_audit(
    database: Database, tmp_path: Path
) -> None:
    house = _build(database, tmp_path, limits=Most(10))
    told = house.desk.confirmations.confirm(house.buy(11).id, ADA)
    receipt = told.card.receipt
    assert receipt is not None
    assert (receipt.status, receipt.refused_by) == (ResultStatus.REFUSED, "limits")
    assert receipt.message == "At most 10 shares an order."
    assert [(c.name, c.margin) for c in receipt.checks] == [("shares", Decimal(-1))]
    (check,) = _refusal(house)["checks"]
    assert Check.model_validate(check) == receipt.checks[0]


def test_the_gates_are_asked_in_their_order(database: Database, tmp_path: Path) -> None:
    """Everything would refuse; who does is the first that still stands."""
    house = _build(database, tmp_path, limits=Most(1))
    house.desk.halt("fire", ADA)
    no_session = replace(ADA, session="s-9")
    first = house.desk.confirmations.confirm(house.buy(2, no_session).id, no_session)
    assert first.sentence.startswith("You are not signed in")
    assert _refusal(house)["gates"].keys() == {"permission"}
    second = house.desk.confirmations.confirm(house.buy(2).id, ADA)
    assert "halted" in second.sentence
    assert _refusal(house)["gates"].keys() == {"permission", "halt"}
    house.desk.resume(replace(ADA, session="s-3"))
    third = house.desk.confirmations.confirm(house.buy(2).id, ADA)
    assert third.sentence == "At most 1 shares an order."
    assert house.sent.orders == []


def test_a_session_that_ends_between_the_click_and_the_order_refuses(
    database: Database, tmp_path: Path
) -> None:
    house = _build(database, tmp_path, permissions=OnlyAtFirst())
    told = house.desk.confirmations.confirm(house.buy(2).id, ADA)
    assert told.card.receipt is not None
    assert told.card.receipt.refused_by == "permission"
    assert house.sent.orders == []


def test_under_a_halt_only_what_was_asked_for_closes(database: Database, tmp_path: Path) -> None:
    house = _build(database, tmp_path)
    plain = house.buy(2, closing=True)
    explicit = house.desk.cards.propose(
        ActionProposal(
            action="buy",
            params={"symbol": "KO", "quantity": 3, "closing": True},
            despite_halt=True,
        ),
        ADA,
    )
    house.desk.halt("fire", ADA)
    told = house.desk.confirmations.confirm(plain.id, ADA)
    assert told.sentence.endswith("A closing order is sent only when you ask for it under a halt.")
    assert house.desk.confirmations.confirm(explicit.id, ADA).carried_out
    assert house.sent.orders == [("KO", 3)]


def test_a_halt_stops_no_list(database: Database, tmp_path: Path) -> None:
    house = _build(database, tmp_path)
    house.desk.halt("fire", ADA)
    proposal = ActionProposal(action="keep_list", params={"name": "Wheel"})
    assert house.desk.confirmations.perform(proposal, ADA).carried_out


def test_a_folder_in_the_halt_file_s_place_stops_orders(database: Database, tmp_path: Path) -> None:
    house = _build(database, tmp_path)
    (tmp_path / "HALT").mkdir()
    assert not house.desk.confirmations.confirm(house.buy(2).id, ADA).carried_out
    assert house.sent.orders == []


def test_real_money_needs_a_second_factor(database: Database, tmp_path: Path) -> None:
    house = House.build(database, tmp_path, mode=Mode.LIVE)
    verified = replace(ADA, session="s-2")
    assert not house.desk.confirmations.confirm(house.buy(2).id, ADA).carried_out
    assert house.desk.confirmations.confirm(house.buy(2, verified).id, verified).carried_out


def test_what_the_action_asks_for_counts_in_every_mode(database: Database, tmp_path: Path) -> None:
    house = _build(database, tmp_path)
    proposal = ActionProposal(action="keep_carefully", params={"name": "Wheel"})
    card = house.desk.cards.propose(proposal, ADA)
    assert card.facts.warnings == ("Mind it.",)
    assert "second factor" in house.desk.confirmations.confirm(card.id, ADA).sentence


def test_the_hourly_limit_is_exact_under_contention(database: Database, tmp_path: Path) -> None:
    """keep_list is allowed three times; thirty come at once."""
    house = _build(database, tmp_path)

    def perform(number: int) -> bool:
        proposal = ActionProposal(action="keep_list", params={"name": f"List {number}"})
        return house.desk.confirmations.perform(proposal, ADA).carried_out

    with ThreadPoolExecutor(30) as pool:
        assert sum(pool.map(perform, range(30))) == 3
    refused = _refusal(house)
    assert refused["refused_by"] == "rate"
    assert "3 times an hour" in refused["result"]
    house.wall.move(minutes=59, seconds=59)
    assert not perform(100)
    house.wall.move(seconds=1)
    assert perform(101)


def test_users_modes_and_actions_are_counted_apart(database: Database, tmp_path: Path) -> None:
    levels = Levels({"s-1": PermissionLevel.ADMIN})
    houses = [
        House.build(database, tmp_path, mode=mode, permissions=levels)
        for mode in (Mode.PRACTICE, Mode.PAPER)
    ]
    for house in houses:
        for user in ("ada", "bob"):
            for number in range(3):
                name = f"{house.desk.cards._means.mode} {number}"
                proposal = ActionProposal(action="keep_list", params={"name": name})
                who = replace(ADA, user=user)
                assert house.desk.confirmations.perform(proposal, who).carried_out


def test_the_hour_slides(database: Database, tmp_path: Path) -> None:
    """Two an hour: used at 0 and 40 minutes, free again at 60 and at 100."""
    house, wall = _build(database, tmp_path), Wall()
    rates = RateRepository(database, Mode.PRACTICE, wall)

    def take() -> tuple[bool, int]:
        use = rates.take("ada", "slide", house.buy().id, 2)
        return use.taken, use.used

    assert take() == (True, 1)
    wall.move(minutes=40)
    assert take() == (True, 2)
    assert take() == (False, 2)
    wall.move(minutes=20)
    assert take() == (True, 2)
    use = rates.take("ada", "slide", house.buy().id, 2)
    assert use.free_at is not None
    assert (use.free_at - wall.now()).total_seconds() == 40 * 60


def test_a_card_passes_the_last_gate_once(database: Database, tmp_path: Path) -> None:
    house = _build(database, tmp_path)
    rates, card = RateRepository(database, Mode.PRACTICE, house.wall), house.buy()

    with ThreadPoolExecutor(20) as pool:
        uses = list(pool.map(lambda _: rates.take("ada", "buy", card.id, 1000), range(20)))
    assert sum(use.taken for use in uses) == 1
    house.wall.move(hours=2)
    assert rates.take("ada", "buy", card.id, 1000).before


def test_a_use_belongs_to_a_card(database: Database, tmp_path: Path) -> None:
    house = _build(database, tmp_path)
    rates = RateRepository(database, Mode.PRACTICE, house.wall)
    with pytest.raises(Exception, match="foreign key"):
        rates.take("ada", "buy", uuid4(), 5)
