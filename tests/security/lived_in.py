"""A house that several people live in: the installation's own person, Beata with rows in every
table, and Anna, who is to see nothing of either."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from streamlit.testing.v1 import AppTest

from actions.action import Who
from actions.audit import Audit, AuditKind
from actions.audit_head import HeadNote
from mfa.assistant import Assistant, close_assistant, get_assistant
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
    CARD,
    FOREIGN,
    HELD,
    ORDER,
    OWNER,
    SECRET,
    SESSION,
    TALK,
    TURN,
    plant,
)
from tests.security.people import RIGHT

OWNERS: Final = "Olgas Liste"


@dataclass(frozen=True)
class LivedIn:
    assistant: Assistant
    tokens: dict[str, str] = field(default_factory=dict)

    def token(self, user: str) -> str:
        """Of a sign-in of theirs at the page."""
        if user not in self.tokens:
            token, _ = self.assistant.guard.sessions.open(user, door="page", address="192.0.2.7")
            self.tokens[user] = token
        return self.tokens[user]

    def who(self, user: str) -> Who:
        session = self.assistant.guard.sessions.find(self.token(user))
        assert session is not None
        return self.assistant.acting.who(user, "page", session=str(session.id))

    def marks(self) -> tuple[str, ...]:
        """What is only Beata's, or only the owner's; hers first."""
        with acting_as(self.assistant.settings.user):
            account = self.assistant.data.sources.account.account()
        assert isinstance(account, Found)
        return (
            SECRET, HELD, FOREIGN, ORDER, str(CARD), str(TALK), str(SESSION), OWNERS,
            account.value.account_id,
        )  # fmt: skip

    def seen_in(self, text: str | bytes) -> list[str]:
        """Which of the marks stand in it."""
        said = text.encode() if isinstance(text, str) else text
        return [mark for mark in self.marks() if mark.encode() in said]


@contextmanager
def moved_in() -> Iterator[LivedIn]:
    """The process-wide assistant, at a page where people sign in."""
    home = _home()
    assistant = get_assistant(load_settings(home=home, login="required", query_deadline=60))
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
    yield LivedIn(assistant)
    close_assistant()
    _remove(home)


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
