"""How Robinhood, Schwab, Fidelity, tastytrade, IBKR Flex and the plain format write a line.

Words are tables: a broker's new word is a new row here. A word that no table has makes the line a
problem, never a guess. Header names are as these exports have had them in 2024-2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from connectors.vendors.files.movements import Cells, Layout, Movement
from connectors.vendors.files.texts import instrument, moment, noon, number
from mfa.kernel.account import EntryKind
from mfa.kernel.errors import InputError
from mfa.kernel.money import CONTRACT_SIZE, ZERO, cents
from mfa.kernel.symbols import OptionSymbol

_CASH: Final = "cash"
_TOLERANCE: Final = Decimal("0.02")

Word = tuple[EntryKind | str, int]
"""What a word means: the kind ('cash' in or out by its sign) and the sign of the quantity."""

_TRADE, _DIVIDEND, _FEE = EntryKind.TRADE, EntryKind.DIVIDEND, EntryKind.FEE
_INTEREST, _ASSIGNED, _EXERCISED = EntryKind.INTEREST, EntryKind.ASSIGNMENT, EntryKind.EXERCISE

ROBINHOOD_WORDS: Final[Mapping[str, Word]] = {
    "buy": (_TRADE, 1), "bto": (_TRADE, 1), "btc": (_TRADE, 1),
    "sell": (_TRADE, -1), "sto": (_TRADE, -1), "stc": (_TRADE, -1),
    "oexp": (_TRADE, 0), "oasgn": (_ASSIGNED, 0), "oexcs": (_EXERCISED, 0),
    "cdiv": (_DIVIDEND, 0), "mdiv": (_DIVIDEND, 0), "int": (_INTEREST, 0), "mint": (_INTEREST, 0),
    "gold": (_FEE, 0), "dfee": (_FEE, 0), "afee": (_FEE, 0), "dtax": (_FEE, 0),
    "ach": (_CASH, 0), "wire": (_CASH, 0), "rtp": (_CASH, 0), "jnlc": (_CASH, 0),
}  # fmt: skip
SCHWAB_WORDS: Final[Mapping[str, Word]] = {
    "buy": (_TRADE, 1), "buy to open": (_TRADE, 1), "buy to close": (_TRADE, 1),
    "reinvest shares": (_TRADE, 1),
    "sell": (_TRADE, -1), "sell short": (_TRADE, -1), "sell to open": (_TRADE, -1),
    "sell to close": (_TRADE, -1), "expired": (_TRADE, 0), "assigned": (_ASSIGNED, 0),
    "exchange or exercise": (_EXERCISED, 0),
    "qualified dividend": (_DIVIDEND, 0), "cash dividend": (_DIVIDEND, 0),
    "non-qualified div": (_DIVIDEND, 0), "special dividend": (_DIVIDEND, 0),
    "bank interest": (_INTEREST, 0), "credit interest": (_INTEREST, 0),
    "margin interest": (_INTEREST, 0), "service fee": (_FEE, 0), "adr mgmt fee": (_FEE, 0),
    "misc cash entry": (_CASH, 0), "moneylink transfer": (_CASH, 0), "journal": (_CASH, 0),
    "wire received": (_CASH, 0), "wire sent": (_CASH, 0), "wire funds": (_CASH, 0),
    "funds received": (_CASH, 0),
}  # fmt: skip
FIDELITY_WORDS: Final[Mapping[str, Word]] = {
    "you bought": (_TRADE, 1), "reinvestment": (_TRADE, 1), "you sold": (_TRADE, -1),
    "expired": (_TRADE, 0), "assigned": (_ASSIGNED, 0), "exercised": (_EXERCISED, 0),
    "dividend received": (_DIVIDEND, 0), "interest earned": (_INTEREST, 0),
    "margin interest": (_INTEREST, 0), "fee charged": (_FEE, 0), "foreign tax paid": (_FEE, 0),
    "electronic funds transfer": (_CASH, 0), "wire transfer": (_CASH, 0),
    "check received": (_CASH, 0), "transferred": (_CASH, 0), "cash contribution": (_CASH, 0),
}  # fmt: skip
TASTYTRADE_WORDS: Final[Mapping[str, Word]] = {
    "buy to open": (_TRADE, 1), "buy to close": (_TRADE, 1), "buy": (_TRADE, 1),
    "sell to open": (_TRADE, -1), "sell to close": (_TRADE, -1), "sell": (_TRADE, -1),
    "expiration": (_TRADE, 0), "assignment": (_ASSIGNED, 0), "exercise": (_EXERCISED, 0),
    "cash settled assignment": (_ASSIGNED, 0), "cash settled exercise": (_EXERCISED, 0),
    "dividend": (_DIVIDEND, 0), "credit interest": (_INTEREST, 0), "debit interest": (_INTEREST, 0),
    "fee": (_FEE, 0), "balance adjustment": (_FEE, 0), "regulatory fee adj": (_FEE, 0),
    "deposit": (_CASH, 0), "withdrawal": (_CASH, 0), "transfer": (_CASH, 0),
}  # fmt: skip
FLEX_CASH_WORDS: Final[Mapping[str, Word]] = {
    "dividends": (_DIVIDEND, 0), "payment in lieu of dividends": (_DIVIDEND, 0),
    "withholding tax": (_FEE, 0), "other fees": (_FEE, 0), "commission adjustments": (_FEE, 0),
    "broker interest paid": (_INTEREST, 0), "broker interest received": (_INTEREST, 0),
    "deposits/withdrawals": (_CASH, 0), "deposits & withdrawals": (_CASH, 0),
}  # fmt: skip


def _robinhood(cells: Cells) -> Movement | None:
    code = cells["trans code"].strip().lower()
    if not code:
        return None
    kind, sign = _word(ROBINHOOD_WORDS, code)
    described = cells["description"].strip().removeprefix("Option Expiration for ").split("\n")[0]
    symbol, option = None, None
    if cells["instrument"].strip():
        symbol, option = instrument(cells["instrument"])
    if code in {"bto", "btc", "sto", "stc", "oexp", "oasgn", "oexcs"}:
        symbol, option = instrument(described)
    quantity = cells["quantity"].strip()
    if not sign and option is not None:  # what ends: "1S" was short and comes back, "1" leaves
        quantity = quantity[:-1] if quantity.upper().endswith("S") else f"-{quantity}"
    return _movement(
        at=noon(cells["activity date"]), kind=kind, sign=sign, what=(symbol, option),
        quantity=quantity, price=cells["price"], fees=ZERO,
        amount=number(cells["amount"]), memo=described,
    )  # fmt: skip


def _schwab(cells: Cells) -> Movement | None:
    action = cells["action"].strip().lower()
    if not action or cells["date"].lower().startswith("transactions total"):
        return None
    kind, sign = _word(SCHWAB_WORDS, action)
    return _movement(
        at=noon(cells["date"]), kind=kind, sign=sign, what=instrument(cells["symbol"]),
        quantity=cells["quantity"], price=cells["price"], fees=abs(number(cells["fees & comm"])),
        amount=number(cells["amount"]), memo=cells["description"],
    )  # fmt: skip


def _fidelity(cells: Cells) -> Movement | None:
    action = cells["action"].strip().lower()
    if not action:
        return None
    known = next((word for word in FIDELITY_WORDS if action.startswith(word)), action)
    kind, sign = _word(FIDELITY_WORDS, known)
    fees = abs(number(cells["commission ($)"])) + abs(number(cells["fees ($)"]))
    return _movement(
        at=noon(cells["run date"]), kind=kind, sign=sign, what=instrument(cells["symbol"]),
        quantity=cells["quantity"], price=cells["price ($)"], fees=fees,
        amount=number(cells["amount ($)"]), memo=cells["action"],
    )  # fmt: skip


def _tastytrade(cells: Cells) -> Movement | None:
    said = cells["sub type"].strip().lower()
    if not said:
        return None
    kind, sign = _word(TASTYTRADE_WORDS, said)
    fees = -number(cells["commissions"]) - number(cells["fees"])
    what = instrument(cells["symbol"]) if cells["symbol"].strip() else (None, None)
    size = CONTRACT_SIZE if what[1] is not None else 1
    return _movement(
        at=moment(cells["date"]), kind=kind, sign=sign, what=what, quantity=cells["quantity"],
        price=str(abs(number(cells["average price"])) / size), fees=fees,
        amount=number(cells["value"]) - fees, memo=cells["description"],
    )  # fmt: skip


def _flex_trades(cells: Cells) -> Movement | None:
    if cells["assetclass"].strip().upper() not in {"STK", "OPT"}:
        raise InputError(f"{cells['assetclass'][:12]!r} is neither a stock nor an option.")
    sign = -1 if cells["buy/sell"].strip().upper().startswith("SELL") else 1
    return _movement(
        at=moment(cells["datetime"]), kind=_TRADE, sign=sign, what=instrument(cells["symbol"]),
        quantity=cells["quantity"], price=cells["tradeprice"],
        fees=-number(cells["ibcommission"]), amount=number(cells["netcash"]),
        memo=cells["buy/sell"],
    )  # fmt: skip


def _flex_cash(cells: Cells) -> Movement | None:
    kind, sign = _word(FLEX_CASH_WORDS, cells["type"].strip().lower())
    return _movement(
        at=moment(cells["date/time"]), kind=kind, sign=sign, what=instrument(cells["symbol"]),
        quantity="", price="", fees=ZERO, amount=number(cells["amount"]),
        memo=cells["description"],
    )  # fmt: skip


def _plain(cells: Cells) -> Movement | None:
    said = cells["kind"].strip().lower()
    if not said:
        return None
    try:
        kind = EntryKind(said)
    except ValueError:
        known = ", ".join(EntryKind)
        raise InputError(f"{said[:30]!r} is no kind of movement.", f"There are {known}.") from None
    quantity = number(cells["quantity"])
    return _movement(
        at=moment(cells["date"]), kind=kind, sign=-1 if quantity < 0 else 1,
        what=instrument(cells["symbol"]), quantity=cells["quantity"], price=cells["price"],
        fees=abs(number(cells["fees"])), amount=number(cells["amount"]), memo=cells["memo"],
    )  # fmt: skip


LAYOUTS: Final = (
    Layout(
        broker="Robinhood",
        header=frozenset(
            {"activity date", "instrument", "description", "trans code", "quantity", "price",
             "amount"}
        ),
        read=_robinhood,
    ),
    Layout(
        broker="Schwab",
        header=frozenset(
            {"date", "action", "symbol", "description", "quantity", "price", "fees & comm",
             "amount"}
        ),
        read=_schwab,
    ),
    Layout(
        broker="Fidelity",
        header=frozenset(
            {"run date", "action", "symbol", "quantity", "price ($)", "commission ($)", "fees ($)",
             "amount ($)"}
        ),
        read=_fidelity,
    ),
    Layout(
        broker="tastytrade",
        header=frozenset(
            {"date", "sub type", "symbol", "description", "value", "quantity", "average price",
             "commissions", "fees"}
        ),
        read=_tastytrade,
    ),
    Layout(
        broker="IBKR Flex",
        header=frozenset(
            {"assetclass", "symbol", "datetime", "buy/sell", "quantity", "tradeprice",
             "ibcommission", "netcash"}
        ),
        read=_flex_trades,
    ),
    Layout(
        broker="IBKR Flex cash",
        header=frozenset({"type", "symbol", "date/time", "amount", "description"}),
        read=_flex_cash,
    ),
    Layout(
        broker="plain",
        header=frozenset(
            {"date", "kind", "symbol", "quantity", "price", "fees", "amount", "memo"}
        ),
        read=_plain,
    ),
)  # fmt: skip


def _word(words: Mapping[str, Word], said: str) -> Word:
    if said not in words:
        raise InputError(f"{said[:40]!r} is no movement that is known.")
    return words[said]


def _movement(
    *,
    at: datetime,
    kind: EntryKind | str,
    sign: int,
    what: tuple[str | None, OptionSymbol | None],
    quantity: str,
    price: str,
    fees: Decimal,
    amount: Decimal,
    memo: str,
) -> Movement:
    """The movement, after its own sum was checked: quantity times price less fees is the amount."""
    symbol, option = what
    size = number(quantity)
    signed = abs(size) * sign if sign else size
    each = abs(number(price)) if price.strip() else None
    if kind is EntryKind.TRADE and sign:
        if symbol is None or each is None or not signed:
            raise InputError("A trade needs a symbol, a quantity and a price.")
        due = -signed * each * (CONTRACT_SIZE if option is not None else 1)
        if abs(due - amount) > abs(fees) + _TOLERANCE + abs(due) * Decimal("0.0005"):
            raise InputError(f"Quantity times price is {cents(due)}, the amount is {amount}.")
    if not isinstance(kind, EntryKind):
        kind = EntryKind.WITHDRAWAL if amount < 0 else EntryKind.DEPOSIT
    return Movement(
        at=at, kind=kind, symbol=symbol, option=option, quantity=signed, price=each,
        fees=cents(fees), amount=cents(amount), memo=" ".join(memo.split())[:200],
    )  # fmt: skip
