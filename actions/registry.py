"""Discovery of actions: dropping a file into `actions/catalogue` is all that joining takes.

A module that cannot be imported, or whose name is taken, is listed with its reason and takes
nothing else down.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType, ModuleType
from typing import Any

import actions.catalogue as home
from actions.action import Action
from mfa.kernel.errors import InputError
from mfa.kernel.logs import get_logger

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedAction:
    """What did not join, and why. `name` is the module, or the action when that is known."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class ActionRegistry:
    """The actions that work, by name, and those that do not."""

    actions: Mapping[str, Action[Any]]
    failed: tuple[FailedAction, ...] = ()

    @classmethod
    def discover(cls, *, package: ModuleType = home) -> ActionRegistry:
        """Import every module and package in `package`; take the `Action`s defined there."""
        working: dict[str, Action[Any]] = {}
        failed: list[FailedAction] = []
        for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda each: each.name):
            module = f"{package.__name__}.{info.name}"
            try:
                found = vars(importlib.import_module(module)).values()
            except (Exception, SystemExit) as error:  # any defect in a dropped file
                log.warning("action.failed", module=module, exc_info=error)
                failed.append(FailedAction(name=module, reason=f"{type(error).__name__}: {error}"))
                continue
            for action in (each for each in found if isinstance(each, Action)):
                if working.setdefault(action.name, action) is not action:
                    reason = f"the name {action.name!r} is already taken"
                    failed.append(FailedAction(name=module, reason=reason))
        return cls(MappingProxyType(dict(sorted(working.items()))), tuple(failed))

    def find(self, name: str) -> Action[Any]:
        """The action, or an `InputError` that names what exists."""
        action = self.actions.get(name)
        if action is None:
            known = ", ".join(self.actions) or "none"
            raise InputError(f"There is no action {name!r}.", f"Actions: {known}.")
        return action

    def tools(self) -> list[dict[str, Any]]:
        """One declaration per action, in the JSON-schema form that models' APIs take. A model that
        calls one makes a proposal."""
        return [
            {
                "type": "function",
                "function": {
                    "name": f"propose__{action.name}",
                    "description": action.description,
                    "parameters": action.params.model_json_schema(),
                },
            }
            for action in self.actions.values()
        ]
