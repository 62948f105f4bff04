"""The sources of PAPER and LIVE: connected vendors in a chain, and the account that is shown.

Building them asks nobody anything, so that Magnus starts without a network and says at each
question what cannot be reached. No mode falls back to another one's data.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final

from connectors.base import Sources
from connectors.imported.account import ImportedAccount
from connectors.paper.account import PaperAccount
from connectors.paper.broker import PaperBroker
from connectors.paper.floor import PaperFloor
from connectors.paper.opening import open_books
from connectors.sources.accounts import BrokerAccount, ChosenAccount, NoAccount, refused_in
from connectors.sources.chain import THREADS, Chain
from connectors.sources.exchanges import ChosenExchange, Wanted
from connectors.sources.lists import ConnectedLists
from connectors.sources.market import ChainedMarket
from connectors.sources.recorded import RecordedVolatility
from connectors.sources.research import ChainedResearch
from connectors.sources.shelf import Circumstances, Shelf, not_connected
from connectors.sources.sweep import Sweep
from connectors.vendors.doors import Doors
from connectors.vendors.ground.door import VendorSource
from mfa.kernel.account import AccountSource
from mfa.kernel.broker import Broker
from mfa.kernel.clock import Clock, RealClock
from mfa.kernel.market import MarketSource
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Failed, FailureKind, Found, Outcome, Provenance
from mfa.kernel.research import ResearchSource
from mfa.kernel.settings import Settings
from mfa.security.vault import Vault
from mfa.store.database import Database
from mfa.store.implied_history import ImpliedHistoryRepository
from mfa.store.imports import ImportRepository
from mfa.store.watchlists import WatchlistRepository

AUTO, PAPER, IMPORTED = "auto", "paper", "imported"
BENCHMARK: Final = "SPY"
"""What stands for the broad market: every vendor has its closes."""
_SHARE: Final = 0.75
"""Of a query's deadline that one question to the chain may take: its own sentence comes first."""
_SCAN: Final = 0.5
"""Of a query's deadline that a scan waits for vendors; the rest is for looking at what is here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What is open of the outside world. `close` it."""

    sources: Sources
    account: ChosenAccount
    paper: PaperBroker
    exchange: ChosenExchange
    shelf: Shelf
    market: ChainedMarket
    research: ChainedResearch
    sweep: Sweep
    threads: ThreadPoolExecutor

    def broker(self) -> Outcome[Broker]:
        """Who takes orders for the account that is shown, or why nobody does."""
        match self.account.current:
            case PaperAccount():
                source = Provenance(source=self.paper.name, as_of=self.sources.clock.now())
                return Found(self.paper, source)
            case BrokerAccount() | NoAccount() as account:
                return account.broker()
            case account:
                return Failed(
                    FailureKind.NOT_SUPPORTED,
                    f"The {account.name} takes no orders. Set 'account' to paper or a broker.",
                )

    def refresh(self) -> None:
        """Somebody connected or disconnected a vendor: it is taken up at once."""
        self.shelf.refresh()
        self.market.forget()
        self.research.forget()
        self.sweep.forget()

    def close(self) -> None:
        self.sweep.close()
        self.exchange.close()
        self.market.close()
        self.threads.shutdown(wait=False, cancel_futures=True)
        self.shelf.close()


def open_shelf(settings: Settings, clock: Clock | None = None) -> Shelf:
    """The vendors as the settings order them, none of them opened. `VaultError` for a bad vault."""
    clock = clock if clock is not None else RealClock()
    circumstances = Circumstances(
        clock=clock,
        deadline=settings.query_deadline * _SHARE,
        order=settings.sources,
        origins=settings.vendor_origins,
    )
    return Shelf(Doors.discover(), Vault(settings.home, clock=clock), circumstances)


