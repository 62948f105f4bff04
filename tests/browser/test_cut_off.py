"""A turn whose process is gone: marked on the page, and finished when the reader says so."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID, uuid4

import pytest

from mfa.kernel.mode import Mode
from mfa.store.database import Database
from mfa.store.server import EmbeddedServer
from mfa.store.turns import TurnStore
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


def left_behind(site: Site, text: str) -> UUID:
    """A running turn of a process that no longer exists: nobody holds its owner's lock."""
    conversation = uuid4()
    with Database.on(EmbeddedServer(site.home / "database")) as database:
        TurnStore(database).start(
            turn=uuid4(),
            conversation=conversation,
            opens=True,
            user="local",
            door="page",
            mode=Mode.PRACTICE,
            text=text,
            owner=secrets.randbits(62),
        )
    return conversation


def test_a_turn_cut_off_is_marked_so_and_can_go_on(page: Any, site: Site) -> None:
    conversation = left_behind(site, "How much theta am I collecting?")
    page.goto(f"{site.url}/?c={conversation}")
    page.get_by_text("This answer was cut off").wait_for(timeout=30_000)
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("You are collecting").wait_for(timeout=30_000)
    assert page.get_by_text("This answer was cut off").count() == 0


def test_a_conversation_that_does_not_exist_is_a_new_one(page: Any, site: Site) -> None:
    page.goto(f"{site.url}/?c=nonsense")
    page.get_by_text("names no conversation").wait_for(timeout=30_000)
    page.goto(f"{site.url}/?c={uuid4()}")
    page.get_by_role("button", name="What's my portfolio status?").wait_for(timeout=30_000)
