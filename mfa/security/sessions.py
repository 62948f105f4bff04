"""Sessions: a random token at the door, its hash in the database, an end in any case.

256 random bits need no salt and no slow hash. A session ends when it was idle or is old, when it is
revoked, and when its person is disabled.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from mfa.kernel.clock import Clock
from mfa.kernel.scope import acting_as, as_house
from mfa.store.sessions import Session, SessionRepository

IDLE: Final = timedelta(hours=8)
LONGEST: Final = timedelta(days=7)
_TOUCH: Final = timedelta(minutes=1)
_TOKEN_BYTES: Final = 32


class Sessions:
    """Safe from any thread; `clock` is the real time."""

    def __init__(self, repository: SessionRepository, clock: Clock) -> None:
        self._repository, self._clock = repository, clock

    def open(
        self, user: str, *, door: str, address: str, verified: bool = False, device: str = ""
    ) -> tuple[str, Session]:
        """A new session and its token, which is told this once."""
        now, token = self._clock.now(), secrets.token_urlsafe(_TOKEN_BYTES)
        session = Session(
            id=uuid4(), user=user, door=door, address=address, created_at=now, seen_at=now,
            ends_at=now + LONGEST, verified_at=now if verified else None,
            device=device,
        )  # fmt: skip
        self._repository.open(session, _hash(token))
        return token, session

    def find(self, token: str) -> Session | None:
        """The session of a token, as long as it stands; that it was seen is noted."""
        if not token:
            return None
        return self._standing(self._repository.find(_hash(token)))

    def by_id(self, number: UUID) -> Session | None:
        """Same, by its id: for what a signed-in door asked for earlier."""
        return self._standing(self._repository.by_id(number))

    def verified(self, session: Session) -> None:
        """Its person has just shown the second factor."""
        with as_house(), acting_as(session.user):
            self._repository.verified(session.id, self._clock.now())

    def of_user(self, user: str) -> tuple[Session, ...]:
        now = self._clock.now()
        found = self._repository.of_user(user, now)
        return tuple(each for each in found if not _is_over(each, now))

    def revoke(self, user: str, number: UUID | None = None) -> int:
        """End one session of a person's, or all; how many that were."""
        return self._repository.revoke(user, number, self._clock.now())

    def revoke_others(self, session: Session) -> int:
        """End every session of its person's but this one; how many that were."""
        return self._repository.revoke(session.user, None, self._clock.now(), but=session.id)

    def _standing(self, session: Session | None) -> Session | None:
        now = self._clock.now()
        if session is None or _is_over(session, now):
            return None
        if now - session.seen_at >= _TOUCH:
            with as_house(), acting_as(session.user):
                self._repository.seen(session.id, now)
        return session


def _is_over(session: Session, now: datetime) -> bool:
    return now >= session.ends_at or now - session.seen_at >= IDLE


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
