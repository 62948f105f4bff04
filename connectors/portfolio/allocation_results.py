"""How the account is divided. Money is USD in cents; `_pct` is a number of percent."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field

from connectors.base import Result


class AllocationRow(Result):
    """A part of the account at its market value; short options count below zero."""

    name: str
    value: Decimal
    share_pct: float | None = Field(title="Of equity")
    positions: int


class CollateralRow(Result):
    """What short positions in one symbol tie up: cash for puts and spreads, shares for calls."""

    symbol: str
    cash: Decimal = Field(title="Cash tied up")
    share_pct: float | None = Field(title="Of equity")
    shares: Decimal = Field(title="Shares tied up", json_schema_extra={"unit": "shares"})
    naked_calls: int = Field(title="Calls without cover")


class Allocation(Result):
    """Each table's values add up to equity, and its shares to 100 %.

    Cash is a row of its own. What the account's equity holds beyond cash and the positions that
    could be priced stands as 'not attributed'. `tied_up` is by this house's rule (a put's strike
    less a long put that covers it), `collateral` the account's own figure.
    """

    equity: Decimal
    cash: Decimal
    cash_pct: float | None = Field(title="Cash of equity")
    tied_up: Decimal = Field(title="Tied up as collateral")
    collateral: Decimal = Field(title="Collateral, as the account says")
    free_cash: Decimal = Field(title="Cash not tied up")
    kinds: tuple[AllocationRow, ...] = Field(title="By kind")
    symbols: tuple[AllocationRow, ...] = Field(title="By symbol")
    sectors: tuple[AllocationRow, ...] = Field(title="By sector")
    strategies: tuple[AllocationRow, ...] = Field(title="By strategy")
    secured: tuple[CollateralRow, ...] = Field(title="Collateral by symbol")
    unpriced: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
