"""The composition root: builds everything once, wires it, and takes it down in reverse.

Doors ask for the assistant and for nothing below it. Each mode has sources of its own, and none
falls back to another mode's data.
"""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager, ExitStack, closing, suppress
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Self

from actions.folders import Folders
from connectors.base import Sources
from connectors.coins.floor import PracticeCoinFloor
from connectors.coins.house import CoinHouse, simulated
from connectors.practice.desk import PracticeDesk
from connectors.practice.listings import EXAMPLE_WATCHLISTS
from connectors.practice.pairs import PracticePairs
from connectors.sources.lists import ConnectedLists
from connectors.sources.owned import NOT_YOURS, OwnersAccount, owners_venue
from mfa.acting import Acting, Doors
from mfa.data.service import DataIntegrationService
from mfa.data.shared import SharedAnswers
from mfa.kernel.broker import Broker
from mfa.kernel.clock import Clock
from mfa.kernel.errors import InputError
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Failed, FailureKind, Found, Outcome, Provenance
from mfa.kernel.scope import HOUSE, bound, may_see
from mfa.kernel.settings import Settings, load_settings
from mfa.kernel.watchlists import WatchlistSource
from mfa.language.language import Language
from mfa.language.model_plans import ModelPlanner
from mfa.language.own import own_file
from mfa.language.second_opinion import SecondOpinion
from mfa.llm.choosing import chosen
from mfa.llm.protocol import LanguageModel
from mfa.meaning.search import Meaning
from mfa.security.guard import Guard
from mfa.store.database import Database
from mfa.store.generations import GenerationRepository
from mfa.store.last_known import LastKnownRepository
from mfa.store.memories import MemoryRepository
from mfa.store.order_reading import OrderReader
from mfa.store.scans import ScanRepository
from mfa.store.settings import KeptSettings, SettingRepository
from mfa.store.stocks import StockRepository
from mfa.store.watchlists import WatchlistRepository
from mfa.turns.engine import TurnEngine

if TYPE_CHECKING:
    from connectors.sources.shelf import Shelf
    from mfa.outside import Outside


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistant:
    """Everything a door needs.

    `desk` is the practice desk, None in other modes; `outside` is what is open of the outside
    world, None in practice; `model` is the language model of the settings, None where none is.
    """

    settings: Settings
    database: Database
    desk: PracticeDesk | None
    outside: Outside | None
    data: DataIntegrationService
    language: Language
    model: LanguageModel | None
    engine: TurnEngine
    acting: Acting
    guard: Guard
    clock: Clock
    _closing: ExitStack

    @classmethod
    def open(cls, settings: Settings) -> Self:
        """Build the house. `MagnusError` says what keeps it from standing."""
        with ExitStack() as closing:
            database = closing.enter_context(Database.open(settings))
            started = settings
            settings = started.with_database(SettingRepository(database).all())
            database.belong_to(settings.user)
            guard = Guard.open(database, settings)
            desk, outside, sources = _sources(database, settings, closing)
            coins = _coins(database, desk, outside)
            sources = replace(
                sources, settings=KeptSettings(database, started, settings),
                scans=ScanRepository(database), stocks=StockRepository(database),
                orders=OrderReader(database, settings.mode.schema),
                account=OwnersAccount(sources.account, settings.user),
                venue=owners_venue(coins.venue, settings.user),
            )  # fmt: skip
            sources = replace(
                sources, memories=MemoryRepository(database), meaning=Meaning(settings.home)
            )
            closing.callback(sources.meaning.close)
            data = _data_service(sources, database, settings)
            closing.callback(data.close)
            language = Language.load(own_file(settings.home, settings.user))
            clock = sources.clock
            acting = Acting.open(
                mode=settings.mode, clock=clock, database=database, data=data,
                broker=lambda: (
                    _broker(desk, outside, clock) if may_see(settings.user) else NOT_YOURS.broker()
                ),
                exchange=lambda: (
                    coins.broker() if may_see(settings.user) else NOT_YOURS.broker()
                ),
                permissions=Doors(guard), home=Folders(settings.home),
                user=settings.user,
            )  # fmt: skip
            closing.callback(acting.orders.watch.close)
            model = _language_model(settings, closing)
            engine = TurnEngine(
                database, data, language, deadline=settings.query_deadline,
                second_opinion=SecondOpinion(model=model, language=language) if model else None,
                model_planner=ModelPlanner(model=model) if model else None,
                proposer=acting.maker,
            )  # fmt: skip
            closing.callback(engine.close)
            return cls(
                settings=settings, database=database, desk=desk, outside=outside, data=data,
                language=language, model=model, engine=engine, acting=acting, guard=guard,
                clock=clock,
                _closing=closing.pop_all(),
            )  # fmt: skip

    @property
    def user(self) -> str:
        """Who sits at this thread's door: who signed in, or the installation's own person."""
        there = bound()
        return self.settings.user if there is None or there == HOUSE else there

    def broker(self) -> Outcome[Broker]:
        """Who takes the orders of this mode's account, or why nobody does."""
        return _broker(self.desk, self.outside, self.clock)

    def prewarm(self) -> None:
        """Do now, on this thread, what the first question would otherwise wait for.

        SciPy's functions, which mathematics needs until its compiled bodies are ready (0.2 s, ten
        times that on a busy machine), are imported beside.
        """
        threading.Thread(target=import_module, args=("scipy.special",), daemon=True).start()
        try:
            self.engine.prewarm()
        finally:  # whatever else fails, orders are compared with their brokers
            self.acting.orders.watch.start()

    def close(self) -> None:
        """Stop turns, then data, then the database. May be called again."""
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _broker(desk: PracticeDesk | None, outside: Outside | None, clock: Clock) -> Outcome[Broker]:
    if outside is not None:
        return outside.broker()
    if desk is None:
        return Failed(FailureKind.NOT_SUPPORTED, "Nobody takes orders here.")
    return Found(desk.broker, Provenance(source=desk.broker.name, as_of=clock.now()))


