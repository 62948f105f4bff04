"""Asks the market for the closes that the account's past days need, and says what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from connectors.imported.books import ImportedBooks
from connectors.imported.closes import as_held
from connectors.imported.curve import ValuedDays, valued
from mfa.kernel.market import MarketSource
from mfa.kernel.outcome import Absent, Failed, Found, Outcome, Provenance, derived


def value_days(
    books: ImportedBooks, days: Sequence[date], market: MarketSource, own: Provenance
) -> Outcome[ValuedDays]:
    """The value on each of `days` that can be valued; `Failed` where the market did not answer.

    A symbol of which the market knows no close costs the days on which it was held.
    """
    if not days:
        return Absent("No session has closed since the first imported movement.")
    symbols = dict.fromkeys(lot.symbol for state in books.days for lot in state.lots)
    closes, inputs = {}, []
    for symbol in symbols:
        found = market.daily_closes(symbol, days[0], days[-1])
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
    source = derived(own.source, own, *inputs, note=note)
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
