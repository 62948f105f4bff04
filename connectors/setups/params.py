"""How a person spells out a trade to be judged.

One option with its strike, the strikes of a spread, or a list of legs. What is not said is asked
for in a sentence (`setups.choosing`), never guessed.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, model_validator

from connectors.base import Params
from connectors.portfolio.params import Ticker
from connectors.screening.params import Days
from mfa.kernel.symbols import OptionType

_LEG: Final = re.compile(
    r"^(?P<side>buy|sell|long|short|\+|-)\s*(?:(?P<quantity>\d+)\s*x?\s+)?\$?(?P<strike>\d+(?:\.\d+)?)"
    r"\s*(?P<option_type>put|call|p|c)s?(?:\s+(?P<expiration>\d{4}-\d{2}-\d{2}))?$",
    re.IGNORECASE,
)
_SIDES: Final = {"long": "buy", "+": "buy", "short": "sell", "-": "sell"}
_TYPES: Final = {"p": "put", "c": "call"}
MOST_LEGS: Final = 8


class Side(StrEnum):
    BUY = "buy"
    SELL = "sell"


class LegParams(Params):
    """One leg. Without an expiration it has that of the trade."""

    side: Side = Field(description="buy or sell.")
    option_type: OptionType = Field(description="put or call.")
    strike: Decimal = Field(gt=0, description="Strike, USD per share.")
    quantity: int = Field(default=1, ge=1, le=10_000, description="Contracts, of one trade.")
    expiration: date | None = Field(default=None, description="Where it differs.")


def _legs(given: Any) -> Any:
    """'sell 125 put, buy 120 put', or a list of legs, in words or not."""
    if isinstance(given, str):
        given = [part for part in re.split(r"\s*[,;]\s*", given.strip()) if part]
    if not isinstance(given, list | tuple):
        return given
    if len(given) == 1 and isinstance(given[0], str) and re.search("[,;]", given[0]):
        return _legs(given[0])
    return tuple(_leg(part) if isinstance(part, str) else part for part in given)


def _leg(text: str) -> dict[str, Any]:
    match = _LEG.match(text)
    if match is None:
        raise ValueError(f"{text!r} is no leg; they look like 'sell 125 put' or 'buy 2x 130 call'")
    found = {name: value.lower() for name, value in match.groupdict().items() if value}
    found["side"] = _SIDES.get(found["side"], found["side"])
    found["option_type"] = _TYPES.get(found["option_type"], found["option_type"])
    return found


class SetupParams(Params):
    """Prices are per share: of one option, or of the whole trade where it has several legs."""

    symbol: Ticker = Field(description="The company's ticker.")
    side: Side | None = Field(default=None, description="buy or sell.")
    option_type: OptionType | None = Field(default=None, description="put or call.")
    strike: Decimal | None = Field(default=None, gt=0, description="Strike, USD per share.")
    expiration: date | None = Field(default=None, description="Expiration date.")
    dte: Days | None = Field(
        default=None, description="Days to expiration, where no date is given: 30-45."
    )
    strikes: tuple[Decimal, ...] = Field(
        default=(), max_length=4, description="Strikes of a spread, strangle or condor, rising."
    )
    strategy: str | None = Field(
        default=None, max_length=40, description="vertical, iron_condor, strangle, covered_call ..."
    )
    legs: Annotated[tuple[LegParams, ...], BeforeValidator(_legs)] = Field(
        default=(), max_length=MOST_LEGS,
        description="Legs in words instead: sell 125 put, buy 120 put.",
    )  # fmt: skip
    quantity: int = Field(default=1, ge=1, le=10_000, description="How many of the whole trade.")
    price: Decimal | None = Field(
        default=None, gt=0, description="The price you would trade at; else the far side."
    )
    with_stock: bool | None = Field(
        default=None,
        description="A sold call is covered by shares; unsaid, by what the account holds.",
    )

    @model_validator(mode="after")
    def _rising(self) -> SetupParams:
        if list(self.strikes) != sorted(set(self.strikes)):
            raise ValueError("strikes are given rising, each once")
        return self
