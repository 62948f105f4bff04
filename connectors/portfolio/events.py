"""What is dated ahead for a holding: the next earnings report and the next ex-dividend day.

Each is asked once per symbol. A source that fails costs the event and leaves a warning; it does not
cost the answer.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from connectors.base import Sources
from connectors.portfolio.position_results import CorporateEvent
from mfa.kernel.market import Dividend, Earnings
from mfa.kernel.outcome import Failed, Found, Outcome, Provenance

STOCK_HORIZON: Final = timedelta(days=100)
"""How far ahead a dividend is looked for where nothing expires: a quarter and a week."""


class Ahead:
    """The events ahead of one answer's positions."""

    def __init__(self, sources: Sources) -> None:
        self._market = sources.market
        self._today = sources.clock.today()
        self._earnings: dict[str, Outcome[Earnings]] = {}
        self._dividends: dict[tuple[str, date], Outcome[tuple[Dividend, ...]]] = {}
        self.warnings: tuple[str, ...] = ()
        self.inputs: tuple[Provenance, ...] = ()

    def earnings(self, symbol: str, expiration: date | None) -> CorporateEvent | None:
        """The next report; one after the close of the expiration day comes too late to matter."""
        if symbol not in self._earnings:
            self._earnings[symbol] = self._market.next_earnings(symbol)
            self._note(self._earnings[symbol], f"The next earnings of {symbol} are not known")
        outcome = self._earnings[symbol]
        if not isinstance(outcome, Found):
            return None
        report = outcome.value
        before = None
        if expiration is not None:
            on_the_day = report.day == expiration and report.timing == "before open"
            before = report.day < expiration or on_the_day
        return CorporateEvent(day=report.day, timing=report.timing, before_expiration=before)

    def ex_dividend(self, symbol: str, expiration: date | None) -> CorporateEvent | None:
        """The first ex-date after today, up to expiration: today's is already decided."""
        end = expiration if expiration is not None else self._today + STOCK_HORIZON
        if end <= self._today:
            return None
        key = (symbol, end)
        if key not in self._dividends:
            start = self._today + timedelta(days=1)
            self._dividends[key] = self._market.dividends(symbol, start, end)
            self._note(self._dividends[key], f"The dividends of {symbol} are not known")
        outcome = self._dividends[key]
        if not isinstance(outcome, Found) or not outcome.value:
            return None
        first = min(outcome.value, key=lambda dividend: dividend.ex_date)
        return CorporateEvent(
            day=first.ex_date,
            amount=first.amount,
            before_expiration=None if expiration is None else True,
        )

    def _note(self, outcome: Outcome[Earnings] | Outcome[tuple[Dividend, ...]], what: str) -> None:
        if isinstance(outcome, Failed):
            self.warnings += (f"{what}: {outcome.message}",)
        elif isinstance(outcome, Found):
            self.inputs += (outcome.provenance,)
