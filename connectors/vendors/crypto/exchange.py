"""The way to an exchange: ccxt's client of it, one at a time, with its errors as our outcomes.

The only file that imports the library, at first use: it takes seconds. Whatever the library raises
becomes one of four answers to a sending or the trouble of a question; an error that it does not
name is never taken for a refusal of an order, because the order may be alive.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from errno import EHOSTUNREACH, ENETUNREACH
from hashlib import sha256
from socket import gaierror
from threading import Lock
from types import MappingProxyType
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from pydantic import SecretStr

from connectors.vendors.ground.gate import Gate
from connectors.vendors.ground.terms import Call, Terms
from connectors.vendors.ground.trouble import (
    NotThere,
    Trouble,
    bad_data,
    plain,
    rate_limited,
    refusal,
    too_late,
    unreachable,
)
from mfa.kernel.broker import NotSent, Refused, Unanswered
from mfa.kernel.clock import Clock
from mfa.kernel.errors import InputError
from mfa.kernel.logs import get_logger
from mfa.kernel.metrics import Metrics
from mfa.kernel.outcome import Failed, FailureKind, Outcome

T = TypeVar("T")
log = get_logger(__name__)

_HOST: Final = re.compile(r"^https://[^/]+")
_NO_WAY: Final = frozenset({EHOSTUNREACH, ENETUNREACH})
_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
_CREDENTIALS: Final = ("invalid key", "invalid signature")
"""What kraken says in errors that the library does not call one of authentication."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """An exchange as data. `client` is ccxt's name of it, `options` are for that; `id_param` is
    what it calls our client id; `sandbox` is whether it has one; `market_orders` whether one can
    be sized in coins there; `refused` finds the refusal of an order in an answer that the library
    does not name; `ticker_of_last_trade` is whether the time that a ticker tells is that of a
    trade, not of its two sides."""

    vendor: str
    title: str
    client: str
    options: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)
    id_param: str = "clientOrderId"
    sandbox: bool = True
    market_orders: bool = True
    refused: str = ""
    ticker_of_last_trade: bool = False
    per_minute: int = 600

    @property
    def terms(self) -> Terms:
        return Terms(
            vendor=self.vendor,
            title=self.title,
            per_minute=self.per_minute,
            burst=self.per_minute // 2,
            remedy=f"Run `magnus connect {self.vendor}`.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    key: SecretStr
    secret: SecretStr
    sandbox: bool


class Exchange:
    """One person's client of one exchange, or without `keys` anybody's: that one can be asked for
    public prices alone. `close` it when done. Safe for threads: the library's client is not, so it
    is used by one at a time."""

    def __init__(
        self,
        house: House,
        keys: Keys | None,
        *,
        clock: Clock,
        deadline: float = 2.0,
        origin: str | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        if keys is not None and keys.sandbox and not house.sandbox:
            raise InputError(
                f"{house.title} has no sandbox.", "Connect its real house, or another exchange."
            )
        self.house, self._keys = house, keys
        self.terms = house.terms.with_deadline(deadline)
        self.gate = Gate(self.terms, clock=clock, metrics=metrics)
        self._origin, self._lock = origin, Lock()
        self._client: Any = None

    @property
    def sandbox(self) -> bool:
        return self._keys is not None and self._keys.sandbox

    @property
    def mark(self) -> str:
        """What tells one account from another where no number does: a digest of the key."""
        key = "" if self._keys is None else self._keys.key.get_secret_value()
        return sha256(key.encode()).hexdigest()[:12]

    def ask(
        self, operation: str, work: Callable[[Call], Outcome[T]], *, deadline: float | None = None
    ) -> Outcome[T]:
        """As `Gate.ask`. The library is loaded first, outside the question's own deadline."""
        try:
            self._ready()
        except ImportError:
            return Failed(
                FailureKind.UNAVAILABLE,
                f"{self.house.title} needs ccxt. Install Magnus with the extra `brokers`.",
            )
        return self.gate.ask(operation, work, deadline=deadline)

    def read(self, call: Call, use: Callable[[Any], T]) -> T:
        """What the client answers to a reading; asked again while that makes sense."""

        def send() -> T:
            client = self._ready()
            try:
                with self._lock:
                    client.timeout = max(int(1000 * call.left()), 1)
                    return use(client)
            except Exception as error:
                raise self._trouble(error) from error

        return self.gate.request(call, send)

    def once(self, use: Callable[[Any], T]) -> T | NotSent | Refused | Unanswered:
        """What the client answers to something that is sent once."""
        try:
            client = self._ready()
        except ImportError:
            return NotSent(FailureKind.UNAVAILABLE, "It needs ccxt (the extra `brokers`).")
        try:
            with self._lock:
                client.timeout = int(1000 * self.terms.deadline)
                return use(client)
        except Exception as error:  # noqa: BLE001 - whatever it is, the order may be alive
            return self._sending(error)

    def close(self) -> None:
        with self._lock:
            if self._client is not None:
                self._client.session.close()
                self._client = None

    # -- parts ----------------------------------------------------------------------------------

    def _ready(self) -> Any:
        with self._lock:
            if self._client is None:
                import ccxt  # noqa: PLC0415 - seconds

                given: dict[str, Any] = {
                    "options": dict(self.house.options),
                    "enableRateLimit": self._origin is None,
                }
                if self._keys is not None:
                    given["apiKey"] = self._keys.key.get_secret_value()
                    given["secret"] = self._keys.secret.get_secret_value()
                client = getattr(ccxt, self.house.client)(given)
                if self.sandbox:
                    client.set_sandbox_mode(True)
                if self._origin is not None:
                    client.urls["api"] = _aimed(client.urls["api"], self._origin)
                self._client = client
            return self._client

    def _trouble(self, error: Exception) -> Exception:  # noqa: PLR0911 - one for each kind
        import ccxt  # noqa: PLC0415 - seconds

        words = _words(error, self.house.client)
        if isinstance(error, ccxt.BadSymbol | ccxt.OrderNotFound):
            return NotThere()
        if isinstance(error, ccxt.PermissionDenied):
            return refusal(self.terms, 403, {}, words)
        if _is_of_credentials(error, words):
            return refusal(self.terms, 401, {}, words)
        if isinstance(error, ccxt.RateLimitExceeded | ccxt.DDoSProtection):
            return rate_limited(self.terms, self.terms.pause_when_limited)
        if isinstance(error, ccxt.RequestTimeout):
            return too_late(self.terms, self.terms.deadline)
        if isinstance(error, ccxt.NetworkError):
            return unreachable(self.terms, type(error).__name__)
        if not isinstance(error, ccxt.BaseError):
            log.warning("exchange.unreadable", vendor=self.house.vendor, exc_info=error)
        said = f" It said: {words}." if words and isinstance(error, ccxt.ExchangeError) else ""
        trouble = bad_data(self.terms, "its answer cannot be used")
        if not said:
            return trouble
        failure = trouble.failure
        return Trouble(Failed(failure.kind, f"{failure.message}{said}"))

    def _sending(self, error: Exception) -> NotSent | Refused | Unanswered:
        import ccxt  # noqa: PLC0415 - seconds

        words = _words(error, self.house.client)
        sentence = f"{words}." if words else f"{self.house.title} gave no reason."
        if _is_of_credentials(error, words) or isinstance(error, ccxt.PermissionDenied):
            return NotSent(FailureKind.CREDENTIALS, f"{sentence} {self.terms.remedy}")
        if isinstance(error, ccxt.RateLimitExceeded | ccxt.DDoSProtection):
            why = f"{self.house.title} takes no more requests just now."
            return NotSent(FailureKind.RATE_LIMITED, why)
        if _never_left(error):
            why = f"{self.house.title} cannot be reached."
            return NotSent(FailureKind.UNAVAILABLE, why)
        named = isinstance(error, ccxt.ExchangeError) and self.house.refused
        if named and re.search(self.house.refused, str(error)):
            return Refused(sentence)
        refusals = (ccxt.InsufficientFunds, ccxt.InvalidOrder, ccxt.BadRequest, ccxt.NotSupported)
        if isinstance(error, refusals):
            return Refused(sentence)
        if not isinstance(error, ccxt.BaseError):
            log.warning("exchange.unreadable", vendor=self.house.vendor, exc_info=error)
        return Unanswered(f"{self.house.title} gave no usable answer ({type(error).__name__}).")