def _coins(database: Database, desk: PracticeDesk | None, outside: Outside | None) -> CoinHouse:
    """Where crypto currencies are traded in this mode."""
    if outside is not None:
        return CoinHouse(outside.exchange.venue, outside.exchange.broker)
    if desk is None:
        nobody = Failed(FailureKind.NOT_SUPPORTED, "Nobody takes orders here.")
        return CoinHouse(lambda: nobody, lambda: nobody)
    market = PracticePairs(desk.seed, desk.clock)
    return simulated(PracticeCoinFloor(market=market, clock=desk.clock), database)


def _language_model(settings: Settings, closing: ExitStack) -> LanguageModel | None:
    """The model of the settings, for what the language does not cover; doctor says more."""
    key = None
    if settings.language_model == "groq":
        from mfa.security.vault import Vault  # noqa: PLC0415 - ciphers, for whoever keeps secrets

        kept = Vault(settings.home).get("groq")
        key = None if kept is None else kept.secret("key")
    model = chosen(settings, key, groq_url=settings.vendor_origins.get("groq"))
    if model is not None:
        closing.callback(model.close)
    return model


def _data_service(
    sources: Sources, database: Database, settings: Settings
) -> DataIntegrationService:
    generations = GenerationRepository(database)
    shared = None
    if settings.redis_url is not None:
        shared = SharedAnswers.open(settings.redis_url, generations.house())
    return DataIntegrationService(
        sources, deadline=settings.query_deadline, generations=generations, shared=shared,
        last_known=LastKnownRepository(database),
    )  # fmt: skip


def _sources(
    database: Database, settings: Settings, closing: ExitStack
) -> tuple[PracticeDesk | None, Outside | None, Sources]:
    """This mode's clock, market and account."""
    if settings.mode is not Mode.PRACTICE:
        from mfa.outside import open_outside  # noqa: PLC0415 - practice starts without it

        outside = open_outside(database, settings)
        closing.callback(outside.close)
        return None, outside, outside.sources
    desk = PracticeDesk.open(database, settings.practice_seed)
    watchlists = WatchlistRepository(database)
    if desk.is_new:
        for name, symbols in EXAMPLE_WATCHLISTS.items():
            with suppress(InputError):  # the person has one of that name
                watchlists.create(settings.user, name, symbols, desk.market.name)
    listings = desk.market.listings()
    if isinstance(listings, Found):  # what practice lists is followed from the start
        StockRepository(database).seed_stocks(settings.user, Mode.PRACTICE.value, listings.value)
    return desk, None, Sources(
        mode=settings.mode, clock=desk.clock, market=desk.market, account=desk.account,
        watchlists=watchlists, lists_elsewhere=_lists_elsewhere(settings),
        market_revision=desk.market_revision,
    )  # fmt: skip


def _lists_elsewhere(settings: Settings) -> WatchlistSource:
    """A connected vendor's lists; nothing of it is loaded or opened before somebody asks."""

    def shelf() -> AbstractContextManager[Shelf]:
        from mfa.outside import open_shelf  # noqa: PLC0415 - practice starts without it

        return closing(open_shelf(settings))

    return ConnectedLists(shelf)


class _Shared:
    """The one assistant of this process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.assistant: Assistant | None = None


_SHARED = _Shared()


def get_assistant(settings: Settings | None = None) -> Assistant:
    """The process-wide assistant, opened by whoever comes first.

    `settings` None means those of environment and file. An opening that failed is tried again by
    the next caller.
    """
    with _SHARED.lock:
        if _SHARED.assistant is None:
            _SHARED.assistant = Assistant.open(
                settings if settings is not None else load_settings()
            )
        return _SHARED.assistant


def close_assistant() -> None:
    """Close the process-wide assistant, if there is one."""
    with _SHARED.lock:
        opened, _SHARED.assistant = _SHARED.assistant, None
    if opened is not None:
        opened.close()
