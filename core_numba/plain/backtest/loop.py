"""The event loop as a reader would want it: an account, positions, and one bar after the other."""

# ruff: noqa: C901, FBT001, PLR0912, PLR0915, PLR0917 - a kernel and its steps take their arrays by position, flags too

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from core_numba.arrays import Floats
from core_numba.backtest import layout as at
from core_numba.backtest.layout import FillStatus, OrderKind, OrderState, Source, TargetKind


@dataclass
class Position:
    """What is held of one asset, and the trade that this position is."""

    terms: list[float]
    units: float = 0.0
    mark: float = math.nan
    wanted: float = math.nan
    entry_bar: int = -1
    entered: float = 0.0
    entry_value: float = 0.0
    exited: float = 0.0
    exit_value: float = 0.0
    fees: float = 0.0
    lowest: float = math.inf
    highest: float = -math.inf
    trail: float = math.nan
    since_open: bool = False

    @property
    def side(self) -> float:
        return 1.0 if self.units > 0.0 else -1.0

    @property
    def price(self) -> float:
        return self.entry_value / self.entered

    @property
    def value(self) -> float:
        return self.units * self.terms[at.MULTIPLIER] * self.mark if self.units else 0.0

    def see(self, price: float) -> None:
        self.lowest = min(self.lowest, price)
        self.highest = max(self.highest, price)

    def follow(self) -> None:
        """The trailing stop goes with the best price since the entry, never back."""
        if self.side > 0.0:
            level = self.highest * (1.0 - self.terms[at.TRAILING])
            self.trail = level if math.isnan(self.trail) else max(self.trail, level)
        else:
            level = self.lowest * (1.0 + self.terms[at.TRAILING])
            self.trail = level if math.isnan(self.trail) else min(self.trail, level)


