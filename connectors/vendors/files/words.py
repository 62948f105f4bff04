"""What the words of the brokers' exports mean, as tables: a broker's new word is a new row here.

A word that no table has makes the line a problem, never a guess. Words are those that these exports
have had in 2024-2026, lower case. Tax withheld from a dividend lowers the dividend.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mfa.kernel.movements import Effect, MovementKind


@dataclass(frozen=True, slots=True)
class Word:
    """`kind` None is cash in or out by its sign; `sign` is that of the quantity, 0 where the line
    says it. A word that `transfers` moves shares when the line has a quantity, and else cash."""

    kind: MovementKind | None
    sign: int = 0
    effect: Effect | None = None
    transfers: bool = False


_OPEN, _CLOSE = Effect.OPEN, Effect.CLOSE
_CASH = Word(None)
_MOVED = Word(None, transfers=True)
_BUY, _SELL = Word(MovementKind.TRADE, 1), Word(MovementKind.TRADE, -1, _CLOSE)
_SHORT = Word(MovementKind.TRADE, -1, _OPEN)
_BTO, _BTC = Word(MovementKind.TRADE, 1, _OPEN), Word(MovementKind.TRADE, 1, _CLOSE)
_STO, _STC = Word(MovementKind.TRADE, -1, _OPEN), Word(MovementKind.TRADE, -1, _CLOSE)
_EXPIRED, _ASSIGNED = Word(MovementKind.EXPIRATION), Word(MovementKind.ASSIGNMENT)
_EXERCISED = Word(MovementKind.EXERCISE)
_DIVIDEND, _INTEREST, _FEE = (
    Word(MovementKind.DIVIDEND), Word(MovementKind.INTEREST), Word(MovementKind.FEE)
)  # fmt: skip
_SPLIT, _EXCHANGE = Word(MovementKind.SPLIT), Word(MovementKind.EXCHANGE)
_IN_LIEU, _TRANSFER = Word(MovementKind.CASH_IN_LIEU), Word(MovementKind.TRANSFER)

ROBINHOOD: Final[Mapping[str, Word]] = {
    "buy": _BUY, "sell": _SELL, "bto": _BTO, "btc": _BTC, "sto": _STO, "stc": _STC,
    "oexp": _EXPIRED, "oasgn": _ASSIGNED, "oexcs": _EXERCISED,
    "cdiv": _DIVIDEND, "mdiv": _DIVIDEND, "dtax": _DIVIDEND, "dfee": _DIVIDEND,
    "int": _INTEREST, "mint": _INTEREST, "slip": _INTEREST, "gdbp": _INTEREST,
    "gold": _FEE, "afee": _FEE,
    "ach": _CASH, "wire": _CASH, "rtp": _CASH, "jnlc": _CASH, "itrf": _CASH, "futswp": _CASH,
    "xent": _CASH, "misc": _CASH, "dcf": _CASH,
    "acati": _MOVED, "acato": _MOVED, "rec": _MOVED, "jnls": _MOVED,
    "spl": _SPLIT, "spr": _SPLIT, "cil": _IN_LIEU, "sxch": _EXCHANGE,
}  # fmt: skip
SCHWAB: Final[Mapping[str, Word]] = {
    "buy": _BUY, "reinvest shares": _BUY, "sell": _SELL, "sell short": _SHORT,
    "buy to open": _BTO, "buy to close": _BTC, "sell to open": _STO, "sell to close": _STC,
    "expired": _EXPIRED, "assigned": _ASSIGNED, "exchange or exercise": _EXERCISED,
    "qualified dividend": _DIVIDEND, "cash dividend": _DIVIDEND, "non-qualified div": _DIVIDEND,
    "special dividend": _DIVIDEND, "special qual div": _DIVIDEND, "qual div reinvest": _DIVIDEND,
    "reinvest dividend": _DIVIDEND, "div adjustment": _DIVIDEND, "pr yr cash div": _DIVIDEND,
    "long term cap gain": _DIVIDEND, "short term cap gain": _DIVIDEND,
    "foreign tax paid": _DIVIDEND, "nra withholding": _DIVIDEND, "nra tax adj": _DIVIDEND,
    "bank interest": _INTEREST, "credit interest": _INTEREST, "margin interest": _INTEREST,
    "service fee": _FEE, "adr mgmt fee": _FEE,
    "misc cash entry": _CASH, "moneylink transfer": _CASH, "moneylink deposit": _CASH,
    "wire received": _CASH, "wire sent": _CASH, "wire funds": _CASH, "funds received": _CASH,
    "funds paid": _CASH, "promotional award": _CASH,
    "journal": _MOVED, "journaled shares": _MOVED, "internal transfer": _MOVED,
    "security transfer": _MOVED, "stock plan activity": _MOVED, "transfer": _MOVED,
    "stock split": _SPLIT, "reverse split": _SPLIT, "cash in lieu": _IN_LIEU,
    "name change": _EXCHANGE,
}  # fmt: skip
FIDELITY: Final[Mapping[str, Word]] = {
    "you sold short": _SHORT, "you bought": _BUY, "you sold": _SELL, "reinvestment": _BUY,
    "expired": _EXPIRED, "assigned": _ASSIGNED, "exercised": _EXERCISED,
    "dividend received": _DIVIDEND, "long-term cap gain": _DIVIDEND,
    "short-term cap gain": _DIVIDEND, "foreign tax paid": _DIVIDEND,
    "interest earned": _INTEREST, "margin interest": _INTEREST, "fee charged": _FEE,
    "advisor fee": _FEE, "electronic funds transfer": _CASH, "wire transfer": _CASH,
    "check received": _CASH, "check paid": _CASH, "cash contribution": _CASH,
    "direct deposit": _CASH, "direct debit": _CASH, "bill payment": _CASH,
    "transferred": _MOVED, "transfer of assets": _MOVED, "journaled": _MOVED,
    "distribution": _SPLIT, "stock split": _SPLIT, "reverse split": _SPLIT,
    "in lieu of frx share": _IN_LIEU, "name changed": _EXCHANGE,
}  # fmt: skip
FIDELITY_CORE: Final = frozenset({"SPAXX", "FDRXX", "FZFXX", "FCASH", "SPRXX", "FDLXX"})
"""Funds that are the account's cash: moving to them and back moves nothing."""
TASTYTRADE: Final[Mapping[str, Word]] = {
    "buy": _BUY, "sell": _SELL, "buy to open": _BTO, "buy to close": _BTC,
    "sell to open": _STO, "sell to close": _STC,
    "expiration": _EXPIRED, "assignment": _ASSIGNED, "exercise": _EXERCISED,
    "cash settled assignment": _ASSIGNED, "cash settled exercise": _EXERCISED,
    "dividend": _DIVIDEND, "special dividend": _DIVIDEND,
    "credit interest": _INTEREST, "debit interest": _INTEREST, "short stock interest": _INTEREST,
    "fee": _FEE, "balance adjustment": _FEE, "regulatory fee adj": _FEE,
    "deposit": _CASH, "withdrawal": _CASH, "transfer": _MOVED, "acat": _MOVED,
    "forward split": _SPLIT, "reverse split": _SPLIT, "symbol change": _EXCHANGE,
    "cash in lieu": _IN_LIEU,
}  # fmt: skip
FLEX_CASH: Final[Mapping[str, Word]] = {
    "dividends": _DIVIDEND, "payment in lieu of dividends": _DIVIDEND,
    "withholding tax": _DIVIDEND, "other fees": _FEE, "commission adjustments": _FEE,
    "broker interest paid": _INTEREST, "broker interest received": _INTEREST,
    "broker fees": _FEE, "deposits/withdrawals": _CASH, "deposits & withdrawals": _CASH,
}  # fmt: skip
FLEX_NOTES: Final[Mapping[str, Word]] = {
    "a": _ASSIGNED, "ex": _EXERCISED, "ep": _EXPIRED, "o": _BTO, "c": _BTC,
}  # fmt: skip
"""Codes of a trade; `o` and `c` say the effect alone."""
PLAIN: Final[Mapping[str, Word]] = {
    "buy": _BUY, "sell": Word(MovementKind.TRADE, -1), "buy to open": _BTO, "buy to close": _BTC,
    "sell to open": _STO, "sell to close": _STC, "sell short": _SHORT,
    "expired": _EXPIRED, "assigned": _ASSIGNED, "exercised": _EXERCISED,
    **{kind.value: Word(kind) for kind in MovementKind},
}  # fmt: skip
