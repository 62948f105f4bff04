"""A small account and market in memory, with figures that one can work out on paper.

On Tuesday 15 June 2021, 10:30 in New York, it holds:

- 2 short KO 16 Jul 52.5 puts, sold for 0.80 less 1.30 of fees: basis -(160.00 - 1.30) = -158.70;
- 100 AAPL bought at 130.00, and 1 short AAPL 18 Jun 125 call, sold for 3.00 less 0.65: -299.35;
- a PEP call calendar: 1 short 16 Jul 145 call (2.00 less 0.65: -199.35) against
  1 long 20 Aug 145 call (3.50 plus 0.65: 350.65).

Values at the midpoints: KO -2 x 100 x 0.55 = -110.00; AAPL 100 x 130.00 = 13,000.00; its call
-510.00; PEP -150.00 and +340.00. Together 12,570.00 against a basis of 12,693.25:
unrealised -123.25. With 87,000.00 cash, equity is 99,570.00.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from connectors.base import QueryContext, Result, Sources
from connectors.registry import Registry
from mfa.kernel.account import (
    AccountSnapshot,
    ClosedTrade,
    CloseReason,
    EntryKind,
    EquityPoint,
    LedgerEntry,
    Position,
)
from mfa.kernel.clock import FrozenClock
from mfa.kernel.market import (
    OptionQuote,
    Quote,
)
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Found, Outcome, Provenance
from mfa.kernel.research import NoResearch, ResearchSource
from mfa.kernel.scans import NoScans, ScanSource
from mfa.kernel.setting_source import SettingsSource, StartedSettings
from mfa.kernel.stocks import NoStocks, StockSource
from mfa.kernel.symbols import OptionSymbol, OptionType
from mfa.kernel.watchlists import NoWatchlists, WatchlistSource
from tests.connectors.fakes import MARKET, NOW, Account, Market

ACCOUNT = Provenance(source="fake account", as_of=NOW)


def at(month: int, day: int) -> datetime:
    return datetime(2021, month, day, 15, tzinfo=UTC)


def option(root: str, month: int, day: int, strike: str, kind: str) -> OptionSymbol:
    return OptionSymbol(root, date(2021, month, day), OptionType(kind), Decimal(strike))


KO_PUT = option("KO", 7, 16, "52.5", "put")
AAPL_CALL = option("AAPL", 6, 18, "125", "call")
PEP_NEAR = option("PEP", 7, 16, "145", "call")
PEP_FAR = option("PEP", 8, 20, "145", "call")


def position(  # noqa: PLR0917 - a table of positions reads best so
    symbol: str,
    quantity: int,
    price: str,
    basis: str,
    opened: datetime,
    strategy: str,
    contract: OptionSymbol | None = None,
) -> Position:
    return Position(
        symbol=symbol,
        option=contract,
        quantity=Decimal(quantity),
        average_price=Decimal(price),
        cost_basis=Decimal(basis),
        opened_at=opened,
        strategy=strategy,
    )


def option_quote(
    contract: OptionSymbol, bid: str, ask: str, spot: str, **model: float
) -> OptionQuote:
    values = {"implied_volatility": 0.2, "delta": 0.0, "gamma": 0.0, "theta": 0.0, "vega": 0.0}
    return OptionQuote(
        option=contract,
        bid=Decimal(bid),
        ask=Decimal(ask),
        last=Decimal(bid),
        underlying_price=Decimal(spot),
        open_interest=100,
        volume=10,
        as_of=NOW,
        **(values | model),
    )


def stock_quote(symbol: str, bid: str, ask: str, previous: str) -> Quote:
    return Quote(
        symbol=symbol,
        bid=Decimal(bid),
        ask=Decimal(ask),
        last=(Decimal(bid) + Decimal(ask)) / 2,
        previous_close=Decimal(previous),
        volume=1_000,
        as_of=NOW,
    )


def trade(number: int, symbol: str, closed: datetime, realized: str, **more: Any) -> ClosedTrade:
    facts: dict[str, Any] = {
        "option": None,
        "strategy": "stock",
        "quantity": 100,
        "opened_at": at(5, 3),
        "open_price": Decimal("10.00"),
        "close_price": Decimal("11.00"),
        "fees": Decimal("1.30"),
        "reason": CloseReason.TRADE,
    }
    return ClosedTrade(
        id=number, symbol=symbol, closed_at=closed, realized=Decimal(realized), **(facts | more)
    )


def entry(
    number: int, when: datetime, kind: EntryKind, amount: str, symbol: str | None = None
) -> LedgerEntry:
    return LedgerEntry(
        id=number, at=when, kind=kind, symbol=symbol, amount=Decimal(amount), memo=""
    )


def snapshot(**changes: Any) -> Found[AccountSnapshot]:
    return Found(
        AccountSnapshot(
            account_id="FAKE",
            cash=Decimal("87000.00"),
            positions_value=Decimal("12570.00"),
            equity=Decimal("99570.00"),
            buying_power=Decimal("76500.00"),
            collateral=Decimal("10500.00"),
            deposits=Decimal("100000.00"),
            realized=Decimal("-327.25"),
            unrealized=Decimal("-123.25"),
            dividends=Decimal("22.00"),
            interest=Decimal("1.50"),
            as_of=NOW,
            **changes,
        ),
        ACCOUNT,
    )


class Desk:
    """The account and market of the docstring; tests change what they are about."""

    def __init__(self) -> None:
        self.now = NOW
        self.watchlists: WatchlistSource = NoWatchlists()
        self.scans: ScanSource = NoScans()
        self.stocks: StockSource = NoStocks()
        self.research: ResearchSource = NoResearch()
        self.elsewhere: WatchlistSource | None = None
        self.settings: SettingsSource = StartedSettings()
        self.market = Market(
            quotes={
                "AAPL": Found(stock_quote("AAPL", "129.90", "130.10", "128.50"), MARKET),
                "KO": Found(stock_quote("KO", "54.99", "55.01", "55.50"), MARKET),
            },
            options={
                KO_PUT: Found(
                    option_quote(KO_PUT, "0.50", "0.60", "55.00", delta=-0.25, theta=-0.02), MARKET
                ),
                AAPL_CALL: Found(
                    option_quote(AAPL_CALL, "5.00", "5.20", "130.00", delta=0.85, theta=-0.08),
                    MARKET,
                ),
                PEP_NEAR: Found(
                    option_quote(PEP_NEAR, "1.45", "1.55", "142.00", delta=0.30, theta=-0.05),
                    MARKET,
                ),
                PEP_FAR: Found(
                    option_quote(PEP_FAR, "3.35", "3.45", "142.00", delta=0.40, theta=-0.03),
                    MARKET,
                ),
            },
        )
        self.account = Account(
            snapshot=snapshot(),
            held=Found(
                (
                    position("KO", -2, "0.80", "-158.70", at(6, 1), "csp", KO_PUT),
                    position("AAPL", 100, "130.00", "13000.00", at(5, 21), "wheel"),
                    position("AAPL", -1, "3.00", "-299.35", at(6, 1), "covered_call", AAPL_CALL),
                    position("PEP", -1, "2.00", "-199.35", at(6, 7), "call_calendar", PEP_NEAR),
                    position("PEP", 1, "3.50", "350.65", at(6, 7), "call_calendar", PEP_FAR),
                ),
                ACCOUNT,
            ),
            trades=Found(
                (
                    trade(1, "KO", at(5, 10), "120.00", strategy="csp"),
                    trade(
                        2, "AAPL", at(5, 21), "85.35", strategy="csp", reason=CloseReason.ASSIGNED
                    ),
                    trade(3, "AMD", at(6, 4), "-532.60"),
                ),
                ACCOUNT,
            ),
            entries=Found(
                (
                    entry(1, at(5, 3), EntryKind.DEPOSIT, "100000.00"),
                    entry(2, at(6, 1), EntryKind.DIVIDEND, "22.00", "AAPL"),
                    entry(3, at(6, 10), EntryKind.INTEREST, "-1.50"),
                ),
                ACCOUNT,
            ),
            points=Found(
                tuple(
                    EquityPoint(
                        day=day,
                        equity=Decimal(equity),
                        cash=Decimal("87000.00"),
                        deposits=Decimal(100000),
                    )
                    for day, equity in (
                        (date(2021, 5, 3), "100000.00"),
                        (date(2021, 5, 28), "100050.00"),
                        (date(2021, 6, 14), "99700.00"),
                    )
                ),
                ACCOUNT,
            ),
        )

    @property
    def positions(self) -> tuple[Position, ...]:
        assert isinstance(self.account.held, Found)
        return self.account.held.value

    def hold(self, *positions: Position) -> None:
        self.account.held = Found(positions, ACCOUNT)

    def snapshot(self, **changes: Any) -> None:
        self.account.snapshot = snapshot().map(lambda now: replace(now, **changes))

    def ask(self, feature: str, query: str, **params: Any) -> Outcome[Any]:
        """The connector's own answer, without cache or threads."""
        sources = Sources(
            mode=Mode.PRACTICE, clock=FrozenClock(self.now), market=self.market,
            account=self.account, watchlists=self.watchlists, lists_elsewhere=self.elsewhere,
            research=self.research, scans=self.scans, stocks=self.stocks, settings=self.settings,
        )  # fmt: skip
        declared = Registry.discover(sources).find(feature, query)
        method = getattr(declared.connector, declared.query.method)
        outcome: Outcome[Result] = method(
            declared.query.params.model_validate(params),
            QueryContext(user="local", mode=Mode.PRACTICE),
        )
        return outcome

    def found(self, feature: str, query: str, **params: Any) -> Any:
        """The value of an answer that must be there."""
        outcome = self.ask(feature, query, **params)
        assert isinstance(outcome, Found), outcome
        return outcome.value


@pytest.fixture
def desk() -> Desk:
    return Desk()
