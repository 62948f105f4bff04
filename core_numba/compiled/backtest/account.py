"""Cash, positions and books of the compiled event loop; the twin of the plain `Account`.

Every expression is written in the order of the plain one, so that both round alike.
"""

# ruff: noqa: PLR0917 - a kernel and its steps take their arrays by position, flags too

from __future__ import annotations

from typing import Any, Final

import numpy as np

from core_numba.backtest import layout as at
from core_numba.jit.exact import called_exactly, inlined_exactly

FILLED: Final = int(at.FillStatus.FILLED)
REDUCED: Final = int(at.FillStatus.REDUCED)
REJECTED: Final = int(at.FillStatus.REJECTED)


@inlined_exactly
def whole_lots(units: float, lot: float) -> float:
    return np.floor(units / lot + at.SLACK) * lot if lot > 0.0 else units


@inlined_exactly
def slipped(price: float, sign: float, part: float) -> float:
    return price * (1.0 + sign * part)


@inlined_exactly
def _value(positions: Any, terms: Any, a: int) -> float:
    units = positions[a, at.P_UNITS]
    return units * terms[a, at.MULTIPLIER] * positions[a, at.P_MARK] if units != 0.0 else 0.0


@inlined_exactly
def equity_of(purse: Any, positions: Any, terms: Any) -> float:
    total = purse[0]
    for a in range(positions.shape[0]):
        total = total + _value(positions, terms, a)
    return float(total)


@inlined_exactly
def gross_of(positions: Any, terms: Any) -> float:
    total = 0.0
    for a in range(positions.shape[0]):
        total = total + abs(_value(positions, terms, a))
    return total


@called_exactly
def _room(
    rules: Any, purse: Any, positions: Any, terms: Any, a: int, closing: float, price: float,
) -> float:  # fmt: skip
    unit = terms[a, at.MULTIPLIER] * price
    equity = equity_of(purse, positions, terms)
    used = gross_of(positions, terms)
    used = used - closing * terms[a, at.MULTIPLIER] * positions[a, at.P_MARK]
    fixed = max(terms[a, at.FEE_ORDER], terms[a, at.FEE_LEAST])
    margin = rules[at.INITIAL_MARGIN]
    each = unit * margin + terms[a, at.FEE_UNIT] + terms[a, at.FEE_RATE] * unit
    units = (equity - margin * used - fixed) / each
    left = abs(positions[a, at.P_UNITS]) - closing
    units = min(units, terms[a, at.MOST_UNITS] - left)
    units = min(units, terms[a, at.MOST_WEIGHT] * equity / unit - left)
    return whole_lots(max(units, 0.0), terms[a, at.LOT])


@called_exactly
def _note(
    counts: Any, log_whole: Any, log_real: Any, bar: int, a: int, source: int, status: int,
    quantity: float, price: float, fee: float,
) -> None:  # fmt: skip
    line = counts[1]
    if line < log_whole.shape[0]:
        log_whole[line, at.L_BAR] = bar
        log_whole[line, at.L_ASSET] = a
        log_whole[line, at.L_SOURCE] = source
        log_whole[line, at.L_STATUS] = status
        log_real[line, at.L_QUANTITY] = quantity
        log_real[line, at.L_PRICE] = price
        log_real[line, at.L_FEE] = fee
    counts[1] += 1


@called_exactly
def record(
    positions: Any, trade_whole: Any, trade_real: Any, counts: Any, a: int, side: float, bar: int,
    source: int, exit_price: float, gain: float,
) -> None:  # fmt: skip
    line = counts[0]
    if line < trade_whole.shape[0]:
        position = positions[a]
        price = position[at.P_ENTRY_VALUE] / position[at.P_ENTERED]
        against = position[at.P_LOWEST] if side > 0.0 else position[at.P_HIGHEST]
        favour = position[at.P_HIGHEST] if side > 0.0 else position[at.P_LOWEST]
        trade_whole[line, at.T_ASSET] = a
        trade_whole[line, at.T_SIDE] = int(side)
        trade_whole[line, at.T_ENTRY] = int(position[at.P_ENTRY])
        trade_whole[line, at.T_EXIT] = bar
        trade_whole[line, at.T_SOURCE] = source
        trade_real[line, at.T_QUANTITY] = position[at.P_ENTERED]
        trade_real[line, at.T_ENTRY_PRICE] = price
        trade_real[line, at.T_EXIT_PRICE] = exit_price
        trade_real[line, at.T_PNL] = gain
        trade_real[line, at.T_FEES] = position[at.P_FEES]
        trade_real[line, at.T_MAE] = max(0.0, side * (price - against))
        trade_real[line, at.T_MFE] = max(0.0, side * (favour - price))
    counts[0] += 1


