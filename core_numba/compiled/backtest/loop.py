"""The event loop, compiled: bars, and in each bar its events in the stated order."""

# ruff: noqa: C901, FBT001, PLR0911, PLR0912, PLR0915, PLR0917 - a kernel and its steps take their arrays by position, flags too

from __future__ import annotations

from typing import Any, Final

import numpy as np

from core_numba.backtest import layout as at
from core_numba.compiled.backtest.account import (
    carry,
    equity_of,
    execute,
    gross_of,
    record,
    slipped,
    whole_lots,
)
from core_numba.jit.exact import called_exactly, compiled_exactly

_MARKET: Final = int(at.OrderKind.MARKET)
_STOP: Final = int(at.OrderKind.STOP)
_STOP_LIMIT: Final = int(at.OrderKind.STOP_LIMIT)
_WORKING: Final = int(at.OrderState.WORKING)
_EXPIRED: Final = int(at.OrderState.EXPIRED)
_TARGET: Final = int(at.Source.TARGET)
_STOP_LOSS: Final = int(at.Source.STOP_LOSS)
_TRAILING_STOP: Final = int(at.Source.TRAILING_STOP)
_TAKE_PROFIT: Final = int(at.Source.TAKE_PROFIT)
_MARGIN_CALL: Final = int(at.Source.MARGIN_CALL)
_STILL_OPEN: Final = int(at.Source.STILL_OPEN)
_WEIGHT: Final = int(at.TargetKind.WEIGHT)


@called_exactly
def _protection(position: Any, terms: Any, o: float, high: float, low: float) -> tuple[float, int]:
    """(price or NaN, source) at which a stop or a take profit leaves the position in this bar."""
    side = 1.0 if position[at.P_UNITS] > 0.0 else -1.0
    entry = position[at.P_ENTRY_VALUE] / position[at.P_ENTERED]
    stop = entry * (1.0 - side * terms[at.STOP_LOSS])
    source = _STOP_LOSS
    trail = position[at.P_TRAIL]
    if not np.isnan(trail) and not side * trail <= side * stop:
        stop = trail
        source = _TRAILING_STOP
    take = entry * (1.0 + side * terms[at.TAKE_PROFIT])
    against = low if side > 0.0 else high
    favour = high if side > 0.0 else low
    if side * o <= side * stop:
        return slipped(o, -side, terms[at.SLIPPAGE]), source
    if side * against <= side * stop:
        return slipped(stop, -side, terms[at.SLIPPAGE]), source
    if side * o >= side * take:
        return o, _TAKE_PROFIT
    if side * favour >= side * take:
        return take, _TAKE_PROFIT
    return np.nan, source


@called_exactly
def _reach(
    kind: int, triggered: bool, o: float, high: float, low: float, limit: float, stop: float,
    sign: float, strict: bool,
) -> tuple[float, bool, bool]:  # fmt: skip
    """(price or NaN, whether it slips, triggered) of a buy order; a sale comes with all negated."""
    if kind == _STOP:
        if o >= stop:
            return sign * o, True, True
        if high >= stop:
            return sign * stop, True, True
        return np.nan, True, False
    if kind == _STOP_LIMIT and not triggered:
        if o < stop:
            if high < stop:
                return np.nan, False, False
            if stop <= limit:
                return sign * stop, False, True
            return np.nan, False, True
        triggered = True
    if o <= limit:
        return sign * o, False, triggered
    reached = low < limit if strict else low <= limit
    return sign * limit if reached else np.nan, False, triggered


