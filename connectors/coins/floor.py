"""Where the simulated exchange's orders meet a market: practice's computed one, or a live ticker.

What the exchange needs of it is asked before anything is locked. A quote that is too old fills
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from connectors.practice.pairs import PracticePairs
from mfa.kernel.clock import Clock
from mfa.kernel.coins import Pair, PairMarket, PairQuote, PairRules
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome, Provenance

OLDEST: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One pair: how it is traded, its quote now, and those that stood since the last look."""

    rules: PairRules
    now: PairQuote
    since: tuple[PairQuote, ...] = ()


class CoinFloor(Protocol):
    """A mode's market of pairs. `name` and `title` are those of the exchange that it makes."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def mode(self) -> Mode: ...

    @property
    def market(self) -> PairMarket: ...

    @property
    def clock(self) -> Clock: ...

    def since(self, looked: datetime, now: PairQuote) -> Outcome[tuple[PairQuote, ...]]:
        """The quotes that orders which stood since `looked` have met, oldest first."""
        ...

    def then(self, pair: Pair, at: datetime) -> Outcome[PairQuote]:
        """The quote of a moment that is past, where anybody knows it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeCoinFloor:
    """Practice time stands still until it is moved; the market is looked at for each full hour."""

    market: PracticePairs
    clock: Clock
    name: str = "practice exchange"
    title: str = "the practice exchange"
    mode: Mode = Mode.PRACTICE

    def since(self, looked: datetime, now: PairQuote) -> Outcome[tuple[PairQuote, ...]]:
        return self.market.between(now.pair, looked, now.as_of)

    def then(self, pair: Pair, at: datetime) -> Outcome[PairQuote]:
        return self.market.at(pair, at)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperCoinFloor:
    """Live quotes of one exchange. What was between two looks nobody knows: it fills nothing."""

    market: PairMarket
    clock: Clock
    title: str
    name: str = "paper exchange"
    mode: Mode = Mode.PAPER

    def since(self, looked: datetime, now: PairQuote) -> Outcome[tuple[PairQuote, ...]]:
        del looked
        source = Provenance(source=self.market.name, as_of=now.as_of)
        return Found((now,) if fresh(now, self.clock.now()) else (), source)

    def then(self, pair: Pair, at: datetime) -> Outcome[PairQuote]:
        del pair, at
        why = f"{self.market.name} is not asked for quotes that are past."
        return Failed(FailureKind.NOT_SUPPORTED, why)


def sights(
    floor: CoinFloor, pairs: Iterable[Pair], looked: datetime | None = None
) -> Mapping[Pair, Sight | Absent | Failed]:
    """Each pair as it is seen now, and since `looked`; or why it is not."""
    return {pair: _sight(floor, pair, looked) for pair in sorted(set(pairs))}


def fresh(quote: PairQuote, now: datetime) -> bool:
    return now - quote.as_of <= OLDEST and 0 < quote.bid <= quote.ask


def _sight(floor: CoinFloor, pair: Pair, looked: datetime | None) -> Sight | Absent | Failed:
    rules = floor.market.rules(pair)
    if not isinstance(rules, Found):
        return rules
    quote = floor.market.quote(pair)
    if not isinstance(quote, Found):
        return quote
    if looked is None:
        return Sight(rules=rules.value, now=quote.value)
    since = floor.since(looked, quote.value)
    if not isinstance(since, Found):
        return since
    return Sight(rules=rules.value, now=quote.value, since=since.value)
