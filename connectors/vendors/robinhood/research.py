"""Robinhood on companies: daily bars, figures, earnings dates and news."""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.vendors.ground.answers import found
from connectors.vendors.ground.asked import AskedHistory
from connectors.vendors.ground.quotes import finished
from connectors.vendors.ground.reading import sift
from connectors.vendors.ground.terms import Call
from connectors.vendors.ground.trouble import NotThere
from connectors.vendors.robinhood.access import SOURCE, RobinhoodAccess
from connectors.vendors.robinhood.names import Names
from connectors.vendors.robinhood.wire import (
    BarRow,
    EarningsRow,
    FundamentalsRow,
    HistoryRow,
    NewsRow,
)
from mfa.kernel.clock import exchange_date
from mfa.kernel.market import Earnings
from mfa.kernel.outcome import Absent, Outcome
from mfa.kernel.research import Bar, Fundamentals, NewsItem
from mfa.kernel.symbols import ticker

_UNKNOWN: Final = frozenset({400, 404})
_SPANS: Final = ((5, "week"), (27, "month"), (85, "3month"), (360, "year"))
_LONGEST: Final = "5year"
_TIMING: Final = {"am": "before open", "pm": "after close", None: "time unknown"}
_FIVE_YEARS: Final = "Robinhood has daily prices of the last five years."


class RobinhoodResearch(AskedHistory):
    """`ResearchSource` over one connection; thread-safe."""

    def __init__(self, access: RobinhoodAccess, names: Names) -> None:
        self._access, self._terms, self._names = access, access.terms, names
        self._ask = access.ask

    @property
    def name(self) -> str:
        return SOURCE

    def fundamentals(self, symbol: str) -> Outcome[Fundamentals]:
        def work(call: Call) -> Outcome[Fundamentals]:
            name = ticker(symbol)
            row = self.figures(call, name)
            if row is None:
                return Absent(f"{SOURCE} has no figures of {name}.")
            instrument = self._names.instrument(call, name)
            company = (instrument.simple_name or instrument.name) if instrument else ""
            figures = Fundamentals(
                symbol=name,
                name=company,
                sector=row.sector or "",
                industry=row.industry or "",
                market_cap=row.market_cap,
                trailing_pe=row.pe_ratio,
                forward_pe=None,
                price_to_book=row.pb_ratio,
                dividend_yield=None if row.dividend_yield is None else row.dividend_yield / 100.0,
                beta=None,
                profit_margin=None,
                revenue_growth=None,
                debt_to_equity=None,
                shares_outstanding=row.shares_outstanding,
            )
            return found(figures, source=SOURCE, call=call)

        return self._ask("fundamentals", work)

    def news(self, symbol: str, limit: int = 20) -> Outcome[tuple[NewsItem, ...]]:
        def work(call: Call) -> Outcome[tuple[NewsItem, ...]]:
            name = ticker(symbol)
            nothing = Absent(f"{SOURCE} has no news of {name}.")
            try:
                raw = self._access.rows(call, self._access.urls.news_url(name), absent=_UNKNOWN)
            except NotThere:
                return nothing
            rows = sift(self._terms, NewsRow, raw, call.notes, lambda row: row.url)
            items = tuple(_item(row, name) for row in rows[:limit])
            return found(items, source=SOURCE, call=call) if items else nothing

        return self._ask("news", work)

    def next_earnings(self, symbol: str) -> Outcome[Earnings]:
        def work(call: Call) -> Outcome[Earnings]:
            name, today = ticker(symbol), exchange_date(call.now)
            coming = [each for each in self._reports(call, name) if each.day >= today]
            if not coming:
                return Absent(f"{SOURCE} knows no coming earnings report of {name}.")
            return found(coming[0], source=SOURCE, call=call)

        return self._ask("next_earnings", work)

    def earnings(self, symbol: str, start: date, end: date) -> Outcome[tuple[Earnings, ...]]:
        def work(call: Call) -> Outcome[tuple[Earnings, ...]]:
            name = ticker(symbol)
            inside = tuple(r for r in self._reports(call, name) if start <= r.day <= end)
            if not inside:
                return Absent(f"{SOURCE} knows no earnings of {name} from {start} to {end}.")
            return found(inside, source=SOURCE, call=call)

        return self._ask("earnings", work)

    def figures(self, call: Call, name: str) -> FundamentalsRow | None:
        """A company's figures, within a question under way."""
        url = self._access.urls.fundamentals_url()
        try:
            raw = self._access.rows(call, url, {"symbols": name}, absent=_UNKNOWN)
        except NotThere:
            return None
        rows = sift(self._terms, FundamentalsRow, raw[:1], call.notes, lambda row: row)
        return rows[0] if rows else None

    def _reports(self, call: Call, name: str) -> list[Earnings]:
        """Reports that have a date and a time of day, ascending."""
        url = self._access.urls.earnings_url()
        try:
            raw = self._access.rows(call, url, {"symbol": name}, absent=_UNKNOWN)
        except NotThere:
            return []
        rows = sift(self._terms, EarningsRow, raw, call.notes, lambda row: row)
        reports = [
            Earnings(symbol=name, day=row.report.date, timing=_TIMING[row.report.timing])
            for row in rows
            if row.report is not None and row.symbol == name
        ]
        return sorted(reports, key=lambda report: report.day)

    def _bars(self, call: Call, symbol: str, start: date, end: date) -> tuple[Bar, ...] | Absent:
        name = ticker(symbol)
        if end < start:
            return Absent(f"There is no day from {start} to {end}.")
        back = (exchange_date(call.now) - start).days
        span = next((name for days, name in _SPANS if back <= days), _LONGEST)
        if span == _LONGEST:
            call.notes.say(_FIVE_YEARS)
        params = {"symbols": name, "interval": "day", "span": span, "bounds": "regular"}
        nothing = Absent(f"{SOURCE} has no closes of {name} from {start} to {end}.")
        url = self._access.urls.historicals_url()
        try:
            raw = self._access.rows(call, url, params, absent=_UNKNOWN)
        except NotThere:
            return nothing
        histories = sift(self._terms, HistoryRow, raw, call.notes, lambda row: row.symbol)
        own = next((row for row in histories if row.symbol == name), None)
        if own is None:
            return nothing
        bars = sift(self._terms, BarRow, own.historicals, call.notes, lambda row: row.begins_at)
        days = sorted(
            (
                bar
                for bar in bars
                if start <= bar.begins_at.date() <= end
                and finished(bar.begins_at.date(), call.now)
                and not bar.interpolated
            ),
            key=lambda bar: bar.begins_at,
        )
        return tuple(_bar(row) for row in days) or nothing


def _bar(row: BarRow) -> Bar:
    return Bar(
        day=row.begins_at.date(),
        open=row.open_price,
        high=row.high_price,
        low=row.low_price,
        close=row.close_price,
        volume=row.volume,
    )


def _item(row: NewsRow, name: str) -> NewsItem:
    return NewsItem(
        headline=row.title,
        publisher=row.source or "",
        published_at=row.published_at,
        url=row.url,
        summary=row.summary or row.preview_text or "",
        symbols=(name,),
    )
