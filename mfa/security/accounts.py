"""Local accounts: who may sign in, and signing in.

The first account is the installation's own person's: what was theirs before there was a login stays
theirs. Whoever comes later has rows of their own and nothing of the installation: no account at a
broker, no books, no settings to change. A wrong name, a wrong password and a disabled account are
one answer, after one time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from argon2 import PasswordHasher

from mfa.kernel.clock import Clock
from mfa.kernel.errors import InputError
from mfa.kernel.scope import as_house
from mfa.security.passwords import HASHER, hashed, is_outdated, matches
from mfa.security.second_factor import SecondFactor
from mfa.security.sessions import Sessions
from mfa.security.throttle import Throttle
from mfa.store.people import Person, PersonRepository
from mfa.store.sessions import Session

_LOGIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


class Refused(InputError):  # noqa: N818 - the state it tells of is its name
    """Nobody was signed in; the sentence does not say whether the name or the password is wrong."""


class CodeNeeded(InputError):  # noqa: N818 - same
    """The password is right, and the account has a second factor."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    token: str
    session: Session

    def __repr__(self) -> str:
        return f"SignedIn({self.session.user!r})"


class Accounts:
    """Safe from any thread. `owner` is under what name the installation's own rows stand."""

    def __init__(
        self,
        people: PersonRepository,
        *,
        owner: str,
        sessions: Sessions,
        factor: SecondFactor,
        throttle: Throttle,
        clock: Clock,
        hasher: PasswordHasher = HASHER,
    ) -> None:
        self._people, self._owner = people, owner
        self._sessions, self._factor, self._throttle = sessions, factor, throttle
        self._clock, self._hasher = clock, hasher

    def there_are_any(self) -> bool:
        return not self._people.is_empty()

    def all(self) -> tuple[Person, ...]:
        return self._people.all()

    def add(self, login: str, password: str) -> Person:
        """`InputError` where the name is taken or the password too short."""
        if not _LOGIN.fullmatch(login):
            raise InputError(f"{login!r} cannot be a user's name.", "Letters, digits and . _ @ -")
        first = self._people.is_empty()
        if not first and login.lower() == self._owner.lower():
            raise InputError(f"{login!r} is the installation's own name.", "Choose another.")
        user = self._owner if first else login.lower()
        self._people.add(user, login, hashed(password, self._hasher), self._clock.now())
        return self.named(login)

    def named(self, login: str) -> Person:
        """`InputError` where nobody is called so."""
        found = self._people.find(login)
        if found is None:
            raise InputError(f"There is no user {login!r}.", "`magnus user list` names them.")
        return found

    def set_password(self, login: str, password: str) -> None:
        """Another password; every session ends, and so does a delay after failed attempts."""
        person = self.named(login)
        self._people.set_password(person.user, hashed(password, self._hasher))
        self.end_sessions(person.user)
        self._throttle.succeeded(account=login.lower())

    def disable(self, login: str, *, disabled: bool) -> None:
        """Nobody signs in under this name any more, and every session ends; or they may again."""
        person = self.named(login)
        self._people.disable(person.user, self._clock.now() if disabled else None)
        if disabled:
            self.end_sessions(person.user)

    def end_sessions(self, user: str) -> int:
        """All of a person's; how many that were."""
        with as_house():
            return self._sessions.revoke(user)

    def sign_in(
        self,
        login: str,
        password: str,
        *,
        door: str,
        address: str,
        code: str = "",
        device: str = "",
    ) -> SignedIn:
        """A session. `Refused`, `CodeNeeded`, or `TooSoon` with the time to wait."""
        name = login.strip().lower()[:64]
        self._throttle.attempt(account=name, address=address)
        person = self._people.find(name)
        active = person is not None and person.disabled_at is None
        stored = person.password if person is not None and active else None
        if not matches(stored, password, self._hasher) or person is None:
            raise Refused("That name and password do not fit.")
        self._throttle.succeeded(account=name)
        with as_house():  # whoever signs in was nobody until now
            verified = self._second_factor(person, password, code)
            token, session = self._sessions.open(
                person.user, door=door, address=address, device=device, verified=verified
            )
        return SignedIn(token, session)

    def login_of(self, user: str) -> str:
        """What they type to sign in; `user` itself where nobody signs in under that name."""
        return next((each.login for each in self._people.all() if each.user == user), user)

    def confirm_password(self, user: str, password: str) -> None:
        """For what a session alone must not do. `Refused` where it is not this person's password,
        `TooSoon` after too many tries."""
        person = self._people.find(self.login_of(user))
        name = "" if person is None else person.login.lower()
        self._throttle.attempt(account=name)
        stored = None if person is None or person.user != user else person.password
        if not matches(stored, password, self._hasher):
            raise Refused("That is not your password.")
        self._throttle.succeeded(account=name)

    def _second_factor(self, person: Person, password: str, code: str) -> bool:
        """Whether they have one, and so have just shown it."""
        enrolled = self._factor.is_enrolled(person.user)
        if enrolled and not code:
            raise CodeNeeded("Enter the code of your authenticator, or a backup code.")
        if enrolled and not self._factor.verify(person.user, code):
            raise Refused("That code is wrong, or was used before.", "Take the next one.")
        if is_outdated(person.password, self._hasher):
            self._people.set_password(person.user, hashed(password, self._hasher))
        return enrolled
