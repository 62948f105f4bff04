"""What Yahoo knows of a company beside its price: history, dividends, earnings, figures, news."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from connectors.vendors.ground.answers import found
from connectors.vendors.ground.asked import AskedHistory
from connectors.vendors.ground.quotes import dated, finished, from_epoch
from connectors.vendors.ground.reading import only, parse_object, sift
from connectors.vendors.ground.terms import Call
from connectors.vendors.ground.trouble import NotThere, bad_data, not_supported
from connectors.vendors.yahoo import wire
from connectors.vendors.yahoo.access import SOURCE, YahooAccess
from connectors.vendors.yahoo.figures import MODULES, fundamentals
from mfa.kernel.clock import EXCHANGE_ZONE, exchange_date
from mfa.kernel.market import Dividend, Earnings
from mfa.kernel.outcome import Absent, Found, Outcome
from mfa.kernel.research import Bar, Fundamentals, NewsItem
from mfa.kernel.symbols import ticker

_COLUMNS: Final = ("open", "high", "low", "close", "volume")
_OPENS, _CLOSES = time(9, 30), time(16, 0)


class YahooResearch(AskedHistory):
    """The part of the source that looks at companies. Methods as in the protocols."""

    def __init__(self, access: YahooAccess) -> None:
        self._access, self._terms, self._ask = access, access.terms, access.ask

    @property
    def name(self) -> str:
        return SOURCE

    def dividends(self, symbol: str, start: date, end: date) -> Outcome[tuple[Dividend, ...]]:
        return self._ask("dividends", lambda call: self._dividends(call, symbol, start, end))

    def next_earnings(self, symbol: str) -> Outcome[Earnings]:
        return self._ask("next_earnings", lambda call: self._earnings(call, symbol))

    def earnings(self, symbol: str, start: date, end: date) -> Outcome[tuple[Earnings, ...]]:
        def work(call: Call) -> Outcome[tuple[Earnings, ...]]:
            return self._reports(call, symbol, start, end)

        return self._ask("earnings", work)

    def fundamentals(self, symbol: str) -> Outcome[Fundamentals]:
        def work(call: Call) -> Outcome[Fundamentals]:
            name = ticker(symbol)
            result = self._summary(call, name, MODULES)
            if result is None:
                return Absent(f"{SOURCE} has no fundamentals of {name}.")
            return found(fundamentals(self._terms, name, result), source=SOURCE, call=call)

        return self._ask("fundamentals", work)

    def news(self, symbol: str, limit: int = 20) -> Outcome[tuple[NewsItem, ...]]:
        return self._ask("news", lambda call: self._news(call, symbol, limit))

    # -- one question each ----------------------------------------------------------------------

    def _bars(self, call: Call, symbol: str, start: date, end: date) -> tuple[Bar, ...] | Absent:
        name = ticker(symbol)
        absent = Absent(f"{SOURCE} has no closes of {name} from {start} to {end}.")
        if end < start:
            return absent
        result = self._chart(call, name, start, end)
        if result is None:
            return absent
        raw = self._rows(result)
        rows = sift(self._terms, wire.DayRow, raw, call.notes, lambda row: row.day)
        bars = (
            Bar(
                day=row.day,
                open=row.open,
                high=row.high,
                low=row.low,
                close=row.close,
                volume=row.volume,
            )
            for row in sorted(rows, key=lambda row: row.day)
        )
        inside = (bar for bar in bars if start <= bar.day <= end and finished(bar.day, call.now))
        return tuple(inside) or absent

    def _dividends(
        self, call: Call, symbol: str, start: date, end: date
    ) -> Outcome[tuple[Dividend, ...]]:
        name = ticker(symbol)
        absent = Absent(f"{name} paid no dividend with an ex-date from {start} to {end}.")
        result = self._chart(call, name, start, end) if start <= end else None
        if result is None:
            return absent
        events = result.get("events") or {}
        keyed = (events.get("dividends") or {}) if isinstance(events, dict) else None
        if not isinstance(keyed, dict):
            raise bad_data(self._terms, "'events' in its answer cannot be read")
        raw = list(keyed.values())
        rows = sift(self._terms, wire.DividendRow, raw, call.notes, lambda row: row.date)
        paid = tuple(
            Dividend(symbol=name, ex_date=day, pay_date=None, amount=row.amount)
            for row in sorted(rows, key=lambda row: row.date)
            if start <= (day := exchange_date(row.date)) <= end
        )
        if not paid:
            return absent
        return found(paid, source=SOURCE, call=call, note=f"{SOURCE} gives no pay dates.")

    def _earnings(self, call: Call, symbol: str) -> Outcome[Earnings]:
        name = ticker(symbol)
        absent = Absent(f"{SOURCE} knows no coming earnings report of {name}.")
        result = self._summary(call, name, "calendarEvents")
        if result is None:
            return absent
        calendar = only(self._terms, wire.Calendar, result.get("calendarEvents") or {})
        stamps = [wire.plain_number(stamp) for stamp in calendar.earnings.earningsDate]
        moments = sorted(m for s in stamps if s is not None and (m := from_epoch(s)))
        if stamps and not moments:
            raise bad_data(self._terms, "'earningsDate' in its answer cannot be read")
        coming = [m for m in moments if exchange_date(m) >= exchange_date(call.now)]
        if not coming:
            return absent
        if calendar.earnings.isEarningsDateEstimate or len(moments) > 1:
            call.notes.say("The date is an estimate.")
        report = Earnings(symbol=name, day=exchange_date(coming[0]), timing=_timing(coming[0]))
        return found(report, source=SOURCE, call=call)

    def _reports(
        self, call: Call, symbol: str, start: date, end: date
    ) -> Outcome[tuple[Earnings, ...]]:
        """The coming report where it lies in the range; Yahoo's past ones are not kept up."""
        coming = self._earnings(call, symbol) if end >= exchange_date(call.now) else None
        past = start < exchange_date(call.now)
        if isinstance(coming, Found) and start <= coming.value.day <= end:
            if past:
                call.notes.say("Past reports are not known here.")
            return found((coming.value,), source=SOURCE, call=call)
        if past:
            return not_supported(self._terms, f"past earnings dates ({symbol})")
        return Absent(f"{SOURCE} knows no report of {ticker(symbol)} from {start} to {end}.")

    def _news(self, call: Call, symbol: str, limit: int) -> Outcome[tuple[NewsItem, ...]]:
        name = ticker(symbol)
        body = self._access.headlines(call, spelt(name), max(1, min(limit, 50)))
        inner: Any = parse_object(self._terms, body)
        for part in ("data", "tickerStream", "stream"):
            inner = inner.get(part) if isinstance(inner, dict) else None
        if not isinstance(inner, list):
            raise bad_data(self._terms, "its answer lacks 'stream'")
        raw = [row.get("content") for row in inner if isinstance(row, dict) and not row.get("ad")]
        rows = sift(self._terms, wire.NewsContent, raw, call.notes, lambda row: row.id)
        items = tuple(
            NewsItem(
                headline=row.title,
                publisher=row.provider.displayName if row.provider else "",
                published_at=dated(row.pubDate, call.now, call.notes),
                url=row.canonicalUrl.url if row.canonicalUrl else "",
                summary=row.summary,
                symbols=(name,),
            )
            for row in rows
        )
        if not items:
            return Absent(f"There is no news about {name}.")
        return found(items[:limit], source=SOURCE, call=call)

    # -- parts ----------------------------------------------------------------------------------

    def _chart(self, call: Call, name: str, start: date, end: date) -> dict[str, Any] | None:
        """Bars and events of [start, end]; None when Yahoo has none."""
        first = datetime.combine(start, time(), EXCHANGE_ZONE).astimezone(UTC)
        after = datetime.combine(end, time(), EXCHANGE_ZONE).astimezone(UTC) + timedelta(days=1)
        params = {
            "period1": str(int(first.timestamp())),
            "period2": str(int(after.timestamp())),
            "interval": "1d",
            "events": "div,splits",
        }
        try:
            body = self._access.chart(call, spelt(name), params)
            rows = wire.results(self._terms, parse_object(self._terms, body), "chart")
        except NotThere:
            return None
        return self._first(rows)

    def _summary(self, call: Call, name: str, modules: str) -> dict[str, Any] | None:
        try:
            body = self._access.summary(call, spelt(name), modules)
            rows = wire.results(self._terms, parse_object(self._terms, body), "quoteSummary")
        except NotThere:
            return None
        return self._first(rows)

    def _first(self, rows: list[Any]) -> dict[str, Any] | None:
        if rows and not isinstance(rows[0], dict):
            raise bad_data(self._terms, "its answer holds no object")
        return rows[0] if rows else None

    def _rows(self, result: dict[str, Any]) -> list[dict[str, Any]]:
        """A chart's columns as rows by exchange date; days without any price are not days."""
        stamps = result.get("timestamp") or []
        try:
            columns = result["indicators"]["quote"][0]
            table = [columns.get(name) or [] for name in _COLUMNS]
            width = {len(stamps), *(len(column) for column in table)}
        except (KeyError, IndexError, TypeError, AttributeError):
            raise bad_data(self._terms, "its bars have no columns") from None
        if len(width) != 1:
            raise bad_data(self._terms, "the columns of its bars differ in length")
        rows: list[dict[str, Any]] = []
        for stamp, *values in zip(stamps, *table, strict=True):
            moment = from_epoch(number) if (number := wire.plain_number(stamp)) else None
            if any(value is not None for value in values):
                day = exchange_date(moment) if moment else None
                rows.append({"day": day, **dict(zip(_COLUMNS, values, strict=True))})
        return rows


def spelt(name: str) -> str:
    """A ticker as Yahoo spells it: share classes with a hyphen."""
    return name.replace(".", "-")


def _timing(moment: datetime) -> str:
    """By the hour at the exchange; midnight is Yahoo's way of not knowing."""
    at = moment.astimezone(EXCHANGE_ZONE).time()
    if time(3, 0) <= at < _OPENS:
        return "before open"
    return "after close" if at >= _CLOSES else "time unknown"
