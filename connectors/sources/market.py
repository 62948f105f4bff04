"""The market of PAPER and LIVE: an ordered chain of vendors, a bundled universe, an own record.

Answers are kept for a moment (`_KEPT`, seconds), so that features which ask the same within one
page cost one request. A second source is the witness of a quote where asking it costs next to
nothing: it is asked at the same time, and waited for no longer than `WITNESS_WAIT` after the first
has answered. What the two disagree on is a warning on the value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Final, TypeVar

from connectors.sources.agreement import disagreement
from connectors.sources.chain import Chain
from connectors.sources.memory import Memory
from connectors.sources.recorded import RecordedVolatility
from connectors.sources.universe import bundled
from mfa.kernel.market import (
    DailyClose,
    DailyVolatility,
    Dividend,
    Earnings,
    Listing,
    MarketSource,
    OptionChain,
    OptionQuote,
    Quote,
)
from mfa.kernel.option_table import OptionTable
from mfa.kernel.outcome import Found, Outcome
from mfa.kernel.symbols import OptionSymbol

T = TypeVar("T")

WITNESS_WAIT: Final = 0.15
AHEAD: Final = 8
_QUOTES, _CHAINS, _DAYS, _RARE = 5.0, 30.0, 1800.0, 6 * 3600.0
_KEPT: Final = {
    "quote": _QUOTES,
    "option_quote": _QUOTES,
    "expirations": _DAYS,
    "chain": _CHAINS,
    "option_table": _CHAINS,
    "daily_closes": _DAYS,
    "dividends": _RARE,
    "next_earnings": _RARE,
    "earnings": _RARE,
}


class ChainedMarket:
    """`MarketSource` over a chain; thread-safe."""

    def __init__(self, chain: Chain[MarketSource], recorded: RecordedVolatility) -> None:
        self._chain, self._recorded = chain, recorded
        self._memory = Memory()
        self._ahead = ThreadPoolExecutor(AHEAD, thread_name_prefix="ahead")

    @property
    def name(self) -> str:
        """The sources in order."""
        return ", then ".join(self._chain.titles) or "no market source"

    def forget(self) -> None:
        """Ask anew: the sources changed."""
        self._memory.forget()

    def ahead(self, symbols: Sequence[str], options: Sequence[OptionSymbol]) -> None:
        """Begin to ask for these quotes side by side (see `AsksAhead`)."""
        if len(symbols) + len(options) < 2:
            return
        try:
            for symbol in dict.fromkeys(symbols):
                self._ahead.submit(self.quote, symbol)
            for option in dict.fromkeys(options):
                self._ahead.submit(self.option_quote, option)
        except RuntimeError:  # the house is closing
            return

    def close(self) -> None:
        self._ahead.shutdown(wait=False, cancel_futures=True)

    def listings(self) -> Outcome[tuple[Listing, ...]]:
        return bundled()

    def quote(self, symbol: str) -> Outcome[Quote]:
        return self._kept("quote", (symbol,), lambda: self._witnessed(symbol))

    def option_quote(self, option: OptionSymbol) -> Outcome[OptionQuote]:
        return self._ask("option_quote", (option,), lambda s: s.option_quote(option))

    def expirations(self, symbol: str) -> Outcome[tuple[date, ...]]:
        return self._ask("expirations", (symbol,), lambda s: s.expirations(symbol))

    def chain(self, symbol: str, expiration: date) -> Outcome[OptionChain]:
        return self._ask("chain", (symbol, expiration), lambda s: s.chain(symbol, expiration))

    def option_table(self, symbol: str, *, first: date, last: date) -> Outcome[OptionTable]:
        def ask() -> Outcome[OptionTable]:
            outcome = self._chain.ask(lambda s: s.option_table(symbol, first=first, last=last))
            if isinstance(outcome, Found):
                self._recorded.learn(outcome)
            return outcome

        return self._kept("option_table", (symbol, first, last), ask)

    def daily_closes(self, symbol: str, start: date, end: date) -> Outcome[tuple[DailyClose, ...]]:
        key = (symbol, start, end)
        return self._ask("daily_closes", key, lambda s: s.daily_closes(symbol, start, end))

    def implied_volatilities(
        self, symbol: str, start: date, end: date
    ) -> Outcome[tuple[DailyVolatility, ...]]:
        """From Magnus's own record: no vendor has this history."""
        return self._recorded.between(symbol, start, end)

    def dividends(self, symbol: str, start: date, end: date) -> Outcome[tuple[Dividend, ...]]:
        key = (symbol, start, end)
        return self._ask("dividends", key, lambda s: s.dividends(symbol, start, end))

    def next_earnings(self, symbol: str) -> Outcome[Earnings]:
        return self._ask("next_earnings", (symbol,), lambda s: s.next_earnings(symbol))

    def earnings(self, symbol: str, start: date, end: date) -> Outcome[tuple[Earnings, ...]]:
        key = (symbol, start, end)
        return self._ask("earnings", key, lambda s: s.earnings(symbol, start, end))

    def _ask(
        self, what: str, key: tuple[object, ...], question: Callable[[MarketSource], Outcome[T]]
    ) -> Outcome[T]:
        return self._kept(what, key, lambda: self._chain.ask(question))

    def _kept(
        self, what: str, key: tuple[object, ...], ask: Callable[[], Outcome[T]]
    ) -> Outcome[T]:
        return self._memory.get((what, *key), _KEPT[what], ask)

    def _witnessed(self, symbol: str) -> Outcome[Quote]:
        asked = self._chain.ask_with_witness(lambda source: source.quote(symbol))
        outcome = asked.outcome
        if not isinstance(outcome, Found) or asked.witness is None:
            return outcome
        said = disagreement(outcome, other) if (other := _in_time(asked.witness[1])) else ""
        if not said:
            return outcome
        return Found(outcome.value, replace(outcome.provenance, warning=said))


def _in_time(witness: Future[Outcome[Quote]]) -> Found[Quote] | None:
    try:
        outcome = witness.result(timeout=WITNESS_WAIT)
    except TimeoutError:
        return None
    return outcome if isinstance(outcome, Found) else None
