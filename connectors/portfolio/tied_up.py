"""What short positions tie up in a cash account: cash for puts and spreads, shares for calls.

By symbol, the longest-dated shorts first. A short put ties up its strike, or what it lies above a
long put that lives as long; a short call ties up a hundred shares, or what it lies below a long
call that lives as long, or, with neither, a hundred shares' value; short stock 150 % of its value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from mfa.kernel.account import Position
from mfa.kernel.money import CONTRACT_SIZE, ZERO, cents
from mfa.kernel.symbols import OptionSymbol, OptionType

SHORT_STOCK: Final = Decimal("1.50")


@dataclass(frozen=True, slots=True, kw_only=True)
class TiedUp:
    """`cash` dollars, `shares` under covered calls, `naked_calls` that nothing covers."""

    symbol: str
    cash: Decimal
    shares: Decimal
    naked_calls: int


def tied_up(positions: Sequence[Position], prices: Mapping[str, Decimal]) -> tuple[TiedUp, ...]:
    """Symbols that tie anything up. A symbol without a price counts at the strike, or at cost."""
    found = []
    for symbol in sorted({each.symbol for each in positions}):
        own = [each for each in positions if each.symbol == symbol]
        shares = sum((each.quantity for each in own if each.option is None), ZERO)
        calls = _calls(own, shares, prices.get(symbol))
        short = max(ZERO, -shares) * SHORT_STOCK * (prices.get(symbol) or _cost(own))
        row = TiedUp(
            symbol=symbol,
            cash=cents(calls.cash + _puts(own) + short),
            shares=calls.shares,
            naked_calls=calls.naked,
        )
        if row.cash or row.shares:
            found.append(row)
    return tuple(found)


def _cost(positions: Sequence[Position]) -> Decimal:
    return max((each.average_price for each in positions if each.option is None), default=ZERO)


def _contracts(
    positions: Sequence[Position], kind: OptionType, *, long: bool
) -> dict[OptionSymbol, int]:
    """Contracts of one side by option, longest-dated first."""
    held: dict[OptionSymbol, int] = {}
    for each in positions:
        option = each.option
        if option is not None and option.option_type is kind and (each.quantity > 0) is long:
            held[option] = held.get(option, 0) + int(abs(each.quantity))
    order = sorted(held, key=lambda option: (-option.expiration.toordinal(), option.strike))
    return {option: held[option] for option in order}


def _puts(positions: Sequence[Position]) -> Decimal:
    longs = _contracts(positions, OptionType.PUT, long=True)
    cash = ZERO
    for short, contracts in _contracts(positions, OptionType.PUT, long=False).items():
        left = contracts
        for each in sorted(longs, key=lambda option: -option.strike):
            used = min(left, longs[each]) if each.expiration >= short.expiration else 0
            longs[each] -= used
            left -= used
            cash += used * CONTRACT_SIZE * max(ZERO, short.strike - each.strike)
        cash += left * CONTRACT_SIZE * short.strike
    return cash


@dataclass(frozen=True, slots=True)
class _Calls:
    cash: Decimal
    shares: Decimal
    naked: int


def _calls(positions: Sequence[Position], shares: Decimal, price: Decimal | None) -> _Calls:
    longs = _contracts(positions, OptionType.CALL, long=True)
    lots = int(max(ZERO, shares)) // CONTRACT_SIZE
    cash, covered, naked = ZERO, 0, 0
    for short, contracts in _contracts(positions, OptionType.CALL, long=False).items():
        by_shares = min(contracts, lots)
        lots -= by_shares
        covered += by_shares
        left = contracts - by_shares
        for each in longs:
            used = min(left, longs[each]) if each.expiration >= short.expiration else 0
            longs[each] -= used
            left -= used
            cash += used * CONTRACT_SIZE * max(ZERO, each.strike - short.strike)
        cash += left * CONTRACT_SIZE * (price if price is not None else short.strike)
        naked += left
    return _Calls(cash, Decimal(covered * CONTRACT_SIZE), naked)
