"""Which vendors there are, trying credentials as they are entered, keeping and forgetting them.

Nothing is kept that did not pass its test. The broker's own number of the account is kept with the
credentials and compared with the one that was kept before: other credentials of the same account
are a rotation, another account is said and wants a person's word. No vendor is known by name here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from pydantic import SecretStr

from connectors.vendors.doors import Doors, FailedDoor
from connectors.vendors.ground.door import (
    ACCOUNT_FIELD,
    Conditions,
    CredentialField,
    Keeping,
    Secrets,
    VendorDoor,
    VendorSource,
)
from connectors.vendors.ground.login import Login
from mfa.kernel.clock import Clock, RealClock
from mfa.kernel.errors import InputError
from mfa.kernel.logs import get_logger
from mfa.kernel.outcome import Failed, Found
from mfa.security.credential import Masked, mask
from mfa.security.vault import Vault

PATIENCE: Final = 10.0
"""Seconds for a test: a person has just typed, and is looking."""

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One vendor as a list shows it. `fields` are masked; `since` is None where nothing is kept."""

    door: VendorDoor
    connected: bool
    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    since: datetime | None = None
    age: timedelta = timedelta(0)
    reminder: str = ""

    @property
    def needs_no_key(self) -> bool:
        return not self.door.fields

    def state(self) -> str:
        """In a few words."""
        if self.needs_no_key:
            return "needs no key"
        if not self.connected:
            return "not connected"
        days = self.age.days
        when = "today" if days == 0 else "1 day ago" if days == 1 else f"{days} days ago"
        return f"connected {when}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """Credentials after their test. `account` and `before` are masked account numbers.

    `passed` says that the vendor took them; `another` that they open another account than before.
    """

    vendor: str
    passed: bool
    sentence: str
    account: str = ""
    before: str = ""
    another: bool = False
    secrets: Secrets = field(default_factory=dict, repr=False)


class Connections:
    """The vendors of one home. `origins` stand in for vendors' hosts, in tests."""

    def __init__(
        self,
        doors: Doors,
        vault: Vault,
        *,
        clock: Clock | None = None,
        origins: Mapping[str, str] | None = None,
    ) -> None:
        self._doors, self._vault = doors, vault
        self._clock = clock if clock is not None else RealClock()
        self._origins = dict(origins or {})

    @property
    def broken(self) -> tuple[FailedDoor, ...]:
        """Vendors that could not be loaded."""
        return self._doors.failed

    def door(self, vendor: str) -> VendorDoor:
        """`InputError` for a vendor that there is not."""
        return self._doors.find(vendor.strip().lower())

    def every(self) -> tuple[Connection, ...]:
        """Every vendor, connected ones first. `VaultError` when the vault cannot be read."""
        now = self._clock.now()
        kept = {masked.vendor: masked for masked in self._vault.shown()}
        rows = [self._row(door, kept.get(name), now) for name, door in self._doors.doors.items()]
        return tuple(sorted(rows, key=lambda row: (not row.connected, row.door.title)))

    def login(self, vendor: str) -> Login:
        """A sign-in that begins. `InputError` for a vendor that has none. Close it."""
        door = self.door(vendor)
        if door.login is None:
            raise InputError(f"{door.title} has no sign-in.", "Enter its keys.")
        kept = self._kept(door.vendor)
        keeping = Keeping(read=lambda: kept, write=lambda _secrets: None)
        return door.login.start(self._conditions(door.vendor, keeping))

    def test(self, vendor: str, entered: Secrets) -> Tried:
        """Open the vendor with what was entered and ask it. Nothing is kept.

        `InputError` for what cannot be right: a field that is missing or that there is not.
        """
        door = self.door(vendor)
        if not door.fields:
            raise InputError(f"{door.title} needs no key.", "It can be asked as it is.")
        secrets = _filled(door, entered)
        keeping = Keeping(read=lambda: None, write=secrets.update)
        with _opened(door, secrets, self._conditions(door.vendor, keeping)) as source:
            health = source.check()
            if health.reachable is not True or health.authorised is False:
                sentence = health.last_error or health.sentence()
                return Tried(vendor=door.vendor, passed=False, sentence=sentence)
            number = source.account_number() if source.account_number is not None else None
        if isinstance(number, Failed):
            return Tried(vendor=door.vendor, passed=False, sentence=number.message)
        tried = self._compared(door, secrets, number.value if isinstance(number, Found) else "")
        log.info("vendor.tested", vendor=door.vendor, passed=tried.passed, another=tried.another)
        return tried

    def keep(self, tried: Tried, *, another: bool = False) -> Masked:
        """Put tested credentials into the vault. `another` is a person's word for another account.

        `InputError` when they did not pass, or open another account and nobody said so.
        """
        if not tried.passed:
            raise InputError(tried.sentence, "Nothing was stored.")
        if tried.another and not another:
            raise InputError(
                f"These credentials open the account {tried.account}; the one connected before is "
                f"{tried.before}.",
                "Nothing was stored. Say that the other account is meant, or enter others.",
            )
        masked = self._vault.put(tried.vendor, tried.secrets)
        log.info("vendor.connected", vendor=tried.vendor, another=tried.another)
        return masked

    def disconnect(self, vendor: str) -> str:
        """Forget a vendor's credentials; the sentence that says what happened."""
        known = vendor.strip().lower()
        door = self._doors.doors.get(known)
        title = door.title if door is not None else known
        if not self._vault.remove(known):
            raise InputError(f"{title} is not connected.", "There is nothing to forget.")
        log.info("vendor.disconnected", vendor=known)
        return (
            f"{title} is disconnected: its credentials are deleted here. They stay valid there "
            f"until you end them at {title}."
        )

    # -- parts ----------------------------------------------------------------------------------

    def _row(self, door: VendorDoor, kept: Masked | None, now: datetime) -> Connection:
        if kept is None:
            return Connection(door=door, connected=not door.fields)
        return Connection(
            door=door,
            connected=True,
            fields=kept.fields,
            since=kept.since,
            age=kept.age(now),
            reminder=kept.reminder(now),
        )

    def _compared(self, door: VendorDoor, secrets: dict[str, SecretStr], number: str) -> Tried:
        """The account that was found, beside the one that was entered and the one kept before."""
        asked_for = secrets.get(ACCOUNT_FIELD)
        if asked_for is not None and asked_for.get_secret_value().strip() != number:
            sentence = f"{door.title} shows no account of that number to these credentials."
            return Tried(vendor=door.vendor, passed=False, sentence=sentence)
        earlier = (self._kept(door.vendor) or {}).get(ACCOUNT_FIELD)
        before = earlier.get_secret_value().strip() if earlier is not None else ""
        if number:
            secrets[ACCOUNT_FIELD] = SecretStr(number)
        account = _ending(number)
        said = f" The account is {account}." if number else ""
        if not number and "account" in door.provides:
            said = " It shows no account: only its market data can be used."
        return Tried(
            vendor=door.vendor,
            passed=True,
            sentence=f"{door.title} answers and takes the credentials.{said}",
            account=account,
            before=_ending(before),
            another=bool(before) and before != number,
            secrets=secrets,
        )

    def _kept(self, vendor: str) -> Secrets | None:
        credential = self._vault.get(vendor)
        return credential.fields if credential is not None else None

    def _conditions(self, vendor: str, keeping: Keeping) -> Conditions:
        return Conditions(
            clock=self._clock,
            deadline=PATIENCE,
            origin=self._origins.get(vendor),
            keeping=keeping,
        )


