"""The words and columns that the event loop and its callers share."""

from __future__ import annotations

from enum import IntEnum
from typing import Final


class OrderKind(IntEnum):
    MARKET = 0
    LIMIT = 1
    STOP = 2
    STOP_LIMIT = 3


class TargetKind(IntEnum):
    """What a target says: a signed part of the equity, or a signed number of units."""

    WEIGHT = 0
    UNITS = 1


class Source(IntEnum):
    """Who asked for a fill. Zero and above is the number of an order."""

    TARGET = -1
    STOP_LOSS = -2
    TRAILING_STOP = -3
    TAKE_PROFIT = -4
    MARGIN_CALL = -5
    STILL_OPEN = -6
    """Of a trade: nobody, it is open after the last bar."""


class FillStatus(IntEnum):
    """What became of what was asked for."""

    FILLED = 0
    REDUCED = 1
    """Buying power or a position limit left room for less."""
    REJECTED = 2
    """They left room for nothing."""


class OrderState(IntEnum):
    """Where an order ended."""

    WORKING = 0
    """Still in the market after the last bar, or never sent within the bars."""
    FILLED = 1
    REDUCED = 2
    REJECTED = 3
    EXPIRED = 4


# Columns of `account`.
CASH: Final = 0
INITIAL_MARGIN: Final = 1
MAINTENANCE: Final = 2
BORROW: Final = 3
INTEREST: Final = 4
THROUGH: Final = 5

# Columns of `terms`, one row an asset.
MULTIPLIER: Final = 0
LOT: Final = 1
SLIPPAGE: Final = 2
FEE_ORDER: Final = 3
FEE_UNIT: Final = 4
FEE_RATE: Final = 5
FEE_LEAST: Final = 6
MOST_UNITS: Final = 7
MOST_WEIGHT: Final = 8
STOP_LOSS: Final = 9
TAKE_PROFIT: Final = 10
TRAILING: Final = 11
TERMS: Final = 12

# Columns of the trades: whole numbers, then reals.
T_ASSET, T_SIDE, T_ENTRY, T_EXIT, T_SOURCE = range(5)
T_QUANTITY, T_ENTRY_PRICE, T_EXIT_PRICE, T_PNL, T_FEES, T_MAE, T_MFE = range(7)
# Columns of the log: whole numbers, then reals.
L_BAR, L_ASSET, L_SOURCE, L_STATUS = range(4)
L_QUANTITY, L_PRICE, L_FEE = range(3)
# Columns of the compiled loop's positions, one row an asset.
(
    P_UNITS, P_MARK, P_WANTED, P_ENTRY, P_ENTERED, P_ENTRY_VALUE, P_EXITED, P_EXIT_VALUE, P_FEES,
    P_LOWEST, P_HIGHEST, P_TRAIL, P_SINCE_OPEN, P_COLUMNS,
) = range(14)  # fmt: skip
# What `totals` holds after the run.
FEES_PAID, BORROW_PAID, INTEREST_PAID = range(3)

SLACK: Final = 1e-9
"""A quantity this part of a lot below a whole lot counts as whole: 0.1 + 0.2 is three tenths."""