@dataclass
class Account:
    """Cash, positions and the books of what happened."""

    rules: list[float]
    positions: list[Position]
    trade_whole: Any
    trade_real: Any
    log_whole: Any
    log_real: Any
    cash: float = 0.0
    totals: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    trades: int = 0
    logged: int = 0

    def equity(self) -> float:
        total = self.cash
        for position in self.positions:
            total = total + position.value
        return total

    def gross(self) -> float:
        total = 0.0
        for position in self.positions:
            total = total + abs(position.value)
        return total

    def room(self, position: Position, closing: float, price: float) -> float:
        """Units that may be opened at `price` once `closing` units are closed."""
        terms = position.terms
        unit = terms[at.MULTIPLIER] * price
        equity = self.equity()
        used = self.gross() - closing * terms[at.MULTIPLIER] * position.mark
        fixed = max(terms[at.FEE_ORDER], terms[at.FEE_LEAST])
        margin = self.rules[at.INITIAL_MARGIN]
        each = unit * margin + terms[at.FEE_UNIT] + terms[at.FEE_RATE] * unit
        units = (equity - margin * used - fixed) / each
        left = abs(position.units) - closing
        units = min(units, terms[at.MOST_UNITS] - left)
        units = min(units, terms[at.MOST_WEIGHT] * equity / unit - left)
        return whole_lots(max(units, 0.0), terms[at.LOT])

    def execute(
        self, bar: int, asset: int, quantity: float, price: float, source: int,
    ) -> FillStatus:  # fmt: skip
        """Trade `quantity` (signed) at `price`, as much as there is room for."""
        position = self.positions[asset]
        terms = position.terms
        size = abs(quantity)
        sign = 1.0 if quantity > 0.0 else -1.0
        closing = min(size, abs(position.units)) if position.units * sign < 0.0 else 0.0
        opening = size - closing
        if opening > 0.0:
            opening = min(opening, self.room(position, closing, price))
        filled = closing + opening
        if not filled > 0.0:
            self.note(bar, asset, source, FillStatus.REJECTED, quantity, price, 0.0)
            return FillStatus.REJECTED
        status = FillStatus.FILLED if filled == size else FillStatus.REDUCED
        turnover = filled * price * terms[at.MULTIPLIER]
        fee = terms[at.FEE_ORDER] + terms[at.FEE_UNIT] * filled + terms[at.FEE_RATE] * turnover
        fee = max(fee, terms[at.FEE_LEAST])
        self.cash = self.cash - sign * turnover - fee
        self.totals[at.FEES_PAID] += fee
        self.note(bar, asset, source, status, sign * filled, price, fee)
        share = fee * closing / filled
        if closing > 0.0:
            self.close(bar, asset, sign * closing, price, share, source)
        if opening > 0.0:
            self.open(bar, position, sign * opening, price, fee - share)
        return status

    def open(self, bar: int, position: Position, quantity: float, price: float, fee: float) -> None:
        if position.units == 0.0:
            position.entry_bar = bar
            position.entered = position.entry_value = 0.0
            position.exited = position.exit_value = position.fees = 0.0
            position.lowest = position.highest = price
            position.trail = math.nan
            position.since_open = False
        position.units += quantity
        position.entered += abs(quantity)
        position.entry_value += abs(quantity) * price
        position.fees += fee

    def close(
        self, bar: int, asset: int, quantity: float, price: float, fee: float, source: int,
    ) -> None:  # fmt: skip
        position = self.positions[asset]
        side = position.side
        position.units += quantity
        position.exited += abs(quantity)
        position.exit_value += abs(quantity) * price
        position.fees += fee
        position.see(price)
        if position.units == 0.0:
            exit_price = position.exit_value / position.exited
            gain = side * (position.exit_value - position.entry_value)
            gain = gain * position.terms[at.MULTIPLIER] - position.fees
            self.record(asset, side, bar, source, exit_price, gain)

    def record(
        self, asset: int, side: float, bar: int, source: int, exit_price: float, gain: float,
    ) -> None:  # fmt: skip
        position = self.positions[asset]
        if self.trades < self.trade_whole.shape[0]:
            against = position.lowest if side > 0.0 else position.highest
            favour = position.highest if side > 0.0 else position.lowest
            worst = max(0.0, side * (position.price - against))
            best = max(0.0, side * (favour - position.price))
            self.trade_whole[self.trades] = asset, int(side), position.entry_bar, bar, source
            self.trade_real[self.trades] = (
                position.entered, position.price, exit_price, gain, position.fees, worst, best,
            )  # fmt: skip
        self.trades += 1

    def note(
        self, bar: int, asset: int, source: int, status: int, quantity: float, price: float,
        fee: float,
    ) -> None:  # fmt: skip
        if self.logged < self.log_whole.shape[0]:
            self.log_whole[self.logged] = bar, asset, source, status
            self.log_real[self.logged] = quantity, price, fee
        self.logged += 1


def whole_lots(units: float, lot: float) -> float:
    """`units` >= 0 cut to whole lots; any fraction where the lot is zero."""
    return math.floor(units / lot + at.SLACK) * lot if lot > 0.0 else units


