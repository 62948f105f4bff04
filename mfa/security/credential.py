"""A vendor's credentials in memory: secret by type, masked on a screen, with an age.

Nothing here opens a secret but `Credential.mask`, which shows the last four characters at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Protocol

from pydantic import SecretStr

ROTATE_AFTER: Final = timedelta(days=90)
_DOTS: Final = "••••"
_LONG_ENOUGH: Final = 12
_SHOWN: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What one vendor wants to see: named secrets (`token`, `secret`), stored since `since`."""

    vendor: str
    fields: Mapping[str, SecretStr]
    since: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", MappingProxyType(dict(self.fields)))

    def secret(self, name: str) -> SecretStr | None:
        """The field, or None when it was never given."""
        return self.fields.get(name)

    def masked(self) -> Masked:
        """What may stand on a screen."""
        shown = {name: mask(secret) for name, secret in sorted(self.fields.items())}
        return Masked(vendor=self.vendor, fields=MappingProxyType(shown), since=self.since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked:
    """A credential without its secrets, for pages, lists and `magnus doctor`."""

    vendor: str
    fields: Mapping[str, str]
    since: datetime

    def age(self, now: datetime) -> timedelta:
        return max(now - self.since, timedelta(0))

    def reminder(self, now: datetime) -> str:
        """A sentence once the credential is 90 days old; empty before."""
        age = self.age(now)
        if age < ROTATE_AFTER:
            return ""
        return (
            f"The credentials of {self.vendor} are {age.days} days old. Make new ones there, "
            f"then run `magnus connect {self.vendor}`."
        )


class CredentialStore(Protocol):
    """Whoever keeps credentials: handed to those that need some by whoever builds them, so that
    what can be asked for data imports no vault."""

    def get(self, vendor: str) -> Credential | None: ...

    def put(self, vendor: str, fields: Mapping[str, SecretStr]) -> Masked: ...

    def vendors(self) -> tuple[str, ...]: ...

    def reminders(self) -> tuple[str, ...]: ...


def mask(secret: SecretStr) -> str:
    """Dots, and the last four characters of a secret that is long enough to spare them."""
    text = secret.get_secret_value()
    return _DOTS + (text[-_SHOWN:] if len(text) >= _LONG_ENOUGH else "")
