"""What a rating answers: the verdict, and every part of it with its rule and its reason."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from pydantic import Field

from connectors.base import Result


class RatingPart(Result):
    """`points` out of `weight`, by `rule`, because of `value`."""

    part: str
    group: str
    value: float
    rule: str
    points: float
    weight: float = Field(title="Of")
    reason: str


class StockRating(Result):
    """`rating` is 0 to 100 over the parts that are known; `known_pct` is their weight of 100.

    `fundamental` is None where no source tells a company's figures. `missing` names each part that
    takes no part, and why.
    """

    symbol: str
    price: Decimal
    rating: float
    verdict: str
    outlook: Literal["bullish", "neutral", "bearish"]
    technical: float | None = Field(title="By prices alone")
    fundamental: float | None = Field(title="By the company's figures alone")
    known_pct: float = Field(title="Known")
    parts: tuple[RatingPart, ...] = Field(title="What it is made of")
    missing: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
