"""How Robinhood, Schwab, Fidelity, tastytrade, IBKR Flex and the plain format write a line.

What their words mean is in `words`. Header names are as these exports have had them in 2024-2026.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from connectors.vendors.files.lines import What, movement, word
from connectors.vendors.files.movements import Cells, Layout
from connectors.vendors.files.texts import instrument, moment, noon, number
from connectors.vendors.files.words import (
    FIDELITY,
    FIDELITY_CORE,
    FLEX_CASH,
    FLEX_NOTES,
    PLAIN,
    ROBINHOOD,
    SCHWAB,
    TASTYTRADE,
    Word,
)
from mfa.kernel.errors import InputError
from mfa.kernel.money import CONTRACT_SIZE, ZERO
from mfa.kernel.movements import Effect, Movement, MovementKind

PLAIN_COLUMNS: Final = {
    "date": "a day (2026-11-20) or a moment (2026-11-20T10:31:00-05:00)",
    "kind": "buy, sell, trade, deposit, withdrawal, dividend, interest, fee, assignment, exercise, "
    "expiration, split, transfer, exchange or cash_in_lieu",
    "symbol": "a ticker or an OCC option symbol (KO261218C00075000)",
    "quantity": "shares or contracts, sold is negative; for a split new:old, as 4:1",
    "price": "dollars a share",
    "fees": "dollars, already inside the amount",
    "amount": "the cash that came in, negative what went out; an assignment or exercise without "
    "one leaves its shares to a row of their own",
    "memo": "any words",
}
"""The plain format, column by column; `effect` (open, close) may follow."""
_ENDS: Final = {MovementKind.EXPIRATION, MovementKind.ASSIGNMENT, MovementKind.EXERCISE}


def _robinhood(cells: Cells) -> Movement | None:
    code = cells["trans code"].strip().lower()
    if not code:
        return None
    means = word(ROBINHOOD, code)
    described = cells["description"].strip().removeprefix("Option Expiration for ").split("\n")[0]
    what: What = (None, None)
    if cells["instrument"].strip():
        what = instrument(cells["instrument"])
    if code in {"bto", "btc", "sto", "stc", "oexp", "oasgn", "oexcs"}:
        what = instrument(described)
    quantity = cells["quantity"].strip()
    leaves = quantity.upper().endswith("S")
    if means.kind in _ENDS:  # what ends: "1S" was short and comes back, "1" leaves
        quantity = quantity[:-1] if leaves else f"-{quantity}"
    elif leaves:
        quantity = f"-{quantity[:-1]}"
    memo = f"Reverse split: {described}" if code == "spr" else described
    return movement(
        at=noon(cells["activity date"]), means=means, what=what, quantity=quantity,
        price=cells["price"], fees=ZERO, amount=number(cells["amount"]), memo=memo,
    )  # fmt: skip


def _schwab(cells: Cells) -> Movement | None:
    action = cells["action"].strip().lower()
    if not action or cells["date"].lower().startswith("transactions total"):
        return None
    means = word(SCHWAB, action)
    return movement(
        at=noon(cells["date"]), means=means, what=_what(cells["symbol"], means),
        quantity=cells["quantity"], price=cells["price"], fees=abs(number(cells["fees & comm"])),
        amount=number(cells["amount"]), memo=f"{cells['action']}: {cells['description']}",
    )  # fmt: skip


def _fidelity(cells: Cells) -> Movement | None:
    action = cells["action"].strip().lower()
    symbol = cells["symbol"].strip().upper()
    if not action or "core account" in action:
        return None
    if symbol in FIDELITY_CORE and action.startswith(("reinvestment", "you bought", "you sold")):
        return None
    known = next((said for said in FIDELITY if action.startswith(said)), action)
    means = word(FIDELITY, known)
    effect = None
    if "opening transaction" in action:
        effect = Effect.OPEN
    elif "closing transaction" in action:
        effect = Effect.CLOSE
    if known == "distribution" and number(cells["amount ($)"]):
        means = Word(MovementKind.DIVIDEND)
    fees = abs(number(cells["commission ($)"])) + abs(number(cells["fees ($)"]))
    return movement(
        at=noon(cells["run date"]), means=means, what=_what(cells["symbol"], means),
        quantity=cells["quantity"], price=cells["price ($)"], fees=fees,
        amount=number(cells["amount ($)"]), memo=cells["action"], effect=effect,
    )  # fmt: skip


def _tastytrade(cells: Cells) -> Movement | None:
    said = cells["sub type"].strip().lower()
    if not said:
        return None
    means = word(TASTYTRADE, said)
    fees = -number(cells["commissions"]) - number(cells["fees"])
    what = _what(cells["symbol"], means)
    if means.kind is MovementKind.SPLIT and what[1] is not None:
        means = Word(MovementKind.EXCHANGE)
    size = CONTRACT_SIZE if what[1] is not None else 1
    quantity, amount = number(cells["quantity"]), number(cells["value"]) - fees
    price = f"{abs(number(cells['average price'])) / size:f}"
    if means.kind in {MovementKind.SPLIT, MovementKind.EXCHANGE}:
        sells = cells.get("action", "").strip().lower().startswith("sell")
        quantity, amount, price = abs(quantity) * (-1 if sells else 1), ZERO, ""
    elif said.startswith("cash settled"):
        price = f"{abs(number(cells['value'])) / (abs(quantity) or 1) / CONTRACT_SIZE:f}"
    elif means.kind is not MovementKind.TRADE:
        price = ""
    return movement(
        at=moment(cells["date"]), means=means, what=what, quantity=f"{quantity:f}", price=price,
        fees=fees, amount=amount, memo=cells["description"],
    )  # fmt: skip


def _flex_trades(cells: Cells) -> Movement | None:
    if cells["assetclass"].strip().upper() not in {"STK", "OPT"}:
        raise InputError(f"{cells['assetclass'][:12]!r} is neither a stock nor an option.")
    what = instrument(cells["symbol"])
    sold = cells["buy/sell"].strip().upper().startswith("SELL")
    means, price = Word(MovementKind.TRADE, -1 if sold else 1), cells["tradeprice"]
    codes = f"{cells.get('notes/codes', '')};{cells.get('open/closeindicator', '')}".lower()
    noted = [FLEX_NOTES[code.strip()] for code in codes.split(";") if code.strip() in FLEX_NOTES]
    effect = next((each.effect for each in noted if each.effect is not None), None)
    ended = next((each for each in noted if each.kind in _ENDS), None)
    if ended is not None and what[1] is not None:
        means, price = ended, cells["tradeprice"] if number(cells["tradeprice"]) else ""
    elif ended is not None:
        effect = None  # shares at the strike close what is held, or open what is not
    return movement(
        at=moment(cells["datetime"]), means=means, what=what, quantity=cells["quantity"],
        price=price, fees=-number(cells["ibcommission"]), amount=number(cells["netcash"]),
        memo=cells["buy/sell"], effect=effect,
    )  # fmt: skip


def _flex_cash(cells: Cells) -> Movement | None:
    return movement(
        at=moment(cells["date/time"]), means=word(FLEX_CASH, cells["type"].strip().lower()),
        what=instrument(cells["symbol"]), quantity="", price="", fees=ZERO,
        amount=number(cells["amount"]), memo=cells["description"],
    )  # fmt: skip


def _plain(cells: Cells) -> Movement | None:
    said = " ".join(cells["kind"].lower().split())
    if not said:
        return None
    means = PLAIN.get(said) or PLAIN.get(said.replace(" ", "_"))
    if means is None:
        known = ", ".join(MovementKind)
        raise InputError(f"{said[:30]!r} is no kind of movement.", f"There are buy, sell, {known}.")
    effect, ratio = cells.get("effect", "").strip().lower(), None
    if effect and effect not in set(Effect):
        raise InputError(f"{effect[:20]!r} is no effect.", "It is open, close or nothing.")
    if means.kind is MovementKind.SPLIT and ":" in cells["quantity"]:
        ratio = _ratio(cells["quantity"])
    return movement(
        at=moment(cells["date"]), means=means, what=instrument(cells["symbol"]),
        quantity=cells["quantity"], price=cells["price"], fees=abs(number(cells["fees"])),
        amount=number(cells["amount"]), memo=cells["memo"],
        effect=Effect(effect) if effect else None, ratio=ratio,
    )  # fmt: skip


def _ratio(text: str) -> Fraction:
    """'4:1' is four new shares for one."""
    new, _, old = (part.strip() for part in text.partition(":"))
    numbers = number(new), number(old)
    if min(numbers) <= 0:
        raise InputError(f"{text[:20]!r} is no split.", "4:1 is four new shares for each old one.")
    return Fraction(numbers[0]) / Fraction(numbers[1])


def _what(symbol: str, means: Word) -> What:
    """A split's old shares may stand under a number that is no ticker."""
    try:
        return instrument(symbol)
    except InputError:
        if means.kind is MovementKind.SPLIT:
            return None, None
        raise


