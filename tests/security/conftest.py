"""Two people over a real database, at a page that others can reach; and a whole house."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.runtime.context import ContextProxy
from streamlit.testing.v1 import AppTest

from mfa.gate import cookie_name
from mfa.security.accounts import Accounts
from mfa.security.guard import Guard
from mfa.store.database import Database
from tests.security.lived_in import LivedIn, moved_in
from tests.security.people import RIGHT, Wall


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def guard(database: Database, tmp_path: Path, wall: Wall) -> Guard:
    settings = SimpleNamespace(home=tmp_path, user="local", address="192.0.2.1", login="auto")
    return Guard.open(database, settings, clock=wall)


@pytest.fixture
def people(guard: Guard) -> Accounts:
    guard.accounts.add("Olga", RIGHT)
    guard.accounts.add("Anna", RIGHT)
    return guard.accounts


@pytest.fixture(scope="module")
def lived_in() -> Iterator[LivedIn]:
    with moved_in() as house:
        yield house


@pytest.fixture
def browser(lived_in: LivedIn, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A page as somebody's browser opens it, with the cookie of their sign-in."""

    def opened(path: Path, user: str, **query: str) -> AppTest:
        page = AppTest.from_file(str(path), default_timeout=120)
        name = cookie_name(lived_in.assistant.settings.home)
        cookies = {name: lived_in.token(user)} if user else {}
        monkeypatch.setattr(ContextProxy, "cookies", property(lambda _: cookies))
        for key, value in query.items():
            page.query_params[key] = value
        return page.run()

    return opened
