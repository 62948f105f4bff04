"""A made-up vendor over the real ground: one document, one client, one gate."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from connectors.vendors.ground.client import JsonClient
from connectors.vendors.ground.gate import Gate
from connectors.vendors.ground.reading import Price, Wire, parse
from connectors.vendors.ground.terms import Call, LimitHeaders, Terms
from connectors.vendors.ground.trouble import NotThere
from mfa.kernel.clock import FrozenClock
from mfa.kernel.metrics import Metrics
from mfa.kernel.outcome import Absent, Found, Outcome, Provenance
from tests.servers.base import Answer, FakeServer, Request, route

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
TERMS = Terms(
    vendor="acme",
    title="Acme",
    per_minute=6000,
    burst=100,
    remedy="Run `magnus connect acme`.",
    deadline=0.6,
    max_bytes=4096,
    limit_headers=LimitHeaders(remaining="x-left", reset="x-reset"),
)


class Acme(FakeServer):
    price_fields = frozenset({"price"})

    def __init__(self) -> None:
        super().__init__()
        self.headers: dict[str, str] = {}
        self.padding = ""

    @route("GET", "/price/(.+)")
    def price(self, _request: Request, symbol: str) -> Any:
        if symbol == "NONE":
            return Answer({"message": "no such symbol"}, 404)
        return Answer({"price": 12.34, "padding": self.padding}, 200, self.headers)


class PriceDocument(Wire):
    price: Price


class AcmeSource:
    def __init__(self, server: str, **terms: Any) -> None:
        self.metrics = Metrics()
        self.terms = Terms(**{**{f: getattr(TERMS, f) for f in TERMS.__slots__}, **terms})
        self.gate = Gate(self.terms, clock=FrozenClock(NOW), metrics=self.metrics)
        self.client = JsonClient(
            self.gate, base_url=server, secrets={"Authorization": SecretStr("Bearer hush-hush")}
        )

    def price(self, symbol: str = "KO") -> Outcome[Any]:
        return self.gate.ask("price", lambda call: self._price(call, symbol))

    def _price(self, call: Call, symbol: str) -> Outcome[Any]:
        try:
            body = self.client.get(call, f"/price/{symbol}", absent=frozenset({404}))
        except NotThere:
            return Absent(f"Acme does not know {symbol}.")
        found = parse(self.terms, PriceDocument, body)
        return Found(found.price, Provenance(source="Acme", as_of=NOW))
