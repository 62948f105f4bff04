"""A small stateful HTTP server on the loopback: routes, a log of requests, faults on demand.

A vendor's fake subclasses `FakeServer`, keeps its state in attributes and answers in methods marked
with `@route`. `fault` is applied to whatever would have been answered.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self, TypeVar
from urllib.parse import parse_qs, urlsplit

from tests.servers.faults import Fault, damage_body, damage_document


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What came in. `query` has the last value of each name; header names are lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    raw_query: str = ""
    """As it stood in the address: what a signature is of."""

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes out: a JSON document, or text as it is."""

    document: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        if isinstance(self.document, str):
            return self.document.encode()
        return json.dumps(self.document).encode()


Handler = TypeVar("Handler", bound=Callable[..., Any])
_ROUTE: Final = "__route__"


def route(method: str, pattern: str) -> Callable[[Handler], Handler]:
    """Mark a method `(self, request, *groups) -> Answer | document`. `pattern` is a full match."""

    def mark(handler: Handler) -> Handler:
        setattr(handler, _ROUTE, (method, re.compile(pattern)))
        return handler

    return mark


class FakeServer:
    """Serves on 127.0.0.1 from construction to `close`; use it as a context manager."""

    price_fields: frozenset[str] = frozenset()
    """Names in this vendor's documents that hold prices: where number faults strike."""
    rows: frozenset[str] = frozenset()
    """Names that hold lists (or keyed objects) of rows: where row faults strike."""
    times: frozenset[str] = frozenset()
    """Names that hold moments: where the clock is moved."""

    def __init__(self) -> None:
        self.fault: Fault | None = None
        self.faults_left: int | None = None
        self.mutate: Callable[[Any], Any] | None = None
        self.requests: list[Request] = []
        self.stopping = threading.Event()
        self._routes = [
            (*getattr(member, _ROUTE), member)
            for name in dir(type(self))
            if hasattr(member := getattr(self, name), _ROUTE)
        ]
        fake = self

        class Door(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # else head and body are 40 ms apart

            def log_message(self, *_arguments: Any) -> None:  # quiet
                return

            def do_GET(self) -> None:
                fake.handle(self)

            do_POST = do_DELETE = do_GET  # noqa: N815 - the library's name

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def inject(self, fault: Fault, times: int | None = None) -> None:
        """Damage every answer from now on, or only the next `times`."""
        self.fault, self.faults_left = fault, times

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def spared(self, request: Request) -> bool:
        """Whether faults leave this request alone (a session's set-up, for instance)."""
        return False

    def close(self) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # -- one request ----------------------------------------------------------------------------

    def handle(self, door: BaseHTTPRequestHandler) -> None:
        try:
            self._handle(door)
        except (BrokenPipeError, ConnectionResetError):
            door.close_connection = True

    def _handle(self, door: BaseHTTPRequestHandler) -> None:
        address = urlsplit(door.path)
        length = int(door.headers.get("content-length") or 0)
        request = Request(
            method=door.command,
            path=address.path,
            query={k: v[-1] for k, v in parse_qs(address.query, keep_blank_values=True).items()},
            headers={name.lower(): value for name, value in door.headers.items()},
            body=door.rfile.read(length) if length else b"",
            raw_query=address.query,
        )
        self.requests.append(request)
        fault = None if self.spared(request) else self._struck()
        if fault is not None and fault.status:
            headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
            return self._send(door, Answer(fault.text, fault.status, headers), None)
        try:
            answer = self._answer(request)
        except (ValueError, KeyError):
            answer = Answer({"message": "bad request"}, 400)
        if fault is not None and answer.status == 200 and not isinstance(answer.document, str):
            answer = Answer(damage_document(self, fault, answer.document), 200, answer.headers)
        if self.mutate is not None and answer.status == 200 and not self.spared(request):
            answer = Answer(self.mutate(answer.document), 200, answer.headers)
        return self._send(door, answer, fault)

    def _struck(self) -> Fault | None:
        if self.fault is None or self.faults_left == 0:
            return None
        if self.faults_left is not None:
            self.faults_left -= 1
        return self.fault

    def _answer(self, request: Request) -> Answer:
        for method, pattern, handler in self._routes:
            match = pattern.fullmatch(request.path)
            if method == request.method and match is not None:
                found = handler(request, *match.groups())
                return found if isinstance(found, Answer) else Answer(found)
        return Answer({"message": "no such route"}, 404)

    def _send(self, door: BaseHTTPRequestHandler, answer: Answer, fault: Fault | None) -> None:
        body = damage_body(fault, answer.body) if fault is not None else answer.body
        if fault is not None and fault.silent:
            self.stopping.wait(8.0)
            door.close_connection = True
            return
        door.send_response(answer.status)
        kind = "text/plain" if isinstance(answer.document, str) else "application/json"
        for name, value in {"Content-Type": kind, **answer.headers}.items():
            door.send_header(name, value)
        promised = len(answer.body) if fault is not None and fault.cut else len(body)
        door.send_header("Content-Length", str(promised))
        door.end_headers()
        if fault is not None and fault.trickle:
            for byte in body:
                if self.stopping.is_set():
                    return
                door.wfile.write(bytes([byte]))
                door.wfile.flush()
                time.sleep(fault.trickle)
        else:
            door.wfile.write(body)
        if promised != len(body):
            door.close_connection = True
