"""What was asked to be done, as whoever makes its parameters gets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from actions.action import Means, Who
from actions.answers import found
from connectors.base import Params, Result
from mfa.kernel.outcome import Found

R = TypeVar("R", bound=Result)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`params` are those that the plan bound; `slots` everything that the message says. `spelled`:
    the person typed the parameters themselves."""

    action: str
    params: Mapping[str, Any]
    slots: Mapping[str, Any]
    text: str
    who: Who
    means: Means
    today: date
    spelled: bool = False

    def answer(self, kind: type[R], feature: str, query: str, **params: Any) -> Found[R]:
        """A reading query's answer. `InputError` with its sentence where there is none."""
        return found(kind, self.means.data.query(feature, query, params, user=self.who.user))

    def only(self, model: type[Params]) -> dict[str, Any]:
        """The slots that `model` takes."""
        return {name: self.slots[name] for name in model.model_fields if name in self.slots}

    def says(self, *words: str) -> bool:
        return any(word in self.text.lower() for word in words)
