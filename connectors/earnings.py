"""Earnings: when companies report, what options expect of it, and which positions stand in the way.

A report that cannot be read is named in a warning and never taken for 'no report'.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from connectors.base import (
    MEDIUM_TTL,
    PRICES,
    SHORT_TTL,
    VALUED_HOLDINGS,
    DataConnector,
    DataSourceType,
    NoParams,
    QueryContext,
    query,
)
from connectors.sources.together import in_few_sentences, still_being_read
from connectors.volatility.earnings_params import HistoryParams, SymbolParams, UpcomingParams
from connectors.volatility.earnings_results import (
    MoveComparison,
    PositionReport,
    PositionReports,
    ReportDate,
    UpcomingReport,
    UpcomingReports,
)
from connectors.volatility.earnings_rows import comparison, position_row
from connectors.volatility.event_move import covers, expected_move, past_moves
from mfa.kernel.account import Position
from mfa.kernel.market import Earnings as Report
from mfa.kernel.money import cents
from mfa.kernel.option_table import OptionTable
from mfa.kernel.outcome import Absent, Failed, Found, Outcome, Provenance, derived

AHEAD: Final = timedelta(days=14)
"""How far 'upcoming' looks where no period is given."""
_LOOK: Final = timedelta(days=120)
"""Expirations after a report that are looked at: enough to tell the event from ordinary days."""
_YEAR: Final = timedelta(days=366)


class EarningsConnector(DataConnector):
    name = "earnings"
    description = "Earnings reports: dates, expected and past moves, positions exposed to them."
    source_type = DataSourceType.HYBRID

    @query(
        description="The next earnings report of a company and the move its options expect.",
        examples=("When is AAPL earnings?", "Does KO report before or after the bell?"),
        cache=MEDIUM_TTL,
        depends=PRICES,
    )
    def fetch_date(self, params: SymbolParams, context: QueryContext) -> Outcome[ReportDate]:
        del context
        outcome = self.sources.market.next_earnings(params.symbol)
        if not isinstance(outcome, Found):
            return outcome
        report, today = outcome.value, self.sources.clock.today()
        table, warnings = self._table(report)
        move = expected_move(table.value, report) if table is not None else None
        value = ReportDate(
            symbol=report.symbol,
            report_day=report.day,
            timing=report.timing,
            days_away=(report.day - today).days,
            price=cents(table.value.spot) if table is not None else None,
            expected_move_pct=move.straddle_pct if move is not None else None,
            expected_move=cents(move.straddle) if move is not None else None,
            straddle_expiration=move.expiration if move is not None else None,
            warnings=warnings,
        )
        return Found(value, _from("earnings.fetch_date", outcome, table))

    @query(
        description="Companies that report in a period (the next two weeks when none is given).",
        examples=("Who reports this week?", "Earnings in the next 30 days"),
        cache=MEDIUM_TTL,
        depends=VALUED_HOLDINGS,
    )
    def fetch_upcoming(
        self, params: UpcomingParams, context: QueryContext
    ) -> Outcome[UpcomingReports]:
        del context
        listings = self.sources.market.listings()
        if not isinstance(listings, Found):
            return listings
        today = self.sources.clock.today()
        start = params.start_date or today
        end = params.end_date or (today + timedelta(days=params.days) if params.days else None)
        end = end or start + AHEAD
        held, warnings = self._held_symbols()
        names = {listing.symbol: listing.name for listing in listings.value}
        symbols = params.symbols or tuple(names)
        rows: list[UpcomingReport] = []
        inputs: list[Provenance] = [listings.provenance]
        faults: list[tuple[str, str]] = []
        answers = self._reports(symbols, start, end)
        for symbol, outcome in answers.items():
            if isinstance(outcome, Failed):
                faults.append((symbol, outcome.message))
            elif isinstance(outcome, Found):
                inputs.append(outcome.provenance)
                rows += [
                    UpcomingReport(
                        symbol=report.symbol,
                        company=names.get(symbol, symbol),
                        report_day=report.day,
                        timing=report.timing,
                        days_away=(report.day - today).days,
                        held=report.symbol in held,
                    )
                    for report in outcome.value
                ]
            elif symbol not in names:
                faults.append((symbol, outcome.reason))
        warnings += in_few_sentences(faults)
        if missing := len(symbols) - len(answers):
            source = self.sources.market.name
            warnings.append(still_being_read(missing, len(symbols), source))
        if not rows and not warnings:
            return Absent(f"No company reports from {_day(start)} to {_day(end)}.")
        rows.sort(key=lambda row: (row.report_day, row.symbol))
        value = UpcomingReports(
            start_date=start, end_date=end, count=len(rows), rows=tuple(rows),
            warnings=tuple(warnings),
        )  # fmt: skip
        return Found(value, derived("earnings.fetch_upcoming", *inputs))

    def _reports(
        self, symbols: tuple[str, ...], start: date, end: date
    ) -> dict[str, Outcome[tuple[Report, ...]]]:
        """By company; over a network those that are here within a moment."""
        market, sweep = self.sources.market, self.sources.sweep
        if sweep is None:
            return {symbol: market.earnings(symbol, start, end) for symbol in symbols}
        keys = [(symbol, "reports", start, end) for symbol in symbols]
        known = sweep.ask(keys, lambda key: market.earnings(key[0], key[2], key[3]))
        return {key[0]: outcome for key, outcome in known.items()}

    @query(
        description="Options held now that are still open when their company reports.",
        examples=("Do any of my positions have earnings before expiration?", "My earnings risk"),
        cache=SHORT_TTL,
        depends=VALUED_HOLDINGS,
        last_known=False,
    )
    def check_position_risk(
        self, params: NoParams, context: QueryContext
    ) -> Outcome[PositionReports]:
        del params, context
        held = self.sources.account.positions()
        if not isinstance(held, Found):
            return held
        options = [position for position in held.value if position.option is not None]
        if not options:
            return Absent("You hold no options.")
        inputs, warnings = [held.provenance], []
        rows: list[PositionReport] = []
        for symbol in sorted({position.symbol for position in options}):
            outcome = self.sources.market.next_earnings(symbol)
            if not isinstance(outcome, Found):
                said = outcome.reason if isinstance(outcome, Absent) else outcome.message
                warnings.append(f"{symbol}: {said}")
                continue
            inputs.append(outcome.provenance)
            found, said_too, more = self._exposed(symbol, outcome.value, options)
            rows += found
            warnings += said_too
            inputs += more
        value = PositionReports(
            checked=len(options), at_risk=len(rows), rows=tuple(rows), warnings=tuple(warnings)
        )
        return Found(value, derived("earnings.check_position_risk", *inputs))

    @query(
        description="The move options expect of the next report beside the moves of past reports.",
        examples=("Expected move of NVDA earnings", "How much does AMD move on earnings?"),
        cache=MEDIUM_TTL,
        depends=PRICES,
    )
    def expected_move(
        self, params: HistoryParams, context: QueryContext
    ) -> Outcome[MoveComparison]:
        del context
        today, market = self.sources.clock.today(), self.sources.market
        since = today - params.years * _YEAR
        past = market.earnings(params.symbol, since, today)
        if not isinstance(past, Found):
            return past
        closes = market.daily_closes(params.symbol, since - timedelta(days=7), today)
        if isinstance(closes, Failed):
            return closes
        moves = past_moves(past.value, closes.value) if isinstance(closes, Found) else ()
        coming = market.next_earnings(params.symbol)
        inputs = [past.provenance, *([closes.provenance] if isinstance(closes, Found) else [])]
        warnings: tuple[str, ...] = ()
        table: Found[OptionTable] | None = None
        if isinstance(coming, Found):
            inputs.append(coming.provenance)
            table, warnings = self._table(coming.value)
        else:
            said = coming.reason if isinstance(coming, Absent) else coming.message
            warnings = (f"The next report is not known: {said}",)
        if table is not None:
            inputs.append(table.provenance)
        report = coming.value if isinstance(coming, Found) else None
        move = expected_move(table.value, report) if table and report else None
        value = comparison(
            params.symbol, report=report, table=table, move=move, moves=moves, warnings=warnings
        )
        return Found(value, derived("earnings.expected_move", *inputs))

    def _table(self, report: Report) -> tuple[Found[OptionTable] | None, tuple[str, ...]]:
        """The options around a report; a sentence where they cannot be had."""
        today = self.sources.clock.today()
        outcome = self.sources.market.option_table(
            report.symbol, first=today, last=report.day + _LOOK
        )
        if isinstance(outcome, Found):
            return outcome, ()
        said = outcome.reason if isinstance(outcome, Absent) else outcome.message
        return None, (f"The expected move of {report.symbol} is not known: {said}",)

    def _held_symbols(self) -> tuple[frozenset[str], list[str]]:
        held = self.sources.account.positions()
        if isinstance(held, Found):
            return frozenset(position.symbol for position in held.value), []
        if isinstance(held, Absent):
            return frozenset(), []
        return frozenset(), [f"What you hold could not be read: {held.message}"]

    def _exposed(
        self, symbol: str, report: Report, options: list[Position]
    ) -> tuple[list[PositionReport], tuple[str, ...], list[Provenance]]:
        concerned = [
            position
            for position in options
            if position.symbol == symbol
            and position.option is not None
            and covers(position.option.expiration, report)
        ]
        if not concerned:
            return [], (), []
        table, warnings = self._table(report)
        move = expected_move(table.value, report) if table is not None else None
        spot = table.value.spot if table is not None else None
        today = self.sources.clock.today()
        rows = [position_row(position, report, spot, move, today) for position in concerned]
        return rows, warnings, [table.provenance] if table is not None else []


def _from(source: str, first: Found[Report], table: Found[OptionTable] | None) -> Provenance:
    return derived(source, first.provenance, *([table.provenance] if table is not None else []))


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
