"""Accounts, sessions, second factors and the slowing of guesses, over a real database."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pyotp
import pytest
from argon2 import PasswordHasher

from mfa.kernel.clock import exchange_date
from mfa.kernel.errors import InputError
from mfa.kernel.scope import NotYours, acting_as, as_house
from mfa.security.accounts import Accounts, CodeNeeded, Refused
from mfa.security.guard import Guard, Level
from mfa.security.passwords import HASHER, hashed, is_outdated, matches
from mfa.security.sessions import IDLE, LONGEST
from mfa.security.throttle import TooSoon, delay_after
from mfa.store.database import Database

RIGHT = "correct horse battery"


@dataclass
class Wall:
    at: datetime = datetime(2026, 11, 20, 16, 0, 5, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def today(self) -> date:
        return exchange_date(self.at)

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


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


def _in(accounts: Accounts, login: str = "anna", password: str = RIGHT, **given: Any) -> Any:
    return accounts.sign_in(login, password, door="page", address="10.0.0.9", **given)


def _enrolled(guard: Guard, user: str, wall: Wall) -> tuple[pyotp.TOTP, tuple[str, ...]]:
    totp = pyotp.TOTP(guard.factor.enrol(user, user).secret)
    codes = guard.factor.confirm(user, totp.at(wall.at))
    wall.move(seconds=60)
    return totp, codes


# -- passwords and accounts


def test_passwords_are_argon2id_with_64_mebibytes_and_three_passes() -> None:
    assert hashed(RIGHT).startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert matches(hashed(RIGHT), RIGHT)
    assert not matches(hashed(RIGHT), RIGHT + "!")
    assert not matches(None, RIGHT)
    with pytest.raises(InputError):
        hashed("short")


def test_a_hash_of_weaker_parameters_is_made_anew_at_the_next_sign_in(
    guard: Guard, database: Database, people: Accounts
) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(RIGHT)
    with database.owner_connection() as conn:
        conn.execute("UPDATE magnus.person SET password = %s", (weak,))
    assert is_outdated(weak, HASHER)
    _in(people)
    assert not is_outdated(people.named("anna").password)
    assert is_outdated(people.named("olga").password)


def test_the_first_user_is_the_installations_own_person(people: Accounts) -> None:
    assert {each.login: each.user for each in people.all()} == {"Olga": "local", "Anna": "anna"}
    with pytest.raises(InputError, match="already"):
        people.add("ANNA", RIGHT)
    for name in ("local", "LOCAL", "*", "a b", "", "x" * 65):
        with pytest.raises(InputError):
            people.add(name, RIGHT)


def test_an_unknown_name_a_wrong_password_and_a_disabled_user_are_one_answer(
    people: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same sentence, and the same work: one hash is verified in each case."""
    verified = []
    real = PasswordHasher.verify

    def counted(self: PasswordHasher, stored: str, password: str) -> Any:
        verified.append(stored.split("$")[3])
        return real(self, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    people.disable("olga", disabled=True)
    said = []
    for login, password in (("nobody", RIGHT), ("anna", "wrong password"), ("olga", RIGHT)):
        with pytest.raises(Refused) as refused:
            _in(people, login, password)
        said.append(str(refused.value))
    assert len(set(said)) == 1
    assert verified == ["m=65536,t=3,p=4"] * 3
    people.disable("olga", disabled=False)
    assert _in(people, "olga").session.user == "local"


# -- sessions


def test_a_token_opens_its_session_and_only_its_hash_is_kept(
    guard: Guard, people: Accounts, database: Database
) -> None:
    signed = _in(people)
    assert len(signed.token) >= 43
    assert guard.sessions.find(signed.token) == signed.session
    assert guard.sessions.find(signed.token + "x") is None
    assert guard.sessions.find("") is None
    with database.owner_connection() as conn:
        row = conn.execute("SELECT token_hash, s::text FROM magnus.session s").fetchone()
    assert row is not None
    assert row[0] == hashlib.sha256(signed.token.encode()).digest()
    assert signed.token not in row[1]
    assert signed.token not in repr(signed)


def test_a_session_ends_when_it_was_idle_and_when_it_is_old(
    guard: Guard, people: Accounts, wall: Wall
) -> None:
    token = _in(people).token
    wall.at += IDLE - timedelta(seconds=1)
    assert guard.sessions.find(token) is not None  # and is seen
    wall.at += IDLE
    assert guard.sessions.find(token) is None
    token = _in(people).token
    began = wall.at
    while wall.at + timedelta(hours=7) < began + LONGEST:
        wall.move(hours=7)
        assert guard.sessions.find(token) is not None
    wall.move(hours=7)
    assert guard.sessions.find(token) is None


def test_sessions_are_listed_and_revoked_by_their_own_person_alone(
    guard: Guard, people: Accounts
) -> None:
    first, second, other = _in(people), _in(people), _in(people, "olga")
    with acting_as("anna"):
        listed = {each.id for each in guard.sessions.of_user("anna")}
        assert listed == {first.session.id, second.session.id}
        assert guard.sessions.of_user("local") == ()
        assert guard.sessions.revoke("local", other.session.id) == 0
        assert guard.sessions.revoke("anna", first.session.id) == 1
    assert guard.sessions.find(first.token) is None
    assert guard.sessions.find(second.token) is not None
    assert guard.sessions.find(other.token) is not None


def test_another_password_and_disabling_end_every_session(guard: Guard, people: Accounts) -> None:
    token = _in(people).token
    people.set_password("anna", RIGHT + "2")
    assert guard.sessions.find(token) is None
    token = _in(people, password=RIGHT + "2").token
    people.disable("anna", disabled=True)
    assert guard.sessions.find(token) is None


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
    totp, _ = _enrolled(guard, "local", wall)
    wall.move(minutes=5)
    assert guard.factor.verify("local", totp.at(wall.at, counter_offset=steps)) is right


def test_a_code_before_one_that_was_used_counts_no_more(guard: Guard, wall: Wall) -> None:
    totp, _ = _enrolled(guard, "local", wall)
    assert guard.factor.verify("local", totp.at(wall.at, counter_offset=1))
    assert not guard.factor.verify("local", totp.at(wall.at))


def test_backup_codes_count_once_whoever_comes_with_them(guard: Guard, wall: Wall) -> None:
    _, codes = _enrolled(guard, "local", wall)
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
    totp, _ = _enrolled(guard, "anna", wall)
    with pytest.raises(CodeNeeded):
        _in(people)
    with pytest.raises(Refused, match="code"):
        _in(people, code="000000" if totp.at(wall.at) != "000000" else "111111")
    signed = _in(people, code=totp.at(wall.at))
    assert guard.level_of(signed.session) is Level.VERIFIED
    with pytest.raises(Refused, match="password"):
        _in(people, password="wrong password", code=totp.at(wall.at, counter_offset=1))


# -- guesses


def test_delays_double_from_the_fourth_failure_on_and_end_at_15_minutes() -> None:
    seconds = [int(delay_after("account", n).total_seconds()) for n in (1, 2, 3, 4, 5, 12, 13, 99)]
    assert seconds == [0, 0, 1, 2, 4, 512, 900, 900]
    assert delay_after("address", 9) == timedelta(0)
    assert delay_after("address", 10) == timedelta(seconds=1)


def test_a_guess_too_early_is_refused_with_the_time_to_wait_and_not_looked_at(
    people: Accounts, wall: Wall
) -> None:
    for _ in range(3):
        with pytest.raises(Refused):
            _in(people, password="wrong password")
    with pytest.raises(TooSoon) as soon:
        _in(people)  # right, and too early
    assert soon.value.wait == timedelta(seconds=1)
    wall.move(seconds=1)
    assert _in(people).session.user == "anna"
    with pytest.raises(Refused):  # and its failures are forgotten
        _in(people, password="wrong password")
    _in(people)


def test_an_address_that_tries_many_names_is_slowed(people: Accounts, wall: Wall) -> None:
    for number in range(10):
        with pytest.raises(Refused):
            _in(people, f"name{number}")
    with pytest.raises(TooSoon):
        _in(people)
    people.sign_in("anna", RIGHT, door="page", address="10.0.0.10")


def test_many_guesses_at_once_are_no_more_than_one_after_the_other(
    people: Accounts, guard: Guard
) -> None:
    def guess(number: int) -> str:
        try:
            people.sign_in("anna", f"wrong {number:06}", door="page", address=f"10.0.1.{number}")
        except InputError as error:
            return type(error).__name__
        return "in"

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(guess, range(24)))
    assert (said.count("Refused"), said.count("TooSoon")) == (3, 21)


