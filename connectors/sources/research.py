"""What is known of companies in PAPER and LIVE: an ordered chain of vendors, kept for a while."""

from __future__ import annotations

from datetime import date
from typing import Final

from connectors.sources.chain import Chain
from connectors.sources.memory import Memory
from mfa.kernel.outcome import Outcome
from mfa.kernel.research import Bar, Fundamentals, NewsItem, ResearchSource

_BARS: Final = 1800.0
_FIGURES: Final = 6 * 3600.0
_NEWS: Final = 300.0


class ChainedResearch:
    """`ResearchSource` over a chain; thread-safe."""

    def __init__(self, chain: Chain[ResearchSource]) -> None:
        self._chain = chain
        self._memory = Memory()

    @property
    def name(self) -> str:
        """The sources in order."""
        return ", then ".join(self._chain.titles) or "no research source"

    def forget(self) -> None:
        """Ask anew: the sources changed."""
        self._memory.forget()

    def bars(self, symbol: str, start: date, end: date) -> Outcome[tuple[Bar, ...]]:
        return self._memory.get(
            ("bars", symbol, start, end),
            _BARS,
            lambda: self._chain.ask(lambda source: source.bars(symbol, start, end)),
        )

    def fundamentals(self, symbol: str) -> Outcome[Fundamentals]:
        return self._memory.get(
            ("fundamentals", symbol),
            _FIGURES,
            lambda: self._chain.ask(lambda source: source.fundamentals(symbol)),
        )

    def news(self, symbol: str, limit: int = 20) -> Outcome[tuple[NewsItem, ...]]:
        return self._memory.get(
            ("news", symbol, limit),
            _NEWS,
            lambda: self._chain.ask(lambda source: source.news(symbol, limit)),
        )
