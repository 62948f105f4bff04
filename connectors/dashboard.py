"""The account as a whole: balance, summary, closed trades, profit over a period, equity curve.

A question about a list that has nothing in it is `Absent` with a sentence; one about a sum is
`Found`, with true zeros where nothing happened. What an unreadable part would have added is never
guessed: it is None, or named in `unpriced` and `warnings`.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from connectors.base import (
    HOLDINGS,
    MEDIUM_TTL,
    SHORT_TTL,
    VALUED_HOLDINGS,
    DataConnector,
    DataSourceType,
    NoParams,
    QueryContext,
    query,
)
from connectors.portfolio import curve, trades
from connectors.portfolio.account_results import (
    Balance,
    EquityCurve,
    PositionCounts,
    ProfitLoss,
    Realized,
    Summary,
    TradeHistory,
)
from connectors.portfolio.allocation import allocation
from connectors.portfolio.allocation_results import Allocation
from connectors.portfolio.forecast import BalanceForecast, balance_forecast
from connectors.portfolio.params import ForecastParams, Period, ProfitPeriod, TradeFilter
from connectors.portfolio.profit import profit_loss
from connectors.portfolio.rows import theta_per_day, totals
from connectors.portfolio.valuation import entries, or_empty, value_positions
from mfa.kernel.account import (
    AccountSnapshot,
    ClosedTrade,
    EquityPoint,
    Position,
)
from mfa.kernel.clock import exchange_date
from mfa.kernel.money import ZERO
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome, derived
from mfa.kernel.symbols import OptionType

FORECAST_DAYS = 60
_LOOK_BACK = timedelta(days=14)
"""Longer than the exchange has ever been closed since 1990."""


class Dashboard(DataConnector):
    name = "dashboard"
    description = "The account as a whole: balance, summary, trade history, profit and loss."
    source_type = DataSourceType.HYBRID

    @query(
        description="Cash, value of positions, equity, buying power, collateral and the day's"
        " change.",
        examples=("What's my balance?", "How much buying power do I have?"),
        cache=SHORT_TTL,
        depends=VALUED_HOLDINGS,
    )
    def get_balance(self, params: NoParams, context: QueryContext) -> Outcome[Balance]:
        del params, context
        account = self.sources.account.account()
        if not isinstance(account, Found):
            return account
        return self._balance(account)

    @query(
        description="The account at a glance: balance, realised and unrealised profit, theta a day,"
        " delta dollars, counts of positions, dividends, interest, return since the start.",
        examples=("What's my portfolio status?", "How is my account doing?"),
        cache=SHORT_TTL,
        depends=VALUED_HOLDINGS,
    )
    def get_summary(self, params: NoParams, context: QueryContext) -> Outcome[Summary]:
        del params, context
        account = self.sources.account.account()
        if not isinstance(account, Found):
            return account
        held = or_empty(self.sources.account.positions(), account.provenance)
        if isinstance(held, Failed):
            return held
        closed = self.sources.account.closed_trades()
        unknown: tuple[str, ...] = ()
        if isinstance(closed, Failed):
            if closed.kind is not FailureKind.NOT_SUPPORTED:
                return closed
            unknown = (f"When profit was realised is not known: {closed.message}",)
        balance = self._balance(account)
        valuation = value_positions(self.sources.market, held.value)
        sums = totals(valuation)
        now = account.value
        profit = now.equity - now.deposits
        summary = Summary(
            balance=balance.value,
            realized=_realized(closed, now, self.sources.clock.today()),
            unrealized=now.unrealized,
            dividends=now.dividends,
            interest=-now.interest,
            total_profit=profit,
            return_pct=100.0 * float(profit / now.deposits) if now.deposits > 0 else None,
            theta_per_day=theta_per_day(valuation),
            delta_dollars=sums.delta_dollars,
            counts=_counts(held.value),
            unpriced=valuation.unpriced,
            warnings=balance.value.warnings + unknown + valuation.warnings,
        )
        inputs = (account.provenance, balance.provenance, held.provenance, *valuation.inputs)
        return Found(summary, derived("dashboard.get_summary", *inputs))

    @query(
        description="Closed trades by the date of their closing, with count, win rate, profit,"
        " fees, average, best and worst.",
        examples=(
            "Show me my trade history from last month",
            "My last 10 losing trades",
            "How many AAPL trades did I win this year?",
        ),
        cache=MEDIUM_TTL.while_refreshing(timedelta(minutes=5)),
        depends=HOLDINGS,
    )
    def get_trade_history(
        self, params: TradeFilter, context: QueryContext
    ) -> Outcome[TradeHistory]:
        del context
        closed = self.sources.account.closed_trades(
            start=params.start_date, end=params.end_date, symbol=_only(params.symbols)
        )
        if isinstance(closed, Failed):
            return closed
        matching = trades.matching(entries(closed), params)
        if isinstance(closed, Absent) or not matching:
            return Absent(_no_trades(params))
        return Found(
            trades.history(matching, params),
            derived("dashboard.get_trade_history", closed.provenance),
        )

    @query(
        description="Profit and loss over a period: realised by symbol, strategy and month,"
        " dividends, interest, unrealised now, and the total.",
        examples=(
            "How much did I make this year?",
            "What's my P&L on KO?",
            "How much premium did I collect last month?",
        ),
        cache=SHORT_TTL,
        depends=VALUED_HOLDINGS,
    )
    def get_profit_loss(self, params: ProfitPeriod, context: QueryContext) -> Outcome[ProfitLoss]:
        del context
        return profit_loss(self.sources, params)

    @query(
        description="The account's value at each session's close, up to now.",
        examples=("Show my equity curve", "How has my account grown since March?"),
        cache=SHORT_TTL.while_refreshing(timedelta(seconds=30)),
        depends=VALUED_HOLDINGS,
    )
    def get_equity_curve(self, params: Period, context: QueryContext) -> Outcome[EquityCurve]:
        del context
        points = self.sources.account.equity_curve(start=params.start_date, end=params.end_date)
        if isinstance(points, Failed):
            return points
        account = self.sources.account.account()
        if not isinstance(account, Found):
            return account
        closes = entries(points)
        now = _now_point(account.value, self.sources.clock.today(), closes, params)
        if not closes and now is None:
            return Absent(f"The account has no value on record {params.words}".strip() + ".")
        inputs = (account.provenance, *(() if isinstance(points, Absent) else (points.provenance,)))
        return Found(curve.curve(closes, now), derived("dashboard.get_equity_curve", *inputs))

    @query(
        description="Cash after the expirations ahead: prices unchanged, all assigned, none.",
        examples=("Forecast my balance", "What if everything expires worthless?"),
        cache=SHORT_TTL,
        depends=VALUED_HOLDINGS,
    )
    def get_balance_forecast(
        self, params: ForecastParams, context: QueryContext
    ) -> Outcome[BalanceForecast]:
        del context
        account = self.sources.account.account()
        if not isinstance(account, Found):
            return account
        held = self.sources.account.positions()
        if isinstance(held, Failed):
            return held
        today = self.sources.clock.today()
        end = params.end_date or today + timedelta(days=params.days or FORECAST_DAYS)
        options = [each for each in entries(held) if each.option is not None]
        valuation = value_positions(self.sources.market, options)
        shares = {each.symbol: each.quantity for each in entries(held) if each.option is None}
        value = balance_forecast(valuation, account.value.cash, today=today, end=end, shares=shares)
        if not value.rows:
            return Absent(f"None of your options expires until {end.day} {end:%b %Y}.")
        inputs = [account.provenance, *valuation.inputs]
        return Found(value, derived("dashboard.get_balance_forecast", *inputs))

    @query(
        description="How the account is divided: by kind, symbol, sector and strategy, with cash,"
        " in shares of equity; and what short positions tie up.",
        examples=("What is my allocation?", "How much of my account is in cash?"),
        cache=SHORT_TTL,
        depends=VALUED_HOLDINGS,
    )
    def get_allocation(self, params: NoParams, context: QueryContext) -> Outcome[Allocation]:
        del params, context
        return allocation(self.sources)

    def _balance(self, account: Found[AccountSnapshot]) -> Found[Balance]:
        today = self.sources.clock.today()
        points = self.sources.account.equity_curve(start=today - _LOOK_BACK, end=today)
        if isinstance(points, Failed):
            warning = f"The day's change is not known: {points.message}"
            balance = curve.balance(account.value, None, (warning,))
            return Found(balance, derived("dashboard.get_balance", account.provenance))
        closes = entries(points)
        inputs = (account.provenance, *(() if isinstance(points, Absent) else (points.provenance,)))
        return Found(
            curve.balance(account.value, curve.last_before(closes, today)),
            derived("dashboard.get_balance", *inputs),
        )


def _only(symbols: tuple[str, ...]) -> str | None:
    return symbols[0] if len(symbols) == 1 else None


def _realized(
    closed: Outcome[tuple[ClosedTrade, ...]], now: AccountSnapshot, today: date
) -> Realized:
    if isinstance(closed, Failed):
        return Realized(month_to_date=None, year_to_date=None, total=now.realized)
    by_day = [(exchange_date(trade.closed_at), trade.realized) for trade in entries(closed)]
    month, year = today.replace(day=1), today.replace(month=1, day=1)
    return Realized(
        month_to_date=sum((amount for day, amount in by_day if day >= month), ZERO),
        year_to_date=sum((amount for day, amount in by_day if day >= year), ZERO),
        total=now.realized,
    )


def _counts(positions: tuple[Position, ...]) -> PositionCounts:
    kinds: Counter[tuple[OptionType | None, bool]] = Counter(
        (p.option.option_type if p.option else None, p.quantity > 0) for p in positions
    )
    return PositionCounts(
        total=len(positions),
        stocks=kinds[None, True] + kinds[None, False],
        long_calls=kinds[OptionType.CALL, True],
        short_calls=kinds[OptionType.CALL, False],
        long_puts=kinds[OptionType.PUT, True],
        short_puts=kinds[OptionType.PUT, False],
        contracts=sum(abs(p.quantity) for p in positions if p.option),
    )


def _now_point(
    now: AccountSnapshot, today: date, closes: tuple[EquityPoint, ...], period: Period
) -> EquityPoint | None:
    """The value now, where the period reaches today and today has no close yet."""
    if period.end_date is not None and period.end_date < today:
        return None
    if period.start_date is not None and period.start_date > today:
        return None
    if any(point.day >= today for point in closes):
        return None
    return EquityPoint(day=today, equity=now.equity, cash=now.cash, deposits=now.deposits)


def _no_trades(wanted: TradeFilter) -> str:
    kind = {"winners": "winning ", "losers": "losing "}.get(wanted.outcome or "", "")
    parts = [
        f"No {kind}closed trades",
        f"in {', '.join(wanted.symbols)}" if wanted.symbols else "",
        f"with strategy {wanted.strategy}" if wanted.strategy else "",
        f"that ended as {wanted.reason.value}" if wanted.reason else "",
        wanted.words,
    ]
    return " ".join(part for part in parts if part) + "."
