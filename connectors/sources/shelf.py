"""The vendors that a person can use: which are connected, each opened once, in which order asked.

Nothing is opened and no vendor's library is imported before the first question. A vendor that the
settings name and that cannot be used stays in its place of the chain and says why there. The vault
is looked at again by `refresh`, after somebody connected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final, TypeVar

from pydantic import SecretStr

from connectors.sources.chain import Link
from connectors.vendors.doors import Doors
from connectors.vendors.ground.breaker import BreakerState
from connectors.vendors.ground.door import (
    ACCOUNT_FIELD,
    Conditions,
    Keeping,
    Kind,
    Secrets,
    VendorDoor,
    VendorSource,
)
from connectors.vendors.ground.health import SourceHealth
from mfa.kernel.clock import Clock
from mfa.kernel.errors import InputError, MagnusError
from mfa.kernel.logs import get_logger
from mfa.kernel.outcome import Failed, FailureKind
from mfa.security.credential import CredentialStore

S = TypeVar("S")

PREFERRED: Final = ("robinhood", "tradier", "alpaca", "yahoo")
"""The order of the chain when nobody sets one; others come before the last, by name."""
_IDLE_SHARE: Final = 6
"""A vendor is idle while this part of a minute's requests is free at once."""

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What vendors are opened under. `origins` stand in for their hosts, in tests only."""

    clock: Clock
    deadline: float
    order: tuple[str, ...] = ()
    origins: Mapping[str, str] | None = None


class Shelf:
    """Every vendor with a door. Thread-safe; `close` it."""

    def __init__(self, doors: Doors, vault: CredentialStore, circumstances: Circumstances) -> None:
        self.doors, self.vault = doors, vault
        self._circumstances = circumstances
        self._lock = Lock()
        self._opened: dict[str, VendorSource | Failed] = {}
        self._connected = self._look()
        self.generation = 0
        """Moves with every `refresh`."""

    @property
    def connected(self) -> tuple[str, ...]:
        """Vendors that can be asked: those with credentials in the vault, and those without need
        of any; in the order in which they are asked when nobody sets one."""
        known = sorted(self._connected, key=_place)
        return tuple(known)

    def order(self, kind: Kind) -> tuple[str, ...]:
        """Whom a question of this kind goes to, in order: as set, or every connected vendor."""
        named = self._circumstances.order or self.connected
        return tuple(v for v in named if v not in self.doors.doors or kind in self._provides(v))

    def links(self, kind: Kind, part: Callable[[VendorSource], S | None]) -> tuple[Link[S], ...]:
        """The chain's links for one kind of data."""
        return tuple(self._link(vendor, part) for vendor in self.order(kind))

    def open(self, vendor: str) -> VendorSource | Failed:
        """The opened vendor, the same each time; a failure says what to do."""
        with self._lock:
            found = self._opened.get(vendor)
            if found is None:
                found = self._opened[vendor] = self._open(vendor)
            return found

    def account_number(self, vendor: str) -> str:
        """The broker's own number of the account that connecting kept; empty where it kept none."""
        credential = self.vault.get(vendor)
        secret = credential.secret(ACCOUNT_FIELD) if credential is not None else None
        return secret.get_secret_value().strip() if secret is not None else ""

    def health(self, vendor: str, *, ask: bool = False) -> SourceHealth | Failed:
        """How a connected vendor is. Without `ask` nothing goes over the network."""
        source = self.open(vendor)
        if isinstance(source, Failed):
            return source
        return source.check() if ask else source.health()

    def has_room(self, kind: Kind) -> bool:
        """Whether the first vendor that would be asked could take many more questions now.

        One that is not open yet could; so could one that does not answer, and says so at once.
        """
        order = self.order(kind)
        with self._lock:
            opened = self._opened.get(order[0]) if order else None
        if opened is None or isinstance(opened, Failed):
            return True
        health = opened.health()
        silent = health.reachable is False or health.breaker is BreakerState.OPEN
        return silent or _has_free(health)

    def refresh(self) -> None:
        """Somebody connected or disconnected: forget what is open and look at the vault again."""
        connected = self._look()
        with self._lock:
            opened, self._opened = self._opened, {}
            self._connected = connected
            self.generation += 1
        _close(opened)

    def close(self) -> None:
        with self._lock:
            opened, self._opened = self._opened, {}
        _close(opened)

    def _look(self) -> frozenset[str]:
        kept = set(self.vault.vendors())
        return frozenset(
            name
            for name, door in self.doors.doors.items()
            if name in kept or all(field.optional for field in door.fields)
        )

    def _provides(self, vendor: str) -> frozenset[Kind]:
        return self.doors.doors[vendor].provides

    def _link(self, vendor: str, part: Callable[[VendorSource], S | None]) -> Link[S]:
        door = self.doors.doors.get(vendor)
        title = door.title if door is not None else vendor

        def source() -> S | Failed:
            opened = self.open(vendor)
            if isinstance(opened, Failed):
                return opened
            found = part(opened)
            if found is None:
                return Failed(FailureKind.NOT_SUPPORTED, f"{title} does not offer this.")
            return found

        return Link(title=title, source=source, is_idle=lambda: self._is_idle(vendor))

    def _is_idle(self, vendor: str) -> bool:
        with self._lock:
            opened = self._opened.get(vendor)
        if opened is None or isinstance(opened, Failed):
            return False
        health = opened.health()
        well = health.breaker is BreakerState.CLOSED and health.reachable is not False
        return well and _has_free(health)

    def _open(self, vendor: str) -> VendorSource | Failed:
        try:
            door = self.doors.find(vendor)
            if vendor not in self._connected:
                return Failed(FailureKind.CREDENTIALS, not_connected(door))
            credential = self.vault.get(vendor)
            secrets = credential.fields if credential is not None else {}
            return door.open(secrets, self.conditions(vendor))
        except InputError as error:
            return Failed(FailureKind.CREDENTIALS, str(error))
        except MagnusError as error:
            return Failed(FailureKind.UNAVAILABLE, str(error))
        except Exception as error:
            log.exception("vendor.not_opened", vendor=vendor)
            reason = type(error).__name__
            return Failed(
                FailureKind.UNAVAILABLE,
                f"{vendor} cannot be used here ({reason}). The log has the details.",
            )

    def conditions(self, vendor: str) -> Conditions:
        """What a vendor is opened under, for what needs no credentials too."""
        given = self._circumstances
        return Conditions(
            clock=given.clock,
            deadline=given.deadline,
            origin=(given.origins or {}).get(vendor),
            keeping=Keeping(
                read=lambda: _fields(self.vault, vendor),
                write=lambda secrets: _replace(self.vault, vendor, secrets),
            ),
        )


def not_connected(door: VendorDoor) -> str:
    return f"{door.title} is not connected. Run `magnus connect {door.vendor}`."


def _has_free(health: SourceHealth) -> bool:
    return health.limits_left * _IDLE_SHARE >= health.per_minute


def _place(vendor: str) -> tuple[float, str]:
    place = PREFERRED.index(vendor) if vendor in PREFERRED else len(PREFERRED) - 1.5
    return float(place), vendor


def _fields(vault: CredentialStore, vendor: str) -> Mapping[str, SecretStr] | None:
    credential = vault.get(vendor)
    return credential.fields if credential is not None else None


def _replace(vault: CredentialStore, vendor: str, secrets: Secrets) -> None:
    vault.put(vendor, secrets)


def _close(opened: Mapping[str, Any]) -> None:
    for vendor, source in opened.items():
        if isinstance(source, VendorSource):
            try:
                source.close()
            except Exception as error:  # one that cannot close does not keep the others open
                log.warning("vendor.not_closed", vendor=vendor, exc_info=error)
