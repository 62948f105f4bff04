"""Every page as Anna, while Beata and the installation's own person have rows everywhere: nothing
of theirs is drawn, offered for download or changed. A new page is walked without being named here.
"""

from __future__ import annotations

import ast
import contextvars
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.testing.v1 import AppTest

from actions.audit import Audit, AuditKind
from actions.audit_head import HeadNote
from mfa.assistant import Assistant, close_assistant, get_assistant
from mfa.gate import cookie_name
from mfa.kernel.clock import RealClock
from mfa.kernel.outcome import Found
from mfa.kernel.scope import acting_as, as_house
from mfa.kernel.settings import load_settings
from mfa.store.audit import AuditRepository
from mfa.store.turn_records import EventKind, NewEvent, TurnState
from mfa.store.turns import TurnStore
from mfa.store.watchlists import WatchlistRepository
from tests.conftest import _home, _remove
from tests.security.others_rows import (
    ANNA,
    BEATA,
    CARD,
    FOREIGN,
    HELD,
    ORDER,
    OWNER,
    SECRET,
    SESSION,
    TALK,
    TURN,
    everything,
    plant,
)
from tests.security.people import RIGHT

ROOT: Final = Path(__file__).resolve().parents[2]
OWNERS: Final = "Olgas Liste"


def is_page(path: Path) -> bool:
    """A page draws itself when it is run: its last statement calls a function of its own."""
    last = ast.parse(path.read_text(encoding="utf-8")).body[-1]
    return isinstance(last, ast.Expr) and isinstance(last.value, ast.Call)


FILES: Final = sorted(path for path in (ROOT / "pages").glob("*.py") if is_page(path))
APP: Final = ROOT / "app.py"
SHOWS: Final = ("app.py", "audit.py", "imports.py", "memory.py", "orders.py", "watchlists.py")
"""Pages that must show Beata what is hers: so the walk would notice it."""


@dataclass(frozen=True)
class House:
    assistant: Assistant
    tokens: dict[str, str]

    def token(self, user: str) -> str:
        if user not in self.tokens:
            token, _ = self.assistant.guard.sessions.open(user, door="page", address="192.0.2.7")
            self.tokens[user] = token
        return self.tokens[user]


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    home = _home()
    assistant = get_assistant(load_settings(home=home, login="required"))
    assistant.guard.accounts.add("olga", RIGHT)
    assistant.guard.accounts.add(ANNA, RIGHT)
    with acting_as(assistant.settings.user):
        lists = WatchlistRepository(assistant.database)
        lists.create(assistant.settings.user, OWNERS, [HELD])
    with as_house():
        plant(assistant.database)
        TurnStore(assistant.database).append(  # else the engine ends it, in the middle of a test
            TURN, [NewEvent(kind=EventKind.FINISHED, key="end", payload={"ms": 1.0})],
            owner=OWNER, state=TurnState.FINISHED,
        )  # fmt: skip
    repository = AuditRepository(assistant.database, RealClock())
    Audit(repository, HeadNote(home)).record(AuditKind.HALT, user=ANNA, door="page", reason="x")
    yield House(assistant, {})
    close_assistant()
    _remove(home)


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What pages offer for download: bytes, or what makes them later, on a thread of its own."""
    offered: list[Any] = []
    load = MemoryMediaFileStorage.load_and_get_id
    later = MediaFileManager.add_deferred

    def loaded(self: Any, content: Any, *more: Any, **named: Any) -> Any:
        offered.append(content)
        return load(self, content, *more, **named)

    def deferred(self: Any, made: Any, *more: Any, **named: Any) -> Any:
        offered.append(made)
        return later(self, made, *more, **named)

    monkeypatch.setattr(MemoryMediaFileStorage, "load_and_get_id", loaded)
    monkeypatch.setattr(MediaFileManager, "add_deferred", deferred)
    return offered


@pytest.fixture
def browser(house: House, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A page as somebody's browser opens it, with the cookie of their sign-in."""

    def opened(path: Path, user: str, **query: str) -> AppTest:
        name = cookie_name(house.assistant.settings.home)
        cookies = {name: house.token(user)} if user else {}
        monkeypatch.setattr(ContextProxy, "cookies", property(lambda _: cookies))
        page = AppTest.from_file(str(path), default_timeout=120)
        for key, value in query.items():
            page.query_params[key] = value
        return page.run()

    return opened


