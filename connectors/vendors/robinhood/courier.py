"""Documents from Robinhood over robin-stocks' own session, which is bounded and locked here.

The only file that imports the library. It has one session for a whole process and puts tokens into
its headers; here a token travels with its request, so that accounts do not mix. Whatever goes over
the session, a call of the library itself too, needs a passage: without one it is refused, and with
one it may read, and may post to what belongs to signing in; a passage of its own kind may post to
what belongs to orders, once. Time and size are bounded, and nothing goes to another host.
"""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import httpx
from pydantic import SecretStr
from requests import PreparedRequest, RequestException, Response
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from robin_stocks.robinhood import urls
from robin_stocks.robinhood.authentication import generate_device_token
from robin_stocks.robinhood.globals import SESSION

from connectors.vendors.ground.deadline import DeadlineTransport, deadline
from connectors.vendors.ground.terms import Call, Terms
from connectors.vendors.ground.trouble import Trouble, bad_data, too_late, unreachable
from connectors.vendors.robinhood.replies import Reply

_HOST: Final = re.compile(r"(api|bonfire|minerva|nummus|phoenix)\.robinhood\.com")
_SIGNING_IN: Final = re.compile(
    r"/oauth2/token/|/pathfinder/user_machine/|/pathfinder/inquiries/[\w-]+/user_view/"
    r"|/challenge/[\w-]+/respond/"
)
_ORDERING: Final = re.compile(r"(?:/options)?/orders/(?:[\w-]+/cancel/)?")
_HOP_BY_HOP: Final = frozenset({"connection", "content-length", "host"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Passage:
    """Leave to use the session until `until` (of `time.monotonic`)."""

    client: httpx.Client
    terms: Terms
    until: float
    token: SecretStr | None
    origin: str | None
    orders: bool = False


_passage: Final[ContextVar[_Passage | None]] = ContextVar("robinhood_passage", default=None)


class NoPassageError(Exception):
    """A use of the library's session that nobody gave leave for. A defect, never an outcome."""


class NeverLeftError(Trouble):
    """No connection was made: nothing of the request can have arrived."""


class _Locked(BaseAdapter):
    """What the session sends by: one deadline and one size for the whole of each answer."""

    def send(self, request: PreparedRequest, *_: Any, **__: Any) -> Response:
        passage, url = _passage.get(), request.url or ""
        address = urlsplit(url)
        if passage is None or not _allowed(passage, request.method or "", address.path):
            raise NoPassageError(f"{request.method} {address.path} is not for this program to send")
        if address.scheme != "https" or not _HOST.fullmatch(address.netloc):
            raise bad_data(passage.terms, "it points to a host that is not Robinhood's")
        headers = {k: str(v) for k, v in request.headers.items() if k.lower() not in _HOP_BY_HOP}
        headers["Accept-Encoding"] = "gzip, deflate"
        if passage.token is not None:
            headers["Authorization"] = f"Bearer {passage.token.get_secret_value()}"
        if passage.origin is not None:
            own = urlsplit(passage.origin)
            url = urlunsplit((own.scheme, own.netloc, address.path, address.query, ""))
            headers["X-Forwarded-Host"] = address.netloc
        reply = _sent(passage, str(request.method), url, headers, request.body)
        response = Response()
        response.status_code, response.url, response.request = reply.status, url, request
        response.headers = CaseInsensitiveDict(reply.headers)
        response.raw = io.BytesIO(reply.body)
        return response

    def close(self) -> None:
        """Connections belong to the couriers."""


def _allowed(passage: _Passage, method: str, path: str) -> bool:
    posts = _ORDERING if passage.orders else _SIGNING_IN
    return method == "GET" or (method == "POST" and posts.fullmatch(path) is not None)


def _sent(passage: _Passage, method: str, url: str, headers: Mapping[str, str], body: Any) -> Reply:
    terms, began = passage.terms, time.monotonic()
    left = max(0.001, passage.until - began)
    try:
        with (
            deadline(passage.until),
            passage.client.stream(
                method, url, headers=dict(headers), content=body, timeout=left
            ) as response,
        ):
            content = bytearray()
            for part in response.iter_bytes():
                content += part
                if len(content) > terms.max_bytes:
                    limit = terms.max_bytes >> 20
                    raise bad_data(terms, f"with more than {limit} MiB, which is not read")
            names = {k.lower(): v for k, v in response.headers.items()}
            return Reply(status=response.status_code, headers=names, body=bytes(content))
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        failure = unreachable(terms, type(error).__name__).failure
        raise NeverLeftError(failure, transient=True, hurts=True) from None
    except httpx.TimeoutException:
        raise too_late(terms, time.monotonic() - began) from None
    except httpx.RemoteProtocolError:
        broken = bad_data(terms, "its answer was cut off")
        raise Trouble(broken.failure, transient=True, hurts=True) from None
    except httpx.DecodingError:
        raise bad_data(terms, "its answer is not compressed as it says") from None
    except httpx.TransportError as error:
        raise unreachable(terms, type(error).__name__) from None
    except (httpx.InvalidURL, UnicodeError, ValueError):
        raise bad_data(terms, "what was asked makes no address") from None


class Courier:
    """A way to Robinhood with connections of its own. Thread-safe."""

    def __init__(self, terms: Terms, *, origin: str | None = None) -> None:
        self._terms, self._origin = terms, origin
        self._client = httpx.Client(
            transport=DeadlineTransport(connections=terms.concurrency), trust_env=False
        )
        SESSION.trust_env = False  # no stranger's proxy, no password from a netrc
        if not isinstance(SESSION.adapters.get("https://"), _Locked):
            SESSION.mount("https://", _Locked())
            SESSION.mount("http://", _Locked())

    @contextmanager
    def passage(
        self, until: float, token: SecretStr | None = None, *, orders: bool = False
    ) -> Iterator[None]:
        """Inside, this thread may use the library's session, with `token`, until `until`."""
        leave = _Passage(
            client=self._client,
            terms=self._terms,
            until=until,
            token=token,
            origin=self._origin,
            orders=orders,
        )
        mark = _passage.set(leave)
        try:
            yield
        finally:
            _passage.reset(mark)

    def get(
        self, call: Call, url: str, params: Mapping[str, str], token: SecretStr | None
    ) -> Reply:
        """One GET request. `Trouble` when there was no whole answer in time."""
        with self.passage(call.until, token), self._addressed():
            return _reply(SESSION.get(url, params=dict(params), allow_redirects=False))

    def post(
        self,
        call: Call,
        url: str,
        *,
        form: Mapping[str, Any] | None = None,
        document: Mapping[str, Any] | None = None,
    ) -> Reply:
        """One POST request of those that belong to signing in, with a form or a JSON document."""
        kind = {"Content-Type": "application/json"} if document is not None else {}
        with self.passage(call.until), self._addressed():
            return _reply(
                SESSION.post(url, data=form, json=document, headers=kind, allow_redirects=False)
            )

    def order(
        self,
        until: float,
        url: str,
        token: SecretStr,
        *,
        form: Mapping[str, Any] | None = None,
        document: Mapping[str, Any] | None = None,
    ) -> Reply:
        """One POST request of those that belong to orders, sent once. `NeverLeftError` where
        nothing can have arrived, any other `Trouble` where nobody knows."""
        kind = {"Content-Type": "application/json"} if document is not None else {}
        with self.passage(until, token, orders=True), self._addressed():
            return _reply(
                SESSION.post(url, data=form, json=document, headers=kind, allow_redirects=False)
            )

    def new_device(self) -> SecretStr:
        """A name for this machine, as the library makes them."""
        return SecretStr(generate_device_token())

    def close(self) -> None:
        self._client.close()

    @contextmanager
    def _addressed(self) -> Iterator[None]:
        """The session refuses what is no address (a damaged 'next', say) before it sends."""
        try:
            yield
        except RequestException:
            raise bad_data(self._terms, "it names an address that is none") from None


def _reply(response: Response) -> Reply:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(status=response.status_code, headers=headers, body=response.content)


__all__ = ["SESSION", "Courier", "NeverLeftError", "NoPassageError", "urls"]
