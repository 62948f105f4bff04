"""The general backtest: targets, orders and stops of many assets that share one account.

What happens in a bar, in this order, so that nothing looks ahead:

1. The night: borrowing what is sold short and interest on negative cash, at the last close.
2. The open: a margin call closes everything; else targets decided at the last close are traded,
   first what frees money, then what needs it, by number of the asset; then market orders, by
   number.
3. Stops and take profits of the positions that the open left. Beyond the level at the open, they
   fill at the open (a gap), else at the level. Where a bar reaches both, the stop was first.
4. Limit, stop and stop-limit orders, by number, in the same way: at the open where it is better
   (limit) or worse (stop) than the order's price, else at that price. A position that was opened
   here is protected from the next bar on.
5. The close: values, trailing stops (they follow the best price since the entry), margin, the
   sizes of the targets of this bar.

An order sent in bar b is sent at its close and can fill from bar b + 1. Slippage worsens market,
target and stop fills, never limits and take profits. Opening trades are cut to what the account's
margin and the limits allow; closing ones never are. An asset with a NaN price does not trade in
that bar: it keeps its last value, its orders and targets wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from core_numba.arrays import Floats
from core_numba.backtest import layout as at
from core_numba.backtest.layout import (
    FillStatus,
    OrderKind,
    OrderState,
    Source,
    TargetKind,
)
from core_numba.jit.kernel import Kernel
from core_numba.plain.backtest import loop as plain

__all__ = [
    "Account",
    "Bars",
    "FillLog",
    "FillStatus",
    "OrderKind",
    "OrderState",
    "Orders",
    "Result",
    "Source",
    "TargetKind",
    "Terms",
    "Trades",
    "simulate",
    "targets_from_signals",
]

Integers = npt.NDArray[np.int64]

_LOOP: Final = Kernel("backtest.loop", plain.loop)


class Bars(NamedTuple):
    """Prices (bars, assets), or (bars,) of one asset; positive, or NaN where it did not trade."""

    open: npt.ArrayLike
    high: npt.ArrayLike
    low: npt.ArrayLike
    close: npt.ArrayLike


class Orders(NamedTuple):
    """Orders, each sent at the close of its bar; arrays or scalars that broadcast to (k,)."""

    bar: npt.ArrayLike
    asset: npt.ArrayLike
    kind: npt.ArrayLike
    """`OrderKind`."""
    quantity: npt.ArrayLike
    """Signed: positive buys."""
    limit: npt.ArrayLike = np.nan
    stop: npt.ArrayLike = np.nan
    last_bar: npt.ArrayLike = 2**62
    """The last bar in which it can fill; bar + 1 is a day order on daily bars."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Shared by all assets. The default is a cash account."""

    cash: float = 10_000.0
    initial_margin: float = 1.0
    """Equity needed to open, as a part of the gross exposure: 0.5 allows twice the equity."""
    maintenance_margin: float = 0.0
    """Equity below this part of the exposure at a close closes everything at the next open."""
    borrow_rate: float = 0.0
    """Cost of short positions per year, of their value."""
    interest_rate: float = 0.0
    """Cost of negative cash per year."""
    bars_per_year: float = 252.0
    trade_through: bool = False
    """A limit within the bar fills only where the bar went beyond it: a touch does not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Terms of trading and protection; each a scalar or one value an asset."""

    multiplier: npt.ArrayLike = 1.0
    lot: npt.ArrayLike = 0.0
    """Opening sizes are cut to whole lots; 0 allows any fraction."""
    slippage: npt.ArrayLike = 0.0
    """A part of the price, against us."""
    fee_per_order: npt.ArrayLike = 0.0
    fee_per_unit: npt.ArrayLike = 0.0
    fee_rate: npt.ArrayLike = 0.0
    """A part of the turnover."""
    least_fee: npt.ArrayLike = 0.0
    most_units: npt.ArrayLike = np.inf
    most_weight: npt.ArrayLike = np.inf
    """Limits of a position when it is opened: units, and value as a part of the equity."""
    stop_loss: npt.ArrayLike = np.nan
    take_profit: npt.ArrayLike = np.nan
    trailing_stop: npt.ArrayLike = np.nan
    """Parts of the average entry price, or of the best price since; NaN for none."""


class Trades(NamedTuple):
    """One row a round trip, from flat to flat, in order of the exits; open ones last."""

    asset: Integers
    side: Integers
    entry_bar: Integers
    exit_bar: Integers
    """-1 where the position is still open."""
    source: Integers
    """`Source` of the last exit, or the number of its order."""
    quantity: Floats
    """All units that were entered."""
    entry_price: Floats
    """Averages over all entries and all exits, slippage included."""
    exit_price: Floats
    pnl: Floats
    """After fees; of an open one at its last value."""
    fees: Floats
    mae: Floats
    """Worst and best move against and for the average entry, per unit, 0 or more. Of the bar of
    the exit only the exit's price counts, of a bar entered after its open only its close."""
    mfe: Floats

    @property
    def bars(self) -> Integers:
        """Bars from entry to exit; -1 of an open one."""
        return np.where(self.exit_bar < 0, -1, self.exit_bar - self.entry_bar)


