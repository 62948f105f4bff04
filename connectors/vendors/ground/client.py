"""Reading JSON documents from a vendor over HTTP, through its gate.

GET only. Every body is bounded in time and in size before anything looks at it; what is not 2xx
becomes `Trouble`. Redirects are not followed: no vendor here uses them, and credentials would.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Lock
from typing import Any, Final

import httpx
from pydantic import SecretStr

from connectors.vendors.ground.deadline import DeadlineTransport, deadline
from connectors.vendors.ground.gate import Gate
from connectors.vendors.ground.terms import Call
from connectors.vendors.ground.trouble import (
    NotThere,
    Trouble,
    bad_data,
    refusal,
    too_late,
    unreachable,
)
from mfa.kernel.outcome import Failed, FailureKind

_AGENT: Final = "magnus"
_LARGEST_REFUSAL: Final = 4096


class JsonClient:
    """Documents under `base_url`. `secrets` are headers; they are opened when a request is made.

    `headers` are what this vendor wants to see besides.
    """

    def __init__(
        self,
        gate: Gate,
        *,
        base_url: str,
        secrets: Mapping[str, SecretStr],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._gate, self._terms = gate, gate.terms
        self._headers = {"User-Agent": _AGENT, "Accept": "application/json", **(headers or {})}
        self._base, self._secrets = base_url.rstrip("/"), dict(secrets)
        self._lock = Lock()
        self._client: httpx.Client | None = None

    def get(
        self,
        call: Call,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        absent: frozenset[int] = frozenset(),
    ) -> bytes:
        """The body of a 2xx answer. `NotThere` for a status in `absent`, else `Trouble`."""
        return self._gate.request(call, lambda: self._send(call, path, params or {}, absent))

    def close(self) -> None:
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def _connected(self) -> httpx.Client:
        """The client, made at first use: loading the trusted roots takes 20 ms."""
        with self._lock:
            if self._client is None:
                self._client = httpx.Client(
                    transport=DeadlineTransport(connections=self._terms.concurrency),
                    headers=self._headers,
                    trust_env=False,
                )
            return self._client

    def _send(
        self, call: Call, path: str, params: Mapping[str, str], absent: frozenset[int]
    ) -> bytes:
        began = time.monotonic()
        headers = self._opened()
        try:
            with (
                deadline(call.until),
                self._connected().stream(
                    "GET",
                    self._base + path,
                    params=dict(params),
                    headers=headers,
                    timeout=max(0.001, call.left()),
                ) as response,
            ):
                self._learn(response)
                if response.status_code in absent:
                    raise NotThere
                if not response.is_success:
                    text = said(_read(response, _LARGEST_REFUSAL) or b"")
                    raise refusal(self._terms, response.status_code, response.headers, text)
                body = _read(response, self._terms.max_bytes)
        except httpx.TimeoutException:
            raise too_late(self._terms, time.monotonic() - began) from None
        except httpx.RemoteProtocolError:
            raise self._cut_off() from None
        except httpx.DecodingError:
            raise bad_data(self._terms, "its answer is not compressed as it says") from None
        except httpx.TransportError as error:
            raise unreachable(self._terms, type(error).__name__) from None
        except httpx.InvalidURL:
            raise bad_data(self._terms, "what was asked makes no address") from None
        if body is None:
            limit = self._terms.max_bytes >> 20
            raise bad_data(self._terms, f"with more than {limit} MiB, which is not read")
        return body

    def _opened(self) -> dict[str, str]:
        """The secret headers in plain text. `Trouble` for one that no key can look like."""
        headers = {
            name: secret.get_secret_value().strip() for name, secret in self._secrets.items()
        }
        if all(value.isascii() and value.isprintable() for value in headers.values()):
            return headers
        message = (
            f"The credentials of {self._terms.title} hold characters that no key has. "
            f"{self._terms.remedy}"
        )
        raise Trouble(Failed(FailureKind.CREDENTIALS, message))

    def _cut_off(self) -> Trouble:
        broken = bad_data(self._terms, "its answer was cut off")
        return Trouble(broken.failure, transient=True, hurts=True)

    def _learn(self, response: httpx.Response) -> None:
        """What the headers tell beside the answer: the limit, and the vendor's clock."""
        names = self._terms.limit_headers
        if names is not None:
            try:
                remaining = int(response.headers[names.remaining])
                reset = float(response.headers[names.reset]) * names.reset_unit
                self._gate.limited(remaining, reset - time.time())
            except (KeyError, ValueError, OverflowError):
                pass
        try:
            said = parsedate_to_datetime(response.headers["date"])
            self._gate.skewed((said - datetime.now(UTC)).total_seconds())
        except (KeyError, ValueError, TypeError):
            pass


def _read(response: httpx.Response, limit: int) -> bytes | None:
    """The whole body, or None when it is larger than `limit` bytes."""
    parts: list[bytes] = []
    size = 0
    for part in response.iter_bytes():
        size += len(part)
        if size > limit:
            return None
        parts.append(part)
    return b"".join(parts)


def said(body: bytes) -> str:
    """The sentence inside a refusal, wherever vendors put it; empty when there is none."""
    text = body.decode("utf-8", "replace")
    try:
        found: Any = json.loads(text)
    except ValueError:
        return text
    for name in (
        "errors",
        "error",
        "fault",
        "message",
        "faultstring",
        "description",
        "detail",
        "non_field_errors",
    ):
        if isinstance(found, dict) and name in found:
            found = found[name]
    if isinstance(found, list):
        found = "; ".join(str(part) for part in found[:3])
    return found if isinstance(found, str) else ""
