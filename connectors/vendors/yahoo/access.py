"""The way to Yahoo: no key, no account, no documented limit, so our own modest one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeVar

from connectors.vendors.ground.answers import found
from connectors.vendors.ground.gate import Gate
from connectors.vendors.ground.health import SourceHealth
from connectors.vendors.ground.terms import Call, Terms
from mfa.kernel.clock import Clock
from mfa.kernel.logs import get_logger
from mfa.kernel.metrics import Metrics
from mfa.kernel.outcome import Failed, FailureKind, Outcome

if TYPE_CHECKING:
    from connectors.vendors.yahoo.courier import Courier

T = TypeVar("T")

SOURCE: Final = "Yahoo"
_QUERY1: Final = "https://query1.finance.yahoo.com"
_QUERY2: Final = "https://query2.finance.yahoo.com"
_FRONT: Final = "https://finance.yahoo.com"

TERMS: Final = Terms(
    vendor="yahoo",
    title=SOURCE,
    per_minute=60,
    burst=20,
    remedy="Ask again in a few minutes, or connect a source with a key: `magnus connect`.",
    concurrency=3,
    pause_when_limited=60.0,
)
"""Yahoo publishes no limit; shared addresses are refused for minutes once they are too busy."""

log = get_logger(__name__)


class YahooAccess:
    """One way to Yahoo for a process. `origin` stands in for its hosts in tests."""

    def __init__(
        self,
        *,
        clock: Clock,
        origin: str | None = None,
        deadline: float = 2.0,
        metrics: Metrics | None = None,
    ) -> None:
        self.terms = TERMS.with_deadline(deadline)
        self.gate = Gate(self.terms, clock=clock, metrics=metrics)
        self._origin = origin
        self._lock = Lock()
        self._courier: Courier | None = None

    def ask(self, operation: str, work: Callable[[Call], Outcome[T]]) -> Outcome[T]:
        """As `Gate.ask`. The library is loaded first, outside the question's own deadline."""
        try:
            self._ready()
        except ImportError as error:
            log.warning("yahoo.not_installed", exc_info=error)
            message = "Yahoo needs yfinance, which cannot be loaded here. Install Magnus again."
            return Failed(FailureKind.UNAVAILABLE, message)
        return self.gate.ask(operation, work)

    def quotes(self, call: Call, params: Mapping[str, str]) -> bytes:
        return self._get(call, f"{_QUERY1}/v7/finance/quote", params)

    def options(self, call: Call, name: str, params: Mapping[str, str]) -> bytes:
        return self._get(call, f"{_QUERY2}/v7/finance/options/{name}", params)

    def chart(self, call: Call, name: str, params: Mapping[str, str]) -> bytes:
        return self._get(call, f"{_QUERY2}/v8/finance/chart/{name}", params)

    def summary(self, call: Call, name: str, modules: str) -> bytes:
        params = {"modules": modules, "formatted": "false", "corsDomain": "finance.yahoo.com"}
        return self._get(call, f"{_QUERY2}/v10/finance/quoteSummary/{name}", params)

    def headlines(self, call: Call, name: str, limit: int) -> bytes:
        courier = self._ready()
        params = {"queryRef": "latestNews", "serviceKey": "ncp_fin"}
        body: Any = {"serviceConfig": {"snippetCount": limit, "s": [name]}}
        url = f"{_FRONT}/xhr/ncp"
        return self.gate.request(call, lambda: courier.post(call, url, params, body))

    def check(self) -> SourceHealth:
        """Ask the one question that costs least, and say how the source is."""

        def work(call: Call) -> Outcome[str]:
            self.chart(call, "SPY", {"range": "1d", "interval": "1d"})
            return found(SOURCE, source=SOURCE, call=call)

        self.ask("check", work)
        return self.gate.health()

    def close(self) -> None:
        with self._lock:
            if self._courier is not None:
                self._courier.close()
                self._courier = None

    def _get(self, call: Call, url: str, params: Mapping[str, str]) -> bytes:
        courier = self._ready()
        return self.gate.request(call, lambda: courier.get(call, url, params))

    def _ready(self) -> Courier:
        """The courier, made at first use: importing the library takes most of a second."""
        with self._lock:
            if self._courier is None:
                from connectors.vendors.yahoo.courier import Courier  # noqa: PLC0415 - heavy

                self._courier = Courier(self.terms, origin=self._origin)
            return self._courier
