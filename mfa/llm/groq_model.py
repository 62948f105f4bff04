"""Groq's models through its own client. The client's retries are off: the deadline is ours."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeVar

from pydantic import SecretStr

from mfa.kernel.outcome import Failed, FailureKind, Found, Outcome, Provenance
from mfa.llm.protocol import Prompt, Reply

if TYPE_CHECKING:
    from groq import Groq

T = TypeVar("T")

REMEDY: Final = "Run `magnus connect groq` and enter a new key."
_AGAIN: Final = timedelta(seconds=15)


class GroqModel:
    """`LanguageModel`. `base_url` stands in for Groq's house in tests."""

    def __init__(self, key: SecretStr, model: str, *, base_url: str | None = None) -> None:
        self._key, self.model, self._base_url = key, model, base_url
        self._lock = Lock()
        self._client: Groq | None = None

    @property
    def name(self) -> str:
        return f"Groq, {self.model}"

    def ask(self, prompt: Prompt) -> Outcome[Reply]:
        began = time.monotonic()
        shape: dict[str, Any] = {}
        if prompt.schema is not None:
            # Few of Groq's models take a schema; all take this, and the reply is checked.
            shape["response_format"] = {"type": "json_object"}

        def work(client: Groq) -> Outcome[Reply]:
            answer = client.chat.completions.create(
                model=self.model,
                messages=[{"role": m.role, "content": m.text} for m in prompt.messages],  # type: ignore[misc]  # the union is by role
                max_completion_tokens=prompt.tokens,
                temperature=0.0,
                timeout=prompt.deadline,
                **shape,
            )
            text = answer.choices[0].message.content if answer.choices else None
            if not text:
                return Failed(FailureKind.BAD_DATA, f"{self.name} said nothing.")
            seconds = time.monotonic() - began
            return self._found(Reply(text=text, model=self.model, seconds=seconds))

        return self._asked(work, prompt.deadline)

    def models(self, deadline: float = 5.0) -> Outcome[tuple[str, ...]]:
        def work(client: Groq) -> Outcome[tuple[str, ...]]:
            listed = client.models.list(timeout=deadline)
            return self._found(tuple(sorted(each.id for each in listed.data)))

        return self._asked(work, deadline)

    def close(self) -> None:
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def _found(self, value: T) -> Found[T]:
        return Found(value, Provenance(source=self.name, as_of=datetime.now(UTC), computed=True))

    def _asked(self, work: Callable[[Groq], Outcome[T]], deadline: float) -> Outcome[T]:
        import groq  # noqa: PLC0415 - a third of a second, at the first question only

        try:
            return work(self._ready())
        except groq.APITimeoutError:
            message = f"{self.name} did not answer within {round(deadline, 1):g} seconds."
            return Failed(FailureKind.TIMEOUT, message)
        except groq.APIConnectionError:
            return Failed(FailureKind.UNAVAILABLE, "Groq cannot be reached.")
        except groq.APIStatusError as error:
            return self._refused(error.status_code, error.response.headers.get("retry-after"))
        except (groq.GroqError, ValueError, AttributeError, TypeError):
            return Failed(FailureKind.BAD_DATA, f"{self.name} gave an answer that cannot be read.")

    def _refused(self, status: int, retry_after: str | None) -> Failed:
        if status in (401, 403):
            return Failed(FailureKind.CREDENTIALS, f"Groq refused the key. {REMEDY}")
        if status == 404:
            message = f"Groq has no model {self.model!r}. Choose another on the page Settings."
            return Failed(FailureKind.NOT_SUPPORTED, message)
        if status == 429:
            pause = _pause(retry_after)
            message = f"{self.name} takes no more questions for {pause.total_seconds():.0f} s."
            return Failed(FailureKind.RATE_LIMITED, message, pause)
        return Failed(FailureKind.UNAVAILABLE, f"Groq answered with an error ({status}).")

    def _ready(self) -> Groq:
        with self._lock:
            if self._client is None:
                from groq import Groq  # noqa: PLC0415 - as above

                self._client = Groq(
                    api_key=self._key.get_secret_value(), base_url=self._base_url, max_retries=0
                )
            return self._client


def _pause(said: str | None) -> timedelta:
    try:
        return timedelta(seconds=max(1.0, float(said or "")))
    except (ValueError, OverflowError):
        return _AGAIN