def open_outside(database: Database, settings: Settings, clock: Clock | None = None) -> Outside:
    """The sources of this mode. `clock` stands still in tests."""
    clock = clock if clock is not None else RealClock()
    shelf = open_shelf(settings, clock)
    threads = ThreadPoolExecutor(THREADS, thread_name_prefix="source")
    deadline = settings.query_deadline * _SHARE
    recorded = RecordedVolatility(ImpliedHistoryRepository(database), clock, threads)
    nobody = "No vendor is connected that has this. Run `magnus connect`."
    market = ChainedMarket(
        Chain(
            lambda: shelf.links("market", _market), deadline=deadline, threads=threads,
            nobody=nobody,
        ),
        recorded,
    )  # fmt: skip
    research = ChainedResearch(
        Chain(
            lambda: shelf.links("research", _research), deadline=deadline, threads=threads,
            nobody=nobody,
        )
    )  # fmt: skip
    account = ChosenAccount(lambda: _account(database, settings, shelf, market, clock), shelf)
    sweep = Sweep(
        seconds=settings.query_deadline * _SCAN,
        patience=settings.query_deadline * _SHARE,
        has_room=lambda: shelf.has_room("market"),
    )
    exchange = ChosenExchange(
        shelf, database, clock,
        Wanted(mode=settings.mode, exchange=settings.exchange, account=settings.account),
    )  # fmt: skip
    sources = Sources(
        mode=settings.mode,
        clock=clock,
        market=market,
        account=account,
        venue=exchange.venue,
        watchlists=WatchlistRepository(database),
        lists_elsewhere=ConnectedLists(lambda: nullcontext(shelf)),
        research=research,
        benchmark=BENCHMARK,
        market_revision=lambda: "",
        identity=lambda: f"{account.identity}; {' '.join(settings.sources)}",
        sweep=sweep,
    )
    return Outside(
        sources=sources, account=account, exchange=exchange, shelf=shelf, market=market,
        research=research, sweep=sweep, threads=threads,
        paper=PaperBroker(PaperFloor.on(database, market, clock)),
    )  # fmt: skip


def _market(source: VendorSource) -> MarketSource | None:
    return source.market


def _research(source: VendorSource) -> ResearchSource | None:
    return source.research


def _account(
    database: Database, settings: Settings, shelf: Shelf, market: MarketSource, clock: Clock
) -> AccountSource:
    """The account that the settings name. One that cannot be shown in this mode refuses each
    question with a sentence, so that pages still open and the setting can be changed there."""
    named = settings.account
    if named == AUTO:
        named = PAPER if settings.mode is Mode.PAPER else _first_real(shelf)
    if named == PAPER and settings.mode is Mode.LIVE:
        return NoAccount("The paper account is no real account. Set 'account' to your broker.")
    if named == PAPER:
        open_books(database, clock)
        return PaperAccount(database, market, clock)
    if named == IMPORTED:
        return ImportedAccount(ImportRepository(database), settings.user, market, clock)
    return _broker(shelf, named, settings.mode)


def _broker(shelf: Shelf, vendor: str, mode: Mode) -> AccountSource:
    if not vendor:
        return NoAccount(
            "No broker is connected. Run `magnus connect`, or set 'account' to imported."
        )
    door = shelf.doors.doors.get(vendor)
    if door is None or "account" not in door.provides:
        return NoAccount(f"There is no account {vendor!r}. Set 'account' to auto.")
    if vendor not in shelf.connected:
        return NoAccount(not_connected(door), FailureKind.CREDENTIALS)
    return BrokerAccount(shelf, vendor, mode)


def _first_real(shelf: Shelf) -> str:
    """The first connected broker whose account is real; empty without one."""
    for vendor in shelf.connected:
        door = shelf.doors.doors[vendor]
        if "account" not in door.provides:
            continue
        opened = shelf.open(vendor)
        if isinstance(opened, Failed):
            return vendor  # it says itself what is wrong with it
        is_real = opened.account_is_real or door.reads_real_money
        if not refused_in(Mode.LIVE, door.title, is_real=is_real):
            return vendor
    return ""
