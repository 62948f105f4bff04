"""Asks the market for the closes that the account's past days need, and says what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Final

from connectors.imported.books import ImportedBooks
from connectors.imported.closes import as_held
from connectors.imported.curve import ValuedDays, standing, valued
from mfa.kernel.clock import exchange_date
from mfa.kernel.market import MarketSource
from mfa.kernel.outcome import Absent, Failed, Found, Outcome, Provenance, derived

_AT_ONCE: Final = 8
"""Questions to the market side by side: years of closes of many symbols take a vendor seconds."""


def value_days(
    books: ImportedBooks, days: Sequence[date], market: MarketSource, own: Provenance
) -> Outcome[ValuedDays]:
    """The value on each of `days` that can be valued; `Failed` where the market did not answer.

    A symbol of which the market knows no close costs the days on which it was held. Asked is for
    what was held on `days` only, back to the opening of its options.
    """
    if not days:
        return Absent("No session has closed since the first imported movement.")
    states = [state for _, state in standing(books.days, days)]
    lots = {(lot.id, lot.symbol): lot for state in states for lot in state.lots}.values()
    symbols = tuple(dict.fromkeys(lot.symbol for lot in lots))
    opened = [exchange_date(lot.opened_at) for lot in lots if lot.option is not None]
    first = min([days[0], *opened])
    closes, inputs = {}, []
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="closes") as pool:
        answers = pool.map(lambda symbol: market.daily_closes(symbol, first, days[-1]), symbols)
        asked = tuple(zip(symbols, answers, strict=True))
    for symbol, found in asked:
        if isinstance(found, Failed):
            return found
        series = {}
        if isinstance(found, Found):
            inputs.append(found.provenance)
            series = {each.day: each.close for each in found.value if each.close > 0}
        closes[symbol] = as_held(series, [s for s in books.splits if s.symbol == symbol])
    curve = valued(books, days, closes)
    if not curve.points:
        return Absent(f"On no day is there a price of {', '.join(curve.missing)}.")
    note = " ".join([*_notes(curve, len(days)), own.note]).strip()
    source = derived(own.source, replace(own, note=note), *inputs, note=note)
    return Found(curve, replace(source, computed=source.computed or curve.modelled))


def _notes(curve: ValuedDays, days: int) -> tuple[str, ...]:
    notes = []
    if curve.left_out:
        missing = ", ".join(curve.missing)
        notes.append(f"{curve.left_out} of {days} sessions are left out: no close of {missing}.")
    if curve.modelled:
        notes.append(
            "Options are marked by Black-Scholes at the volatility that their opening implied."
        )
    return tuple(notes)
