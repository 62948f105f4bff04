"""TradingView on the loopback: one person's lists, shown to whoever brings the session's cookie."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tests.servers.base import Answer, FakeServer, Request, route

SESSION = "loopback-session-tradingview"
SIGNATURE = "v3:loopback-signature"
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def item(number: int | None, name: str | None, *symbols: str, **more: Any) -> dict[str, Any]:
    return {
        "id": number, "type": "custom", "name": name, "symbols": list(symbols), "active": False,
        "shared": False, "color": None, "description": None,
        "created": "2026-01-05T10:00:00Z", "modified": "2026-11-19T09:30:00Z", **more,
    }  # fmt: skip


class TradingViewServer(FakeServer):
    """`refuses` is what strangers get: an API's 403, as a page's status and text may be."""

    times = frozenset({"modified", "created"})

    def __init__(self) -> None:
        super().__init__()
        self.lists: list[dict[str, Any]] = [
            item(101, "Tech", "###CHIPS", "NASDAQ:AMD", "NASDAQ:NVDA", "###REST", "NASDAQ:AAPL"),
            item(102, "Wheel", "NYSE:KO", "NYSE:BRK.B", "BINANCE:BTCUSDT", "NYSE:KO"),
            item(None, None, "NASDAQ:PEP", type="colored", color="red"),
        ]
        self.refuses = Answer({"detail": "Authentication credentials were not provided."}, 403)

    @route("GET", "/api/v1/symbols_list/all/")
    def every(self, request: Request) -> Any:
        cookies = dict(
            part.strip().split("=", 1) for part in request.headers.get("cookie", "").split(";")
        )
        if cookies.get("sessionid") != SESSION:
            return self.refuses
        if request.headers.get("x-requested-with") != "XMLHttpRequest":
            return Answer("<html>Not for robots</html>", 403)
        return self.damaged(self.lists)

    def damaged(self, rows: list[dict[str, Any]]) -> Any:
        """The document is a bare list, so faults of rows strike here."""
        match self.fault.rows if self.fault is not None else "":
            case "empty":
                return []
            case "repeated":
                return [row for row in rows for _ in range(2)]
            case _:
                return rows
