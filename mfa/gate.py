"""The gate before the page: where people sign in, nothing behind it answers anybody who has not.

It has a form of its own, because only an answer to a request sets a cookie that no script can read;
so a sign-in survives a reload, and without one not even the page's socket opens. On the own machine
the gate is open. It says in every answer that no other site may frame the page: a button of a
stranger's page must not lie under ours.
"""

from __future__ import annotations

import hashlib
from asyncio import to_thread
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import psycopg

from mfa.kernel.errors import MagnusError
from mfa.kernel.logs import get_logger
from mfa.security.accounts import CodeNeeded, SignedIn
from mfa.security.devices import device_of
from mfa.security.guard import Guard
from mfa.security.throttle import TooSoon
from mfa.sign_in_form import NOBODY, POLICY, sentence_page, sign_in_page

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Receive, Send], Awaitable[None]]

SIGN_IN: Final = "/sign-in"
_DOOR: Final = "page"
_OPEN: Final = ("/static/", "/_stcore/health")
"""The page's own programs and whether it is alive: the same for everybody, and nobody's."""
_LARGEST: Final = 8192
_FRAMES: Final = (b"content-security-policy", b"frame-ancestors 'self'")
_AWAY: Final = "Magnus cannot look now who you are. Its log on that machine says why."
log = get_logger(__name__)


def cookie_name(home: Path) -> str:
    """Of this installation: cookies know no ports, and two may run on one machine."""
    return f"magnus_{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """An ASGI application around another. `guard` may wait until there is one; `closed` is whether
    people sign in; `cookie` the name under which the token stands."""

    app: App
    guard: Callable[[], Guard]
    closed: bool
    cookie: str

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            send = _framed(send)
        if not self.closed or scope["type"] == "lifespan" or scope["path"].startswith(_OPEN):
            await self.app(scope, receive, send)
            return
        try:
            if await to_thread(self._stands, scope):
                if scope["path"] != SIGN_IN:
                    await self.app(scope, receive, send)
                    return
                status, text, extra = HTTPStatus.SEE_OTHER, "", [_to("/")]
            else:
                status, text, extra = await self._outside(scope, receive)
        except (MagnusError, psycopg.Error):
            log.exception("gate.away")
            status, text, extra = HTTPStatus.SERVICE_UNAVAILABLE, sentence_page(_AWAY), []
        await _answer(scope, send, status, text, extra)

    def _stands(self, scope: Any) -> bool:
        return self.guard().sessions.find(_token(scope, self.cookie)) is not None

    async def _outside(self, scope: Any, receive: Receive) -> _Answer:
        """To somebody who has not signed in."""
        guard = await to_thread(self.guard)
        if not await to_thread(guard.accounts.there_are_any):
            return HTTPStatus.FORBIDDEN, sentence_page(NOBODY), []
        if scope["path"] != SIGN_IN or scope["type"] != "http":
            wants_page = scope["type"] == "http" and scope["method"] == "GET"
            wants_page = wants_page and "text/html" in _header(scope, "accept")
            if wants_page:
                return HTTPStatus.SEE_OTHER, "", [_to(SIGN_IN)]
            return HTTPStatus.UNAUTHORIZED, sentence_page("Sign in first."), []
        if scope["method"] != "POST":
            return HTTPStatus.OK, sign_in_page(), []
        if not _is_of_this_page(scope):
            return HTTPStatus.FORBIDDEN, sign_in_page("Sign in on this page itself."), []
        body = await _body(receive)
        return await to_thread(self._signed_in, scope, body)

    def _signed_in(self, scope: Any, body: bytes | None) -> _Answer:
        given = {} if body is None else parse_qs(body.decode("utf-8", "replace"))
        name, password, code = (given.get(n, [""])[0] for n in ("name", "password", "code"))
        try:
            signed = self.guard().accounts.sign_in(
                name, password, door=_DOOR, address=_address(scope), code=code.strip(),
                device=device_of(_header(scope, "user-agent")),
            )  # fmt: skip
        except CodeNeeded as needed:
            page = sign_in_page(str(needed), name=name, code_wanted=True)
            return HTTPStatus.UNAUTHORIZED, page, []
        except MagnusError as refused:
            soon = isinstance(refused, TooSoon)
            status = HTTPStatus.TOO_MANY_REQUESTS if soon else HTTPStatus.UNAUTHORIZED
            return status, sign_in_page(str(refused), name=name), []
        return HTTPStatus.SEE_OTHER, "", [_to("/"), self._kept(signed, scope)]

    def _kept(self, signed: SignedIn, scope: Any) -> tuple[bytes, bytes]:
        """Until the browser is closed; how long it counts, the session decides."""
        secure = "; Secure" if scope["scheme"] == "https" else ""
        value = f"{self.cookie}={signed.token}; Path=/; HttpOnly; SameSite=Strict{secure}"
        return b"set-cookie", value.encode()


_Answer = tuple[HTTPStatus, str, list[tuple[bytes, bytes]]]


def _to(path: str) -> tuple[bytes, bytes]:
    return b"location", path.encode()


def _header(scope: Any, name: str) -> str:
    found = (value for key, value in scope["headers"] if key == name.encode())
    return str(next(found, b"").decode("latin-1"))


def _token(scope: Any, name: str) -> str:
    pairs = (part.strip().partition("=") for part in _header(scope, "cookie").split(";"))
    return next((value for key, _, value in pairs if key == name), "")


def _address(scope: Any) -> str:
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


def _is_of_this_page(scope: Any) -> bool:
    """Browsers say where a form stood; what says nothing is no browser with somebody's cookies."""
    origin = _header(scope, "origin")
    return not origin or urlsplit(origin).netloc == _header(scope, "host")


async def _body(receive: Receive) -> bytes | None:
    """None for more than anybody types."""
    body, more = b"", True
    while more and len(body) <= _LARGEST:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body if len(body) <= _LARGEST else None


async def _answer(
    scope: Any, send: Send, status: HTTPStatus, text: str, extra: Iterable[tuple[bytes, bytes]]
) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 4401})
        return
    body = text.encode()
    headers = [
        (b"content-length", str(len(body)).encode()),
        (b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store"),
        (b"content-security-policy", POLICY.encode()), (b"referrer-policy", b"same-origin"),
        (b"x-content-type-options", b"nosniff"), *extra,
    ]  # fmt: skip
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _framed(send: Send) -> Send:
    """With the header that keeps strangers from framing, where the answer has none of its kind."""

    async def framed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            if all(name.lower() != _FRAMES[0] for name, _ in headers):
                message["headers"] = [*headers, _FRAMES]
        await send(message)

    return framed
