"""Every vendor's adapter over its loopback server, behind one face for the conformance suite."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from pydantic import SecretStr

from connectors.vendors.alpaca.access import AlpacaAccess, AlpacaKeys
from connectors.vendors.alpaca.account import AlpacaAccount
from connectors.vendors.alpaca.market import AlpacaMarket
from connectors.vendors.ground.health import SourceHealth
from connectors.vendors.robinhood.access import RobinhoodAccess, RobinhoodKeys
from connectors.vendors.robinhood.account import RobinhoodAccount
from connectors.vendors.robinhood.market import RobinhoodMarket
from connectors.vendors.robinhood.names import Names
from connectors.vendors.robinhood.research import RobinhoodResearch
from connectors.vendors.robinhood.tokens import Tokens
from connectors.vendors.tradier.access import TradierAccess, TradierKeys
from connectors.vendors.tradier.account import TradierAccount
from connectors.vendors.tradier.market import TradierMarket
from connectors.vendors.yahoo.access import YahooAccess
from connectors.vendors.yahoo.market import YahooMarket
from mfa.kernel.account import AccountSource
from mfa.kernel.clock import FrozenClock
from mfa.kernel.market import MarketSource
from mfa.kernel.metrics import Metrics
from mfa.kernel.outcome import Outcome
from mfa.kernel.research import ResearchSource
from mfa.kernel.symbols import OptionSymbol
from tests.servers import alpaca, robinhood, tradier, yahoo
from tests.servers.base import FakeServer

DEADLINE: Final = 0.7
"""Seconds for a vendor that says nothing: the test waits so long."""
PATIENCE: Final = 3.0
"""Seconds for a vendor that answers: a busy machine may need them, and less than Retry-After."""
OPTION: Final = OptionSymbol.parse("KO261218C00070000")
DAY: Final = date(2026, 11, 19)
Question = Callable[[], Outcome[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """One vendor: its server, its adapters and how it is."""

    server: FakeServer
    market: MarketSource
    research: ResearchSource
    account: AccountSource | None
    health: Callable[[], SourceHealth]

    def priced(self) -> dict[str, Question]:
        """Questions whose answers hold prices."""
        return {
            "quote": lambda: self.market.quote("KO"),
            "option_quote": lambda: self.market.option_quote(OPTION),
            "chain": lambda: self.market.chain("KO", OPTION.expiration),
            "option_table": lambda: self.market.option_table(
                "KO", first=date(2026, 12, 1), last=date(2026, 12, 31)
            ),
            "daily_closes": lambda: self.market.daily_closes("KO", DAY, DAY),
            "bars": lambda: self.research.bars("KO", DAY, DAY),
        }

    def questions(self) -> dict[str, Question]:
        """Everything that can be asked."""
        every: dict[str, Question] = {
            **self.priced(),
            "listings": self.market.listings,
            "expirations": lambda: self.market.expirations("KO"),
            "dividends": lambda: self.market.dividends("KO", date(2026, 9, 1), DAY),
            "earnings": lambda: self.market.earnings("KO", DAY, date(2027, 3, 1)),
            "implied_volatilities": lambda: self.market.implied_volatilities("KO", DAY, DAY),
            "next_earnings": lambda: self.market.next_earnings("KO"),
            "fundamentals": lambda: self.research.fundamentals("KO"),
            "news": lambda: self.research.news("KO"),
        }
        account = self.account
        if account is None:
            return every
        return {
            **every,
            "account": account.account,
            "positions": account.positions,
            "closed_trades": account.closed_trades,
            "ledger": account.ledger,
            "equity_curve": account.equity_curve,
        }


@contextmanager
def _tradier(deadline: float) -> Iterator[House]:
    clock = FrozenClock(tradier.NOW)
    with tradier.TradierServer() as server:
        keys = TradierKeys(token=SecretStr(tradier.TOKEN), account=tradier.ACCOUNT, sandbox=False)
        access = TradierAccess(
            keys, clock=clock, base_url=server.url, deadline=deadline, metrics=Metrics()
        )
        market = TradierMarket(access)
        yield House(
            server=server,
            market=market,
            research=market,
            account=TradierAccount(access, clock=clock),
            health=access.gate.health,
        )
        access.close()


@contextmanager
def _alpaca(deadline: float) -> Iterator[House]:
    clock = FrozenClock(alpaca.NOW)
    with alpaca.AlpacaServer() as server:
        access = AlpacaAccess(
            AlpacaKeys(key=SecretStr(alpaca.KEY), secret=SecretStr(alpaca.SECRET)),
            clock=clock,
            data_url=server.url,
            trading_url=server.url,
            deadline=deadline,
            metrics=Metrics(),
        )
        market = AlpacaMarket(access)
        yield House(
            server=server,
            market=market,
            research=market,
            account=AlpacaAccount(access, clock=clock),
            health=access.gate.health,
        )
        access.close()


@contextmanager
def _yahoo(deadline: float) -> Iterator[House]:
    with yahoo.YahooServer() as server:
        access = YahooAccess(
            clock=FrozenClock(yahoo.NOW), origin=server.url, deadline=deadline, metrics=Metrics()
        )
        market = YahooMarket(access)
        yield House(
            server=server, market=market, research=market, account=None, health=access.gate.health
        )
        access.close()


@contextmanager
def _robinhood(deadline: float) -> Iterator[House]:
    clock = FrozenClock(robinhood.NOW)
    with robinhood.RobinhoodServer() as server:
        tokens = Tokens(access=SecretStr(server.access), refresh=SecretStr(server.refresh))
        access = RobinhoodAccess(
            RobinhoodKeys(tokens=tokens),
            clock=clock,
            origin=server.url,
            deadline=deadline,
            metrics=Metrics(),
        )
        names = Names(access)
        research = RobinhoodResearch(access, names)
        yield House(
            server=server,
            market=RobinhoodMarket(access, names, research),
            research=research,
            account=RobinhoodAccount(access, names, clock=clock),
            health=access.gate.health,
        )
        access.close()


HOUSES: Final = {"tradier": _tradier, "alpaca": _alpaca, "yahoo": _yahoo, "robinhood": _robinhood}
