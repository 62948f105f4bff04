"""Who somebody is now: what a session, or a door of the installation's own machine, may do.

On the own machine nobody signs in, and whoever reaches the door is the installation's person; the
second factor is asked for once one is enrolled. Where the page can be reached from elsewhere, or
the settings say so, everybody signs in; as long as there is no account, nobody can.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from pathlib import Path
from typing import Final, Protocol, Self
from uuid import UUID

from mfa.kernel.clock import Clock, RealClock
from mfa.kernel.scope import acting_as, as_house
from mfa.security.accounts import Accounts
from mfa.security.second_factor import SecondFactor
from mfa.security.sessions import Sessions
from mfa.security.throttle import Throttle
from mfa.store.database import Database
from mfa.store.delays import DelayRepository
from mfa.store.people import PersonRepository
from mfa.store.second_factors import SecondFactorRepository
from mfa.store.sessions import Session, SessionRepository

VERIFIED_FOR: Final = timedelta(minutes=15)
_OWN_MACHINE: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class Level(IntEnum):
    """From least to most; actions call them by the same names."""

    PUBLIC = 0
    USER = 1
    VERIFIED = 2
    """Showed a second factor within the last 15 minutes, or needs none on the own machine."""
    ADMIN = 3
    """The installation's own person, verified."""


class GuardSettings(Protocol):
    """The settings this room reads."""

    @property
    def home(self) -> Path: ...
    @property
    def user(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def login(self) -> str: ...


def asks_to_sign_in(settings: GuardSettings) -> bool:
    """Whether the page is for those who signed in alone."""
    return settings.login == "required" or settings.address not in _OWN_MACHINE


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """`owner` is under what name the installation's own rows stand."""

    owner: str
    accounts: Accounts
    sessions: Sessions
    factor: SecondFactor
    factors: SecondFactorRepository
    clock: Clock
    closed: bool

    @classmethod
    def open(
        cls, database: Database, settings: GuardSettings, *, clock: Clock | None = None
    ) -> Self:
        real = clock if clock is not None else RealClock()
        throttle = Throttle(DelayRepository(database), real)
        factors = SecondFactorRepository(database)
        factor = SecondFactor(factors, settings.home, throttle, real)
        sessions = Sessions(SessionRepository(database), real)
        accounts = Accounts(
            PersonRepository(database), owner=settings.user, sessions=sessions, factor=factor,
            throttle=throttle, clock=real,
        )  # fmt: skip
        return cls(
            owner=settings.user, accounts=accounts, sessions=sessions, factor=factor,
            factors=factors, clock=real, closed=asks_to_sign_in(settings),
        )  # fmt: skip

    def asks_to_sign_in(self) -> bool:
        """Whether the page is for those who signed in alone."""
        return self.closed

    def level_of(self, session: Session) -> Level:
        """Of a session that stands."""
        return self._level(session.user, session.verified_at)

    def level(self, user: str, session: str, *, own_machine: bool) -> Level:
        """Of whoever says to be `user` in `session`; PUBLIC for one that is over or another's.

        `own_machine`: it is the session of a door of this machine at which nobody signs in.
        """
        number = _uuid(session)
        found = None if number is None else self.sessions.by_id(number)
        if found is not None:
            return self.level_of(found) if found.user == user else Level.PUBLIC
        if not own_machine or user != self.owner:
            return Level.PUBLIC
        with as_house(), acting_as(user):
            if not self.factor.is_enrolled(user):
                return Level.ADMIN
            return self._level(user, self.factors.door_verified_at(user, session))

    def verify(self, user: str, session: str, code: str) -> bool:
        """Show the second factor in a session, of sign-in or of a door of this machine; whether the
        code was right. `TooSoon` after too many failures."""
        with acting_as(user):
            if not self.factor.verify(user, code):
                return False
            number = _uuid(session)
            found = None if number is None else self.sessions.by_id(number)
            if found is not None and found.user == user:
                self.sessions.verified(found)
            else:
                self.factors.door_verified(user, session, self.clock.now())
            return True

    def _level(self, user: str, verified_at: datetime | None) -> Level:
        age = None if verified_at is None else self.clock.now() - verified_at
        if age is None or not timedelta(0) <= age <= VERIFIED_FOR:
            return Level.USER
        return Level.ADMIN if user == self.owner else Level.VERIFIED


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
