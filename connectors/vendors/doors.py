"""Discovery of vendors: a package below this one with a module `door` is all that joining takes.

A door that cannot be imported is listed with its reason and takes nothing else down. No vendor is
known by name here.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType, ModuleType
from typing import Final

import connectors.vendors as home
from connectors.vendors.ground.door import VendorDoor
from mfa.kernel.errors import InputError
from mfa.kernel.logs import get_logger

_MODULE: Final = "door"
_GROUND: Final = "ground"
"""What vendors share; its `door` declares what a door is."""

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedDoor:
    """A vendor that could not join, and why. `vendor` is the package's name."""

    vendor: str
    reason: str


@dataclass(frozen=True, slots=True)
class Doors:
    """The vendors that can be opened, by short name, and those whose door is broken."""

    doors: Mapping[str, VendorDoor]
    failed: tuple[FailedDoor, ...] = ()

    @classmethod
    def discover(cls, package: ModuleType = home) -> Doors:
        """Import the door of every package below `package` that has one."""
        working: dict[str, VendorDoor] = {}
        failed: list[FailedDoor] = []
        for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda each: each.name):
            if not info.ispkg or info.name == _GROUND:
                continue
            name = f"{package.__name__}.{info.name}"
            try:
                inside = importlib.import_module(name).__path__
                if not any(each.name == _MODULE for each in pkgutil.iter_modules(inside)):
                    continue
                door = importlib.import_module(f"{name}.{_MODULE}").DOOR
                if not isinstance(door, VendorDoor):
                    raise TypeError("its DOOR is no VendorDoor")  # noqa: TRY301
                if door.vendor in working:
                    raise TypeError(f"the name {door.vendor!r} is taken")  # noqa: TRY301
            except (Exception, SystemExit) as error:  # any defect in a dropped file
                log.warning("vendor.failed", vendor=info.name, exc_info=error)
                reason = f"{type(error).__name__}: {error}"
                failed.append(FailedDoor(vendor=info.name, reason=reason))
                continue
            working[door.vendor] = door
        return cls(MappingProxyType(working), tuple(failed))

    def find(self, vendor: str) -> VendorDoor:
        """The door, or an `InputError` that names what exists."""
        door = self.doors.get(vendor)
        if door is not None:
            return door
        broken = next((each for each in self.failed if each.vendor == vendor), None)
        if broken is not None:
            raise InputError(f"The vendor {vendor!r} could not be loaded: {broken.reason}.")
        known = ", ".join(self.doors) or "none"
        raise InputError(f"There is no vendor {vendor!r}.", f"Vendors: {known}.")