def test_codes_are_slowed_like_passwords(guard: Guard, wall: Wall) -> None:
    totp, _ = _enrolled(guard, "local", wall)
    for _ in range(3):
        assert not guard.factor.verify("local", "12345x")
    with pytest.raises(TooSoon):
        guard.factor.verify("local", totp.at(wall.at))


# -- levels


def test_verified_ends_after_15_minutes(guard: Guard, people: Accounts, wall: Wall) -> None:
    totp, _ = _enrolled(guard, "local", wall)
    signed = _in(people, "olga", code=totp.at(wall.at))
    number = str(signed.session.id)
    assert guard.level("local", number, own_machine=False) is Level.ADMIN
    wall.move(minutes=15, seconds=1)
    assert guard.level("local", number, own_machine=False) is Level.USER
    assert guard.verify("local", number, totp.at(wall.at))
    assert guard.level("local", number, own_machine=False) is Level.ADMIN


def test_a_session_is_nobodys_for_another_person(guard: Guard, people: Accounts) -> None:
    signed = _in(people)
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
    totp, _ = _enrolled(guard, "local", wall)
    assert guard.level("local", "shell-1", own_machine=True) is Level.USER
    assert not guard.verify("local", "shell-1", "000000x")
    assert guard.verify("local", "shell-1", totp.at(wall.at))
    assert guard.level("local", "shell-1", own_machine=True) is Level.ADMIN
    assert guard.level("local", "shell-2", own_machine=True) is Level.USER
    wall.move(minutes=16)
    assert guard.level("local", "shell-1", own_machine=True) is Level.USER


def test_signing_in_is_asked_for_beyond_this_machine_once_there_is_a_user(
    database: Database, tmp_path: Path, guard: Guard
) -> None:
    assert not guard.asks_to_sign_in()
    guard.accounts.add("olga", RIGHT)
    assert guard.asks_to_sign_in()
    for address, login, asked in (("127.0.0.1", "auto", False), ("127.0.0.1", "required", True)):
        settings = SimpleNamespace(home=tmp_path, user="local", address=address, login=login)
        assert Guard.open(database, settings).asks_to_sign_in() is asked


@pytest.fixture
def hers(guard: Guard, people: Accounts, wall: Wall) -> None:
    """Everything of a sign-in that Olga has."""
    totp, _ = _enrolled(guard, "local", wall)
    _in(people, "olga", code=totp.at(wall.at))
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
