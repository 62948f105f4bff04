"""What a scan looks at, brought together: option tables, and what is known of each company.

A company that failed is named in `warnings` and left out; the others are looked at all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from connectors.base import Sources
from connectors.ratings.asking import NOT_RATED, ratings
from connectors.ratings.scale import bounds
from connectors.screening.contracts import Contracts, Integers, contracts
from connectors.screening.facts import Facts, facts, prefetch
from connectors.screening.params import ScanParams
from connectors.screening.universe import universe
from connectors.sources.together import in_few_sentences, still_being_read
from connectors.volatility.event_move import BEFORE_OPEN
from core_numba.arrays import Floats
from mfa.kernel.option_table import OptionTable
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome, Provenance

Flags = npt.NDArray[np.bool_]
_MOST_WARNINGS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Gathered:
    """`basis` is what was paid for shares held in round lots, by symbol."""

    found: Contracts
    basis: dict[str, float]
    today: date
    warnings: tuple[str, ...]
    inputs: tuple[Provenance, ...]


def gather(sources: Sources, user: str, wanted: ScanParams, *, covered: bool) -> Outcome[Gathered]:
    """Every contract of the universe that expires within the days wanted."""
    asked = universe(sources, user, wanted, covered=covered)
    if not isinstance(asked, Found):
        return asked
    today = sources.clock.today()
    first, last = (today + timedelta(days=each) for each in wanted.dte)
    asked_now = _tables(sources, asked.value.symbols, first, last)
    tables: list[OptionTable] = []
    inputs: list[Provenance] = [asked.provenance]
    faults: list[tuple[str, str]] = []
    failed: Failed | None = None
    for symbol, outcome in asked_now.items():
        if isinstance(outcome, Found):
            tables.append(outcome.value)
            inputs.append(outcome.provenance)
            continue
        if isinstance(outcome, Failed):
            failed = failed or outcome
        if isinstance(outcome, Failed) or symbol in wanted.symbols:
            said = outcome.reason if isinstance(outcome, Absent) else outcome.message
            faults.append((symbol, said))
    warnings = [*asked.value.warnings, *in_few_sentences(faults)]
    every = len(asked.value.symbols)
    missing = every - len(asked_now)
    if missing:
        warnings.append(still_being_read(missing, every, sources.market.name))
    if not tables:
        text = " ".join(warnings)
        if failed is not None:
            return Failed(failed.kind, text, failed.retry_after)
        if missing:
            return Failed(FailureKind.TIMEOUT, text)
        return Absent(text or "None of these companies has options that expire then.")
    value = Gathered(
        found=contracts(tables), basis=asked.value.basis, today=today, warnings=tuple(warnings),
        inputs=tuple(inputs),
    )  # fmt: skip
    return Found(value, asked.provenance)


def _tables(
    sources: Sources, symbols: Sequence[str], first: date, last: date
) -> dict[str, Outcome[OptionTable]]:
    """The option tables by company; over a network those that are here within a moment."""
    market, today = sources.market, sources.clock.today()
    if sources.sweep is None:
        return {symbol: market.option_table(symbol, first=first, last=last) for symbol in symbols}

    def whole(key: tuple[str, date, date]) -> Outcome[OptionTable]:
        outcome = market.option_table(key[0], first=key[1], last=key[2])
        if isinstance(outcome, Found):
            prefetch(market, key[0], today)
        return outcome

    known = sources.sweep.ask([(symbol, first, last) for symbol in symbols], whole)
    return {key[0]: outcome for key, outcome in known.items()}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Companies:
    """Facts by the table's number, as columns; NaN where one is not known.

    `reacts` is the ordinal of the first expiration that a coming report touches, infinite where
    none is announced.
    """

    facts: dict[int, Facts]
    rank: Floats
    trend: Floats
    low: Floats
    high: Floats
    report: Floats
    reacts: Floats
    basis: Floats
    rating: Floats
    warnings: tuple[str, ...]
    inputs: tuple[Provenance, ...]

    def quiet(self, table: Integers, day: Integers) -> Floats:
        """1 where no report comes before the expiration, 0 where one does, NaN where not known."""
        reacts = self.reacts[table]
        return np.where(np.isnan(reacts), np.nan, (day < reacts).astype(np.float64))


def companies(
    sources: Sources, gathered: Gathered, places: Integers, wanted: ScanParams | None = None
) -> Companies:
    """What is known of the companies of the contracts at `places`; rated where `wanted` asks."""
    tables = gathered.found.tables
    known = {
        int(i): facts(sources.market, tables[i].symbol, tables[i].spot, gathered.today)
        for i in np.unique(gathered.found.table[places])
    }
    columns = {
        name: np.full(len(tables), np.nan)
        for name in ("rank", "trend", "low", "high", "report", "reacts", "basis", "rating")
    }
    for i, each in known.items():
        for name in ("rank", "trend", "low", "high"):
            value = getattr(each, name)
            columns[name][i] = np.nan if value is None else value
        if each.report is not None:
            day = each.report.day.toordinal()
            columns["report"][i] = day
            columns["reacts"][i] = day + (each.report.timing != BEFORE_OPEN)
        columns["basis"][i] = gathered.basis.get(each.symbol, np.nan)
    rated = NOT_RATED
    if wanted is not None and wanted.rates:
        rated = ratings(sources, [each.symbol for each in known.values()])
    for i, each in known.items():
        columns["rating"][i] = rated.by_symbol.get(each.symbol, np.nan)
    return Companies(
        facts=known,
        warnings=merged([w for each in known.values() for w in each.warnings], rated.warnings),
        inputs=tuple(
            dict.fromkeys((*(p for each in known.values() for p in each.inputs), *rated.inputs))
        ),
        **columns,
    )


def allowed(known: Companies, wanted: ScanParams, gathered: Gathered, places: Integers) -> Flags:
    """Which of `places` pass the filters on a company's facts. What is not known does not pass a
    filter on it."""
    found = gathered.found
    table, day = found.table[places], found.day[places]
    passing = np.ones(places.size, dtype=np.bool_)
    with np.errstate(invalid="ignore"):
        if wanted.min_iv_rank is not None:
            passing &= known.rank[table] >= wanted.min_iv_rank
        if wanted.min_rating is not None:
            passing &= known.rating[table] >= wanted.min_rating
        if wanted.rating is not None:
            low, high = bounds(wanted.rating)
            passing &= (known.rating[table] >= low) & (known.rating[table] < high)
        if wanted.no_earnings_days is not None:
            passing &= (
                day < known.reacts[table]
                if wanted.no_earnings_days < 0
                else known.report[table] > gathered.today.toordinal() + wanted.no_earnings_days
            )
    return passing


def merged(*sentences: Sequence[str]) -> tuple[str, ...]:
    """Each sentence once, in order; of very many the first, and how many more there are."""
    every = tuple(dict.fromkeys(each for some in sentences for each in some))
    if len(every) <= _MOST_WARNINGS:
        return every
    more = len(every) - _MOST_WARNINGS + 1
    return (*every[: _MOST_WARNINGS - 1], f"{more} more notices like these are left out here.")
