"""What short positions tie up. Pure functions of what is held.

Buying power is cash less collateral, never below zero: the account secures its puts with cash, as
Reg-T asks of an account without margin. By underlying, with the longest-dated shorts first:

- a short call is covered by 100 shares, then by a long call that lives as long: that ties up what
  the long strike lies above the short one; a call covered by neither ties up 100 shares' value;
- a short put is covered by a long put that lives as long: that ties up what the long strike lies
  below the short one; any other ties up its strike in full;
- short stock ties up 150 % of its value.

The premium received is cash already and is not counted again. Borrowing beyond cash is possible
against long stock, at half its value; an order that needs more, or leaves a call uncovered, is
refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Protocol

from mfa.kernel.money import CONTRACT_SIZE, ZERO, cents
from mfa.kernel.symbols import OptionSymbol, OptionType

STOCK_LOAN_VALUE: Final = Decimal("0.50")
SHORT_STOCK_COLLATERAL: Final = Decimal("1.50")


class Held(Protocol):
    """A signed quantity of one instrument: a lot, or several together."""

    @property
    def symbol(self) -> str: ...

    @property
    def option(self) -> OptionSymbol | None: ...

    @property
    def quantity(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Collateral:
    """`held` dollars are tied up; `naked_calls` contracts are covered by nothing."""

    held: Decimal
    naked_calls: int
    loan_value: Decimal

    def buying_power(self, cash: Decimal) -> Decimal:
        return max(ZERO, cash - self.held)

    def excess(self, cash: Decimal) -> Decimal:
        """Cash and loan value beyond what is tied up; negative is a margin call."""
        return cash + self.loan_value - self.held


def collateral(lots: Sequence[Held], prices: Mapping[str, Decimal]) -> Collateral:
    """Of everything held. `prices` gives USD per share for every underlying held."""
    held, naked, loan = ZERO, 0, ZERO
    for symbol in sorted({lot.symbol for lot in lots}):
        price = prices[symbol]
        own = [lot for lot in lots if lot.symbol == symbol]
        shares = sum(lot.quantity for lot in own if lot.option is None)
        calls, uncovered = _calls(own, shares, price)
        held += calls + _puts(own) + max(0, -shares) * price * SHORT_STOCK_COLLATERAL
        naked += uncovered
        loan += max(0, shares) * price * STOCK_LOAN_VALUE
    return Collateral(held=cents(held), naked_calls=naked, loan_value=cents(loan))


def _contracts(lots: Sequence[Held], kind: OptionType, sign: int) -> dict[OptionSymbol, int]:
    """Contracts of one side by option, longest-dated first, then by strike."""
    held: dict[OptionSymbol, int] = {}
    for lot in lots:
        if lot.option is not None and lot.option.option_type is kind and lot.quantity * sign > 0:
            held[lot.option] = held.get(lot.option, 0) + abs(lot.quantity)
    order = sorted(held, key=lambda option: (-option.expiration.toordinal(), option.strike))
    return {option: held[option] for option in order}


def _calls(lots: Sequence[Held], shares: int, price: Decimal) -> tuple[Decimal, int]:
    """Dollars tied up by short calls, and how many of them nothing covers."""
    covered_by_shares = max(0, shares) // CONTRACT_SIZE
    longs = _contracts(lots, OptionType.CALL, 1)
    held, naked = ZERO, 0
    for short, contracts in _contracts(lots, OptionType.CALL, -1).items():
        by_shares = min(contracts, covered_by_shares)
        covered_by_shares -= by_shares
        left = contracts - by_shares
        for long in longs:
            if left and longs[long] and long.expiration >= short.expiration:
                used = min(left, longs[long])
                longs[long] -= used
                left -= used
                held += used * CONTRACT_SIZE * max(ZERO, long.strike - short.strike)
        held += left * CONTRACT_SIZE * price
        naked += left
    return held, naked


def _puts(lots: Sequence[Held]) -> Decimal:
    longs = _contracts(lots, OptionType.PUT, 1)
    held = ZERO
    for short, contracts in _contracts(lots, OptionType.PUT, -1).items():
        left = contracts
        for long in sorted(longs, key=lambda option: -option.strike):
            if left and longs[long] and long.expiration >= short.expiration:
                used = min(left, longs[long])
                longs[long] -= used
                left -= used
                held += used * CONTRACT_SIZE * max(ZERO, short.strike - long.strike)
        held += left * CONTRACT_SIZE * short.strike
    return held
