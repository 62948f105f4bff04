"""Models that run on the person's own machine, through Ollama's client."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypeVar

from mfa.kernel.outcome import Failed, FailureKind, Found, Outcome, Provenance
from mfa.llm.protocol import Prompt, Reply

if TYPE_CHECKING:
    from ollama import Client

T = TypeVar("T")

_CONTEXT: Final = 8192
"""Ollama's own default cuts a prompt with a schema."""


class OllamaModel:
    """`LanguageModel`. `host` is Ollama's address."""

    def __init__(self, model: str, *, host: str) -> None:
        self.model, self._host = model, host

    @property
    def name(self) -> str:
        return f"Ollama, {self.model}"

    def ask(self, prompt: Prompt) -> Outcome[Reply]:
        began = time.monotonic()

        def work(client: Client) -> Outcome[Reply]:
            answer = client.chat(
                model=self.model,
                messages=[{"role": m.role, "content": m.text} for m in prompt.messages],
                format=dict(prompt.schema) if prompt.schema is not None else None,
                options={"num_ctx": _CONTEXT, "num_predict": prompt.tokens, "temperature": 0.0},
            )
            if not answer.message.content:
                return Failed(FailureKind.BAD_DATA, f"{self.name} said nothing.")
            seconds = time.monotonic() - began
            reply = Reply(text=answer.message.content, model=self.model, seconds=seconds)
            return self._found(reply)

        return self._asked(work, prompt.deadline)

    def models(self, deadline: float = 5.0) -> Outcome[tuple[str, ...]]:
        def work(client: Client) -> Outcome[tuple[str, ...]]:
            names = (each.model for each in client.list().models)
            return self._found(tuple(sorted(name for name in names if name)))

        return self._asked(work, deadline)

    def close(self) -> None:
        """Nothing is kept open between questions."""

    def _found(self, value: T) -> Found[T]:
        return Found(value, Provenance(source=self.name, as_of=datetime.now(UTC), computed=True))

    def _asked(self, work: Callable[[Client], Outcome[T]], deadline: float) -> Outcome[T]:
        import httpx  # noqa: PLC0415 - at the first question only, like the next
        import ollama  # noqa: PLC0415

        try:
            # A client for each question: its time limit is the client's, not the question's.
            return work(ollama.Client(host=self._host, timeout=deadline, trust_env=False))
        except httpx.TimeoutException:
            message = f"{self.name} did not answer within {round(deadline, 1):g} seconds."
            return Failed(FailureKind.TIMEOUT, message)
        except (ConnectionError, httpx.TransportError):
            message = f"Ollama does not answer at {self._host}. Start it with: ollama serve"
            return Failed(FailureKind.UNAVAILABLE, message)
        except ollama.ResponseError as error:
            if error.status_code == 404:
                message = f"Ollama has no model {self.model!r}. Fetch it with: ollama pull"
                return Failed(FailureKind.NOT_SUPPORTED, f"{message} {self.model}")
            message = f"Ollama answered with an error ({error.status_code})."
            return Failed(FailureKind.UNAVAILABLE, message)
        except (ValueError, TypeError, AttributeError, LookupError):
            return Failed(FailureKind.BAD_DATA, f"{self.name} gave an answer that cannot be read.")