def drawn(page: AppTest) -> bytes:
    """Everything that stands on it, tables and settings of charts included."""
    said: list[bytes] = []

    def walk(node: Any) -> None:
        proto = getattr(node, "proto", None)
        if proto is not None and hasattr(proto, "SerializeToString"):
            said.append(proto.SerializeToString())
        for child in (getattr(node, "children", None) or {}).values():
            walk(child)

    walk(page._tree)
    return b"\n".join(said)


def contents(offered: list[Any]) -> bytes:
    """Of the files, made as the page's library makes them: outside everybody's context."""
    made = []
    for each in offered:
        given = contextvars.Context().run(each) if callable(each) else each
        made.append(given.encode() if isinstance(given, str) else bytes(given))
    return b"\n".join(made)


def marks(house: House) -> tuple[bytes, ...]:
    """What is only Beata's, or only the owner's."""
    with acting_as(house.assistant.settings.user):
        account = house.assistant.data.sources.account.account()
    assert isinstance(account, Found)
    named = (
        SECRET, HELD, FOREIGN, ORDER, str(CARD), str(TALK), str(SESSION), OWNERS,
        account.value.account_id,
    )  # fmt: skip
    return tuple(mark.encode() for mark in named)


def test_every_page_of_the_navigation_is_walked() -> None:
    named = set(re.findall(r'st\.Page\("pages/(\w+\.py)"', APP.read_text(encoding="utf-8")))
    assert named == {path.name for path in FILES}
    assert len(FILES) >= 15


@pytest.mark.parametrize("path", [APP, *FILES], ids=lambda path: path.name)
def test_no_page_shows_anna_what_is_not_hers(
    house: House, browser: Any, files: list[Any], path: Path
) -> None:
    before = everything(house.assistant.database)
    page = browser(path, ANNA)
    assert not page.exception, page.exception
    seen = drawn(page) + contents(files)
    assert seen
    assert [mark for mark in marks(house) if mark in seen] == []
    assert everything(house.assistant.database) == before


@pytest.mark.parametrize("name", SHOWS)
def test_the_same_page_shows_beata_what_is_hers(house: House, browser: Any, name: str) -> None:
    page = browser(APP if name == APP.name else ROOT / "pages" / name, BEATA)
    assert not page.exception
    seen = drawn(page)
    assert [mark for mark in marks(house)[:4] if mark in seen]


@pytest.mark.parametrize("path", [APP, *FILES], ids=lambda path: path.name)
def test_a_page_shows_nobody_anything_but_the_way_to_sign_in(
    house: House, browser: Any, files: list[Any], path: Path
) -> None:
    page = browser(path, "")
    assert [each.value for each in page.info] == ["You are not signed in, or not any more."]
    assert not page.button
    assert not page.dataframe
    seen = drawn(page) + contents(files)
    assert [mark for mark in marks(house) if mark in seen] == []


def test_beatas_conversation_opens_for_nobody_else(house: House, browser: Any) -> None:
    seen = drawn(browser(APP, BEATA, c=str(TALK)))
    assert SECRET.encode() in seen
    before = everything(house.assistant.database)
    for said in ("yes", "no", "undo that", "What did I ask?", f"/cancel_order order_id={ORDER}"):
        page = browser(APP, ANNA, c=str(TALK))
        page.chat_input[0].set_value(said).run()
        assert [mark for mark in marks(house)[:4] if mark in drawn(page)] == [], said
        assert everything(house.assistant.database) == before, said


def test_the_audit_shows_no_entry_by_its_number_and_no_chain(
    house: House, browser: Any, files: list[Any]
) -> None:
    with as_house():
        rows = AuditRepository(house.assistant.database, RealClock()).rows()
        hers = next(row.seq for row in rows if row.user == BEATA)
    page = browser(ROOT / "pages" / "audit.py", ANNA)
    assert not [each for each in page.button if "Prove" in each.label]
    assert not files
    page.number_input[0].set_value(hers).run()
    assert SECRET.encode() not in drawn(page)


def test_the_owner_proves_and_exports_the_chain_as_long_as_they_are_signed_in(
    house: House, browser: Any, files: list[Any]
) -> None:
    owner = house.assistant.settings.user
    page = browser(ROOT / "pages" / "audit.py", owner)
    [button] = [each for each in page.button if "Prove" in each.label]
    assert SECRET.encode() in contents(files)
    assert "each following" in button.click().run().success[0].value
    with as_house():
        house.assistant.guard.sessions.revoke(owner)
    house.tokens.pop(owner)
    with pytest.raises(Exception, match="not signed in any more"):
        contents(files)
