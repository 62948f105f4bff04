"""TradingView's watchlists, read with the cookie of a person's own session.

Best effort: TradingView has no public interface for them, and whatever it changes breaks this. The
export file is the dependable way. Lists are read, never written; no browser is driven, no password
asked for. A refused session is a matter of its cookie, whichever status says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pydantic import SecretStr

from connectors.vendors.files.tradingview import SECTION, stock
from connectors.vendors.ground.answers import found
from connectors.vendors.ground.client import JsonClient
from connectors.vendors.ground.gate import Gate
from connectors.vendors.ground.health import SourceHealth
from connectors.vendors.ground.quotes import dated
from connectors.vendors.ground.reading import sift
from connectors.vendors.ground.terms import Call, Terms
from connectors.vendors.ground.trouble import Trouble
from connectors.vendors.tradingview import wire
from mfa.kernel.clock import Clock
from mfa.kernel.metrics import Metrics
from mfa.kernel.outcome import Absent, Failed, FailureKind, Outcome
from mfa.kernel.watchlists import Watchlist

ORIGIN: Final = "https://www.tradingview.com"
SOURCE: Final = "tradingview"
NOTE: Final = (
    "Read by your browser's session, which TradingView does not document: it may stop working any "
    "day. The export file always works."
)
_PATH: Final = "/api/v1/symbols_list/all/"
_LONGEST: Final = 60
TERMS: Final = Terms(
    vendor="tradingview",
    title="TradingView",
    per_minute=20,
    burst=5,
    concurrency=1,
    remedy="Sign in to TradingView in your browser, run `magnus connect tradingview` and enter the "
    "new session cookie.",
    max_bytes=4 << 20,
)
"""TradingView states no limit: these are manners."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TradingViewCookies:
    session: SecretStr
    signature: SecretStr | None = None


class TradingViewLists:
    """`WatchlistSource` over one session; thread-safe. `close` it when done."""

    def __init__(
        self,
        cookies: TradingViewCookies,
        *,
        clock: Clock,
        origin: str | None = None,
        deadline: float = 2.0,
        metrics: Metrics | None = None,
    ) -> None:
        self.terms = TERMS.with_deadline(deadline)
        self.gate = Gate(self.terms, clock=clock, metrics=metrics)
        self._client = JsonClient(
            self.gate,
            base_url=origin or ORIGIN,
            secrets={"Cookie": _cookie(cookies)},
            headers={
                "X-Requested-With": "XMLHttpRequest",
                "Origin": ORIGIN,
                "Referer": f"{ORIGIN}/",
            },
        )

    def watchlists(self, user: str) -> Outcome[tuple[Watchlist, ...]]:
        """The lists of the session's owner, whoever asks; in TradingView's order."""
        del user
        return self.gate.ask("watchlists", self._watchlists)

    def check(self) -> SourceHealth:
        self.watchlists("")
        return self.gate.health()

    def close(self) -> None:
        self._client.close()

    def _watchlists(self, call: Call) -> Outcome[tuple[Watchlist, ...]]:
        try:
            body = self._client.get(call, _PATH)
        except Trouble as trouble:
            if trouble.failure.kind is not FailureKind.PERMISSION:
                raise
            message = f"TradingView did not accept the session. {self.terms.remedy}"
            raise Trouble(Failed(FailureKind.CREDENTIALS, message)) from None
        raw = wire.rows(self.terms, body)
        rows = sift(self.terms, wire.ListRow, raw, call.notes, lambda row: row.origin or row.title)
        lists = tuple(self._list(call, row) for row in rows if row.origin)
        if not lists:
            return Absent(
                "TradingView shows no watchlists to this session. If you have some there, the "
                "session has ended: " + self.terms.remedy[0].lower() + self.terms.remedy[1:]
            )
        return found(lists, source=self.terms.title, call=call, note=NOTE)

    def _list(self, call: Call, row: wire.ListRow) -> Watchlist:
        written = [each.strip() for each in row.symbols if each.strip()]
        named = [each for each in written if not each.startswith(SECTION)]
        symbols = {each: stock(each) for each in named}
        return Watchlist(
            name=row.title[:_LONGEST].strip(),
            symbols=tuple(dict.fromkeys(found for found in symbols.values() if found)),
            source=SOURCE,
            updated_at=dated(row.modified, call.now, call.notes) if row.modified else call.now,
            origin=row.origin,
            left_out=tuple(each[:40] for each, found in symbols.items() if found is None),
        )


def _cookie(cookies: TradingViewCookies) -> SecretStr:
    parts = [f"sessionid={cookies.session.get_secret_value().strip()}"]
    if cookies.signature is not None:
        parts.append(f"sessionid_sign={cookies.signature.get_secret_value().strip()}")
    return SecretStr("; ".join(parts))
