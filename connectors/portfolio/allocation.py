"""How the account is divided: by kind, symbol, sector and strategy, cash beside, and what is tied
up."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from connectors.base import Sources
from connectors.portfolio.allocation_results import Allocation, AllocationRow, CollateralRow
from connectors.portfolio.combined import Valued, valued
from connectors.portfolio.structures import combine
from connectors.portfolio.tied_up import tied_up
from connectors.portfolio.valuation import Priced, or_empty
from mfa.kernel.account import AccountSnapshot
from mfa.kernel.money import ZERO
from mfa.kernel.outcome import Failed, Found, Outcome, Provenance, derived

CASH: Final = "Cash"
REST: Final = "Not attributed"
_UNKNOWN_SECTOR: Final = "Sector unknown"


def allocation(sources: Sources) -> Outcome[Allocation]:
    account = sources.account.account()
    if not isinstance(account, Found):
        return account
    positions = or_empty(sources.account.positions(), account.provenance)
    if isinstance(positions, Failed):
        return positions
    held = valued(sources.market, combine(positions.value, account.value.cash))
    priced = held.valuation.priced
    sectors, said, inputs = _sectors(sources, {each.position.symbol for each in priced})
    parts = _Parts(account.value, sum((each.value for each in priced), ZERO))
    prices = {each.position.symbol: each.underlying for each in priced}
    secured = tuple(
        CollateralRow(
            symbol=each.symbol,
            cash=each.cash,
            share_pct=parts.share(each.cash),
            shares=each.shares,
            naked_calls=each.naked_calls,
        )
        for each in tied_up(positions.value, prices)
    )
    bound = sum((row.cash for row in secured), ZERO)
    value = Allocation(
        equity=account.value.equity,
        cash=account.value.cash,
        cash_pct=parts.share(account.value.cash),
        tied_up=bound,
        collateral=account.value.collateral,
        free_cash=max(ZERO, account.value.cash - bound),
        kinds=parts.rows((_kind(each), each.value) for each in priced),
        symbols=parts.rows((each.position.symbol, each.value) for each in priced),
        sectors=parts.rows((sectors[each.position.symbol], each.value) for each in priced),
        strategies=parts.rows(_strategies(held)),
        secured=tuple(sorted(secured, key=lambda row: (-row.cash, row.symbol))),
        unpriced=tuple(dict.fromkeys(held.valuation.unpriced)),
        warnings=(*dict.fromkeys(held.valuation.warnings), *said),
    )
    source = derived(
        "dashboard.get_allocation", account.provenance, positions.provenance,
        *held.valuation.inputs, *inputs,
    )  # fmt: skip
    return Found(value, source)


class _Parts:
    """Rows that add up to the account's equity."""

    def __init__(self, account: AccountSnapshot, priced: Decimal) -> None:
        self._equity, self._cash = account.equity, account.cash
        self._rest = account.equity - account.cash - priced

    def share(self, amount: Decimal) -> float | None:
        return 100.0 * float(amount / self._equity) if self._equity > 0 else None

    def rows(self, parts: Iterable[tuple[str, Decimal]]) -> tuple[AllocationRow, ...]:
        """The largest first, then cash, then what no position accounts for."""
        sums: dict[str, tuple[Decimal, int]] = {}
        for name, amount in parts:
            total, count = sums.get(name, (ZERO, 0))
            sums[name] = (total + amount, count + 1)
        ordered = sorted(sums.items(), key=lambda item: (-item[1][0], item[0]))
        ordered.append((CASH, (self._cash, 0)))
        if self._rest:
            ordered.append((REST, (self._rest, 0)))
        return tuple(
            AllocationRow(name=name, value=total, share_pct=self.share(total), positions=count)
            for name, (total, count) in ordered
        )


def _kind(each: Priced) -> str:
    option, long = each.position.option, each.position.quantity > 0
    if option is None:
        return "Shares" if long else "Short shares"
    return f"{'Long' if long else 'Short'} {option.option_type.value}s"


def _strategies(held: Valued) -> Iterable[tuple[str, Decimal]]:
    """Of a strategy's legs those that are priced: its shares add up whatever is missing."""
    for each, entries in zip(held.combined, held.entries, strict=True):
        legs = [entry.value for entry in entries if isinstance(entry, Priced)]
        if legs:
            yield each.structure.label, sum(legs, ZERO)


def _sectors(
    sources: Sources, symbols: set[str]
) -> tuple[dict[str, str], tuple[str, ...], tuple[Provenance, ...]]:
    """By the market's listings, then by what research knows; failures are said once."""
    found: dict[str, str] = {}
    inputs: list[Provenance] = []
    said: list[str] = []
    listings = sources.market.listings()
    if isinstance(listings, Found):
        inputs.append(listings.provenance)
        found = {each.symbol: each.sector for each in listings.value if each.sector}
    elif isinstance(listings, Failed):
        said.append(f"Sectors are not known: {listings.message}")
    for symbol in sorted(symbols - set(found)):
        known = sources.research.fundamentals(symbol)
        if isinstance(known, Found) and known.value.sector:
            inputs.append(known.provenance)
            found[symbol] = known.value.sector
    return (
        {symbol: found.get(symbol, _UNKNOWN_SECTOR) for symbol in symbols},
        tuple(said),
        tuple(inputs),
    )
