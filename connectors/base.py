"""The contract of a connector: what Magnus can know, declared once per query.

From one declaration come validation, the tool schema for models, the command line, the docs page.
A connector file defines one `DataConnector` subclass; dropping the file into this package is all
that joining takes. Connectors return outcomes and never raise for what the outside world does.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, ClassVar, Final, Self, TypeVar, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict

from connectors.sources.sweep import Sweep
from mfa.kernel.account import AccountSource
from mfa.kernel.clock import Clock
from mfa.kernel.coins import Venue, no_venue
from mfa.kernel.market import MarketSource
from mfa.kernel.memories import MemorySource, NoMemories
from mfa.kernel.mode import Mode
from mfa.kernel.order_book import NoOrders, OrderSource
from mfa.kernel.outcome import Found, Outcome
from mfa.kernel.research import NoResearch, ResearchSource
from mfa.kernel.scans import NoScans, ScanSource
from mfa.kernel.setting_source import SettingsSource, StartedSettings
from mfa.kernel.settings import Settings
from mfa.kernel.stocks import NoStocks, StockSource
from mfa.kernel.watchlists import NoWatchlists, WatchlistSource
from mfa.meaning.search import Meaning

C = TypeVar("C", bound="DataConnector")


class DataSourceType(StrEnum):
    DATABASE = "database"
    EXTERNAL_API = "external_api"
    CACHE = "cache"
    COMPUTED = "computed"
    HYBRID = "hybrid"


@dataclass(frozen=True, slots=True)
class CachePolicy:
    """How long an answer may be served again. `ttl` None means never.

    For `stale` beyond `ttl` an answer is still served, marked stale, while a new one is fetched.
    """

    name: str
    ttl: timedelta | None
    stale: timedelta = timedelta(0)

    @classmethod
    def explicit(cls, ttl: timedelta) -> CachePolicy:
        return cls("explicit", ttl)

    def while_refreshing(self, stale: timedelta) -> CachePolicy:
        """This policy, with `stale` more time during which the old answer stands in."""
        return replace(self, stale=stale)


NO_CACHE: Final = CachePolicy("no_cache", None)
SHORT_TTL: Final = CachePolicy("short_ttl", timedelta(seconds=30))
MEDIUM_TTL: Final = CachePolicy("medium_ttl", timedelta(minutes=5))
LONG_TTL: Final = CachePolicy("long_ttl", timedelta(hours=1))
DAILY: Final = CachePolicy("daily", timedelta(hours=24))


class Dependency(StrEnum):
    """What may change under an answer otherwise than by the passing of time."""

    ACCOUNT = "account"
    MARKET = "market"
    CLOCK = "clock"
    WATCHLISTS = "watchlists"
    SETTINGS = "settings"
    STOCKS = "stocks"
    """The person's own table of companies."""
    MEMORIES = "memories"
    """What a person asked to be remembered."""
    SCANS = "scans"
    """Saved scans and what their runs found."""


EVERYTHING: Final = frozenset(Dependency)
PRICES: Final = frozenset({Dependency.MARKET, Dependency.CLOCK})
HOLDINGS: Final = frozenset({Dependency.ACCOUNT, Dependency.CLOCK})
"""The account's books without a price of the market."""
VALUED_HOLDINGS: Final = HOLDINGS | PRICES


class Params(BaseModel):
    """Base of parameter models: immutable, unknown names, NaN and infinity refused.

    `preferences` names the setting that stands in for a field which a question leaves open.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    preferences: ClassVar[Mapping[str, str]] = MappingProxyType({})

    def preferring(self, settings: Settings) -> Self:
        """These, with the person's own values for what the question did not say."""
        unsaid = {
            name: getattr(settings, setting)
            for name, setting in self.preferences.items()
            if name not in self.model_fields_set
        }
        return self.model_copy(update=unsaid)


class NoParams(Params):
    """A query that takes nothing."""