@called_exactly
def _end_of_bar(position: Any, terms: Any, high: float, low: float, close: float) -> None:
    position[at.P_MARK] = close
    if position[at.P_UNITS] == 0.0:
        return
    best = high if position[at.P_SINCE_OPEN] > 0.0 else close
    worst = low if position[at.P_SINCE_OPEN] > 0.0 else close
    position[at.P_LOWEST] = min(position[at.P_LOWEST], worst)
    position[at.P_HIGHEST] = max(position[at.P_HIGHEST], best)
    if np.isnan(terms[at.TRAILING]):
        return
    trail = position[at.P_TRAIL]
    if position[at.P_UNITS] > 0.0:
        level = position[at.P_HIGHEST] * (1.0 - terms[at.TRAILING])
        position[at.P_TRAIL] = level if np.isnan(trail) else max(trail, level)
    else:
        level = position[at.P_LOWEST] * (1.0 + terms[at.TRAILING])
        position[at.P_TRAIL] = level if np.isnan(trail) else min(trail, level)


@called_exactly
def _wanted(position: Any, terms: Any, target: float, kind: int, equity: float) -> float:
    if kind != _WEIGHT:
        return target
    target = target * equity / (terms[at.MULTIPLIER] * position[at.P_MARK])
    size = whole_lots(abs(target), terms[at.LOT])
    return size if target > 0.0 else -size


