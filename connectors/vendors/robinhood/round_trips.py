"""Closed trades from executions: Robinhood tells orders and no round trips.

First in, first out. Where that leaves something else open than Robinhood says is held, the stock's
splits are counted in; an instrument of which it still does (shares brought from another broker) is
named as unsure, so that its trades can be left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from connectors.vendors.ground.fifo import Fill, Folded, fold
from connectors.vendors.ground.reading import sift
from connectors.vendors.ground.terms import Call
from connectors.vendors.ground.trouble import NotThere
from connectors.vendors.robinhood.access import API, RobinhoodAccess
from connectors.vendors.robinhood.account_wire import SplitRow
from connectors.vendors.robinhood.names import Names
from mfa.kernel.clock import exchange_date
from mfa.kernel.money import units


class RoundTrips:
    """Folds fills; asks for splits only where they are needed."""

    def __init__(self, access: RobinhoodAccess, names: Names) -> None:
        self._access, self._names = access, names

    def fold(
        self, call: Call, fills: Sequence[Fill], held: Mapping[str, Decimal]
    ) -> tuple[Folded, set[str]]:
        """The trades, and the instruments whose history does not lead to what is `held`."""
        folded = fold(fills)
        unsure = _differing(held, folded.left)
        symbols = {fill.symbol for fill in fills if fill.option is None and fill.symbol in unsure}
        if not symbols:
            return folded, unsure
        splits = {symbol: self._splits(call, symbol) for symbol in sorted(symbols)}
        folded = fold(
            fill if fill.option is not None else _of_today(fill, splits.get(fill.symbol, ()))
            for fill in fills
        )
        return folded, _differing(held, folded.left)

    def _splits(self, call: Call, symbol: str) -> tuple[SplitRow, ...]:
        instrument = self._names.instrument(call, symbol)
        if instrument is None:
            return ()
        url = f"{API}/instruments/{instrument.id}/splits/"
        try:
            raw = self._access.rows(call, url, absent=frozenset({404}))
        except NotThere:
            return ()
        terms = self._access.terms
        return tuple(sift(terms, SplitRow, raw, call.notes, lambda row: row.execution_date))


def _differing(held: Mapping[str, Decimal], left: Mapping[str, Decimal]) -> set[str]:
    nothing = Decimal(0)
    return {n for n in {*held, *left} if held.get(n, nothing) != left.get(n, nothing)}


def _of_today(fill: Fill, splits: Iterable[SplitRow]) -> Fill:
    """A stock's fill in shares as they are after all `splits` that came later; the same money."""
    for split in splits:
        if exchange_date(fill.at) < split.execution_date:
            times = split.multiplier / split.divisor
            fill = replace(
                fill, quantity=units(fill.quantity * times), price=units(fill.price / times)
            )
    return fill
