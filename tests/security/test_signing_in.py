"""Accounts, sessions and the slowing of guesses, over a real database."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher

from mfa.kernel.errors import InputError
from mfa.kernel.scope import acting_as
from mfa.security.accounts import Accounts, Refused
from mfa.security.guard import Guard
from mfa.security.passwords import HASHER, hashed, is_outdated, matches
from mfa.security.sessions import IDLE, LONGEST
from mfa.security.throttle import TooSoon, delay_after
from mfa.store.database import Database
from tests.security.people import RIGHT, Wall, enrolled, sign_in

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
    sign_in(people)
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
            sign_in(people, login, password)
        said.append(str(refused.value))
    assert len(set(said)) == 1
    assert verified == ["m=65536,t=3,p=4"] * 3
    people.disable("olga", disabled=False)
    assert sign_in(people, "olga").session.user == "local"


# -- sessions


def test_a_token_opens_its_session_and_only_its_hash_is_kept(
    guard: Guard, people: Accounts, database: Database
) -> None:
    signed = sign_in(people)
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
    token = sign_in(people).token
    wall.at += IDLE - timedelta(seconds=1)
    assert guard.sessions.find(token) is not None  # and is seen
    wall.at += IDLE
    assert guard.sessions.find(token) is None
    token = sign_in(people).token
    began = wall.at
    while wall.at + timedelta(hours=7) < began + LONGEST:
        wall.move(hours=7)
        assert guard.sessions.find(token) is not None
    wall.move(hours=7)
    assert guard.sessions.find(token) is None


def test_sessions_are_listed_and_revoked_by_their_own_person_alone(
    guard: Guard, people: Accounts
) -> None:
    first, second, other = sign_in(people), sign_in(people), sign_in(people, "olga")
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
    token = sign_in(people).token
    people.set_password("anna", RIGHT + "2")
    assert guard.sessions.find(token) is None
    token = sign_in(people, password=RIGHT + "2").token
    people.disable("anna", disabled=True)
    assert guard.sessions.find(token) is None


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
            sign_in(people, password="wrong password")
    with pytest.raises(TooSoon) as soon:
        sign_in(people)  # right, and too early
    assert soon.value.wait == timedelta(seconds=1)
    wall.move(seconds=1)
    assert sign_in(people).session.user == "anna"
    with pytest.raises(Refused):  # and its failures are forgotten
        sign_in(people, password="wrong password")
    sign_in(people)


def test_an_address_that_tries_many_names_is_slowed(people: Accounts, wall: Wall) -> None:
    for number in range(10):
        with pytest.raises(Refused):
            sign_in(people, f"name{number}")
    with pytest.raises(TooSoon):
        sign_in(people)
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
    totp, _ = enrolled(guard, "local", wall)
    for _ in range(3):
        assert not guard.factor.verify("local", "12345x")
    with pytest.raises(TooSoon):
        guard.factor.verify("local", totp.at(wall.at))
