"""Orders against recorded quotes, compiled; written in the order of the plain one."""

# ruff: noqa: C901, FBT001, PLR0912, PLR0915, PLR0917 - a kernel and its steps take their arrays by position, flags too

from __future__ import annotations

from typing import Any

import numpy as np

from core_numba.jit.exact import called_exactly, compiled_exactly
from core_numba.plain.fills import (
    CANCELLED,
    EXPIRED,
    FEE_UNIT,
    FILLED,
    FOK,
    IMPACT,
    IOC,
    KILLED,
    LATENCY,
    MAKER,
    MULTIPLIER,
    OPEN,
    QUEUE,
    SLIPPAGE,
    TAKER,
    UNKNOWN,
)


@called_exactly
def _fill(
    rules: Any, count: int, number: int, row: int, quantity: float, price: float, maker: bool,
    fill_order: Any, fill_row: Any, fill_quantity: Any, fill_price: Any, fill_fee: Any,
    fill_maker: Any,
) -> int:  # fmt: skip
    if count < fill_order.shape[0]:
        rate = rules[MAKER] if maker else rules[TAKER]
        fill_order[count] = number
        fill_row[count] = row
        fill_quantity[count] = quantity
        fill_price[count] = price
        fill_fee[count] = quantity * rules[FEE_UNIT] + quantity * price * rules[MULTIPLIER] * rate
        fill_maker[count] = maker
    return count + 1


@compiled_exactly(
    "i8(f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], "
    "f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], f8[::1], i8[::1], i8[::1], f8, f8[::1], "
    "i8[::1], f8[::1], i8[::1], i8[::1], f8[::1], f8[::1], f8[::1], b1[::1])"
)
def fills(
    time: Any, bid: Any, ask: Any, bid_size: Any, ask_size: Any, traded_price: Any,
    traded_volume: Any, side: Any, limit: Any, quantity: Any, sent: Any, cancel: Any, expire: Any,
    in_force: Any, order_of: Any, scale: float, rules: Any, state: Any, left: Any, fill_order: Any,
    fill_row: Any, fill_quantity: Any, fill_price: Any, fill_fee: Any, fill_maker: Any,
) -> int:  # fmt: skip
    """Match all orders (`order_of` is their order of arrival); how many fills there were."""
    orders = side.shape[0]
    latency = rules[LATENCY]
    share = rules[QUEUE]
    resting = np.empty(orders, np.int64)
    queue = np.full(orders, UNKNOWN)
    held = 0
    coming = 0
    count = 0
    best_bid = best_ask = np.nan
    shown_bid = shown_ask = bid_left = ask_left = 0.0
    for row in range(time.shape[0]):
        now = time[row]
        kept = 0
        for k in range(held):  # what ended before this row
            number = resting[k]
            if now >= expire[number]:
                state[number] = EXPIRED
            elif now >= cancel[number] + latency:
                state[number] = CANCELLED
            else:
                resting[kept] = number
                kept += 1
        held = kept
        price = traded_price[row]
        volume = traded_volume[row]
        for k in range(held):
            if not volume > 0.0:
                break
            number = resting[k]
            sign = side[number]
            if sign * price < sign * limit[number]:  # through our price: all there was gone
                queue[number] = 0.0
            elif price != limit[number] or queue[number] == UNKNOWN:
                continue
            behind = volume - queue[number]
            queue[number] = max(queue[number] - volume, 0.0)
            done = min(left[number], behind)
            if done > 0.0:
                count = _fill(
                    rules, count, number, row, done, limit[number], True, fill_order, fill_row,
                    fill_quantity, fill_price, fill_fee, fill_maker,
                )  # fmt: skip
                left[number] -= done
                volume -= done
        if not (bid[row] == best_bid and bid_size[row] == shown_bid):
            bid_left = max(0.0, bid_size[row])
        if not (ask[row] == best_ask and ask_size[row] == shown_ask):
            ask_left = max(0.0, ask_size[row])
        best_bid, shown_bid = bid[row], bid_size[row]
        best_ask, shown_ask = ask[row], ask_size[row]
        for k in range(held):
            number = resting[k]
            sign = side[number]
            buys = sign > 0.0
            other = best_ask if buys else best_bid
            if left[number] > 0.0 and sign * other <= sign * limit[number]:
                done = min(left[number], ask_left if buys else bid_left)
                if done > 0.0:
                    if buys:
                        ask_left -= done
                    else:
                        bid_left -= done
                    count = _fill(
                        rules, count, number, row, done, limit[number], True, fill_order, fill_row,
                        fill_quantity, fill_price, fill_fee, fill_maker,
                    )  # fmt: skip
                    left[number] -= done
            best = best_bid if buys else best_ask
            shown = shown_bid if buys else shown_ask
            if limit[number] == best:
                ahead = shown * share if queue[number] == UNKNOWN else min(queue[number], shown)
                queue[number] = max(ahead, 0.0)
            elif sign * best < sign * limit[number]:
                queue[number] = 0.0
        while coming < order_of.shape[0] and sent[order_of[coming]] + latency <= now:
            number = order_of[coming]
            coming += 1
            left[number] = quantity[number]
            if now >= expire[number]:
                state[number] = EXPIRED
                continue
            if now >= cancel[number] + latency:
                state[number] = CANCELLED
                continue
            sign = side[number]
            buys = sign > 0.0
            other = best_ask if buys else best_bid
            size = ask_left if buys else bid_left
            marketable = sign * other <= sign * limit[number]
            if in_force[number] == FOK and not (marketable and size >= left[number]):
                state[number] = KILLED
                continue
            done = min(left[number], size)
            if marketable and done > 0.0:
                impact = scale * rules[IMPACT] * np.sqrt(done)
                paid = other + sign * (rules[SLIPPAGE] + impact * other)
                if sign * paid > sign * limit[number]:
                    paid = limit[number]
                if buys:
                    ask_left -= done
                else:
                    bid_left -= done
                count = _fill(
                    rules, count, number, row, done, paid, False, fill_order, fill_row,
                    fill_quantity, fill_price, fill_fee, fill_maker,
                )  # fmt: skip
                left[number] -= done
            if not left[number] > 0.0:
                state[number] = FILLED
                continue
            if in_force[number] == IOC or np.isinf(limit[number]):
                state[number] = CANCELLED
                continue
            state[number] = OPEN
            best = best_bid if buys else best_ask
            if limit[number] == best:
                queue[number] = max((shown_bid if buys else shown_ask) * share, 0.0)
            elif sign * best < sign * limit[number]:
                queue[number] = 0.0
            resting[held] = number
            held += 1
        kept = 0
        for k in range(held):
            number = resting[k]
            if left[number] > 0.0:
                resting[kept] = number
                kept += 1
            else:
                state[number] = FILLED
        held = kept
    return count
