"""Which stock or option an id stands for. That never changes, so it is asked once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, TypeVar

from connectors.vendors.ground.reading import sift
from connectors.vendors.ground.terms import Call
from connectors.vendors.ground.trouble import NotThere
from connectors.vendors.robinhood.access import RobinhoodAccess
from connectors.vendors.robinhood.wire import InstrumentRow, OptionInstrumentRow
from mfa.kernel.errors import InputError
from mfa.kernel.money import units
from mfa.kernel.symbols import OptionSymbol, OptionType, ticker

T = TypeVar("T")

AT_ONCE: Final = 40
"""Ids in one request: an address of some four thousand characters."""
_KEPT: Final = 20_000


class Names:
    """Instruments and options by id, for one access. Thread-safe: entries are only ever added."""

    def __init__(self, access: RobinhoodAccess) -> None:
        self._access = access
        self._stocks: dict[str, str] = {}
        self._options: dict[str, OptionSymbol] = {}
        self._instruments: dict[str, InstrumentRow] = {}

    def instrument(self, call: Call, name: str) -> InstrumentRow | None:
        """The stock of a ticker; None when Robinhood knows none."""
        if name not in self._instruments:
            url = self._access.urls.instruments_url()
            try:
                raw = self._access.rows(call, url, {"symbol": name}, absent=frozenset({400, 404}))
            except NotThere:
                return None
            rows = sift(self._access.terms, InstrumentRow, raw, call.notes, lambda row: row.id)
            row = next((row for row in rows if row.symbol == name), None)
            if row is None:
                return None
            _keep(self._instruments, name, row)
        return self._instruments[name]

    def stocks(self, call: Call, ids: Iterable[str]) -> dict[str, str]:
        """Tickers by id. What cannot be named is missing."""
        url = self._access.urls.instruments_url()
        for part in batches([i for i in dict.fromkeys(ids) if i not in self._stocks]):
            raw = self._access.rows(call, url, {"ids": ",".join(part)})
            for row in sift(self._access.terms, InstrumentRow, raw, call.notes, lambda r: r.id):
                try:
                    _keep(self._stocks, row.id, ticker(row.symbol))
                except InputError:
                    call.notes.leave_out("instruments with a symbol that cannot be read")
        return dict(self._stocks)

    def options(self, call: Call, ids: Iterable[str]) -> dict[str, OptionSymbol]:
        """Options by id. What cannot be named is missing."""
        url = self._access.urls.option_instruments_url()
        for part in batches([i for i in dict.fromkeys(ids) if i not in self._options]):
            raw = self._access.rows(call, url, {"ids": ",".join(part)})
            rows = sift(self._access.terms, OptionInstrumentRow, raw, call.notes, lambda r: r.id)
            for row in rows:
                option = option_of(row)
                if option is None:
                    call.notes.leave_out("options with a symbol that cannot be read")
                else:
                    _keep(self._options, row.id, option)
        return dict(self._options)


def option_of(row: OptionInstrumentRow) -> OptionSymbol | None:
    """The row's option; None when its terms are none."""
    try:
        root = ticker(row.chain_symbol)
        return OptionSymbol(
            root, row.expiration_date, OptionType(row.type), units(row.strike_price)
        )
    except InputError:
        return None


def _keep(table: dict[str, T], key: str, value: T) -> None:
    if len(table) < _KEPT:
        table[key] = value


def batches(items: Sequence[T]) -> Iterator[list[T]]:
    """Forty at a time."""
    left = iter(items)
    while part := list(islice(left, AT_ONCE)):
        yield part