@compiled_exactly(
    "void(f8[:, ::1], f8[:, ::1], f8[:, ::1], f8[:, ::1], f8[:, ::1], i8, "
    "i8[::1], i8[::1], i8[::1], f8[::1], f8[::1], f8[::1], i8[::1], f8[::1], f8[:, ::1], "
    "f8[::1], f8[::1], f8[:, ::1], i8[::1], "
    "i8[:, ::1], f8[:, ::1], i8[:, ::1], f8[:, ::1], f8[::1], i8[::1])"
)
def loop(
    opens: Any, highs: Any, lows: Any, closes: Any, targets: Any, target_kind: int, order_bar: Any,
    order_asset: Any, order_kind: Any, order_quantity: Any, order_limit: Any, order_stop: Any,
    order_last: Any, rules: Any, terms: Any, equity: Any, cash: Any, units: Any, order_state: Any,
    trade_whole: Any, trade_real: Any, log_whole: Any, log_real: Any, totals: Any, counts: Any,
) -> None:  # fmt: skip
    """Run all bars. `counts` says how many trades and log lines there were, kept or not."""
    bars, assets = opens.shape
    orders = order_bar.shape[0]
    positions = np.zeros((assets, at.P_COLUMNS))
    positions[:, at.P_MARK] = np.nan
    positions[:, at.P_WANTED] = np.nan
    purse = np.array([rules[at.CASH]])
    totals[:] = 0.0
    counts[:] = 0
    trading = np.empty(assets, np.bool_)
    working = np.empty(orders, np.int64)
    triggered = np.zeros(orders, np.bool_)
    live = 0
    sent = 0
    calling = False
    strict = rules[at.THROUGH] > 0.0
    for bar in range(bars):
        for a in range(assets):  # not while one of its prices is NaN
            prices = opens[bar, a] + highs[bar, a] + lows[bar, a] + closes[bar, a]
            trading[a] = not np.isnan(prices)
        if bar > 0:
            carry(rules, purse, totals, positions, terms)
        while sent < orders and order_bar[sent] < bar:
            working[live] = sent
            live += 1
            sent += 1
        for a in range(assets):
            if trading[a]:
                positions[a, at.P_MARK] = opens[bar, a]
        if calling:
            calling = False
            for a in range(assets):
                positions[a, at.P_WANTED] = np.nan
                held = positions[a, at.P_UNITS]
                if held == 0.0:
                    continue
                if not trading[a]:
                    calling = True
                    continue
                sign = -1.0 if held > 0.0 else 1.0
                price = slipped(opens[bar, a], sign, terms[a, at.SLIPPAGE])
                execute(
                    rules, purse, totals, positions, terms, trade_whole, trade_real, log_whole,
                    log_real, counts, bar, a, -held, price, _MARGIN_CALL,
                )  # fmt: skip
        else:
            for growing in range(2):  # what frees money first, then what needs it
                for a in range(assets):
                    wanted = positions[a, at.P_WANTED]
                    if np.isnan(wanted) or not trading[a]:
                        continue
                    held = positions[a, at.P_UNITS]
                    change = wanted - held
                    if change == 0.0 or (held * change >= 0.0) != (growing == 1):
                        continue
                    sign = 1.0 if change > 0.0 else -1.0
                    price = slipped(opens[bar, a], sign, terms[a, at.SLIPPAGE])
                    execute(
                        rules, purse, totals, positions, terms, trade_whole, trade_real, log_whole,
                        log_real, counts, bar, a, change, price, _TARGET,
                    )  # fmt: skip
                    positions[a, at.P_WANTED] = np.nan
        for each in range(live):
            number = working[each]
            a = order_asset[number]
            if order_kind[number] == _MARKET and trading[a]:
                sign = 1.0 if order_quantity[number] > 0.0 else -1.0
                price = slipped(opens[bar, a], sign, terms[a, at.SLIPPAGE])
                order_state[number] = 1 + execute(
                    rules, purse, totals, positions, terms, trade_whole, trade_real, log_whole,
                    log_real, counts, bar, a, order_quantity[number], price, number,
                )  # fmt: skip
        for a in range(assets):
            held = positions[a, at.P_UNITS]
            positions[a, at.P_SINCE_OPEN] = 1.0 if held != 0.0 else 0.0
            if held != 0.0 and trading[a]:
                price, source = _protection(
                    positions[a], terms[a], opens[bar, a], highs[bar, a], lows[bar, a]
                )
                if not np.isnan(price):
                    execute(
                        rules, purse, totals, positions, terms, trade_whole, trade_real, log_whole,
                        log_real, counts, bar, a, -held, price, source,
                    )  # fmt: skip
        kept = 0
        for each in range(live):
            number = working[each]
            a = order_asset[number]
            if order_state[number] == _WORKING and trading[a]:
                quantity = order_quantity[number]
                o, high, low = opens[bar, a], highs[bar, a], lows[bar, a]
                limit, stop = order_limit[number], order_stop[number]
                sign = 1.0
                if not quantity > 0.0:
                    sign = -1.0
                    o, high, low, limit, stop = -o, -low, -high, -limit, -stop
                price, slips, triggered[number] = _reach(
                    order_kind[number], triggered[number], o, high, low, limit, stop, sign, strict
                )
                if not np.isnan(price):
                    if slips:
                        price = slipped(price, sign, terms[a, at.SLIPPAGE])
                    order_state[number] = 1 + execute(
                        rules, purse, totals, positions, terms, trade_whole, trade_real, log_whole,
                        log_real, counts, bar, a, quantity, price, number,
                    )  # fmt: skip
            if order_state[number] == _WORKING:
                if order_last[number] <= bar:
                    order_state[number] = _EXPIRED
                else:
                    working[kept] = number
                    kept += 1
        live = kept
        for a in range(assets):
            if trading[a]:
                _end_of_bar(positions[a], terms[a], highs[bar, a], lows[bar, a], closes[bar, a])
            units[bar, a] = positions[a, at.P_UNITS]
        equity[bar] = equity_of(purse, positions, terms)
        cash[bar] = purse[0]
        gross = gross_of(positions, terms)
        if gross > 0.0 and equity[bar] < rules[at.MAINTENANCE] * gross:
            calling = True
        if bar < targets.shape[0]:
            for a in range(assets):
                target = targets[bar, a]
                if not np.isnan(target):
                    positions[a, at.P_WANTED] = _wanted(
                        positions[a], terms[a], target, target_kind, equity[bar]
                    )
    for a in range(assets):
        held = positions[a, at.P_UNITS]
        if held != 0.0:
            side = 1.0 if held > 0.0 else -1.0
            value = positions[a, at.P_EXIT_VALUE] + abs(held) * positions[a, at.P_MARK]
            gain = side * (value - positions[a, at.P_ENTRY_VALUE])
            gain = gain * terms[a, at.MULTIPLIER] - positions[a, at.P_FEES]
            record(
                positions, trade_whole, trade_real, counts, a, side, -1, _STILL_OPEN, np.nan, gain,
            )  # fmt: skip