def loop(
    opens: Floats, highs: Floats, lows: Floats, closes: Floats, targets: Floats, target_kind: int,
    order_bar: Any, order_asset: Any, order_kind: Any, order_quantity: Floats, order_limit: Floats,
    order_stop: Floats, order_last: Any, rules: Floats, terms: Floats, equity: Floats, cash: Floats,
    units: Floats, order_state: Any, trade_whole: Any, trade_real: Floats, log_whole: Any,
    log_real: Floats, totals: Floats, counts: Any,
) -> None:  # fmt: skip
    """Run all bars. `counts` says how many trades and log lines there were, kept or not."""
    assets = range(opens.shape[1])
    positions = [Position(row) for row in terms.tolist()]
    account = Account(rules.tolist(), positions, trade_whole, trade_real, log_whole, log_real)
    account.cash = account.rules[at.CASH]
    working: list[int] = []
    triggered = [False] * len(order_bar)
    sent = 0
    calling = False
    for bar in range(opens.shape[0]):
        o, h, low, c = (each[bar].tolist() for each in (opens, highs, lows, closes))
        trades_now = [not math.isnan(o[a] + h[a] + low[a] + c[a]) for a in assets]
        if bar > 0:
            _carry(account)
        while sent < len(order_bar) and order_bar[sent] < bar:
            working.append(sent)
            sent += 1
        for a in assets:
            if trades_now[a]:
                positions[a].mark = o[a]
        if calling:
            _liquidate(account, bar, o, trades_now)
            calling = any(position.units for position in positions)
        else:
            _rebalance(account, bar, o, trades_now)
        for number in working:
            a = int(order_asset[number])
            if order_kind[number] == OrderKind.MARKET and trades_now[a]:
                _fill(account, bar, number, a, order_quantity, o[a], slips=True, state=order_state)
        for a in assets:
            positions[a].since_open = positions[a].units != 0.0
            if trades_now[a] and positions[a].units:
                _protect(account, bar, a, o[a], h[a], low[a])
        for number in working:
            a = int(order_asset[number])
            if order_state[number] == OrderState.WORKING and trades_now[a]:
                quantity = float(order_quantity[number])
                limit, stop = float(order_limit[number]), float(order_stop[number])
                strict = account.rules[at.THROUGH] > 0.0
                kind = int(order_kind[number])
                if quantity > 0.0:
                    price, slips, triggered[number] = _reach(
                        kind, triggered[number], o[a], h[a], low[a], limit, stop, 1.0, strict
                    )
                else:
                    price, slips, triggered[number] = _reach(
                        kind, triggered[number], -o[a], -low[a], -h[a], -limit, -stop, -1.0, strict
                    )
                if not math.isnan(price):
                    _fill(account, bar, number, a, order_quantity, price, slips, order_state)
            if order_state[number] == OrderState.WORKING and order_last[number] <= bar:
                order_state[number] = OrderState.EXPIRED
        working = [number for number in working if order_state[number] == OrderState.WORKING]
        for a in assets:
            if trades_now[a]:
                _end_of_bar(positions[a], h[a], low[a], c[a])
        equity[bar], cash[bar] = account.equity(), account.cash
        units[bar] = [position.units for position in positions]
        gross = account.gross()
        calling = calling or (gross > 0.0 and equity[bar] < account.rules[at.MAINTENANCE] * gross)
        if bar < targets.shape[0]:
            for a, target in enumerate(targets[bar].tolist()):
                if not math.isnan(target):
                    positions[a].wanted = _units(positions[a], target, target_kind, equity[bar])
    for a in assets:
        if positions[a].units:
            position = positions[a]
            value = position.exit_value + abs(position.units) * position.mark
            gain = position.side * (value - position.entry_value)
            gain = gain * position.terms[at.MULTIPLIER] - position.fees
            account.record(a, position.side, -1, Source.STILL_OPEN, math.nan, gain)
    totals[:] = account.totals
    counts[:] = account.trades, account.logged


def _carry(account: Account) -> None:
    """The cost of a night: borrowing what was sold short, interest on borrowed cash."""
    for position in account.positions:
        if position.units < 0.0:
            cost = -position.value * account.rules[at.BORROW]
            account.cash -= cost
            account.totals[at.BORROW_PAID] += cost
    if account.cash < 0.0:
        cost = -account.cash * account.rules[at.INTEREST]
        account.cash -= cost
        account.totals[at.INTEREST_PAID] += cost


def _slipped(price: float, sign: float, part: float) -> float:
    return price * (1.0 + sign * part)


def _liquidate(account: Account, bar: int, opens: list[float], trades_now: list[bool]) -> None:
    for a, position in enumerate(account.positions):
        position.wanted = math.nan
        if position.units and trades_now[a]:
            price = _slipped(opens[a], -position.side, position.terms[at.SLIPPAGE])
            account.execute(bar, a, -position.units, price, Source.MARGIN_CALL)


