"""The second factor: codes of an authenticator (TOTP, RFC 6238), and backup codes for the day on
which it is lost.

The secret lies encrypted in a vault of its own in the home, never in the database or a backup of
it. A code counts once, within half a minute before and after its own; backup codes are kept as
hashes and count once.
"""

from __future__ import annotations

import hashlib
import io
import secrets
from dataclasses import dataclass
from hmac import compare_digest
from pathlib import Path
from typing import Final

import pyotp
import segno
from pydantic import SecretStr

from mfa.kernel.clock import Clock
from mfa.kernel.errors import InputError
from mfa.security.throttle import Throttle
from mfa.security.vault import Vault
from mfa.store.second_factors import FactorState, SecondFactorRepository

FOLDER: Final = "second_factors"
_ISSUER: Final = "Magnus"
_STEP: Final = 30
_DRIFT: Final = (0, -1, 1)
_CODES: Final = 10
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are taken for one another."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator is told: an address to scan, or the secret to type."""

    uri: str
    secret: str

    def picture(self) -> str:
        """A QR code of the address, as a data URI of an SVG drawing: it stands in no file."""
        return str(segno.make(self.uri, error="m").svg_data_uri(scale=4, dark="#000", light="#fff"))

    def blocks(self) -> str:
        """The same for a terminal, in characters of half a line's height."""
        text = io.StringIO()
        segno.make(self.uri, error="m").terminal(out=text, compact=True)
        return text.getvalue()

    def __repr__(self) -> str:
        return "Enrolment(...)"


class SecondFactor:
    """Safe from any thread; `clock` is the real time."""

    def __init__(
        self, repository: SecondFactorRepository, home: Path, throttle: Throttle, clock: Clock
    ) -> None:
        self._repository, self._throttle, self._clock = repository, throttle, clock
        self._vault = Vault(home / FOLDER)

    def state(self, user: str) -> FactorState | None:
        """None where none was enrolled."""
        return self._repository.state(user)

    def is_enrolled(self, user: str) -> bool:
        """Whether one was confirmed, and so is asked for."""
        state = self._repository.state(user)
        return state is not None and state.confirmed_at is not None

    def enrol(self, user: str, login: str) -> Enrolment:
        """A new secret; it counts once `confirm` has seen a code of it."""
        if not self._repository.enrol(user, self._clock.now()):
            raise InputError("There is a second factor already.", "Remove it first.")
        secret = pyotp.random_base32()
        self._vault.put(_entry(user), {"secret": SecretStr(secret)})
        return Enrolment(
            pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=_ISSUER), secret
        )

    def confirm(self, user: str, code: str) -> tuple[str, ...]:
        """The first code; the backup codes, told this once. `InputError` for a wrong code."""
        if self.is_enrolled(user):
            raise InputError("The second factor is confirmed already.")
        self._throttle.attempt(second_factor=user)
        if not self._is_code(user, code):
            raise InputError("That is not the code of now.", "Check the clock and try the next.")
        self._throttle.succeeded(second_factor=user)
        return self._with_new_codes(user)

    def new_codes(self, user: str) -> tuple[str, ...]:
        """Other backup codes in the place of all earlier ones."""
        if not self.is_enrolled(user):
            raise InputError("There is no second factor.", "Enrol one first.")
        return self._with_new_codes(user)

    def verify(self, user: str, code: str) -> bool:
        """Whether the code is right and was not used before: an authenticator's or a backup code.
        `TooSoon` after too many failures."""
        if not self.is_enrolled(user):
            return False
        self._throttle.attempt(second_factor=user)
        right = self._is_code(user, code) or self._repository.use_code(
            user, _hash(user, code), self._clock.now()
        )
        if right:
            self._throttle.succeeded(second_factor=user)
        return right

    def remove(self, user: str) -> bool:
        """Forget it; whether there was one. Who may ask for that is the caller's to decide."""
        self._vault.remove(_entry(user))
        return self._repository.remove(user)

    def _with_new_codes(self, user: str) -> tuple[str, ...]:
        codes = tuple(_backup_code() for _ in range(_CODES))
        hashes = [_hash(user, code) for code in codes]
        self._repository.confirm(user, self._clock.now(), hashes)
        return codes

    def _is_code(self, user: str, code: str) -> bool:
        kept = self._vault.get(_entry(user))
        secret = None if kept is None else kept.secret("secret")
        given = code.replace(" ", "")
        if secret is None or not (given.isascii() and given.isdigit()):
            return False
        totp = pyotp.TOTP(secret.get_secret_value())
        now = int(self._clock.now().timestamp()) // _STEP
        right = [
            s for s in (now + d for d in _DRIFT) if compare_digest(totp.generate_otp(s), given)
        ]
        return bool(right) and self._repository.use_step(user, right[0])


def _entry(user: str) -> str:
    return "of_" + hashlib.sha256(user.encode()).hexdigest()[:40]


def _backup_code() -> str:
    """Sixteen letters, 79 bits."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(16))
    return "-".join(letters[i : i + 4] for i in range(0, 16, 4))


def _hash(user: str, code: str) -> bytes:
    plain = code.replace("-", "").replace(" ", "").lower()
    return hashlib.sha256(f"magnus backup code\n{user}\n{plain}".encode()).digest()
