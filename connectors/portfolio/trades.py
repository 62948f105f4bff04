"""Closed trades as rows, their sums, and their profit by symbol, strategy and month."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from connectors.portfolio.account_results import ProfitGroup, TradeHistory, TradeRow
from connectors.portfolio.params import TradeFilter, TradeOutcome
from connectors.portfolio.shapes import is_strategy
from mfa.kernel.account import ClosedTrade
from mfa.kernel.clock import exchange_date
from mfa.kernel.money import ZERO, cents


def matching(trades: Iterable[ClosedTrade], wanted: TradeFilter) -> tuple[ClosedTrade, ...]:
    """The trades that meet every filter but the dates, which the account was asked for."""
    return tuple(
        trade
        for trade in trades
        if (not wanted.symbols or trade.symbol in wanted.symbols)
        and is_strategy(trade.strategy, wanted.strategy)
        and wanted.reason in (None, trade.reason)
        and (wanted.outcome is not TradeOutcome.WINNERS or trade.realized > 0)
        and (wanted.outcome is not TradeOutcome.LOSERS or trade.realized < 0)
    )


def history(trades: Sequence[ClosedTrade], wanted: TradeFilter) -> TradeHistory:
    """The history of at least one trade. Averages are rounded to cents."""
    ordered = sorted(trades, key=lambda trade: (trade.closed_at, trade.id), reverse=True)
    won = [trade.realized for trade in ordered if trade.realized > 0]
    lost = [trade.realized for trade in ordered if trade.realized < 0]
    total = sum((trade.realized for trade in ordered), ZERO)
    rows = tuple(_row(trade) for trade in ordered)
    return TradeHistory(
        rows=rows[: wanted.limit],
        start_date=wanted.start_date,
        end_date=wanted.end_date,
        count=len(rows),
        wins=len(won),
        losses=len(lost),
        win_rate_pct=100.0 * len(won) / len(rows),
        total_realized=total,
        fees=sum((trade.fees for trade in ordered), ZERO),
        average=cents(total / len(rows)),
        average_win=_average(won),
        average_loss=_average(lost),
        profit_factor=float(sum(won, ZERO) / -sum(lost, ZERO)) if lost else None,
        best=max(rows, key=lambda row: row.realized),
        worst=min(rows, key=lambda row: row.realized),
    )


def realized(trades: Iterable[ClosedTrade]) -> Decimal:
    return sum((trade.realized for trade in trades), ZERO)


def by_symbol(trades: Iterable[ClosedTrade]) -> tuple[ProfitGroup, ...]:
    """Greatest profit first."""
    return _ranked(_grouped(trades, lambda trade: trade.symbol))


def by_strategy(trades: Iterable[ClosedTrade]) -> tuple[ProfitGroup, ...]:
    """Greatest profit first."""
    return _ranked(_grouped(trades, lambda trade: trade.strategy))


def by_month(trades: Iterable[ClosedTrade]) -> tuple[ProfitGroup, ...]:
    """Months of closing at the exchange, ascending; months without a trade are left out."""
    groups = _grouped(trades, lambda trade: f"{exchange_date(trade.closed_at):%Y-%m}")
    return tuple(sorted(groups, key=lambda group: group.key))


def _row(trade: ClosedTrade) -> TradeRow:
    option = trade.option
    opened, closed = exchange_date(trade.opened_at), exchange_date(trade.closed_at)
    return TradeRow(
        id=trade.id,
        symbol=trade.symbol,
        instrument=option.occ if option is not None else trade.symbol,
        option_type=option and option.option_type,
        strike=option and option.strike,
        expiration=option and option.expiration,
        strategy=trade.strategy,
        quantity=trade.quantity,
        opened_on=opened,
        closed_on=closed,
        closed_at=trade.closed_at,
        days_held=(closed - opened).days,
        open_price=trade.open_price,
        close_price=trade.close_price,
        fees=trade.fees,
        realized=trade.realized,
        reason=trade.reason.value,
    )


def _average(amounts: Sequence[Decimal]) -> Decimal | None:
    return cents(sum(amounts, ZERO) / len(amounts)) if amounts else None


def _grouped(trades: Iterable[ClosedTrade], key: Callable[[ClosedTrade], str]) -> list[ProfitGroup]:
    groups: dict[str, list[ClosedTrade]] = {}
    for trade in trades:
        groups.setdefault(key(trade), []).append(trade)
    return [
        ProfitGroup(
            key=name,
            realized=realized(members),
            trades=len(members),
            wins=sum(trade.realized > 0 for trade in members),
        )
        for name, members in groups.items()
    ]


def _ranked(groups: list[ProfitGroup]) -> tuple[ProfitGroup, ...]:
    return tuple(sorted(groups, key=lambda group: (-group.realized, group.key)))
