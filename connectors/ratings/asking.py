"""The rating of a company from whatever the house's sources tell of it.

A source that has nothing takes its parts out of the rating; a source that failed is named besides.
Without closes there is no rating, and with too few none either: never a middling one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from connectors.base import Sources
from connectors.ratings import fundamental, technical
from connectors.ratings.results import RatingPart, StockRating
from connectors.ratings.scale import (
    LEAST_KNOWN,
    Part,
    known_weight,
    outlook,
    total,
    unknown,
    verdict,
)
from connectors.ratings.sources import Answers, answers
from connectors.screening.facts import LEAST_IMPLIED
from connectors.sources.together import in_few_sentences, still_being_read
from core_numba.arrays import Floats
from core_numba.surfaces.ranks import iv_rank
from mfa.kernel.market import DailyClose
from mfa.kernel.money import cents
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome, Provenance, derived

SOURCE: Final = "ai_research.get_rating"


def rating(sources: Sources, symbol: str) -> Outcome[StockRating]:
    """The rating now. `Absent` where prices do not reach far enough back to judge."""
    found = answers(sources, symbol)
    if not isinstance(found.closes, Found):
        return found.closes
    if not found.closes.value:
        return Absent(f"{symbol} has no closes.")
    return _Judging(sources, symbol, found).rating(found.closes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """Of several companies; one that could not be rated is named in `warnings`."""

    by_symbol: Mapping[str, float]
    warnings: tuple[str, ...]
    inputs: tuple[Provenance, ...]


NOT_RATED: Final = Ratings(by_symbol={}, warnings=(), inputs=())


def ratings(sources: Sources, symbols: Sequence[str]) -> Ratings:
    """The ratings of `symbols`; over a network those that are here within a moment."""
    today = sources.clock.today()
    asked: Mapping[str, Outcome[StockRating]]
    if sources.sweep is None:
        asked = {symbol: rating(sources, symbol) for symbol in symbols}
    else:
        keys = [(SOURCE, symbol, today) for symbol in symbols]
        known = sources.sweep.ask(keys, lambda key: rating(sources, key[1]))
        asked = {key[1]: outcome for key, outcome in known.items()}
    found = {s: each for s, each in asked.items() if isinstance(each, Found)}
    faults = [
        (symbol, "not rated: " + (each.reason if isinstance(each, Absent) else each.message))
        for symbol, each in asked.items()
        if not isinstance(each, Found)
    ]
    warnings = [*in_few_sentences(faults)]
    if missing := len(symbols) - len(asked):
        warnings.append(still_being_read(missing, len(symbols), sources.market.name))
    return Ratings(
        by_symbol={symbol: each.value.rating for symbol, each in found.items()},
        warnings=tuple(warnings),
        inputs=tuple(dict.fromkeys(each.provenance for each in found.values())),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Series:
    """Closes by their days; the price now, where it is one of them, has none."""

    days: tuple[date | None, ...]
    closes: Floats


class _Judging:
    """The answers about one company, what is used of them, and what went wrong with them."""

    def __init__(self, sources: Sources, symbol: str, found: Answers) -> None:
        self._symbol, self._answers = symbol, found
        self._benchmark, self._today = sources.benchmark, sources.clock.today()
        self._inputs: list[Provenance] = []
        self._warnings: list[str] = []

    def rating(self, closes: Found[tuple[DailyClose, ...]]) -> Outcome[StockRating]:
        self._inputs.append(closes.provenance)
        series = self._until_now(closes.value)
        by_price = [
            *technical.from_closes(series.closes),
            *self._beside_benchmark(series),
            self._rank(),
        ]
        by_figures = self._figures()
        parts = sorted(by_price, key=lambda part: _ORDER.index(part.rule.group)) + by_figures
        whole = total(parts)
        if whole is None or known_weight(by_price) < LEAST_KNOWN:
            return Absent(
                f"{self._symbol} has {series.closes.size} closes: too few to rate it. Ask for its "
                "price instead."
            )
        value = StockRating(
            symbol=self._symbol,
            price=cents(float(series.closes[-1])),
            rating=whole,
            verdict=verdict(whole),
            outlook=outlook(whole),
            technical=total(by_price),
            fundamental=total(by_figures),
            known_pct=known_weight(parts),
            parts=tuple(row for part in parts if (row := _row(part)) is not None),
            missing=tuple(
                f"{part.rule.name}: {part.reason}" for part in parts if part.points is None
            ),
            warnings=tuple(dict.fromkeys(self._warnings)),
        )
        return Found(value, derived(SOURCE, *self._inputs))

    def _until_now(self, closes: tuple[DailyClose, ...]) -> _Series:
        """The closes, with the price now as the last where today's close is still to come."""
        days: list[date | None] = [each.day for each in closes]
        values = [float(each.close) for each in closes]
        quote = self._answers.quote
        if isinstance(quote, Found):
            if closes[-1].day < self._today and quote.value.last > 0:
                self._inputs.append(quote.provenance)
                days.append(None)
                values.append(float(quote.value.last))
        elif isinstance(quote, Failed):
            self._warnings.append(f"The price now is not in it: {quote.message}")
        return _Series(days=tuple(days), closes=np.array(values))

    def _beside_benchmark(self, series: _Series) -> list[Part]:
        outcome = self._answers.benchmark
        if not isinstance(outcome, Found):
            said = self._said(outcome)
            if self._symbol != self._benchmark:
                said = f"The benchmark {self._benchmark} is not known. {said}"
            return list(technical.without_benchmark(said))
        self._inputs.append(outcome.provenance)
        theirs = {each.day: float(each.close) for each in outcome.value}
        both = [
            (own, theirs[day])
            for day, own in zip(series.days, series.closes, strict=True)
            if day is not None and day in theirs
        ]
        own, benchmark = np.array(both).T if both else (np.empty(0), np.empty(0))
        return list(technical.against_benchmark(own, benchmark))

    def _rank(self) -> Part:
        outcome = self._answers.implied
        if not isinstance(outcome, Found):
            return unknown(technical.IV_RANK, self._said(outcome))
        history = np.array([each.volatility for each in outcome.value])[-technical.YEAR :]
        if history.size < LEAST_IMPLIED:
            return unknown(
                technical.IV_RANK,
                f"{history.size} of {LEAST_IMPLIED} days of implied volatility recorded so far.",
            )
        found = 100.0 * float(iv_rank(history))
        if math.isfinite(found):
            self._inputs.append(outcome.provenance)
            return technical.from_rank(found)
        return unknown(technical.IV_RANK, "Its implied volatility never moved.")

    def _figures(self) -> list[Part]:
        outcome = self._answers.figures
        if not isinstance(outcome, Found):
            return list(fundamental.without_figures(self._said(outcome)))
        self._inputs.append(outcome.provenance)
        return list(fundamental.from_figures(outcome.value))

    def _said(self, fault: Absent | Failed) -> str:
        """Why something is missing; a failure that may pass is a warning too."""
        if isinstance(fault, Absent):
            return fault.reason
        if fault.kind is not FailureKind.NOT_SUPPORTED:
            self._warnings.append(fault.message)
        return fault.message


_ORDER: Final = (
    technical.TREND, technical.MOMENTUM, technical.RELATIVE, technical.CALM, technical.RANGE,
)  # fmt: skip


def _row(part: Part) -> RatingPart | None:
    if part.value is None or part.points is None:
        return None
    return RatingPart(
        part=part.rule.name,
        group=part.rule.group,
        value=part.value,
        rule=part.rule.text,
        points=part.points,
        weight=part.rule.weight,
        reason=part.reason,
    )
