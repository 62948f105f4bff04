"""What a message was understood to mean.

One immutable value, the same whether grammar or a language model made it. It holds only what the
message says or the conversation settled; it never carries a guess or a default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

UNKNOWN: Final = "unknown"
_NO_SLOTS: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """Intent, calibrated confidence and typed slots of one message.

    `slots` holds JSON values typed as the slot catalogue says (dates are ISO strings); `missing`
    names required slots nobody has said, in the order in which to ask for them; `also` is the
    intent of a second part; `runner_up_confidence` belongs to `runner_up`.
    """

    text: str
    intent: str
    confidence: float
    runner_up: str | None = None
    runner_up_confidence: float = 0.0
    slots: Mapping[str, Any] = field(default_factory=lambda: _NO_SLOTS)
    missing: tuple[str, ...] = ()
    also: str | None = None

    @property
    def intents(self) -> tuple[str, ...]:
        """The intent, and the second part's where there is one."""
        return (self.intent,) if self.also is None else (self.intent, self.also)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that `magnus understand` prints."""
        return {
            "text": self.text,
            "intent": self.intent,
            "confidence": self.confidence,
            "runner_up": self.runner_up,
            "slots": dict(self.slots),
            "missing": list(self.missing),
            "also": self.also,
        }
