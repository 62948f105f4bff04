"""With every id of Beata's in hand, Anna's session can do nothing with it: cards, orders,
conversations, memories, lists, files; through every action there is. A new action fails until it is
tried here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

from actions.proposal import ActionProposal
from actions.registry import ActionRegistry
from mfa.acting import Acting
from mfa.kernel.errors import InputError, MagnusError
from mfa.kernel.scope import acting_as, as_house
from mfa.typed import answered
from tests.security.lived_in import OWNERS, LivedIn
from tests.security.others_rows import ANNA, CARD, HELD, LIST, ORDER, TALK, everything

LEGS: Final = [{"instrument": "KO", "side": "sell", "effect": "close"}]
CLOSING: Final = {"legs": LEGS, "quantity": 1, "limit": "-50", "strategy": "stock"}
ACTIONS: Final = ActionRegistry.discover().actions

NAMED: Final[Mapping[str, Mapping[str, Any]]] = {
    "add_stock": {"symbols": ["KO"]},
    "add_to_watchlist": {"watchlist": LIST, "symbols": ["AMD"]},
    "cancel_order": {"order_id": ORDER},
    "cancel_working_orders": {},
    "close_position": CLOSING,
    "create_watchlist": {"watchlist": "Annas Liste", "symbols": ["AMD"]},
    "export_data": {"what": "watchlists"},
    "forget_memory": {"number": 1},
    "generate_report": {},
    "import_history": {"file": "statement.csv"},
    "record_manual_trade": {
        "instrument": "KO", "side": "sell", "quantity": 1, "price": 50, "day": "2021-06-01",
    },
    "remove_from_watchlist": {"watchlist": LIST, "symbols": [HELD]},
    "remove_stock": {"symbols": ["KO"]},
    "replace_order": {**CLOSING, "replaces": ORDER},
    "roll_position": CLOSING,
    "run_calendar_scan": {"watchlist": LIST},
    "run_csp_scan": {"watchlist": LIST},
    "run_premium_scan": {"watchlist": OWNERS},
    "submit_order": CLOSING,
    "sync_tradingview": {"lists": [{"name": LIST, "symbols": ["AMD"], "origin": "theirs"}]},
    "update_preferences": {"name": "profit_target_pct", "value": 60},
}  # fmt: skip
"""Each action, with what is Beata's or the owner's where it can name anything."""


def test_every_action_is_tried() -> None:
    assert set(NAMED) == set(ACTIONS)


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_no_action_of_annas_touches_or_tells_what_is_not_hers(lived_in: LivedIn, name: str) -> None:
    assistant, who = lived_in.assistant, lived_in.who(ANNA)
    owner, params = assistant.settings.user, dict(NAMED[name])
    if name == "import_history":
        file = assistant.settings.home / "statement.csv"
        file.write_text("date,kind,symbol,quantity,price,fees,amount,memo\n"
                        "2021-03-01,deposit,,0,,0,5000.00,Olgas Liste\n")  # fmt: skip
        params["file"] = str(file)
    database = assistant.database
    before = everything(database), everything(database, owner)
    with acting_as(ANNA):
        try:
            card = assistant.acting.desk.cards.propose(
                ActionProposal(action=name, params=params), who
            )
            if ACTIONS[name].needs_card:
                done = assistant.acting.desk.confirmations.confirm(card.id, who)
            else:
                done = assistant.acting.desk.confirmations.run(card.id, who)
            said, files = repr(done), [done.card.receipt and done.card.receipt.details.get("path")]
        except MagnusError as refused:
            said, files = str(refused), []
    given = set(lived_in.seen_in(repr(params)))  # her own words may come back
    assert set(lived_in.seen_in(said)) <= given, said
    for path in filter(None, files):
        assert lived_in.seen_in(Path(path).read_bytes()) == []
    assert (everything(database), everything(database, owner)) == before


ACTS: Final[Mapping[str, Callable[[Acting, Any], object]]] = {
    "card": lambda acting, who: acting.desk.cards.card(CARD, who),
    "edit": lambda acting, who: acting.desk.cards.edit(CARD, {"name": "theirs"}, who),
    "again": lambda acting, who: acting.desk.cards.again(CARD, who),
    "cancel card": lambda acting, who: acting.desk.cards.cancel(CARD, who),
    "confirm": lambda acting, who: acting.desk.confirmations.confirm(CARD, who),
    "run": lambda acting, who: acting.desk.confirmations.run(CARD, who),
    "undo": lambda acting, who: acting.desk.undoing.undo(who, CARD),
    "one order": lambda acting, who: acting.orders.one(who.user, ORDER),
    "replacement": lambda acting, who: acting.replacement(
        ORDER, who, limit=Decimal(1), quantity=Decimal(1)
    ),
}


@pytest.mark.parametrize("name", ACTS)
def test_what_a_widget_does_with_an_id_does_nothing_with_anothers(
    lived_in: LivedIn, name: str
) -> None:
    before, who = everything(lived_in.assistant.database), lived_in.who(ANNA)
    with acting_as(ANNA), pytest.raises(InputError, match=r"no such card|no order"):
        ACTS[name](lived_in.assistant.acting, who)
    assert everything(lived_in.assistant.database) == before


def test_what_looks_through_many_finds_none_of_anothers(lived_in: LivedIn) -> None:
    acting, who = lived_in.assistant.acting, lived_in.who(ANNA)
    there = replace(who, conversation=TALK)
    with acting_as(ANNA):
        assert acting.desk.cards.open_in(there) == ()
        assert CARD not in [each.id for each in acting.desk.cards.recent(who, 200)]
        assert acting.orders.working(ANNA) == ()
        assert acting.orders.cancel_all(ANNA) == ()
        for said in ("yes", "no"):
            assert answered(acting, said, there) is None


def test_a_session_of_annas_that_says_it_is_beata_is_nobody(lived_in: LivedIn) -> None:
    acting, who = lived_in.assistant.acting, lived_in.who(ANNA)
    before = everything(lived_in.assistant.database)
    liar = replace(who, user="beata")
    with as_house():
        assert acting.desk.permissions.level(liar).name == "PUBLIC"
    with acting_as(ANNA), pytest.raises(InputError):
        acting.desk.confirmations.confirm(CARD, liar)
    assert everything(lived_in.assistant.database) == before


def test_a_member_may_halt_and_may_not_lift_it(lived_in: LivedIn) -> None:
    desk, who = lived_in.assistant.acting.desk, lived_in.who(ANNA)
    with acting_as(ANNA):
        said = answered(lived_in.assistant.acting, "/halt fire", who)
        assert said is not None
        assert said.done
        with pytest.raises(InputError, match="own person"):
            desk.resume(who)
        lifted = answered(lived_in.assistant.acting, "/resume", who)
        assert lifted is not None
        assert not lifted.done
    standing = desk.halted.standing()
    assert standing is not None
    assert standing.by == ANNA
    desk.halted.lift()
