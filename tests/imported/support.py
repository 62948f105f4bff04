"""A small desk over imported rows: the plain format in, the pages' answers out.

Prices are steps: the close stated for a day holds until the next one stated. Every answer is asked
over an `ImportedAccount`, and every account that is asked is checked against the identity
equity = deposits + realised + unrealised + dividends - interest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from connectors.base import QueryContext, Result, Sources
from connectors.imported.account import ImportedAccount
from connectors.registry import Registry
from connectors.vendors.files.history import read_history
from mfa.kernel.account import AccountSnapshot
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.clock import FrozenClock
from mfa.kernel.market import DailyClose
from mfa.kernel.mode import Mode
from mfa.kernel.movements import Movement
from mfa.kernel.outcome import Found, Outcome, Provenance
from mfa.kernel.symbols import OptionSymbol
from tests.connectors.conftest import option_quote, stock_quote
from tests.connectors.fakes import Market

HEADER = "date,kind,symbol,quantity,price,fees,amount,memo\n"
NOW = datetime(2026, 6, 30, 20, 30, tzinfo=UTC)
SOURCE = Provenance(source="stated prices", as_of=NOW)


@dataclass
class Kept:
    """Movements in memory where a repository would be."""

    rows: tuple[Movement, ...]

    def movements(self, user: str) -> tuple[Movement, ...]:
        del user
        return self.rows

    def revision(self, user: str) -> str:
        del user
        return str(len(self.rows))


def market(
    prices: Mapping[str, Mapping[str, str]], marks: Mapping[str, str], now: datetime = NOW
) -> Market:
    """`prices` by symbol and day, `marks` USD per share by OCC symbol."""
    found = Market()
    for symbol, steps in prices.items():
        last = list(steps.values())[-1]
        found.quotes[symbol] = Found(stock_quote(symbol, last, last, last), SOURCE)
        stated = sorted((date.fromisoformat(day), Decimal(close)) for day, close in steps.items())
        closes = tuple(
            DailyClose(day=day, close=max(each for each in stated if each[0] <= day)[1])
            for day in exchange_calendar().sessions(stated[0][0], now.date())
        )
        found.closes[symbol] = Found(closes, SOURCE)
    for occ, mark in marks.items():
        option = OptionSymbol.parse(occ)
        found.options[option] = Found(option_quote(option, mark, mark, "100"), SOURCE)
    return found


def movements(rows: str) -> tuple[Movement, ...]:
    """Rows of the plain format, without its header; none may be a problem."""
    history = read_history((HEADER + rows.strip() + "\n").encode())
    assert history.problems == ()
    return tuple(row.movement for row in history.in_time)


class Desk:
    """The account of `rows`, asked as the pages ask."""

    def __init__(
        self,
        rows: str | tuple[Movement, ...],
        prices: Mapping[str, Mapping[str, str]] | None = None,
        marks: Mapping[str, str] | None = None,
        now: datetime = NOW,
    ) -> None:
        kept = Kept(movements(rows) if isinstance(rows, str) else rows)
        self.market = market(prices or {}, marks or {}, now)
        self.account = ImportedAccount(kept, "ada", self.market, FrozenClock(now))
        self._sources = Sources(
            mode=Mode.LIVE, clock=FrozenClock(now), market=self.market, account=self.account
        )

    def ask(self, feature: str, query: str, **params: Any) -> Outcome[Any]:
        declared = Registry.discover(self._sources).find(feature, query)
        method = getattr(declared.connector, declared.query.method)
        outcome: Outcome[Result] = method(
            declared.query.params.model_validate(params), QueryContext(user="ada", mode=Mode.LIVE)
        )
        return outcome

    def found(self, feature: str, query: str, **params: Any) -> Any:
        outcome = self.ask(feature, query, **params)
        assert isinstance(outcome, Found), outcome
        return outcome.value

    def snapshot(self) -> AccountSnapshot:
        outcome = self.account.account()
        assert isinstance(outcome, Found), outcome
        now = outcome.value
        assert now.equity == now.cash + now.positions_value
        parts = now.deposits + now.realized + now.unrealized + now.dividends - now.interest
        assert now.equity == parts, (now.equity, parts)
        return now

    def trades(self, **params: Any) -> list[tuple[str, str, str, Decimal]]:
        """(symbol or option's kind and strike, strategy, reason, realised), first closed first."""
        history = self.found("dashboard", "get_trade_history", **params)
        return [
            (_named(row), row.strategy, row.reason, row.realized) for row in reversed(history.rows)
        ]

    def groups(self, by: str) -> dict[str, tuple[int, int, Decimal]]:
        """(trades, wins, realised) by strategy or symbol, as performance tells it."""
        found = self.found("performance", f"by_{by}")
        return {row.name: (row.trades, row.wins, row.realized) for row in found.rows}

    @property
    def problems(self) -> tuple[str, ...]:
        outcome = self.account.problems()
        assert isinstance(outcome, Found)
        return tuple(each.text for each in outcome.value)


def _named(row: Any) -> str:
    if row.option_type is None:
        return str(row.symbol)
    return f"{row.symbol} {row.strike.normalize():f} {row.option_type.value}"


def usd(text: str) -> Decimal:
    return Decimal(text)
