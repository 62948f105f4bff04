"""Profit over a period: what was booked, and what open positions gained or lost besides.

Over any period, total profit is the change of (equity - net deposits); what is not booked of it is
the change of open positions' value. That needs the equity curve, so it is of the whole account; for
chosen symbols only profit since the beginning is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from connectors.base import Sources
from connectors.portfolio import curve, trades
from connectors.portfolio.account_results import ProfitLoss
from connectors.portfolio.params import ProfitPeriod
from connectors.portfolio.rows import totals
from connectors.portfolio.valuation import entries, or_empty, value_positions
from mfa.kernel.account import AccountSnapshot, EntryKind, LedgerEntry
from mfa.kernel.money import ZERO
from mfa.kernel.outcome import Failed, Found, Outcome, Provenance, derived


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """What positions held now stand at."""

    unrealized: Decimal | None
    unpriced: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    inputs: tuple[Provenance, ...] = ()


def profit_loss(sources: Sources, params: ProfitPeriod) -> Outcome[ProfitLoss]:
    """Profit over the period; zeros where nothing was closed, paid or held."""
    account = sources.account.account()
    if not isinstance(account, Found):
        return account
    closed = sources.account.closed_trades(start=params.start_date, end=params.end_date)
    if isinstance(closed, Failed):
        return closed
    ledger = sources.account.ledger(start=params.start_date, end=params.end_date)
    if isinstance(ledger, Failed):
        return ledger
    chosen = [t for t in entries(closed) if not params.symbols or t.symbol in params.symbols]
    paid = [e for e in entries(ledger) if not params.symbols or e.symbol in params.symbols]
    dividends = sum((e.amount for e in paid if e.kind is EntryKind.DIVIDEND), ZERO)
    interest = sum((e.amount for e in paid if _is_interest(e)), ZERO)
    realized = trades.realized(chosen)
    booked = realized + dividends + interest
    now = _open_now(sources, params.symbols, account)
    if isinstance(now, Failed):
        return now
    total, warnings = _total(sources, params, account.value, booked, now.unrealized)
    result = ProfitLoss(
        start_date=params.start_date,
        end_date=params.end_date,
        symbols=params.symbols,
        realized=realized,
        dividends=dividends,
        interest=interest,
        booked=booked,
        unrealized_now=now.unrealized,
        unrealized_change=None if total is None else total - booked,
        total=total,
        trades=len(chosen),
        wins=sum(t.realized > 0 for t in chosen),
        losses=sum(t.realized < 0 for t in chosen),
        by_symbol=trades.by_symbol(chosen),
        by_strategy=trades.by_strategy(chosen),
        by_month=trades.by_month(chosen),
        unpriced=now.unpriced,
        warnings=now.warnings + warnings,
    )
    read = [o.provenance for o in (closed, ledger) if isinstance(o, Found)]
    inputs = (account.provenance, *read, *now.inputs)
    return Found(result, derived("dashboard.get_profit_loss", *inputs))


def _is_interest(entry: LedgerEntry) -> bool:
    """Interest, and what the account itself was charged: a fee that belongs to no symbol. A trade's
    commission has the trade's symbol and is inside its profit."""
    charged = entry.kind is EntryKind.FEE and entry.symbol is None
    return charged or entry.kind is EntryKind.INTEREST


def _open_now(
    sources: Sources, symbols: tuple[str, ...], account: Found[AccountSnapshot]
) -> _Open | Failed:
    """The account's own figure, or that of the chosen symbols' positions."""
    if not symbols:
        return _Open(unrealized=account.value.unrealized)
    held = or_empty(sources.account.positions(), account.provenance)
    if isinstance(held, Failed):
        return held
    valuation = value_positions(sources.market, [p for p in held.value if p.symbol in symbols])
    return _Open(
        unrealized=totals(valuation).unrealized,
        unpriced=valuation.unpriced,
        warnings=valuation.warnings,
        inputs=(held.provenance, *valuation.inputs),
    )


def _total(
    sources: Sources,
    params: ProfitPeriod,
    now: AccountSnapshot,
    booked: Decimal,
    unrealized: Decimal | None,
) -> tuple[Decimal | None, tuple[str, ...]]:
    """All profit of the period where it can be known, and why not where it cannot."""
    to_now = params.end_date is None or params.end_date >= sources.clock.today()
    if params.symbols:
        if unrealized is None or params.start_date is not None or not to_now:
            return None, ()
        return booked + unrealized, ()
    outcome = sources.account.equity_curve(end=params.end_date)
    if isinstance(outcome, Failed):
        return None, (f"The change of open positions is not known: {outcome.message}",)
    points = entries(outcome)
    if to_now:
        final = now.equity - now.deposits
    else:
        final = curve.profit(max(points, key=lambda point: point.day, default=None))
    before = curve.last_before(points, params.start_date) if params.start_date else None
    return final - curve.profit(before), ()