class Result(BaseModel):
    """Base of result models: immutable. Money fields are `Decimal`, analytics finite floats."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryContext:
    """Who asks. Passed to every query beside its parameters."""

    user: str
    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What the composition root hands to connectors. `market`/`account` are this mode's.

    `benchmark` is the symbol of the broad market whose closes `market` has. `lists_elsewhere` is an
    outside keeper of watchlists that a person connected. `market_revision` changes when the market
    does otherwise than by the passing of time (practice); None: the account's revision says it too.
    Where `market` is asked over a network, `sweep` asks it many things at its pace. `identity`
    names the account and the sources without asking them, so that no kept answer of another
    account is ever shown; None: the account's name is enough. `venue` is the exchange at which
    pairs of crypto currencies are traded now, with an account of its own.
    """

    mode: Mode
    clock: Clock
    market: MarketSource
    account: AccountSource
    watchlists: WatchlistSource = field(default_factory=NoWatchlists)
    lists_elsewhere: WatchlistSource | None = None
    scans: ScanSource = field(default_factory=NoScans)
    orders: OrderSource = field(default_factory=NoOrders)
    stocks: StockSource = field(default_factory=NoStocks)
    research: ResearchSource = field(default_factory=NoResearch)
    settings: SettingsSource = field(default_factory=StartedSettings)
    memories: MemorySource = field(default_factory=NoMemories)
    meaning: Meaning = field(default_factory=lambda: Meaning(local=False))
    venue: Callable[[], Outcome[Venue]] = no_venue
    benchmark: str = "SPX"
    sweep: Sweep | None = None
    market_revision: Callable[[], str] | None = None
    identity: Callable[[], str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One declared query. `method` takes (params, context) and returns an `Outcome`.

    `depends` says which changes make an answer untrue; a `static` answer depends on nothing.
    `last_known`: when its source cannot be asked, an older answer, dated and marked stale, is
    better than none. `changes` is what asking this query changes: it is asked once and never kept.
    """

    name: str
    description: str
    params: type[Params]
    result: type[Result]
    examples: tuple[str, ...]
    cache: CachePolicy
    method: str
    depends: frozenset[Dependency] = EVERYTHING
    last_known: bool = True
    changes: frozenset[Dependency] = frozenset()

    @property
    def static(self) -> bool:
        return not self.depends


_DECLARATION: Final = "__magnus_query__"
Method = TypeVar("Method", bound=Callable[..., Any])


def query(
    *,
    description: str,
    examples: tuple[str, ...],
    cache: CachePolicy,
    depends: Collection[Dependency] = EVERYTHING,
    static: bool = False,
    last_known: bool = True,
    changes: Collection[Dependency] = (),
) -> Callable[[Method], Method]:
    """Declare a connector's method `(self, params, context) -> Outcome[ResultModel]` as a query.

    The models are read from the annotations when the class is made; a method that does not follow
    the shape is a `TypeError` then, not at the first question. `last_known=False` is for answers
    that say whether something is safe or at what price to trade: an old one misleads.
    """
    if changes and cache.ttl is not None:
        raise TypeError("a query that changes something is declared with NO_CACHE")
    declaration = {
        "description": description,
        "examples": examples,
        "cache": cache,
        "depends": frozenset() if static else frozenset(depends),
        "last_known": last_known,
        "changes": frozenset(changes),
    }

    def mark(method: Method) -> Method:
        setattr(method, _DECLARATION, declaration)
        return method

    return mark


class DataConnector:
    """One feature. Subclasses set `name`, `source_type`, `description` and declare queries."""

    name: ClassVar[str]
    description: ClassVar[str]
    source_type: ClassVar[DataSourceType]
    queries: ClassVar[Mapping[str, Query]]

    def __init__(self, sources: Sources) -> None:
        self.sources = sources

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        cls.queries = MappingProxyType({q.name: q for q in _declared(cls)})


def _declared(cls: type[DataConnector]) -> Iterator[Query]:
    for name, member in inspect.getmembers(cls, inspect.isfunction):
        declaration = getattr(member, _DECLARATION, None)
        if declaration is None:
            continue
        hints = get_type_hints(member)
        yield Query(
            name=name,
            params=_params_model(cls, name, hints),
            result=_result_model(cls, name, hints),
            method=name,
            **declaration,
        )


def _params_model(cls: type, name: str, hints: dict[str, Any]) -> type[Params]:
    model = hints.get("params")
    if not (isinstance(model, type) and issubclass(model, Params)):
        raise TypeError(f"{cls.__name__}.{name}: 'params' must be annotated with a Params model")
    return model


def _result_model(cls: type, name: str, hints: dict[str, Any]) -> type[Result]:
    for part in get_args(hints.get("return")):
        if get_origin(part) is Found:
            model = get_args(part)[0]
            if isinstance(model, type) and issubclass(model, Result):
                return model
    raise TypeError(f"{cls.__name__}.{name}: the return type must be Outcome[a Result model]")