def _rebalance(account: Account, bar: int, opens: list[float], trades_now: list[bool]) -> None:
    """To the wanted units at the open: what frees money first, then what needs it."""
    for growing in (False, True):
        for a, position in enumerate(account.positions):
            wanted = position.wanted
            if math.isnan(wanted) or not trades_now[a]:
                continue
            change = wanted - position.units
            if change == 0.0 or (position.units * change >= 0.0) != growing:
                continue
            sign = 1.0 if change > 0.0 else -1.0
            price = _slipped(opens[a], sign, position.terms[at.SLIPPAGE])
            account.execute(bar, a, change, price, Source.TARGET)
            position.wanted = math.nan


def _fill(
    account: Account, bar: int, number: int, a: int, quantities: Floats, price: float, slips: bool,
    state: Any,
) -> None:  # fmt: skip
    quantity = float(quantities[number])
    if slips:
        sign = 1.0 if quantity > 0.0 else -1.0
        price = _slipped(price, sign, account.positions[a].terms[at.SLIPPAGE])
    state[number] = account.execute(bar, a, quantity, price, number) + 1


def _protect(account: Account, bar: int, a: int, o: float, high: float, low: float) -> None:
    """Stop loss, trailing stop, take profit. Where a bar reaches both sides, the stop was first."""
    position = account.positions[a]
    side, terms = position.side, position.terms
    stop, source = position.price * (1.0 - side * terms[at.STOP_LOSS]), Source.STOP_LOSS
    if not math.isnan(position.trail) and not side * position.trail <= side * stop:
        stop, source = position.trail, Source.TRAILING_STOP
    take = position.price * (1.0 + side * terms[at.TAKE_PROFIT])
    against, favour = (low, high) if side > 0.0 else (high, low)
    slips = True
    if side * o <= side * stop:
        price = o
    elif side * against <= side * stop:
        price = stop
    elif side * o >= side * take:
        price, source, slips = o, Source.TAKE_PROFIT, False
    elif side * favour >= side * take:
        price, source, slips = take, Source.TAKE_PROFIT, False
    else:
        return
    price = _slipped(price, -side, terms[at.SLIPPAGE]) if slips else price
    account.execute(bar, a, -position.units, price, source)


def _reach(
    kind: int, triggered: bool, o: float, high: float, low: float, limit: float, stop: float,
    sign: float, strict: bool,
) -> tuple[float, bool, bool]:  # fmt: skip
    """(price or NaN, whether it slips, triggered) of a buy order; a sale comes with all negated."""
    if kind == OrderKind.STOP:
        if o >= stop:
            return sign * o, True, True
        return (sign * stop, True, True) if high >= stop else (math.nan, True, False)
    if kind == OrderKind.STOP_LIMIT and not triggered:
        if o < stop:
            if high < stop:
                return math.nan, False, False
            return (sign * stop, False, True) if stop <= limit else (math.nan, False, True)
        triggered = True
    if o <= limit:
        return sign * o, False, triggered
    reached = low < limit if strict else low <= limit
    return (sign * limit if reached else math.nan), False, triggered


def _end_of_bar(position: Position, high: float, low: float, close: float) -> None:
    position.mark = close
    if position.units:
        if position.since_open:
            position.see(high)
            position.see(low)
        else:  # entered within the bar: which part of its range came after is not known
            position.see(close)
        if not math.isnan(position.terms[at.TRAILING]):
            position.follow()


def _units(position: Position, target: float, kind: int, equity: float) -> float:
    if kind == TargetKind.WEIGHT:
        target = target * equity / (position.terms[at.MULTIPLIER] * position.mark)
        if math.isnan(target):  # it has not traded yet
            return target
        size = whole_lots(abs(target), position.terms[at.LOT])
        return size if target > 0.0 else -size
    return target
