"""Where one is signed in, on the page and at the terminal; and the second factor on the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyotp
import pytest
from click.testing import CliRunner, Result
from streamlit.testing.v1 import AppTest

from mfa.cli import cli
from mfa.commands.session import guard as opened_guard
from mfa.kernel.scope import as_house
from mfa.security.accounts import Accounts
from mfa.security.guard import Guard, Level
from mfa.security.second_factor import Enrolment
from mfa.security.sessions import Sessions
from mfa.store.backup import backup, restore
from mfa.store.database import Database
from tests.security.lived_in import LivedIn
from tests.security.others_rows import ANNA
from tests.security.people import RIGHT, Wall, enrolled, sign_in

PAGE = Path(__file__).resolve().parents[2] / "pages" / "security.py"


def press(page: AppTest, label: str, place: int = 0) -> AppTest:
    return [each for each in page.button if each.label == label][place].click().run()


def text(page: AppTest) -> str:
    parts = [*page.markdown, *page.caption, *page.info, *page.success, *page.error, *page.code]
    return "\n".join(str(part.value) for part in parts)


@pytest.fixture
def elsewhere(lived_in: LivedIn) -> list[str]:
    """Tokens of two other sign-ins of Anna's, beside that of the browser."""
    sessions = lived_in.assistant.guard.sessions
    with as_house():
        sessions.revoke(ANNA)
        lived_in.tokens.pop(ANNA, None)
        return [
            sessions.open(ANNA, door="page", address=address, device=device)[0]
            for address, device in (("192.0.2.8", "Safari on an iPhone"), ("192.0.2.9", ""))
        ]


def stand(sessions: Sessions, tokens: list[str]) -> list[bool]:
    return [sessions.find(token) is not None for token in tokens]


def test_ones_sessions_are_told_apart_and_ended_one_by_one_or_all_others(
    lived_in: LivedIn, elsewhere: list[str], browser: Any
) -> None:
    sessions = lived_in.assistant.guard.sessions
    page = browser(PAGE, ANNA)
    said = text(page)
    assert "**Safari on an iPhone** at 192.0.2.8" in said
    assert "**page** at 192.0.2.9" in said
    assert said.count("this one") == 1
    mine = lived_in.token(ANNA)
    number = sessions.find(elsewhere[0])
    assert number is not None
    page.button(key=f"end-{number.id}").click().run()
    assert "That session has ended." in text(page)
    assert stand(sessions, [*elsewhere, mine]) == [False, True, True]
    press(page, "End all others")
    assert "1 sessions have ended." in text(page)
    assert stand(sessions, [*elsewhere, mine]) == [False, False, True]
    assert not [each for each in page.button if each.label.startswith("End")]


def test_a_second_factor_is_enrolled_with_the_password_and_removed_with_a_code(
    lived_in: LivedIn, browser: Any
) -> None:
    guard = lived_in.assistant.guard
    page = browser(PAGE, ANNA)
    page.text_input[0].set_value("wrong password")
    press(page, "Enrol a second factor")
    assert "That is not your password." in text(page)
    page.text_input[0].set_value(RIGHT)
    press(page, "Enrol a second factor")
    secret = page.code[0].value
    assert 'src="data:image/svg+xml' in page.get("html")[0].proto.body
    with as_house():
        assert not guard.factor.is_enrolled(ANNA)
    page.text_input[0].set_value(pyotp.TOTP(secret).at(datetime.now(UTC)))
    press(page, "Confirm")
    codes = page.code[0].value.split("\n")
    assert len(codes) == 10
    press(page, "I have kept them")
    assert codes[0] not in text(page)
    assert secret not in text(page)
    assert "**10** backup codes are left" in text(page)
    page.text_input[0].set_value("000 000x")
    press(page, "Remove it")
    assert "wrong, or was used before" in text(page)
    page.text_input[0].set_value(codes[0])
    press(page, "Other backup codes")
    others = page.code[0].value.split("\n")
    assert not set(others) & set(codes)
    page.text_input[0].set_value(codes[1])
    press(page, "Remove it")
    assert "wrong, or was used before" in text(page)
    page.text_input[0].set_value(others[0])
    press(page, "Remove it")
    assert "The second factor is removed." in text(page)
    with as_house():
        assert not guard.factor.is_enrolled(ANNA)


def test_the_picture_is_of_the_address_and_names_no_file() -> None:
    """The size of a QR code says how much is in it: 66 bytes at level M are version 5, 37 by 37."""
    told = Enrolment("otpauth://totp/Magnus:Anna?secret=JBSWY3DPEHPK3PXP&issuer=Magnus", "JBSW")
    assert told.picture().startswith("data:image/svg+xml")
    assert "width='180' height='180'" in unquote(
        told.picture()
    )  # 37 modules and 4 of margin a side, by 4
    assert len(told.blocks().strip("\n").split("\n")) == 23
    assert "JBSW" not in repr(told)


@pytest.fixture
def typed(magnus_home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("MAGNUS_HOME", str(magnus_home))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return lambda *arguments: CliRunner().invoke(cli, ["user", "sessions", *arguments])


def test_the_terminal_names_sessions_and_ends_them(typed: Callable[..., Result]) -> None:
    assert "There is none." in typed().output
    with opened_guard() as guard:
        guard.accounts.add("olga", RIGHT)
        guard.accounts.add("anna", RIGHT)
        tokens = [
            guard.sessions.open(user, door="page", address="192.0.2.7", device="Edge on Windows")[0]
            for user in (guard.owner, guard.owner, "anna")
        ]
    told = typed().output
    assert told.count("Edge on Windows at 192.0.2.7, since ") == 2
    assert "Ended: Edge on Windows" in typed("--end", told.split()[0]).output
    assert typed("--end", "zz").exit_code != 0
    assert typed("nobody").exit_code != 0
    assert "Ended: 1." in typed("anna", "--end-all").output
    with opened_guard() as guard:
        assert sum(stand(guard.sessions, tokens)) == 1
        assert not stand(guard.sessions, tokens)[2]


def test_nobody_is_signed_in_by_a_backup(
    guard: Guard, people: Accounts, database: Database, wall: Wall, tmp_path: Path
) -> None:
    """A session that was ended since would stand again, and so would a second factor shown then."""
    enrolled(guard, "local", wall)
    guard.factors.door_verified("local", "shell-1", wall.at)
    token = sign_in(people).token
    backup(database, tmp_path / "desk.backup")
    assert guard.level("local", "shell-1", own_machine=True) is Level.ADMIN
    restore(database, tmp_path / "desk.backup")
    assert guard.sessions.find(token) is None
    assert guard.level("local", "shell-1", own_machine=True) is Level.USER
    assert guard.factor.is_enrolled("local")
    assert sign_in(people).token != token
