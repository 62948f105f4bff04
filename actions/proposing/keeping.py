"""What Magnus keeps or writes for a person, out of words: trades by hand, preferences, files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

from actions.folders import fingerprint
from actions.proposal import ActionProposal
from actions.proposing.asked import Asked
from connectors.memory import Meant
from connectors.settings import SettingList
from mfa.kernel.errors import InputError
from mfa.kernel.orders import Side
from mfa.kernel.symbols import OptionSymbol, OptionType

_ON_A_DAY: Final = re.compile(r"\b(?:yesterday|today|last|ago|on|this morning)\b")
_WHAT: Final = (
    ("watchlists", re.compile(r"\b(?:watch)?lists?\b")),
    ("ledger", re.compile(r"\b(?:ledger|cash|statement|transactions?)\b")),
    ("positions", re.compile(r"\b(?:positions?|holdings?)\b")),
    ("trades", re.compile(r"\b(?:trades?|history)\b")),
)
_PERCENT: Final = re.compile(r"^\$?([\d,.]+) ?(k)?(?:%| ?percent| ?dollars)?$", re.IGNORECASE)


def manual_trade(asked: Asked) -> list[ActionProposal]:
    """Every part of it was said; nothing is guessed but that 'a put' is one contract."""
    slots = asked.slots
    is_option = "option_type" in slots or "strike" in slots
    needed = {
        "side": "Did you buy or sell?",
        "limit_price": "At what price per share?",
        **({} if is_option else {"quantity": "How many shares?"}),
        **(
            {"option_type": "A put or a call?", "strike": "At which strike?",
             "expiration": "With which expiration?"}
            if is_option else {}
        ),
    }  # fmt: skip
    for slot, question in needed.items():
        if slot not in slots:
            raise InputError(question, "Say the whole trade again with it.")
    symbol = slots["symbols"][0]
    instrument = symbol
    if is_option:
        expiration, strike = slots["expiration"], slots["strike"]
        kind = OptionType(slots["option_type"])
        instrument = _occ(symbol, expiration, kind, strike)
    params = {
        "instrument": instrument, "side": Side(slots["side"]).value,
        "quantity": str(slots.get("quantity", 1)), "price": str(slots["limit_price"]),
        "day": slots.get("start_date", asked.today.isoformat()),
        **({"effect": slots["effect"]} if "effect" in slots else {}),
    }  # fmt: skip
    return [ActionProposal(action=asked.action, params=params)]


def _occ(symbol: str, expiration: str, kind: OptionType, strike: float) -> str:
    day = expiration.replace("-", "")[2:]
    return OptionSymbol.parse(f"{symbol}{day}{kind.letter}{round(strike * 1000):08d}").occ


def preference(asked: Asked) -> list[ActionProposal]:
    """The setting that the words name, and the value in its own units."""
    meant = asked.answer(SettingList, "settings", "get", setting=asked.slots["setting"]).value.rows
    if len(meant) != 1:
        raise InputError("Which setting do you mean?", "'show my settings' lists them.")
    value: Any = asked.slots["value"]
    if isinstance(value, str) and (number := _PERCENT.fullmatch(value.strip())):
        value = str(float(number.group(1).replace(",", "")) * (1000 if number.group(2) else 1))
    return [ActionProposal(action=asked.action, params={"name": meant[0].name, "value": value})]


def forgetting(asked: Asked) -> list[ActionProposal]:
    """The one memory that is clearly meant, by its number."""
    meant = asked.answer(Meant, "memory", "meant", memory=asked.params.get("memory", "")).value
    return [ActionProposal(action=asked.action, params={"number": meant.row.number})]


def report(asked: Asked) -> list[ActionProposal]:
    kind = "html" if asked.says("html") else "markdown"
    return [ActionProposal(action=asked.action, params={"format": kind, **asked.params})]


def export(asked: Asked) -> list[ActionProposal]:
    text = asked.text.lower()
    what = next((name for name, pattern in _WHAT if pattern.search(text)), "trades")
    kind = "json" if "json" in text else "csv"
    return [ActionProposal(action=asked.action, params={"what": what, "format": kind})]


def history(asked: Asked) -> list[ActionProposal]:
    """The file as it is now: one that changes before it is confirmed is refused."""
    path = Path(str(asked.params.get("file", ""))).expanduser()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    params = {**asked.params, "file": str(path.absolute()), "sha256": fingerprint(content)}
    return [ActionProposal(action=asked.action, params=params)]
