"""The way to Alpaca: its data house and its trading house, with one pair of keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

from pydantic import SecretStr

from connectors.vendors.alpaca.wire import AccountRow
from connectors.vendors.ground.answers import found
from connectors.vendors.ground.client import JsonClient
from connectors.vendors.ground.gate import Gate
from connectors.vendors.ground.health import SourceHealth
from connectors.vendors.ground.reading import parse, parse_object
from connectors.vendors.ground.terms import Call, LimitHeaders, Terms
from connectors.vendors.ground.trouble import bad_data
from mfa.kernel.clock import Clock
from mfa.kernel.metrics import Metrics
from mfa.kernel.outcome import Outcome

DATA: Final = "https://data.alpaca.markets"
PAPER: Final = "https://paper-api.alpaca.markets"
LIVE: Final = "https://api.alpaca.markets"
INDICATIVE_DELAY: Final = timedelta(minutes=15)
_PAGES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class AlpacaKeys:
    """`stock_feed` and `option_feed` are what the subscription includes; the free ones first."""

    key: SecretStr
    secret: SecretStr
    paper: bool = True
    stock_feed: Literal["iex", "sip"] = "iex"
    option_feed: Literal["indicative", "opra"] = "indicative"


TERMS: Final = Terms(
    vendor="alpaca",
    title="Alpaca",
    per_minute=200,
    burst=50,
    remedy="Run `magnus connect alpaca` and enter new keys.",
    limit_headers=LimitHeaders(remaining="x-ratelimit-remaining", reset="x-ratelimit-reset"),
)
"""Documented: 200 requests a minute and account."""


class AlpacaAccess:
    """One pair of keys, shared by its market and its account. `close` it when done."""

    def __init__(
        self,
        keys: AlpacaKeys,
        *,
        clock: Clock,
        data_url: str = DATA,
        trading_url: str | None = None,
        deadline: float = 2.0,
        metrics: Metrics | None = None,
    ) -> None:
        self.keys = keys
        self.terms = TERMS.with_deadline(deadline)
        self.gate = Gate(self.terms, clock=clock, metrics=metrics)
        secrets = {"APCA-API-KEY-ID": keys.key, "APCA-API-SECRET-KEY": keys.secret}
        house = trading_url or (PAPER if keys.paper else LIVE)
        self.data = JsonClient(self.gate, base_url=data_url, secrets=secrets)
        self.trading = JsonClient(self.gate, base_url=house, secrets=secrets)

    @property
    def account_source(self) -> str:
        return "Alpaca paper account" if self.keys.paper else "Alpaca"

    def account_number(self) -> Outcome[str]:
        """The account that the keys belong to: what `magnus connect` compares and keeps."""

        def work(call: Call) -> Outcome[str]:
            row = parse(self.terms, AccountRow, self.trading.get(call, "/v2/account"))
            return found(row.account_number, source=self.account_source, call=call)

        return self.gate.ask("profile", work)

    def check(self) -> SourceHealth:
        """Ask the one question that costs least, and say how the source is."""
        self.account_number()
        return self.gate.health()

    def close(self) -> None:
        self.data.close()
        self.trading.close()

    def pages(
        self, call: Call, client: JsonClient, path: str, params: Mapping[str, str]
    ) -> Iterator[Mapping[str, Any]]:
        """Every page of a list. `Trouble` when it has no end."""
        more = dict(params)
        for _ in range(_PAGES):
            body = client.get(call, path, more)
            page = parse_object(self.terms, body)
            yield page
            token = page.get("next_page_token")
            if not isinstance(token, str) or not token:
                return
            more["page_token"] = token
        raise bad_data(self.terms, f"its list has more than {_PAGES} pages")
