"""The second factor, and which level somebody has with it and without."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pyotp
import pytest

from mfa.commands.health import Verdict
from mfa.commands.sign_in_health import of_signing_in
from mfa.kernel.errors import InputError
from mfa.kernel.mode import Mode
from mfa.kernel.scope import NotYours, acting_as, as_house
from mfa.security.accounts import Accounts, CodeNeeded, Refused
from mfa.security.guard import Guard, Level
from mfa.store.database import Database
from tests.security.people import RIGHT, Wall, enrolled, sign_in

# -- the second factor


def test_the_first_code_confirms_and_each_code_counts_once(
    guard: Guard, people: Accounts, wall: Wall
) -> None:
    told = guard.factor.enrol("anna", "Anna")
    assert told.uri == f"otpauth://totp/Magnus:Anna?secret={told.secret}&issuer=Magnus"
    totp = pyotp.TOTP(told.secret)
    assert not guard.factor.is_enrolled("anna")
    with pytest.raises(InputError, match="not the code"):
        guard.factor.confirm("anna", totp.at(wall.at - timedelta(minutes=5)))
    codes = guard.factor.confirm("anna", totp.at(wall.at))
    assert len(set(codes)) == 10
    assert guard.factor.is_enrolled("anna")
    assert not guard.factor.verify("anna", totp.at(wall.at))
    wall.move(seconds=30)
    assert guard.factor.verify("anna", totp.at(wall.at))
    assert not guard.factor.verify("anna", totp.at(wall.at))


@pytest.mark.parametrize(
    ("steps", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_half_a_minute_off(
    guard: Guard, wall: Wall, steps: int, right: bool
) -> None:
    totp, _ = enrolled(guard, "local", wall)
    wall.move(minutes=5)
    assert guard.factor.verify("local", totp.at(wall.at, counter_offset=steps)) is right


def test_a_code_before_one_that_was_used_counts_no_more(guard: Guard, wall: Wall) -> None:
    totp, _ = enrolled(guard, "local", wall)
    assert guard.factor.verify("local", totp.at(wall.at, counter_offset=1))
    assert not guard.factor.verify("local", totp.at(wall.at))


def test_backup_codes_count_once_whoever_comes_with_them(guard: Guard, wall: Wall) -> None:
    _, codes = enrolled(guard, "local", wall)
    with ThreadPoolExecutor(8) as pool:
        used = list(
            pool.map(
                lambda _: guard.factors.use_code("local", _hash_of(codes[0]), wall.at), range(16)
            )
        )
    assert used.count(True) == 1
    assert guard.factor.verify("local", codes[1].upper().replace("-", " "))
    assert not guard.factor.verify("local", codes[1])
    state = guard.factor.state("local")
    assert state is not None
    assert state.codes_left == 8
    assert guard.factor.new_codes("local")[0] not in codes
    assert not guard.factor.verify("local", codes[2])


def _hash_of(code: str) -> bytes:
    plain = code.replace("-", "")
    return hashlib.sha256(f"magnus backup code\nlocal\n{plain}".encode()).digest()


def test_the_secret_is_neither_in_the_database_nor_readable_in_the_home(
    guard: Guard, database: Database, tmp_path: Path
) -> None:
    secret = guard.factor.enrol("local", "local").secret
    with database.owner_connection() as conn:
        row = conn.execute("SELECT f::text FROM magnus.second_factor f").fetchone()
    assert row is not None
    assert secret not in row[0]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert all(secret.encode() not in path.read_bytes() for path in files)


def test_signing_in_with_a_second_factor_needs_its_code(
    guard: Guard, people: Accounts, wall: Wall
) -> None:
    totp, _ = enrolled(guard, "anna", wall)
    with pytest.raises(CodeNeeded):
        sign_in(people)
    with pytest.raises(Refused, match="code"):
        sign_in(people, code="000000" if totp.at(wall.at) != "000000" else "111111")
    signed = sign_in(people, code=totp.at(wall.at))
    assert guard.level_of(signed.session) is Level.VERIFIED
    with pytest.raises(Refused, match="password"):
        sign_in(people, password="wrong password", code=totp.at(wall.at, counter_offset=1))


# -- levels


def test_verified_ends_after_15_minutes(guard: Guard, people: Accounts, wall: Wall) -> None:
    totp, _ = enrolled(guard, "local", wall)
    signed = sign_in(people, "olga", code=totp.at(wall.at))
    number = str(signed.session.id)
    assert guard.level("local", number, own_machine=False) is Level.ADMIN
    wall.move(minutes=15, seconds=1)
    assert guard.level("local", number, own_machine=False) is Level.USER
    assert guard.verify("local", number, totp.at(wall.at))
    assert guard.level("local", number, own_machine=False) is Level.ADMIN


def test_a_session_is_nobodys_for_another_person(guard: Guard, people: Accounts) -> None:
    signed = sign_in(people)
    number = str(signed.session.id)
    assert guard.level("anna", number, own_machine=False) is Level.USER
    assert guard.level("local", number, own_machine=False) is Level.PUBLIC
    guard.sessions.revoke("anna")
    assert guard.level("anna", number, own_machine=False) is Level.PUBLIC
    assert guard.level("anna", "page-1", own_machine=True) is Level.PUBLIC


def test_on_the_own_machine_a_second_factor_is_asked_for_once_it_is_enrolled(
    guard: Guard, wall: Wall
) -> None:
    assert guard.level("local", "shell-1", own_machine=True) is Level.ADMIN
    assert guard.level("local", "shell-1", own_machine=False) is Level.PUBLIC
    totp, _ = enrolled(guard, "local", wall)
    assert guard.level("local", "shell-1", own_machine=True) is Level.USER
    assert not guard.verify("local", "shell-1", "000000x")
    assert guard.verify("local", "shell-1", totp.at(wall.at))
    assert guard.level("local", "shell-1", own_machine=True) is Level.ADMIN
    assert guard.level("local", "shell-2", own_machine=True) is Level.USER
    wall.move(minutes=16)
    assert guard.level("local", "shell-1", own_machine=True) is Level.USER


@pytest.mark.parametrize(
    ("address", "login", "asked"),
    [
        ("127.0.0.1", "auto", False), ("::1", "auto", False), ("localhost", "auto", False),
        ("127.0.0.1", "required", True), ("192.0.2.1", "auto", True), ("::", "auto", True),
    ],
)  # fmt: skip
def test_everybody_signs_in_beyond_this_machine_whether_or_not_there_is_an_account(
    database: Database, tmp_path: Path, address: str, login: str, asked: bool
) -> None:
    settings = SimpleNamespace(home=tmp_path, user="local", address=address, login=login)
    guard = Guard.open(database, settings)
    assert guard.asks_to_sign_in() is asked
    guard.accounts.add("olga", RIGHT)
    assert guard.asks_to_sign_in() is asked


@pytest.fixture
def hers(guard: Guard, people: Accounts, wall: Wall) -> None:
    """Everything of a sign-in that Olga has."""
    totp, _ = enrolled(guard, "local", wall)
    sign_in(people, "olga", code=totp.at(wall.at))
    guard.factors.door_verified("local", "shell-1", wall.at)


def test_nobody_touches_anothers_account_session_or_second_factor(
    hers: None, guard: Guard, database: Database
) -> None:
    names = ("person", "session", "second_factor", "backup_code", "door_verified")

    def rows(name: str) -> Any:
        return database.read(lambda conn: conn.execute(f"SELECT * FROM magnus.{name}").fetchall())

    with as_house():
        before = [rows(name) for name in names]
    assert all(before)
    with acting_as("eve"):
        for name in (*names, "sign_in_delay"):
            assert rows(name) == []
            with database.connection() as conn:
                assert conn.execute(f"DELETE FROM magnus.{name}").rowcount == 0
        assert guard.factor.state("local") is None
        with pytest.raises((NotYours, InputError, psycopg.Error)):
            guard.factors.door_verified("local", "shell-1", datetime.now(UTC))
        with pytest.raises((NotYours, InputError)):
            guard.verify("local", "shell-1", "123456")
    with as_house():
        assert [rows(name) for name in names] == before


def test_doctor_says_who_can_come_in_and_whether_real_money_has_a_second_factor(
    database: Database, tmp_path: Path, guard: Guard, wall: Wall
) -> None:
    settings = SimpleNamespace(home=tmp_path, user="local", address="127.0.0.1", login="auto")
    own = Guard.open(database, settings, clock=wall)
    assert of_signing_in(own, Mode.PRACTICE).verdict is Verdict.OK
    assert "magnus user 2fa" in of_signing_in(own, Mode.LIVE).sentence
    assert "magnus user add NAME" in of_signing_in(guard, Mode.PRACTICE).sentence
    guard.accounts.add("olga", RIGHT)
    told = of_signing_in(guard, Mode.PRACTICE)
    assert (told.verdict, told.sentence) == (Verdict.OK, "Everybody signs in; 1 may.")
    assert of_signing_in(guard, Mode.LIVE).verdict is Verdict.CAREFUL
    enrolled(guard, "local", wall)
    assert of_signing_in(guard, Mode.LIVE).verdict is Verdict.OK
