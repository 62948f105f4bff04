"""TradingView's watchlist export: EXCHANGE:SYMBOL with commas between, ###NAME before a section.

The dependable way to a list that has no public interface. What is no US stock (crypto, futures,
indices, spreads) is left out and named.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mfa.kernel.errors import InputError
from mfa.kernel.symbols import ticker

LARGEST: Final = 1 << 20
SECTION: Final = "###"
_EXCHANGES: Final = frozenset(
    {"NASDAQ", "NYSE", "AMEX", "ARCA", "NYSEARCA", "BATS", "CBOE", "OTC", "IEX"}
)
_NOT_STOCKS: Final = frozenset({"CBOE:VIX", "CBOE:SPX", "NASDAQ:NDX", "NASDAQ:IXIC"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchlistSection:
    """`name` is empty for what stands before the first section."""

    name: str
    symbols: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchlistFile:
    """A list as it was exported; `left_out` is what is no US stock, as it was written."""

    sections: tuple[WatchlistSection, ...]
    left_out: tuple[str, ...]

    @property
    def symbols(self) -> tuple[str, ...]:
        """Every symbol once, in the person's order."""
        return tuple(dict.fromkeys(s for part in self.sections for s in part.symbols))


def read_watchlist(content: bytes) -> WatchlistFile:
    """The list in an export file. `InputError` when there is none."""
    if len(content) > LARGEST:
        raise InputError("The file is too large for a watchlist.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("The file is no text.", "Use TradingView's 'Export list'.") from None
    sections: list[tuple[str, list[str]]] = [("", [])]
    left_out: list[str] = []
    for part in re.split(r"[,\r\n]+", text):
        written = part.strip()
        if written.startswith(SECTION):
            sections.append((written.removeprefix(SECTION).strip(), []))
        elif written:
            symbol = stock(written)
            if symbol is None:
                left_out.append(written[:40])
            else:
                sections[-1][1].append(symbol)
    if not any(symbols for _, symbols in sections):
        raise InputError(
            "No US stock is in this file.", "Use TradingView's 'Export list' of a watchlist."
        )
    return WatchlistFile(
        sections=tuple(
            WatchlistSection(name=name, symbols=tuple(dict.fromkeys(symbols)))
            for name, symbols in sections
            if symbols
        ),
        left_out=tuple(left_out),
    )


def exported(symbols: Sequence[str]) -> str:
    """A list as TradingView's 'Import list' takes it: it finds the exchanges itself."""
    return ",".join(symbols) + "\n"


def stock(written: str) -> str | None:
    """The ticker of a US stock as TradingView writes it (EXCHANGE:SYMBOL or bare); else None."""
    exchange, colon, name = written.upper().rpartition(":")
    if (colon and exchange not in _EXCHANGES) or written.upper() in _NOT_STOCKS:
        return None
    try:
        return ticker(name)
    except InputError:
        return None
