"""What the numbers of an order are: strikes held and rolled to, contracts, the price to accept.

'At 170' is the strike of an option that has none yet and the price of one that has; 'a put' is one
put where something is ordered and none where it is only spoken of.
"""

from __future__ import annotations

import re
from typing import Any, Final

from mfa.language.catalogue import Intent
from mfa.language.spans import Reading, Span


def _fill_roll(found: dict[str, Any], spans: list[Span], towards: list[float]) -> None:
    """Which strike is held and which is rolled to; a strike alone is the one that is held."""
    named = [s.value for s in spans if s.slot == "strike"]
    to_strikes = towards + [s.value for s in spans if s.slot == "to_strike"]
    if not to_strikes and len(named) > 1:
        to_strikes = named[1:]
    if to_strikes:
        if "strike" in found:
            found.setdefault("from_strike", found["strike"])
        found["strike"] = to_strikes[-1]
    elif "strike" in found and "from_strike" not in found:
        found["from_strike"] = found.pop("strike")


def _fill_side_and_quantity(
    found: dict[str, Any], reading: Reading, spans: list[Span], intent: Intent
) -> None:
    if intent.name in _IDEAS and not _OFFERS.search(reading.text.lower):
        found.pop("side", None)
    if intent.name in _IDEAS and "contract" not in reading.text.lower:
        found.pop("quantity", None)
    ones = {"one", "one_such"} if intent.name in _ORDERED else {"one"}
    if "quantity" not in found and intent.name in _SINGULAR and any(s.slot in ones for s in spans):
        found["quantity"] = 1
    if intent.name == "trade_history" and {s.value for s in spans if s.slot == "side"} == {
        "buy",
        "sell",
    }:
        found.pop("side")
    if intent.name == "profit_loss" and "option_type" not in found:
        found.pop("side", None)


def fill_orders(
    found: dict[str, Any],
    reading: Reading,
    spans: list[Span],
    intent: Intent,
    admitted: frozenset[str],
) -> None:
    option = "option_type" in found or "strike" in found or "strikes" in found
    towards = [s.value for s in spans if s.slot == "strike_to"]
    if intent.name == "roll_position":
        _fill_roll(found, spans, towards)
    elif towards:
        found.setdefault("strike", towards[0])
    for span in spans:
        if span.slot in {"price", "price_spoken"}:
            _fill_price(found, span, admitted, option=option)
    if intent.name == "execute_trade" and any(s.slot == "opens" for s in spans):
        found.setdefault("effect", "open")
    _fill_side_and_quantity(found, reading, spans, intent)
    if "strikes" in found and "strike" in found and "strikes" not in admitted:
        found.pop("strikes")


_IDEAS: Final = frozenset({"find_csp_opportunity", "find_covered_call"})
"""Where a number of puts is a number of ideas, and only contracts are a quantity."""
_OFFERS: Final = re.compile(r"\b(?:sell|sells|selling|short|write|writing|sto)\b")
_ORDERED: Final = frozenset({"execute_trade", "record_trade"})
_SINGULAR: Final = frozenset(
    {"execute_trade", "record_trade", "evaluate_trade", "recommend_options"}
)


_TWO_PAIRS: Final = 1_000
"""'Twenty seven fifty', said of a share, is 27.50; 'four ninety' is 490."""


def _fill_price(
    found: dict[str, Any], span: Span, admitted: frozenset[str], *, option: bool
) -> None:
    """'at 170' is the strike of an option that has none yet; otherwise a price is the limit."""
    value: float = span.value
    known = option and ("strike" in found or "strikes" in found)
    if span.slot == "price_spoken" and (known or (not option and value >= _TWO_PAIRS)):
        value /= 100
    needs_strike = (
        "strike" in admitted and option and "strike" not in found and "strikes" not in found
    )
    if needs_strike and (value >= 5 or "limit_price" not in admitted):
        found["strike"] = span.value
    elif "limit_price" in admitted:
        found.setdefault("limit_price", value)
