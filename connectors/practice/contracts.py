"""The contracts listed for one expiration, with the randomness that belongs to their identity."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import numpy as np

from connectors.practice.grid import fine_since, listed_since, strikes
from connectors.practice.liquidity import Integers, uniforms
from connectors.practice.path import key
from connectors.practice.tape import Tape
from core_numba.normal import Floats
from mfa.kernel.errors import InputError
from mfa.kernel.symbols import OptionSymbol, OptionType

_SIDES: Final = (OptionType.CALL, OptionType.PUT)


@dataclass(frozen=True, slots=True)
class Contracts:
    """Ascending by strike. Where there are two rows, row 0 is calls and row 1 puts."""

    symbol: str
    expiration: date
    strikes: tuple[Decimal, ...]
    values: Floats
    thousandths: Integers
    noise: Floats
    """Uniform in (0, 1) for each contract, the same on every day."""
    day_noise: Floats
    """Uniform in (0, 1) for each contract and day."""

    def options(self, side: int, part: slice) -> tuple[OptionSymbol, ...]:
        """The calls (side 0) or puts (1) of some strikes; made when asked for, a scan does not."""
        kind = _SIDES[side]
        return tuple(
            OptionSymbol(self.symbol, self.expiration, kind, strike)
            for strike in self.strikes[part]
        )

    def place(self, option: OptionSymbol) -> int:
        """The index of the option's strike; `InputError` naming near ones."""
        place = bisect_left(self.strikes, option.strike)
        if place < len(self.strikes) and self.strikes[place] == option.strike:
            return place
        near = self.strikes[max(place - 2, 0) : place + 2]
        raise InputError(
            f"{option.root} has no strike {option.strike.normalize():f} "
            f"for {option.expiration:%d %b %Y}.",
            f"Near it are {', '.join(f'{strike.normalize():f}' for strike in near)}.",
        )


def listed_contracts(tape: Tape, symbol: str, expiration: date, index: int) -> Contracts:
    """What is listed during session `index`, from the closes before it."""
    day, fine = tape.days[index], fine_since(expiration)
    found = strikes(
        expiration,
        seen=tape.price_range(symbol, listed_since(expiration), index),
        lately=tape.price_range(symbol, fine, index) if day >= fine else None,
    )
    thousandths = np.array([int(strike * 1000) for strike in found], dtype=np.int64)
    identities = np.stack((2 * thousandths, 2 * thousandths + 1))
    return Contracts(
        symbol=symbol,
        expiration=expiration,
        strikes=found,
        values=thousandths / 1000.0,
        thousandths=thousandths,
        noise=uniforms(key(tape.seed, "contracts", symbol, expiration), identities),
        day_noise=uniforms(key(tape.seed, "traded", symbol, expiration, day), identities),
    )