def fields_of(door: VendorDoor, *, signing_in: bool) -> tuple[CredentialField, ...]:
    """What a person enters: for the sign-in where there is one, else what the vendor is opened
    with."""
    return door.login.fields if signing_in and door.login is not None else door.fields


def _filled(door: VendorDoor, entered: Secrets) -> dict[str, SecretStr]:
    """What was entered, without empty fields. `InputError` for a name that the vendor has not."""
    known = {each.name for each in (*door.fields, *(door.login.fields if door.login else ()))}
    strange = sorted(set(entered) - known)
    if strange:
        named = ", ".join(each.name for each in door.fields)
        raise InputError(f"{door.title} has no field {strange[0]!r}.", f"Its fields: {named}.")
    filled = {n: SecretStr(s.get_secret_value().strip()) for n, s in entered.items()}
    return {name: secret for name, secret in filled.items() if secret.get_secret_value()}


@contextmanager
def _opened(door: VendorDoor, secrets: Secrets, conditions: Conditions) -> Iterator[VendorSource]:
    source = door.open(secrets, conditions)
    try:
        yield source
    finally:
        source.close()


def _ending(number: str) -> str:
    """The end of an account number, enough to tell two accounts apart."""
    return f"{mask(SecretStr(''))}{number[-4:]}" if number else ""
