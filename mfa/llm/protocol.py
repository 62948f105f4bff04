"""What Magnus asks of a language model, whoever runs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from mfa.kernel.outcome import Outcome

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Message:
    role: Role
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One question. With a `schema` (JSON Schema) the reply shall be one JSON document of it.

    `deadline` is in seconds for everything, retries included; `tokens` bounds the reply.
    """

    messages: tuple[Message, ...]
    schema: Mapping[str, Any] | None = None
    deadline: float = 8.0
    tokens: int = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the model said, and which one said it."""

    text: str
    model: str
    seconds: float


class LanguageModel(Protocol):
    """Safe from any thread. Every answer is an `Outcome`; nothing raises."""

    @property
    def name(self) -> str:
        """As a person reads it: 'Groq, llama-3.3-70b-versatile'."""
        ...

    def ask(self, prompt: Prompt) -> Outcome[Reply]: ...

    def models(self, deadline: float = 5.0) -> Outcome[tuple[str, ...]]:
        """What the house behind it offers now: models are retired often."""
        ...

    def close(self) -> None: ...