class FillLog(NamedTuple):
    """What was asked for and done, in order of time."""

    bar: Integers
    asset: Integers
    source: Integers
    """The number of the order, or `Source`."""
    status: Integers
    """`FillStatus`."""
    quantity: Floats
    """Signed; of a rejected one what was asked for."""
    price: Floats
    fee: Floats


class Result(NamedTuple):
    equity: Floats
    """(bars,) at each close."""
    cash: Floats
    units: Floats
    """(bars, assets) held at each close."""
    trades: Trades
    log: FillLog
    order_state: Integers
    """`OrderState` of each order, in the order they were given."""
    fees: float
    borrow_cost: float
    interest: float


def simulate(
    bars: Bars,
    *,
    targets: npt.ArrayLike | None = None,
    target_kind: TargetKind = TargetKind.WEIGHT,
    orders: Orders | None = None,
    account: Account | None = None,
    terms: Terms | None = None,
) -> Result:
    """Run the account over `bars`; see the head of this module for what a bar is.

    `targets` (bars, assets) are decided at the close of their bar and traded at the next open; NaN
    leaves the position as it is. Weights count on the equity of that close and are cut to lots.
    `ValueError` for shapes that differ, prices that are not positive, and terms out of range.
    """
    rules, prices = account or Account(), _prices(bars)
    count, assets = prices[0].shape
    aims = np.empty((0, assets))
    if targets is not None:
        aims = np.ascontiguousarray(targets, dtype=np.float64).reshape(-1, assets)
        if aims.shape[0] != count or np.isinf(aims).any():
            raise ValueError("`targets` must be finite or NaN, with a row for each bar.")
    sent, places = _orders(orders, assets)
    numbers = sent[0].size
    equity, cash, units = np.empty(count), np.empty(count), np.empty((count, assets))
    state = np.empty(numbers, np.int64)
    totals, counts = np.zeros(3), np.zeros(2, np.int64)
    room_trades, room_log = 64 + numbers + count // 8, 64 + 2 * numbers + count // 4
    while True:
        state[:] = OrderState.WORKING
        trade_whole, trade_real = np.empty((room_trades, 5), np.int64), np.empty((room_trades, 7))
        log_whole, log_real = np.empty((room_log, 4), np.int64), np.empty((room_log, 3))
        _LOOP(
            *prices, aims, int(target_kind), *sent, _rules(rules), _terms(terms or Terms(), assets),
            equity, cash, units, state, trade_whole, trade_real, log_whole, log_real, totals,
            counts,
        )  # fmt: skip
        if counts[0] <= room_trades and counts[1] <= room_log:
            break
        room_trades, room_log = int(counts[0]), int(counts[1])
    order_state = np.empty_like(state)
    order_state[places] = state
    log_whole, log_real = log_whole[: counts[1]], log_real[: counts[1]]
    trade_whole, trade_real = trade_whole[: counts[0]], trade_real[: counts[0]]
    for column in (log_whole[:, at.L_SOURCE], trade_whole[:, at.T_SOURCE]):
        ordered = column >= 0  # numbers as the caller gave them
        column[ordered] = places[column[ordered]]
    return Result(
        equity, cash, units,
        Trades(*trade_whole.T.copy(), *trade_real.T.copy()),
        FillLog(*log_whole.T.copy(), *log_real.T.copy()),
        order_state, *totals.tolist(),
    )  # fmt: skip


def targets_from_signals(
    entries: npt.ArrayLike,
    exits: npt.ArrayLike,
    *,
    short_entries: npt.ArrayLike = False,
    weight: float = 1.0,
) -> Floats:
    """Targets of boolean signals: `weight` at an entry, -`weight` at a short one, 0 at an exit.

    NaN elsewhere, so that a position is not resized while it lasts: a repeated entry says nothing
    new. An exit outweighs an entry in the same bar; both entries at once raise `ValueError`.
    """
    long, left, short = np.broadcast_arrays(
        np.asarray(entries, dtype=bool), np.asarray(exits, dtype=bool),
        np.asarray(short_entries, dtype=bool),
    )  # fmt: skip
    if np.any(long & short):
        raise ValueError("A bar asks for a long and a short position of the same asset.")
    targets = np.full(long.shape, np.nan)
    targets[long], targets[short], targets[left] = weight, -weight, 0.0
    return _changes(targets)


