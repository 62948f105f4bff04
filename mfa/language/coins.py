"""Orders of crypto currencies: '0.05 btc at 60k', 'ETH/USDT', '$500 of bitcoin', 'half my doge'.

Read beside the other slots, and only where the intent admits a pair. A coin is also a code of
brokers' shorthand ('BTC 1 JPM 150p' buys to close) and an English word ('link'): it is a coin
where an amount, a verb of trading or a pair says so, and never in an order of options.
"""

# ruff: noqa: E501 - a pattern is read whole or not at all

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from mfa.language.catalogue import Catalogue, Intent, read_toml
from mfa.language.slots import fill_slots
from mfa.language.spans import Reading

_QUOTES: Final = "usdt|usdc|usd|eur|gbp"
_AMOUNT: Final = r"(?<![\w.$,/])(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
_PRICE: Final = re.compile(
    r"(?:@ ?|\b(?:at|limit(?: price)?(?: of| at)?|for no more than|for) )\$?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+) ?(k\b)?(?! ?(?:%|percent|days?|hours?|of\b))"
)
_BUY: Final = re.compile(r"\b(?:buy(?:ing)?|bought|purchas\w+|get me(?! out)|long)\b(?! power)")
_SELL: Final = re.compile(r"\b(?:sell(?:ing)?|sold|short|dump|get (?:me )?out of|exit|close)\b")
_NO_COIN: Final = frozenset(
    {"option_type", "strike", "strikes", "expiration", "from_strike", "strategy", "delta", "dte"}
)
"""What only an order of options says."""
_REPLACED: Final = frozenset({"effect", "quantity", "category", "team", "symbols", "side"})
"""What other readers take a coin's words for."""


@cache
def _names() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Words to coins: those that stand alone, and all that may stand beside an amount."""
    document = read_toml("coins.toml")
    alone = {name: coin for coin, names in document["alone"].items() for name in names}
    counted = {name: coin for coin, names in document["counted"].items() for name in names}
    return alone, {**alone, **counted}


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    alone, every = ("|".join(sorted(each, key=len, reverse=True)) for each in _names())
    return (
        re.compile(rf"(?:{_AMOUNT} ?)?\b([a-z]{{2,10}}) ?[/-] ?({_QUOTES})\b"),
        re.compile(rf"(?:{_AMOUNT} ?)?\b({alone})({_QUOTES})\b"),
        re.compile(rf"{_AMOUNT} ?(?:whole )?()({every})\b"),
        re.compile(
            rf"\b()(?:buy|sell|bought|sold|buying|selling|my|of|some|more|in|into|hold|all|the|close|exit|worth of) ({alone})\b"
        ),
        re.compile(rf"\b({alone})\b(?! etfs?| futures?| stocks?)"),
    )


_SPENT: Final = re.compile(
    r"\$ ?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?) ?(k\b)?(?: worth)?(?= (?:of|in|into|on)\b)|(?<![\w.])(\d+(?:\.\d+)?) ?(k)? ?(?:dollars|bucks|usd)(?: worth)?(?= (?:of|in|into|on)\b)"
)


def slots_of(
    reading: Reading, intents: Sequence[Intent], today: Any, catalogue: Catalogue
) -> dict[str, Any]:
    """As `fill_slots`, and where an order names a coin, the coin's own slots."""
    found = fill_slots(reading, intents, today, catalogue)
    admitted = frozenset().union(*(intent.slots for intent in intents))
    if "pair" not in admitted or _NO_COIN & set(found):
        return found
    asks = "amount" not in admitted  # for a price, where a coin is named by its name alone
    if asks and "symbols" in found:
        return found
    said = read_coin(reading.text.lower, alone=asks)
    if said is None:
        return found
    kept = {name: value for name, value in found.items() if name not in _REPLACED}
    every = {**kept, **said}
    return {
        name: every[name]
        for name, slot in catalogue.slots.items()
        if name in every and name in admitted and slot.accepts(every[name])
    }


def read_coin(lower: str, *, alone: bool = False) -> dict[str, Any] | None:
    """`symbols` (the coin), `pair`, and what else is said of amount, price, money and side; None
    where no coin is named. `alone`: its name is enough, nothing of a trade need stand beside."""
    named = _named(lower) or (_by_name(lower) if alone else None)
    if named is None:
        return None
    coin, quote, amount = named
    said: dict[str, Any] = {
        "symbols": [coin],
        "pair": f"{coin}/{quote.upper()}" if quote else coin,
    }
    sides = [(m.start(), side) for pattern, side in ((_BUY, "buy"), (_SELL, "sell")) if (m := pattern.search(lower))]  # fmt: skip
    if sides:
        said["side"] = min(sides)[1]
    if amount:
        said["amount"] = _number(amount)
    elif (spent := _SPENT.search(lower)) is not None:
        said["max_capital"] = _number(spent[1] or spent[3], spent[2] or spent[4])
    if (price := _PRICE.search(lower)) is not None and "max_capital" not in said:
        said["limit_price"] = _number(price[1], price[2])
    return said


def _named(lower: str) -> tuple[str, str, str] | None:
    """Coin, the second currency where it was said, and the amount; the surest form first."""
    _, every = _names()
    pair, joined, counted, alone, _ = _patterns()
    for match in pair.finditer(lower):
        return every.get(match[2], match[2].upper()), match[3], match[1] or ""
    for match in joined.finditer(lower):
        return every[match[2]], match[3], match[1] or ""
    for match in counted.finditer(lower):
        return every[match[3]], "", match[1]
    for match in alone.finditer(lower):
        return every[match[2]], "", ""
    return None


def _by_name(lower: str) -> tuple[str, str, str] | None:
    names, _ = _names()
    for match in _patterns()[-1].finditer(lower):
        return names[match[1]], "", ""
    return None


def _number(digits: str, thousands: str | None = None) -> float:
    return float(digits.replace(",", "")) * (1_000 if thousands else 1)
