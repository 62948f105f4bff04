"""Splits and exchanges: other quantities, another instrument, the same cost and opening days.

Brokers write a split as the change of the shares held (some as two rows, the old ones going out
under a number that is no ticker); the plain format may say '4:1'. A split into whole numbers of new
shares also splits the options; after any other the exchange changes what a contract delivers, which
no longer is 100 shares: those are named, not recomputed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from connectors.imported.books import Split
from connectors.imported.lots import FINEST, held, scaled, whole
from connectors.imported.state import Key, State, named
from mfa.kernel.account import EntryKind
from mfa.kernel.clock import exchange_date
from mfa.kernel.errors import InputError
from mfa.kernel.money import units
from mfa.kernel.movements import Movement
from mfa.kernel.symbols import OptionSymbol


def split_up(
    state: State, rows: Sequence[Movement], exchanged: Sequence[Movement]
) -> tuple[Split, ...]:
    """Apply the splits of one moment; each stock's once."""
    nameless = [row for row in rows if row.symbol is None]
    found: list[Split] = []
    for symbol in dict.fromkeys(row.symbol for row in rows if row.symbol is not None):
        own = [row for row in rows if row.symbol == symbol and row.option is None]
        if not own:
            continue
        lots = state.lots_of(symbol, None)
        told = _told(own, nameless, held(lots))
        if isinstance(told, str):
            state.problem(own[0], told)
            continue
        ratio, target = told
        if lots:
            state.put((symbol, None), scaled(lots, ratio, total=target))
        if not any(row.option is not None and row.option.root == symbol for row in exchanged):
            _split_options(state, own[0], symbol, ratio)
        found.append(Split(day=exchange_date(own[0].at), symbol=symbol, ratio=ratio))
    for row in nameless:
        state.problem(row, f"A split of {units(row.quantity)} shares names no stock that is held.")
    return tuple(found)


def _told(
    own: Sequence[Movement], nameless: list[Movement], has: Decimal
) -> tuple[Fraction, Decimal] | str:
    """New shares for each old one and the shares held after; a sentence where the rows do not
    tell."""
    stated = next((row.ratio for row in own if row.ratio is not None), None)
    if stated is not None and (not has or whole(has, stated)):
        return stated, whole(has, stated)
    symbol = own[0].symbol
    if not has:
        return f"{symbol} was split, but none of it is held."
    out = [row for row in nameless if row.quantity == -has]
    target = has + sum((row.quantity for row in (*own, *out)), Decimal(0))
    if target / has <= 0 or abs(target) < FINEST:
        return f"The split of {symbol} would leave nothing of {units(has)} shares."
    ratio = Fraction(target) / Fraction(has)
    if ratio > 1 and any("reverse" in row.memo.lower() for row in own):
        return f"The reverse split of {symbol} does not say how many shares went."
    for row in out:
        nameless.remove(row)
    return ratio, target


def _split_options(state: State, row: Movement, symbol: str, ratio: Fraction) -> None:
    for key in [key for key in state.lots if key[0] == symbol and key[1] is not None]:
        after = _successor(key[1], ratio)
        if after is not None:
            _become(state, key, (symbol, after), ratio, None)
            continue
        state.problem(
            row,
            f"After this split {key[1]} no longer delivers 100 shares; it is kept as it was. "
            "Close it and open its successor by hand to go on.",
        )


def _successor(option: OptionSymbol | None, ratio: Fraction) -> OptionSymbol | None:
    """The contract of 100 new shares; None where there is none."""
    if option is None or ratio.denominator != 1:
        return None
    try:
        return replace(option, strike=units(option.strike / ratio.numerator))
    except InputError:
        return None


def _become(state: State, key: Key, other: Key, ratio: Fraction, total: Decimal | None) -> None:
    """The lots of one instrument as lots of another."""
    lots = scaled(state.lots[key], ratio, total=total)
    state.put(key, ())
    moved = tuple(replace(lot, symbol=other[0], option=other[1]) for lot in lots)
    state.put(other, (*state.lots.get(other, ()), *moved))


def convert(state: State, rows: Sequence[Movement]) -> None:
    """Pair what went out with what came in, and carry cost and days over."""
    coming = [row for row in rows if row.symbol is not None]
    going = [row for row in coming if _against(state, row)]
    coming = [row for row in coming if row not in going]
    for row in going:
        partner = next((other for other in coming if _alike(row, other)), None)
        key = (row.symbol or "", row.option)
        has = held(state.lots.get(key, ()))
        if partner is None or row.quantity != -has:
            why = "nothing came for it" if partner is None else f"{units(has)} were held"
            state.problem(
                row, f"{units(abs(row.quantity))} {named(row)} were exchanged, but {why}."
            )
            continue
        coming.remove(partner)
        ratio = Fraction(partner.quantity) / Fraction(has)
        other = (partner.symbol or "", partner.option)
        _become(state, key, other, ratio, partner.quantity)
        cash = row.amount + partner.amount
        if cash:
            state.post(partner, EntryKind.TRADE, cash)
            state.lower_cost(other, cash)
    for row in coming:
        state.problem(
            row, f"{units(abs(row.quantity))} {named(row)} came in for nothing that was held."
        )


def _against(state: State, row: Movement) -> bool:
    """Whether the row takes away from what is held."""
    return held(state.lots.get((row.symbol or "", row.option), ())) * row.quantity < 0


def _alike(row: Movement, other: Movement) -> bool:
    if row.quantity * other.quantity >= 0:
        return False
    one, two = row.option, other.option
    if one is None or two is None:
        return one is two
    return _kind(one) == _kind(two)


def _kind(option: OptionSymbol) -> tuple[object, object]:
    return option.option_type, option.expiration
