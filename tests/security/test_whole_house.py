"""The whole house with two people: every query, the turns, the account, the books."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from mfa.assistant import Assistant
from mfa.kernel.errors import InputError
from mfa.kernel.outcome import Failed, Found
from mfa.kernel.scope import NotYours, acting_as
from mfa.kernel.settings import load_settings
from mfa.store.settings import SettingRepository
from mfa.store.watchlists import WatchlistRepository
from tests.conftest import _home, _remove

ANNA, OWNER = "anna", "local"
HELD = "ZZTOP"


@pytest.fixture(scope="module")
def house() -> Iterator[Assistant]:
    home = _home()
    with Assistant.open(load_settings(home=home)) as opened:
        with acting_as(OWNER):
            WatchlistRepository(opened.database).create(OWNER, "Wheel of mine", [HELD])
        yield opened
    _remove(home)


@pytest.fixture
def asked(house: Assistant) -> UUID:
    """A question of the owner's, answered."""
    with acting_as(OWNER):
        turn = house.engine.start("show my watchlists", user=OWNER, door="page")
        list(house.engine.follow(turn.id))
    return turn.id


def test_no_query_is_asked_for_somebody_else(house: Assistant) -> None:
    with acting_as(ANNA):
        for name, connector in house.data.registry.connectors.items():
            for query in connector.queries:
                with pytest.raises(NotYours):
                    house.data.query(name, query, user=OWNER)


def test_no_query_of_annas_tells_of_the_owners_account_or_lists(house: Assistant) -> None:
    """Each query that takes nothing but what has a default. What the owner was told is cached."""
    house.data.query("dashboard", "get_summary", user=OWNER)
    found = 0
    for name, connector in house.data.registry.connectors.items():
        for query, declared in connector.queries.items():
            schema = declared.params.model_json_schema()
            if schema.get("required") or declared.changes:
                continue
            with acting_as(ANNA):
                try:
                    outcome = house.data.query(name, query, user=ANNA, deadline=20)
                except InputError:  # it takes one thing or another
                    continue
            found += isinstance(outcome, Found)
            assert HELD not in repr(outcome), (name, query)
            if name in {"dashboard", "positions", "performance"}:
                assert not isinstance(outcome, Found), (name, query)
    assert found


def test_the_account_is_the_owners_alone(house: Assistant) -> None:
    account = house.data.sources.account
    with acting_as(ANNA):
        for told in (
            account.account(), account.positions(), account.closed_trades(), account.ledger(),
            account.equity_curve(), house.acting.maker.means.broker(),
        ):  # fmt: skip
            assert isinstance(told, Failed)
            assert "no account of yours" in told.message
    with acting_as(OWNER):
        assert isinstance(account.positions(), Found)


def test_a_turn_is_nobody_elses(house: Assistant, asked: UUID) -> None:
    with acting_as(OWNER):
        talk = house.engine.turn(asked).conversation
    with acting_as(ANNA):
        attempts: tuple[Callable[[], object], ...] = (
            lambda: house.engine.turn(asked),
            lambda: house.engine.cancel(asked),
            lambda: house.engine.resume(asked),
            lambda: list(house.engine.follow(asked)),
            lambda: house.engine.start("hello", conversation=talk, user=ANNA, door="page"),
            lambda: house.engine.start("hello", user=OWNER, door="page"),
        )
        for attempt in attempts:
            with pytest.raises(InputError):
                attempt()
        assert house.engine.turns(talk) == []
        assert house.engine.events(asked) == []
        assert house.engine.conversations(OWNER) == []


def test_settings_are_changed_by_the_installations_own_person_alone(house: Assistant) -> None:
    settings = SettingRepository(house.database)
    with acting_as(ANNA):
        with pytest.raises(NotYours):
            settings.put("profit_target_pct", 60)
        with pytest.raises(NotYours):
            settings.remove("profit_target_pct")
    with acting_as(OWNER):
        settings.put("profit_target_pct", 60)
        assert settings.remove("profit_target_pct")
