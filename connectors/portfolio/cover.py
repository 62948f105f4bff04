"""What would meet an assignment: cash, shares or a long option at hand, each counted once.

Nearest expirations come first. A long option covers a short one of its kind that does not outlive
it. What nothing covers would be bought on margin, or sold short.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from connectors.portfolio.position_results import Cover
from mfa.kernel.account import Position
from mfa.kernel.money import CONTRACT_SIZE
from mfa.kernel.symbols import OptionSymbol, OptionType


def covers(positions: Sequence[Position], cash: Decimal) -> dict[OptionSymbol, Cover]:
    """The cover of each short option: the weakest of what its contracts need."""
    pool = _Pool(positions, cash)
    shorts: Counter[OptionSymbol] = Counter()
    for position in positions:
        if position.option is not None and position.quantity < 0:
            shorts[position.option] -= int(position.quantity)
    ordered = sorted(shorts, key=lambda option: (option.expiration, option.occ))
    return {option: pool.take(option, shorts[option]) for option in ordered}


class _Pool:
    """What is left to cover with."""

    def __init__(self, positions: Sequence[Position], cash: Decimal) -> None:
        self._cash = cash
        self._shares: Counter[str] = Counter()
        self._longs: Counter[OptionSymbol] = Counter()
        for position in positions:
            if position.option is None:
                self._shares[position.symbol] += int(position.quantity)  # whole ones can be called
            elif position.quantity > 0:
                self._longs[position.option] += int(position.quantity)

    def take(self, option: OptionSymbol, contracts: int) -> Cover:
        cover, left = Cover.MARGIN, contracts
        if option.option_type is OptionType.CALL:
            by_shares = min(left, max(0, self._shares[option.root]) // CONTRACT_SIZE)
            self._shares[option.root] -= by_shares * CONTRACT_SIZE
            cover, left = Cover.SHARES, left - by_shares
        for long in sorted(self._longs):
            if left and self._longs[long] and _outlives(long, option):
                by_long = min(left, self._longs[long])
                self._longs[long] -= by_long
                cover, left = Cover.LONG_OPTION, left - by_long
        if option.option_type is OptionType.PUT and left:
            needed = option.strike * CONTRACT_SIZE * left
            if self._cash >= needed:
                self._cash -= needed
                cover, left = Cover.CASH, 0
        return Cover.MARGIN if left else cover


def _outlives(long: OptionSymbol, short: OptionSymbol) -> bool:
    return (
        long.root == short.root
        and long.option_type is short.option_type
        and long.expiration >= short.expiration
    )
