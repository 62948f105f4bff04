"""The way to Tradier: which of its two houses, with whose token, on what terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import quote

from pydantic import SecretStr

from connectors.vendors.ground.answers import found
from connectors.vendors.ground.client import JsonClient
from connectors.vendors.ground.gate import Gate
from connectors.vendors.ground.health import SourceHealth
from connectors.vendors.ground.terms import Call, LimitHeaders, Terms
from connectors.vendors.ground.trouble import bad_data
from connectors.vendors.tradier.wire import rows_under
from mfa.kernel.clock import Clock
from mfa.kernel.metrics import Metrics
from mfa.kernel.outcome import Absent, Outcome

PRODUCTION: Final = "https://api.tradier.com/v1"
SANDBOX: Final = "https://sandbox.tradier.com/v1"
SANDBOX_DELAY: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class TradierKeys:
    """`account` is the broker's account number; empty means the first of the token's owner."""

    token: SecretStr
    account: str = ""
    sandbox: bool = True


def terms(*, sandbox: bool) -> Terms:
    """Tradier's documented limits of market data: 120 a minute, 60 in the sandbox."""
    per_minute = 60 if sandbox else 120
    return Terms(
        vendor="tradier",
        title="Tradier sandbox" if sandbox else "Tradier",
        per_minute=per_minute,
        burst=per_minute // 3,
        remedy="Run `magnus connect tradier` and enter a new token.",
        limit_headers=LimitHeaders(
            remaining="x-ratelimit-available", reset="x-ratelimit-expiry", reset_unit=0.001
        ),
    )


class TradierAccess:
    """One token's connection, shared by its market and its account. `close` it when done."""

    def __init__(
        self,
        keys: TradierKeys,
        *,
        clock: Clock,
        base_url: str | None = None,
        deadline: float = 2.0,
        metrics: Metrics | None = None,
    ) -> None:
        base = terms(sandbox=keys.sandbox)
        self.account = keys.account
        self.terms = base.with_deadline(deadline)
        self.delay = SANDBOX_DELAY if keys.sandbox else timedelta(0)
        self.gate = Gate(self.terms, clock=clock, metrics=metrics)
        bearer = SecretStr(f"Bearer {keys.token.get_secret_value()}")
        house = SANDBOX if keys.sandbox else PRODUCTION
        self.client = JsonClient(
            self.gate, base_url=base_url or house, secrets={"Authorization": bearer}
        )

    @property
    def source(self) -> str:
        return self.terms.title

    def account_number(self) -> Outcome[str]:
        """The account that is read: what connecting compares and keeps.

        The one named in the keys where the token's owner has it, else the owner's first.
        """

        def work(call: Call) -> Outcome[str]:
            numbers = self._numbers(call)
            if not numbers:
                return Absent(f"{self.source} shows no account to this token.")
            number = self.account if self.account in numbers else numbers[0]
            return found(number, source=self.source, call=call)

        return self.gate.ask("profile", work)

    def account_path(self, call: Call) -> str:
        """The account's place on the server. `Trouble` when the token has none."""
        if not self.account:
            numbers = self._numbers(call)
            if not numbers:
                raise bad_data(self.terms, "it shows no account to this token")
            self.account = numbers[0]
        return f"/accounts/{quote(self.account, safe='')}"

    def check(self) -> SourceHealth:
        """Ask the one question that costs least, and say how the source is."""
        self.account_number()
        return self.gate.health()

    def close(self) -> None:
        self.client.close()

    def _numbers(self, call: Call) -> list[str]:
        """The owner's account numbers, in Tradier's order."""
        body = self.client.get(call, "/user/profile")
        rows = rows_under(self.terms, body, "profile", "account")
        numbers = (row.get("account_number") for row in rows if isinstance(row, dict))
        return [number for number in numbers if isinstance(number, str) and number]
