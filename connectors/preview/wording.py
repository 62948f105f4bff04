"""From what a person said to an exact order: legs that are listed, sides, effects, a price.

Nothing is guessed. What is open is asked for in a sentence; where an expiration or strike is not
listed the nearest near one is taken and said, as when a trade is judged. Whether something opens or
closes follows from what is held, unless it was said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from connectors.preview.params import (
    CloseParams,
    OpenParams,
    PreviewLeg,
    RollParams,
    WordedParams,
)
from connectors.setups.choosing import chosen, meant_expiration, spelled
from connectors.setups.naming import name_of
from connectors.setups.params import LegParams, SetupParams
from connectors.setups.params import Side as SetupSide
from mfa.kernel.account import Position
from mfa.kernel.market import MarketSource
from mfa.kernel.money import units
from mfa.kernel.movements import Effect
from mfa.kernel.orders import Side
from mfa.kernel.outcome import Absent, Failed, Found
from mfa.kernel.symbols import OptionSymbol, OptionType

_LONE_CALLS = frozenset({"covered_call", "short_call", "naked_call"})
_LONE_PUTS = frozenset({"csp", "cash_secured_put", "naked_put", "short_put"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """An order without its limit. `pays` is the sign of the limit that was said: +1 where the
    order is bought, -1 where it is sold, 0 where the market decides (a roll)."""

    legs: tuple[PreviewLeg, ...]
    quantity: Decimal
    strategy: str
    pays: int
    notes: tuple[str, ...] = ()


Wording = Worded | Absent | Failed


def to_open(
    given: OpenParams, market: MarketSource, held: Sequence[Position], today: date
) -> Wording:
    """An order to trade something, opening unless it closes what is held."""
    if _is_stock(given):
        return _stock(given, held)
    if given.side is None and given.strategy not in (_LONE_CALLS | _LONE_PUTS):
        return Absent(f"Do you want to buy or to sell the {given.symbol} option?")
    setup = _setup(given)
    legs = spelled(setup)
    if isinstance(legs, Absent):
        return legs
    found = _listed(setup, legs, market, today)
    if not isinstance(found, _Listed):
        return found
    owned = {each.option: each.quantity for each in held if each.option is not None}
    made, notes = [], list(found.notes)
    count = Decimal(given.quantity or 1)
    for option, quantity in found.legs:
        effect = given.effect
        if effect is None:
            against = owned.get(option, Decimal(0)) * quantity < 0
            enough = abs(owned.get(option, Decimal(0))) >= count * abs(quantity)
            effect = Effect.CLOSE if against and enough else Effect.OPEN
            if effect is Effect.CLOSE:
                notes.append(f"This closes the {option} that you hold.")
        made.append(_leg(option.occ, quantity, effect))
    return Worded(
        legs=tuple(made),
        quantity=count,
        strategy=_strategy(given, found),
        pays=1 if (given.side or Side.SELL) is Side.BUY else -1,
        notes=tuple(notes),
    )


def to_close(  # noqa: PLR0911 - each question that is open ends it
    given: CloseParams, held: Sequence[Position]
) -> Wording:
    """An order against what is held of a symbol: one option, the shares, or all of a spread."""
    own = [each for each in held if each.symbol == given.symbol]
    if not own:
        return Absent(f"You hold nothing of {given.symbol}.")
    meant = [each for each in own if _fits(given, each)]
    if not meant:
        names = ", ".join(_name(each) for each in own)
        return Absent(f"You hold no such position. Of {given.symbol} you hold {names}.")
    if len(meant) > 1 and not _one_structure(given, meant):
        return Absent(f"Which one? You hold {', '.join(_name(each) for each in meant)}.")
    whole = min(abs(each.quantity) for each in meant)
    count = whole
    if given.quantity is not None:
        count = Decimal(given.quantity)
    elif given.share is not None:
        count = (whole * Decimal(repr(given.share))).to_integral_value()
    if count > whole:
        return Absent(f"You hold {units(whole)} of it, so {units(count)} cannot be closed.")
    if count < 1:
        return Absent(f"You hold {units(whole)} of it: say how many to close.")
    ratios = [abs(each.quantity) / whole for each in meant]
    if any(ratio != ratio.to_integral_value() for ratio in ratios):
        return Absent("Its legs do not divide evenly: close them one at a time.")
    return Worded(
        legs=tuple(
            _leg(each.instrument, -int(ratio) * (1 if each.quantity > 0 else -1), Effect.CLOSE)
            for each, ratio in zip(meant, ratios, strict=True)
        ),
        quantity=units(count),
        strategy=meant[0].strategy,
        pays=(1 if meant[0].quantity < 0 else -1) if len(meant) == 1 else 0,
    )


def to_roll(  # noqa: PLR0911 - each question that is open ends it
    given: RollParams, market: MarketSource, held: Sequence[Position], today: date
) -> Wording:
    """One option closed and another of its kind opened, as one order."""
    own = [
        each
        for each in held
        if each.symbol == given.symbol
        and each.option is not None
        and given.option_type in (None, each.option.option_type)
        and given.from_strike in (None, each.option.strike)
        and given.from_expiration in (None, each.option.expiration)
    ]
    if not own:
        return Absent(f"You hold no such option of {given.symbol} to roll.")
    if len(own) > 1:
        return Absent(f"Which one? You hold {', '.join(_name(each) for each in own)}.")
    (position,) = own
    option = position.option
    if option is None:
        raise TypeError("only options were looked at")
    if given.expiration is None and given.dte is None:
        if given.strike is None:
            return Absent(f"Roll the {option} to which expiration or strike?")
        wanted: date | None = option.expiration
    else:
        wanted = given.expiration
    count = Decimal(given.quantity) if given.quantity is not None else abs(position.quantity)
    if count > abs(position.quantity):
        return Absent(
            f"You hold {units(abs(position.quantity))} of the {option}, not {units(count)}."
        )
    setup = SetupParams(
        symbol=given.symbol,
        side=SetupSide.SELL if position.quantity < 0 else SetupSide.BUY,
        option_type=option.option_type,
        strike=given.strike if given.strike is not None else option.strike,
        expiration=wanted,
        dte=given.dte,
    )
    legs = spelled(setup)
    if isinstance(legs, Absent):
        return legs
    found = _listed(setup, legs, market, today)
    if not isinstance(found, _Listed):
        return found
    ((to, quantity),) = found.legs
    if to == option:
        return Absent(f"That is the {option} that you hold already.")
    return Worded(
        legs=(
            _leg(option.occ, -1 if position.quantity > 0 else 1, Effect.CLOSE),
            _leg(to.occ, quantity, Effect.OPEN),
        ),
        quantity=units(count),
        strategy=position.strategy,
        pays=0,
        notes=found.notes,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    legs: tuple[tuple[OptionSymbol, int], ...]
    name: str
    notes: tuple[str, ...]


def _listed(
    setup: SetupParams, legs: Sequence[LegParams], market: MarketSource, today: date
) -> _Listed | Absent | Failed:
    listed = market.expirations(setup.symbol)
    if not isinstance(listed, Found):
        return listed
    expiration = meant_expiration(setup, listed.value, today)
    if isinstance(expiration, Absent):
        return expiration
    day, note = expiration
    table = market.option_table(setup.symbol, first=day, last=day)
    if not isinstance(table, Found):
        return table
    picked = chosen(setup, legs, day, table.value)
    if isinstance(picked, Absent):
        return picked
    said = (each.replace("judged is", "taken is") for each in (note, *picked.notes))
    return _Listed(
        legs=tuple((leg.option, leg.quantity) for leg in picked.legs),
        name=name_of(picked.legs, covered=setup.strategy == "covered_call"),
        notes=tuple(each for each in said if each),
    )


def _is_stock(given: OpenParams) -> bool:
    said = (given.option_type, given.strike, given.expiration, given.dte, given.strategy)
    return not given.strikes and all(each is None for each in said)


def _stock(given: OpenParams, held: Sequence[Position]) -> Wording:
    if given.side is None:
        return Absent(f"Do you want to buy or to sell {given.symbol}?")
    if given.quantity is None:
        return Absent(f"How many shares of {given.symbol}?")
    owned = sum(
        (each.quantity for each in held if each.symbol == given.symbol and each.option is None),
        Decimal(0),
    )
    count, sign = Decimal(given.quantity), given.side.sign
    effect = given.effect
    if effect is None:
        effect = Effect.CLOSE if owned * sign < 0 and abs(owned) >= count else Effect.OPEN
    return Worded(
        legs=(_leg(given.symbol, sign, effect),), quantity=count, strategy="stock", pays=sign
    )


def _setup(given: OpenParams) -> SetupParams:
    lone: Mapping[bool, OptionType] = {
        given.strategy in _LONE_PUTS: OptionType.PUT,
        given.strategy in _LONE_CALLS: OptionType.CALL,
    }
    side = given.side
    if side is None and True in lone:
        side = Side.SELL
    return SetupParams(
        symbol=given.symbol,
        side=None if side is None else SetupSide(side.value),
        option_type=given.option_type or lone.get(True),
        strike=given.strike,
        strikes=given.strikes,
        expiration=given.expiration,
        dte=given.dte,
        strategy=given.strategy,
    )


def _strategy(given: OpenParams, found: _Listed) -> str:
    if given.strategy is not None:
        return given.strategy
    name = found.name.replace(" ", "_")
    return "csp" if name == "short_put" else name


def _leg(instrument: str, quantity: int, effect: Effect) -> PreviewLeg:
    side = Side.BUY if quantity > 0 else Side.SELL
    return PreviewLeg(instrument=instrument, side=side, effect=effect, ratio=abs(quantity))


def _fits(given: WordedParams, position: Position) -> bool:
    option = position.option
    strikes = given.strikes if isinstance(given, CloseParams) else ()
    if option is None:
        return (given.option_type, given.strike, given.expiration) == (None, None, None) and (
            not strikes
        )
    if isinstance(given, CloseParams) and given.only_stock:
        return False
    return (
        given.option_type in (None, option.option_type)
        and given.strike in (None, option.strike)
        and given.expiration in (None, option.expiration)
        and (not strikes or option.strike in strikes)
    )


def _one_structure(given: CloseParams, meant: Sequence[Position]) -> bool:
    """Several legs are one thing where the strikes of a spread were said, and all are options."""
    return bool(given.strikes) and all(each.option is not None for each in meant)


def _name(position: Position) -> str:
    count = units(abs(position.quantity))
    what = "short" if position.quantity < 0 else "long"
    thing = str(position.option) if position.option is not None else f"{position.symbol} shares"
    return f"{count} {what} {thing}"
