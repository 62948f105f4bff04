"""Whether a file is a watchlist rather than an account's history, by its looks alone."""

from __future__ import annotations

import re
from typing import Final

_SECTION: Final = "###"
_WRITTEN: Final = re.compile(r"[A-Z0-9_]{1,20}:[A-Z0-9_.!/*+:\-]{1,60}|[A-Z][A-Z0-9.]{0,7}")
_LARGEST: Final = 1 << 20


def is_watchlist(content: bytes) -> bool:
    """Whether it is TradingView's export: names of sections and symbols, and nothing else.

    A section's name or an exchange before the first symbol tells it from a header of capitals.
    """
    try:
        text = content[:_LARGEST].decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    parts = [part.strip() for part in re.split(r"[,\r\n]+", text) if part.strip()]
    symbols = [part for part in parts if not part.startswith(_SECTION)]
    told = len(symbols) < len(parts) or any(":" in part for part in symbols[:1])
    return told and bool(symbols) and all(_WRITTEN.fullmatch(part) for part in symbols)