def _changes(targets: Floats) -> Floats:
    """NaN where a target repeats the last one of its asset."""
    rows = np.arange(targets.shape[0]).reshape(-1, *([1] * (targets.ndim - 1)))
    last = np.maximum.accumulate(np.where(np.isnan(targets), -1, rows), axis=0)
    before = np.concatenate([np.full_like(last[:1], -1), last[:-1]])
    known = np.take_along_axis(targets, np.maximum(before, 0), axis=0)
    return np.where((before >= 0) & (known == targets), np.nan, targets)


def _prices(bars: Bars) -> tuple[Floats, Floats, Floats, Floats]:
    arrays = [np.asarray(each, dtype=np.float64) for each in bars]
    shape = arrays[0].shape
    if any(each.shape != shape for each in arrays) or len(shape) not in {1, 2} or 0 in shape:
        raise ValueError("The four prices must have one shape: (bars,) or (bars, assets).")
    o, h, low, c = (np.ascontiguousarray(each.reshape(shape[0], -1)) for each in arrays)
    for each in (o, h, low, c):
        if not np.all((each > 0.0) & (each < np.inf) | np.isnan(each)):
            raise ValueError("Prices must be positive and finite, or NaN where nothing traded.")
    if np.any((h < np.fmax(o, c)) | (low > np.fmin(o, c))):
        raise ValueError("A high lies below, or a low above, the open or the close of its bar.")
    return o, h, low, c


def _orders(
    orders: Orders | None, assets: int
) -> tuple[tuple[Integers, Integers, Integers, Floats, Floats, Floats, Integers], Integers]:
    """The columns of the orders sorted by bar, and where each stood."""
    given = orders or Orders([], [], [], [], [], [], [])
    columns = np.broadcast_arrays(*(np.atleast_1d(each) for each in given))
    bar, asset, kind, last = (columns[i].astype(np.int64) for i in (0, 1, 2, 6))
    quantity, limit, stop = (columns[i].astype(np.float64) for i in (3, 4, 5))
    if np.any((asset < 0) | (asset >= assets) | (bar < 0)):
        raise ValueError("Orders name a bar of 0 or more and an asset that there is.")
    if not np.all((quantity != 0.0) & np.isfinite(quantity)):
        raise ValueError("The quantity of an order is a number other than zero.")
    limited = (kind == OrderKind.LIMIT) | (kind == OrderKind.STOP_LIMIT)
    stopped = (kind == OrderKind.STOP) | (kind == OrderKind.STOP_LIMIT)
    if np.any(limited & ~(limit > 0.0)) or np.any(stopped & ~(stop > 0.0)):
        raise ValueError("Limit orders need a positive limit, stop orders a positive stop.")
    if np.any((kind < 0) | (kind > OrderKind.STOP_LIMIT)):
        raise ValueError("The kind of an order is one of OrderKind.")
    places = np.argsort(bar, kind="stable")
    return (
        bar[places], asset[places], kind[places], quantity[places], limit[places], stop[places],
        last[places],
    ), places  # fmt: skip


def _rules(account: Account) -> Floats:
    if not (account.cash > 0.0 and account.initial_margin > 0.0 and account.bars_per_year > 0.0):
        raise ValueError("Cash, the initial margin and the bars per year must be positive.")
    if not (account.maintenance_margin >= 0.0 and np.isfinite(account.cash)):
        raise ValueError("The maintenance margin is a part of the exposure, 0 or more.")
    rules = np.zeros(6)
    rules[at.CASH], rules[at.INITIAL_MARGIN] = account.cash, account.initial_margin
    rules[at.MAINTENANCE] = account.maintenance_margin
    rules[at.BORROW] = account.borrow_rate / account.bars_per_year
    rules[at.INTEREST] = account.interest_rate / account.bars_per_year
    rules[at.THROUGH] = float(account.trade_through)
    return rules


_NO_LIMIT: Final = 1e300
"""Infinity times an equity of zero would be no number."""


def _terms(terms: Terms, assets: int) -> Floats:
    columns = (
        terms.multiplier, terms.lot, terms.slippage, terms.fee_per_order, terms.fee_per_unit,
        terms.fee_rate, terms.least_fee, terms.most_units, terms.most_weight, terms.stop_loss,
        terms.take_profit, terms.trailing_stop,
    )  # fmt: skip
    table = np.empty((assets, at.TERMS))
    for number, column in enumerate(columns):
        table[:, number] = column
    if not np.all(table[:, : at.STOP_LOSS] >= 0.0) or not np.all(table[:, at.MULTIPLIER] > 0.0):
        raise ValueError("Terms must be zero or positive, and multipliers positive.")
    if not np.all(table[:, [at.SLIPPAGE, at.FEE_RATE]] < 1.0):
        raise ValueError("Slippage and fee rate are parts of the price, below 1.")
    protection = table[:, at.STOP_LOSS :]
    if not np.all((protection > 0.0) | np.isnan(protection)):
        raise ValueError("Stops and take profits are positive parts of the price, or NaN.")
    return np.minimum(table, _NO_LIMIT)
