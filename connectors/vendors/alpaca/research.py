"""What Alpaca knows of a company's past: bars, dividends, news."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from connectors.vendors.alpaca import wire
from connectors.vendors.alpaca.access import AlpacaAccess
from connectors.vendors.ground.answers import found
from connectors.vendors.ground.asked import AskedHistory
from connectors.vendors.ground.quotes import dated, finished
from connectors.vendors.ground.reading import parse_object, sift
from connectors.vendors.ground.terms import Call
from connectors.vendors.ground.trouble import bad_data
from mfa.kernel.clock import exchange_date
from mfa.kernel.market import Dividend
from mfa.kernel.outcome import Absent, Outcome
from mfa.kernel.research import Bar, NewsItem
from mfa.kernel.symbols import ticker


class AlpacaResearch(AskedHistory):
    """The part of the source that looks back. Methods as in the protocols."""

    def __init__(self, access: AlpacaAccess) -> None:
        self._access, self._terms = access, access.terms
        self._ask, self._data, self._trading = access.gate.ask, access.data, access.trading

    @property
    def name(self) -> str:
        return f"Alpaca ({self._access.keys.stock_feed.upper()} feed)"

    def dividends(self, symbol: str, start: date, end: date) -> Outcome[tuple[Dividend, ...]]:
        return self._ask("dividends", lambda call: self._dividends(call, symbol, start, end))

    def news(self, symbol: str, limit: int = 20) -> Outcome[tuple[NewsItem, ...]]:
        return self._ask("news", lambda call: self._news(call, symbol, limit))

    def _bars(self, call: Call, symbol: str, start: date, end: date) -> tuple[Bar, ...] | Absent:
        name = ticker(symbol)
        if end < start:
            return Absent(f"There is no day from {start} to {end}.")
        params = {
            "symbols": name,
            "timeframe": "1Day",
            "start": start.isoformat(),
            "end": end.isoformat(),
            "adjustment": "split",
            "feed": self._access.keys.stock_feed,
            "limit": "10000",
        }
        raw: list[Any] = []
        for page in self._access.pages(call, self._data, "/v2/stocks/bars", params):
            keyed = page.get("bars")
            if not isinstance(keyed, dict):
                raise bad_data(self._terms, "its answer lacks 'bars'")
            raw += self._list(keyed, name) if keyed.get(name) is not None else []
        rows = sift(self._terms, wire.BarRow, raw, call.notes, lambda row: row.t)
        bars = (
            Bar(
                day=exchange_date(row.t),
                open=row.o,
                high=row.h,
                low=row.l,
                close=row.c,
                volume=int(row.v),
            )
            for row in sorted(rows, key=lambda row: row.t)
        )
        inside = tuple(
            bar for bar in bars if start <= bar.day <= end and finished(bar.day, call.now)
        )
        return inside or Absent(f"{self.name} has no closes of {name} from {start} to {end}.")

    def _dividends(
        self, call: Call, symbol: str, start: date, end: date
    ) -> Outcome[tuple[Dividend, ...]]:
        name = ticker(symbol)
        params = {
            "symbols": name,
            "types": "cash_dividend",
            "start": start.isoformat(),
            "end": end.isoformat(),
            "limit": "1000",
        }
        raw: list[Any] = []
        for page in self._access.pages(call, self._data, "/v1/corporate-actions", params):
            actions = page.get("corporate_actions")
            if not isinstance(actions, dict):
                raise bad_data(self._terms, "its answer lacks 'corporate_actions'")
            raw += self._list(actions, "cash_dividends") if actions else []
        rows = sift(
            self._terms, wire.DividendRow, raw, call.notes, lambda row: (row.ex_date, row.rate)
        )
        paid = tuple(
            Dividend(
                symbol=name,
                ex_date=row.ex_date,
                pay_date=row.payable_date or row.process_date,
                amount=row.rate,
            )
            for row in sorted(rows, key=lambda row: row.ex_date)
            if start <= row.ex_date <= end
        )
        if not paid:
            return Absent(f"{name} paid no dividend with an ex-date from {start} to {end}.")
        return found(paid, source="Alpaca", call=call)

    def _news(self, call: Call, symbol: str, limit: int) -> Outcome[tuple[NewsItem, ...]]:
        name = ticker(symbol)
        params = {"symbols": name, "limit": str(max(1, min(limit, 50))), "sort": "desc"}
        body = self._data.get(call, "/v1beta1/news", params)
        raw = self._list(parse_object(self._terms, body), "news")
        rows = sift(self._terms, wire.NewsRow, raw, call.notes, lambda row: row.id)
        items = tuple(
            NewsItem(
                headline=row.headline,
                publisher=row.source,
                published_at=dated(row.created_at, call.now, call.notes),
                url=row.url or "",
                summary=row.summary,
                symbols=row.symbols,
            )
            for row in rows
        )
        if not items:
            return Absent(f"There is no news about {name}.")
        return found(items, source="Alpaca", call=call)

    def _list(self, document: Mapping[str, Any], name: str) -> list[Any]:
        rows = document.get(name)
        if not isinstance(rows, list):
            raise bad_data(self._terms, f"its answer lacks '{name}'")
        return rows
