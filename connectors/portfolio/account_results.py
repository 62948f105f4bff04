"""What the dashboard answers. Money is USD in cents; `_pct` is a number of percent: 12.5 is 12.5 %.

Figures that could not be had are None, never zero.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from pydantic import Field

from connectors.base import Result
from connectors.portfolio.shapes import strategy_label
from mfa.kernel.symbols import OptionSymbol, OptionType


class Balance(Result):
    """The account's money now.

    `day_change` is the change of equity since the last session's close before today, deposits and
    withdrawals taken out; None where there is no such close.
    """

    cash: Decimal
    positions_value: Decimal
    equity: Decimal
    buying_power: Decimal
    collateral: Decimal
    deposits: Decimal
    day_change: Decimal | None
    day_change_pct: float | None
    previous_close_day: date | None
    previous_close_equity: Decimal | None
    warnings: tuple[str, ...]


class Realized(Result):
    """Realised profit after fees by the exchange date of closing; None where the broker does not
    tell when trades were closed."""

    month_to_date: Decimal | None
    year_to_date: Decimal | None
    total: Decimal


class PositionCounts(Result):
    """Positions held, by kind; `contracts` counts option contracts regardless of side."""

    total: int
    stocks: int
    long_calls: int
    short_calls: int
    long_puts: int
    short_puts: int
    contracts: int


class Summary(Result):
    """The account at a glance. `interest` is signed: negative was paid.

    `total_profit` = equity - net deposits = realised + unrealised + dividends + interest;
    `return_pct` is that over net deposits (None without deposits): a simple return, not
    time-weighted. Greeks leave out the positions named in `unpriced` and are None when none of the
    options could be priced. `delta_dollars` is the change of value for a move of 100 % at today's
    delta: position delta times underlying price.
    """

    balance: Balance
    realized: Realized
    unrealized: Decimal
    dividends: Decimal
    interest: Decimal
    total_profit: Decimal
    return_pct: float | None
    theta_per_day: float | None
    delta_dollars: float | None
    counts: PositionCounts
    unpriced: tuple[str, ...]
    warnings: tuple[str, ...]


class TradeRow(Result):
    """One closed round trip. Prices per share; `quantity` as opened, short is negative."""

    id: int
    symbol: str
    instrument: str
    option_type: OptionType | None
    strike: Decimal | None
    expiration: date | None
    strategy: str
    quantity: Decimal = Field(json_schema_extra={"unit": "count"})
    opened_on: date
    closed_on: date
    closed_at: datetime
    days_held: int
    open_price: Decimal
    close_price: Decimal
    fees: Decimal
    realized: Decimal
    reason: str

    @property
    def strategy_label(self) -> str:
        """The account's label as a person reads it."""
        return strategy_label(self.strategy)

    @property
    def description(self) -> str:
        """What was traded, as a trader says it: 'KO 52.5 put 16 Jul 2021'."""
        if self.option_type is None:
            return f"{self.symbol} shares"
        return str(OptionSymbol.parse(self.instrument))


class TradeHistory(Result):
    """Closed trades, latest first, and the sums over all that match (not only the rows shown).

    A trade that made exactly nothing is neither win nor loss; `win_rate_pct` is wins over all.
    `profit_factor` is gross profit over gross loss, None without a loss.
    """

    rows: tuple[TradeRow, ...]
    start_date: date | None
    end_date: date | None
    count: int
    wins: int
    losses: int
    win_rate_pct: float
    total_realized: Decimal
    fees: Decimal
    average: Decimal
    average_win: Decimal | None
    average_loss: Decimal | None
    profit_factor: float | None
    best: TradeRow
    worst: TradeRow


class ProfitGroup(Result):
    """Realised profit of the trades that share `key` (a symbol, a strategy or a 'yyyy-mm')."""

    key: str
    realized: Decimal
    trades: int
    wins: int


class ProfitLoss(Result):
    """Profit over a period. `interest` is signed: negative was paid, in interest or as a charge of
    the account itself (a subscription, not a trade's commission).

    `booked` = realised + dividends + interest, all within the period. `total` also counts the
    change of open positions' value over the period, from the equity curve: it is None for chosen
    symbols unless the period is open at both ends. `unrealized_now` is of positions held now.
    """

    start_date: date | None
    end_date: date | None
    symbols: tuple[str, ...]
    realized: Decimal
    dividends: Decimal
    interest: Decimal
    booked: Decimal
    unrealized_now: Decimal | None
    unrealized_change: Decimal | None
    total: Decimal | None
    trades: int
    wins: int
    losses: int
    by_symbol: tuple[ProfitGroup, ...]
    by_strategy: tuple[ProfitGroup, ...]
    by_month: tuple[ProfitGroup, ...]
    unpriced: tuple[str, ...]
    warnings: tuple[str, ...]


class CurvePoint(Result):
    """Value at a session's close; `at_close` is False for the last point when it is of now.

    `profit` = equity - net deposits.
    """

    day: date
    equity: Decimal
    cash: Decimal
    deposits: Decimal
    profit: Decimal
    at_close: bool


class EquityCurve(Result):
    """Ascending points. `change` is last profit - first profit; the drawdown is of equity."""

    points: tuple[CurvePoint, ...]
    change: Decimal
    highest: Decimal
    lowest: Decimal
    max_drawdown_pct: float
