"""The companies that everybody means: members of four well-known indices, with name and sector.

A bundled list as of `AS_OF`, for reading messages and as the universe of markets that cannot list
their own. Never a statement that a company is still a member, or still listed.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

AS_OF: Final = date(2026, 11, 1)
SOURCE: Final = "bundled list of index members"


@dataclass(frozen=True, slots=True)
class Company:
    """`indices` are of sp500, nasdaq100, dow, sp600. `ticker_is_word`: in lower case the ticker is
    rather an English word; `name_is_word`: so is the name."""

    symbol: str
    name: str
    sector: str
    indices: frozenset[str]
    ticker_is_word: bool
    name_is_word: bool


@cache
def companies() -> Mapping[str, Company]:
    """By symbol, ascending; read once."""
    table = resources.files("mfa.kernel").joinpath("companies.csv").read_text(encoding="utf-8")
    rows = [
        Company(
            symbol=row["symbol"],
            name=row["name"],
            sector=row["sector"],
            indices=frozenset(row["indices"].split()),
            ticker_is_word=row["ticker_word"] == "1",
            name_is_word=row["name_word"] == "1",
        )
        for row in csv.DictReader(table.splitlines())
    ]
    return MappingProxyType({row.symbol: row for row in rows})