def _columns(*names: str) -> frozenset[str]:
    return frozenset(names)


LAYOUTS: Final = (
    Layout(
        broker="Robinhood",
        header=_columns("activity date", "instrument", "description", "trans code", "quantity",
                        "price", "amount"),
        read=_robinhood,
    ),
    Layout(
        broker="Schwab",
        header=_columns("date", "action", "symbol", "description", "quantity", "price",
                        "fees & comm", "amount"),
        read=_schwab,
    ),
    Layout(
        broker="Fidelity",
        header=_columns("run date", "action", "symbol", "quantity", "price ($)", "commission ($)",
                        "fees ($)", "amount ($)"),
        read=_fidelity,
    ),
    Layout(
        broker="tastytrade",
        header=_columns("date", "sub type", "symbol", "description", "value", "quantity",
                        "average price", "commissions", "fees"),
        read=_tastytrade,
    ),
    Layout(
        broker="IBKR Flex",
        header=_columns("assetclass", "symbol", "datetime", "buy/sell", "quantity", "tradeprice",
                        "ibcommission", "netcash"),
        read=_flex_trades,
        newest_first=False,
    ),
    Layout(
        broker="IBKR Flex cash",
        header=_columns("type", "symbol", "date/time", "amount", "description"),
        read=_flex_cash,
        newest_first=False,
    ),
    Layout(
        broker="plain", header=frozenset(PLAIN_COLUMNS), read=_plain, newest_first=False
    ),
)  # fmt: skip
PLAIN_LAYOUT: Final = LAYOUTS[-1]
