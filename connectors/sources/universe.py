"""Which companies there are to look at, where vendors give no list: a bundled one, dated."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Final

from mfa.kernel.market import Listing
from mfa.kernel.outcome import Found, Provenance

AS_OF: Final = datetime(2026, 11, 20, 21, tzinfo=UTC)
_NOTE: Final = (
    "Bundled list of liquid US companies and funds with options, as of 2026-11; it is not an "
    "index, and what is listed since is not on it."
)


@cache
def bundled() -> Found[tuple[Listing, ...]]:
    """By symbol, ascending."""
    text = (files("connectors.sources") / "universe.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    rows = [Listing(**row) for row in csv.DictReader(lines)]
    listings = tuple(sorted(rows, key=lambda each: each.symbol))
    return Found(listings, Provenance(source="bundled list", as_of=AS_OF, note=_NOTE))
