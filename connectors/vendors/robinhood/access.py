"""The way to Robinhood: whose account, by which tokens, on what terms.

Robinhood documents no limits; the terms are our own modest ones. A 401 is answered by one exchange
of the tokens and one more try, and by the sentence that says how to sign in again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeVar

from connectors.vendors.ground.answers import found
from connectors.vendors.ground.door import Keeping
from connectors.vendors.ground.gate import Gate
from connectors.vendors.ground.health import SourceHealth
from connectors.vendors.ground.reading import parse, sift
from connectors.vendors.ground.terms import Call, Terms
from connectors.vendors.ground.trouble import NotThere, Trouble, bad_data
from connectors.vendors.robinhood.account_wire import (
    AccountRow,
)
from connectors.vendors.robinhood.replies import Reply, refused
from connectors.vendors.robinhood.tokens import TokenBook, Tokens
from connectors.vendors.robinhood.wire import (
    PageDocument,
)
from mfa.kernel.clock import Clock
from mfa.kernel.logs import get_logger
from mfa.kernel.metrics import Metrics
from mfa.kernel.outcome import Failed, FailureKind, Outcome

if TYPE_CHECKING:
    from connectors.vendors.robinhood.courier import Courier

T = TypeVar("T")

SOURCE: Final = "Robinhood"
API: Final = "https://api.robinhood.com"
TERMS: Final = Terms(
    vendor="robinhood",
    title=SOURCE,
    per_minute=120,
    burst=60,
    remedy="Run `magnus connect robinhood` and sign in again.",
    pause_when_limited=30.0,
)
_PAGES: Final = 200
_UNAUTHORISED: Final = 401

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RobinhoodKeys:
    """`account` is the broker's number of the account; empty for the first one that is active."""

    tokens: Tokens
    account: str = ""


class RobinhoodAccess:
    """One person's connection, shared by market and account. `close` it when done."""

    def __init__(
        self,
        keys: RobinhoodKeys,
        *,
        clock: Clock,
        origin: str | None = None,
        deadline: float = 2.0,
        metrics: Metrics | None = None,
        keeping: Keeping | None = None,
    ) -> None:
        self.terms = TERMS.with_deadline(deadline)
        self.gate, self._clock = Gate(self.terms, clock=clock, metrics=metrics), clock
        self._tokens = TokenBook(keys.tokens, terms=self.terms, keeping=keeping)
        self._asked_for, self._origin = keys.account, origin
        self._lock = Lock()
        self._courier: Courier | None = None

    @property
    def urls(self) -> Any:
        """The library's addresses. Those that ask the network to make an address are not used."""
        from connectors.vendors.robinhood.courier import urls  # noqa: PLC0415 - heavy

        return urls

    def ask(
        self, operation: str, work: Callable[[Call], Outcome[T]], *, deadline: float | None = None
    ) -> Outcome[T]:
        """As `Gate.ask`. The library is loaded first, outside the question's own deadline."""
        try:
            self._ready()
        except ImportError as error:
            log.warning("robinhood.not_installed", exc_info=error)
            message = (
                "Robinhood needs robin-stocks, which cannot be loaded here. Install Magnus again."
            )
            return Failed(FailureKind.UNAVAILABLE, message)
        return self.gate.ask(operation, work, deadline=deadline)

    def get(
        self,
        call: Call,
        url: str,
        params: Mapping[str, str] | None = None,
        *,
        absent: frozenset[int] = frozenset(),
    ) -> bytes:
        """The body of a 200 answer. `NotThere` for a status in `absent`, else `Trouble`."""
        token = self._tokens.access()
        try:
            return self._got(call, url, params or {}, absent)
        except Trouble as trouble:
            if trouble.failure.kind is not FailureKind.CREDENTIALS:
                raise
            courier, address = self._ready(), self.urls.login_url()
            if not self._tokens.renew(token, lambda form: courier.post(call, address, form=form)):
                raise
        return self._got(call, url, params or {}, absent)

    def post_order(
        self,
        url: str,
        *,
        form: Mapping[str, Any] | None = None,
        document: Mapping[str, Any] | None = None,
    ) -> Reply:
        """What answers an order or a cancellation that is sent once. Only a 401, which says that
        nothing was taken, is answered by one exchange of the tokens and one more sending."""
        courier = self._ready()
        token = self._tokens.access()
        until = time.monotonic() + self.terms.deadline
        reply = courier.order(until, url, token, form=form, document=document)
        if reply.status != _UNAUTHORISED:
            return reply
        call = Call(operation="renew", until=until, now=self._clock.now())
        address = self.urls.login_url()
        try:
            renewed = self._tokens.renew(
                token, lambda fields: courier.post(call, address, form=fields)
            )
        except Trouble:
            return reply
        if not renewed:
            return reply
        until = time.monotonic() + self.terms.deadline
        return courier.order(until, url, self._tokens.access(), form=form, document=document)

    def rows(
        self,
        call: Call,
        url: str,
        params: Mapping[str, str] | None = None,
        *,
        absent: frozenset[int] = frozenset(),
    ) -> list[Any]:
        """The rows of all pages, nulls left out. None of them is looked at."""
        rows: list[Any] = []
        seen: set[str] = set()
        for _ in range(_PAGES):
            page = parse(self.terms, PageDocument, self.get(call, url, params, absent=absent))
            rows += [row for row in page.results if row is not None]
            if not page.next:
                return rows
            seen.add(url)
            url, params = page.next, None
            if url in seen:
                raise bad_data(self.terms, "its pages go round in a circle")
        raise bad_data(self.terms, f"its list has more than {_PAGES} pages")

    def account(self, call: Call) -> AccountRow:
        """The account that is read. `Trouble` when there is none, or not the one asked for."""
        raw = self.rows(call, self.urls.account_profile_url())
        every = sift(self.terms, AccountRow, raw, call.notes, lambda row: row.account_number)
        active = [row for row in every if not row.deactivated]
        wanted = [row for row in active if self._asked_for in {"", row.account_number}]
        if wanted:
            return wanted[0]
        if not active:
            raise bad_data(self.terms, "it shows no account to this sign-in")
        message = f"{SOURCE} does not show the account that was connected to this sign-in."
        raise Trouble(Failed(FailureKind.PERMISSION, f"{message} {self.terms.remedy}"))

    def account_number(self) -> Outcome[str]:
        """The number of the account that is read: what connecting compares and keeps."""

        def work(call: Call) -> Outcome[str]:
            number = self.account(call).account_number
            return found(number, source=SOURCE, call=call)

        return self.ask("account_number", work)

    def check(self) -> SourceHealth:
        """Ask the one question that costs least, and say how the source is."""
        self.account_number()
        return self.gate.health()

    def close(self) -> None:
        with self._lock:
            if self._courier is not None:
                self._courier.close()
                self._courier = None

    def _got(
        self, call: Call, url: str, params: Mapping[str, str], absent: frozenset[int]
    ) -> bytes:
        courier, token = self._ready(), self._tokens.access()

        def send() -> bytes:
            reply = courier.get(call, url, params, token)
            if reply.status in absent:
                raise NotThere
            if reply.status != 200:
                raise refused(self.terms, reply)
            return reply.body

        return self.gate.request(call, send)

    def _ready(self) -> Courier:
        """The courier, made at first use: the library takes a third of a second to import."""
        with self._lock:
            if self._courier is None:
                from connectors.vendors.robinhood.courier import Courier  # noqa: PLC0415 - heavy

                self._courier = Courier(self.terms, origin=self._origin)
            return self._courier