def _aimed(urls: Any, origin: str) -> Any:
    """Every address at the loopback, with its path. Only for tests: `origin` is checked there."""
    if urlsplit(origin).hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise ValueError("only the loopback stands in for an exchange")
    if isinstance(urls, dict):
        return {name: _aimed(each, origin) for name, each in urls.items()}
    return _HOST.sub(origin, urls) if isinstance(urls, str) else urls


def _words(error: Exception, client: str) -> str:
    """The exchange's own words: the library puts its name and the raw document around them."""
    text = str(error).removeprefix(client).strip()
    for pattern in (r'"(?:msg|retMsg|message|error_details)"\s*:\s*"([^"]+)"', r'"E\w+:([^"]+)"'):
        match = re.search(pattern, text)
        if match is not None:
            return plain(match.group(1))
    return plain(text)


def _is_of_credentials(error: Exception, words: str) -> bool:
    import ccxt  # noqa: PLC0415 - seconds

    if isinstance(error, ccxt.InvalidNonce):
        return False
    return isinstance(error, ccxt.AuthenticationError) or (
        isinstance(error, ccxt.ExchangeError)
        and any(each in words.lower() for each in _CREDENTIALS)
    )


def _never_left(error: BaseException | None) -> bool:
    """Whether no connection was made, at whatever depth the library hides it."""
    from requests.exceptions import ConnectTimeout  # noqa: PLC0415 - beside the library

    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        unreachable_host = isinstance(error, OSError) and error.errno in _NO_WAY
        if unreachable_host or isinstance(
            error, ConnectTimeout | ConnectionRefusedError | gaierror
        ):
            return True
        reason = getattr(error, "reason", None)
        inner = next((each for each in error.args if isinstance(each, BaseException)), None)
        error = (
            reason
            if isinstance(reason, BaseException)
            else inner or error.__cause__ or error.__context__
        )
    return False