@called_exactly
def _close(
    positions: Any, terms: Any, trade_whole: Any, trade_real: Any, counts: Any, bar: int, a: int,
    quantity: float, price: float, fee: float, source: int,
) -> None:  # fmt: skip
    position = positions[a]
    side = 1.0 if position[at.P_UNITS] > 0.0 else -1.0
    position[at.P_UNITS] += quantity
    position[at.P_EXITED] += abs(quantity)
    position[at.P_EXIT_VALUE] += abs(quantity) * price
    position[at.P_FEES] += fee
    position[at.P_LOWEST] = min(position[at.P_LOWEST], price)
    position[at.P_HIGHEST] = max(position[at.P_HIGHEST], price)
    if position[at.P_UNITS] == 0.0:
        exit_price = position[at.P_EXIT_VALUE] / position[at.P_EXITED]
        gain = side * (position[at.P_EXIT_VALUE] - position[at.P_ENTRY_VALUE])
        gain = gain * terms[a, at.MULTIPLIER] - position[at.P_FEES]
        record(positions, trade_whole, trade_real, counts, a, side, bar, source, exit_price, gain)


@called_exactly
def _open(position: Any, bar: int, quantity: float, price: float, fee: float) -> None:
    if position[at.P_UNITS] == 0.0:
        position[at.P_ENTRY] = bar
        position[at.P_ENTERED] = position[at.P_ENTRY_VALUE] = 0.0
        position[at.P_EXITED] = position[at.P_EXIT_VALUE] = position[at.P_FEES] = 0.0
        position[at.P_LOWEST] = position[at.P_HIGHEST] = price
        position[at.P_TRAIL] = np.nan
        position[at.P_SINCE_OPEN] = 0.0
    position[at.P_UNITS] += quantity
    position[at.P_ENTERED] += abs(quantity)
    position[at.P_ENTRY_VALUE] += abs(quantity) * price
    position[at.P_FEES] += fee


@called_exactly
def execute(
    rules: Any, purse: Any, totals: Any, positions: Any, terms: Any, trade_whole: Any,
    trade_real: Any, log_whole: Any, log_real: Any, counts: Any, bar: int, a: int, quantity: float,
    price: float, source: int,
) -> int:  # fmt: skip
    """Trade `quantity` (signed) at `price`, as much as there is room for; the fill's status."""
    size = abs(quantity)
    sign = 1.0 if quantity > 0.0 else -1.0
    held = positions[a, at.P_UNITS]
    closing = min(size, abs(held)) if held * sign < 0.0 else 0.0
    opening = size - closing
    if opening > 0.0:
        opening = min(opening, _room(rules, purse, positions, terms, a, closing, price))
    filled = closing + opening
    if not filled > 0.0:
        _note(counts, log_whole, log_real, bar, a, source, REJECTED, quantity, price, 0.0)
        return REJECTED
    status = FILLED if filled == size else REDUCED
    turnover = filled * price * terms[a, at.MULTIPLIER]
    fee = terms[a, at.FEE_ORDER] + terms[a, at.FEE_UNIT] * filled + terms[a, at.FEE_RATE] * turnover
    fee = max(fee, terms[a, at.FEE_LEAST])
    purse[0] = purse[0] - sign * turnover - fee
    totals[at.FEES_PAID] += fee
    _note(counts, log_whole, log_real, bar, a, source, status, sign * filled, price, fee)
    share = fee * closing / filled
    if closing > 0.0:
        _close(
            positions, terms, trade_whole, trade_real, counts, bar, a, sign * closing, price, share,
            source,
        )  # fmt: skip
    if opening > 0.0:
        _open(positions[a], bar, sign * opening, price, fee - share)
    return status


@inlined_exactly
def carry(rules: Any, purse: Any, totals: Any, positions: Any, terms: Any) -> None:
    """The cost of a night: borrowing what was sold short, interest on borrowed cash."""
    for a in range(positions.shape[0]):
        if positions[a, at.P_UNITS] < 0.0:
            cost = -_value(positions, terms, a) * rules[at.BORROW]
            purse[0] -= cost
            totals[at.BORROW_PAID] += cost
    if purse[0] < 0.0:
        cost = -purse[0] * rules[at.INTEREST]
        purse[0] -= cost
        totals[at.INTEREST_PAID] += cost
