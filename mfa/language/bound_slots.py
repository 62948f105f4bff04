"""Bounds that say themselves only beside an intent: 'under 50', 'limit 10', an order's number.

A bare number counts where the intent takes such a bound and nothing else has read it.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
from typing import Any, Final

from mfa.language.catalogue import Intent
from mfa.language.spans import Reading, Span


def _unread(spans: list[Span], start: int, end: int, admitted: frozenset[str]) -> bool:
    """Whether no value that counts here was read of the number: 'at least 20' is no price to pay."""
    taken = [s for s in spans if s.start < end and start < s.end]
    return not taken or ("limit_price" not in admitted and all(s.slot == "price" for s in taken))


def fill_bounds(
    found: dict[str, Any],
    reading: Reading,
    spans: list[Span],
    intent: Intent,
    admitted: frozenset[str],
) -> None:
    lower = reading.text.lower
    if "limit" in admitted and "limit_price" not in admitted and (m := _LIMIT.search(lower)):
        found.setdefault("limit", int(m.group(1)))
    if "order_id" in admitted and "order_id" not in found and (m := _BARE_ID.search(lower)):
        found["order_id"] = m.group(1)
    for slot, pattern in (("max_price", _BARE_MAX), ("min_price", _BARE_MIN)):
        said = pattern.search(lower) if slot in admitted and slot not in found else None
        if said is not None and _unread(spans, *said.span(1), admitted):
            found[slot] = float(said.group(1))
    for span in spans:
        if span.slot == "price_range":
            found["min_price"], found["max_price"] = span.value
    if "max_capital" in admitted:
        _settle_capital(found, lower, intent)
    if "days" in found and "dte" in admitted and "days" not in admitted:
        found.setdefault("dte", [0, found["days"]])


def _settle_capital(found: dict[str, Any], lower: str, intent: Intent) -> None:
    """A bound in dollars is on the money put in where no share costs so much."""
    if "max_price" not in found or "max_capital" in found:
        return
    a_spread = intent.name == "find_calendar_spread" and not _OF_SHARES.search(lower)
    if a_spread or found["max_price"] >= _DEAR:
        found["max_capital"] = found.pop("max_price")


_DEAR: Final = 1_000
"""Dollars from which a bound is on the money put in and not on a share's price."""
_OF_SHARES: Final = re.compile(r"\b(?:shares?|stocks?|names|companies|priced?|trading)\b")
_LIMIT: Final = re.compile(
    r"\blimit(?: of| to|:)? (\d{1,3})(?: results?| rows?| names?)?(?=$|[ ,.?!;](?! ?(?:dte|days|delta|%)))"
)
_BARE_ID: Final = re.compile(r"(?<![\w.$/-])#?(\d{4,12})(?![\w%/]|[.,]\d)")
_BARE_MAX: Final = re.compile(
    r"(?:\b(?:under|below|less than|cheaper than|at most|up to)|<=?) ?(\d{1,4}(?:\.\d+)?)(?=$|[ ,.?!;])(?! ?(?:%|percent|dte|delta|days?|weeks?|k\b|m\b|b\b|iv|capital|million|billion|thousand|contracts))"
)
_BARE_MIN: Final = re.compile(
    r"(?:\b(?:over|above|more than|at least)|>=?) ?(\d{1,4}(?:\.\d+)?)(?=$|[ ,.?!;])(?! ?(?:%|percent|dte|delta|days?|weeks?|k\b|m\b|b\b|iv|capital|million|billion|thousand|contracts))"
)
