"""A small real house for actions: a database, a movable clock, actions that keep lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any, cast

from pydantic import Field

from actions.action import (
    Action,
    ActionContext,
    ActionParams,
    ActionResult,
    ActionType,
    CompensatingOrder,
    Means,
    NotReversible,
    PermissionLevel,
    ReversibleFor,
    RiskClass,
    Who,
)
from actions.desk import ActionDesk
from actions.gates import Limits, Permissions
from actions.proposal import ActionProposal
from actions.registry import ActionRegistry
from connectors.base import Sources
from connectors.registry import Registry
from mfa.data.service import DataIntegrationService
from mfa.kernel.account import AccountSource
from mfa.kernel.cards import Card, CardFacts, Check, Receipt, Verdict
from mfa.kernel.clock import FrozenClock, exchange_date
from mfa.kernel.market import MarketSource
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Failed, FailureKind
from mfa.store.audit import AuditRepository
from mfa.store.database import Database
from mfa.store.watchlists import WatchlistRepository

MOMENT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
ADA = Who(user="ada", session="s-1", door="page")


@dataclass
class Wall:
    """The real time, moved by hand."""

    at: datetime = MOMENT

    def now(self) -> datetime:
        return self.at

    def today(self) -> Any:
        return exchange_date(self.at)

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


class Keep(ActionParams):
    name: str = Field(min_length=1)
    symbols: tuple[str, ...] = ()


class Buy(ActionParams):
    symbol: str
    quantity: int = Field(gt=0)
    closing: bool = False


@dataclass
class Sent:
    """Whatever the sample order sent, in order; a broker's book in one list."""

    orders: list[tuple[str, int]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)
    trouble: Callable[[], None] = lambda: None

    def send(self, symbol: str, quantity: int) -> None:
        self.trouble()
        with self.lock:
            self.orders.append((symbol, quantity))


def _keep(context: ActionContext, params: Keep) -> ActionResult:
    WatchlistRepository(context.database).create(context.user, params.name, params.symbols)
    return ActionResult(message=f"{params.name} is made.", details={"name": params.name})


def _forget(context: ActionContext, receipt: Receipt) -> ActionResult:
    WatchlistRepository(context.database).delete(context.user, receipt.details["name"])
    return ActionResult(message=f"{receipt.details['name']} is gone again.")


def _buy(context: ActionContext, params: Buy) -> ActionResult:
    context.service(Sent).send(params.symbol, params.quantity)
    return ActionResult(
        message=f"{params.quantity} {params.symbol} bought.",
        details={"symbol": params.symbol, "quantity": params.quantity},
    )


def _sell_again(context: ActionContext, receipt: Receipt) -> ActionProposal:
    return ActionProposal(
        action="buy",
        params={"symbol": receipt.details["symbol"], "quantity": 1, "closing": True},
        reason="Undoing what was bought.",
    )


KEEP = Action(
    name="keep_list",
    kind=ActionType.KEEP,
    permission=PermissionLevel.USER,
    params=Keep,
    risk=RiskClass.LOW,
    description="Make a list.",
    hourly_limit=3,
    undoing=ReversibleFor(10),
    needs_card=False,
    run=_keep,
    undo=_forget,
)
CAREFUL = Action(
    name="keep_carefully",
    kind=ActionType.KEEP,
    permission=PermissionLevel.VERIFIED,
    params=Keep,
    risk=RiskClass.MEDIUM,
    description="Make a list, on a card.",
    hourly_limit=1000,
    undoing=NotReversible("it is only a sample"),
    facts=lambda _, params: CardFacts(title=f"List {params.name}", warnings=("Mind it.",)),
    run=_keep,
)
BUY = Action(
    name="buy",
    kind=ActionType.ORDER,
    permission=PermissionLevel.USER,
    params=Buy,
    risk=RiskClass.HIGH,
    description="Buy shares.",
    hourly_limit=1000,
    undoing=CompensatingOrder(),
    closes=lambda _, params: params.closing,
    run=_buy,
    compensate=_sell_again,
)
SAMPLES = ActionRegistry(MappingProxyType({each.name: each for each in (KEEP, CAREFUL, BUY)}))


@dataclass
class Levels:
    """A real, small provider of permissions: levels by session."""

    known: Mapping[str, PermissionLevel]

    def level(self, who: Who) -> PermissionLevel:
        return self.known.get(who.session, PermissionLevel.PUBLIC)


@dataclass
class Most:
    """A real, small limit: so many shares."""

    shares: int = 100

    def checks(
        self, action: Action[Any], params: ActionParams, context: ActionContext
    ) -> tuple[Check, ...]:
        if not isinstance(params, Buy):
            return ()
        refused = params.quantity > self.shares
        return (
            Check(
                name="shares",
                verdict=Verdict.REFUSED if refused else Verdict.PASSED,
                sentence=f"At most {self.shares} shares an order.",
                value=cast("Any", params.quantity),
                bound=cast("Any", self.shares),
            ),
        )


KNOWN = {
    "s-1": PermissionLevel.USER,
    "s-2": PermissionLevel.VERIFIED,
    "s-3": PermissionLevel.ADMIN,
}


@dataclass
class House:
    """A desk over the samples, and what a test wants to move or look at."""

    desk: ActionDesk
    wall: Wall
    sent: Sent
    home: Path
    database: Database

    @classmethod
    def build(
        cls,
        database: Database,
        home: Path,
        *,
        mode: Mode = Mode.PRACTICE,
        permissions: Permissions | None = None,
        limits: Limits | None = None,
        wall: Wall | None = None,
    ) -> House:
        wall, sent = wall or Wall(), Sent()
        desk = ActionDesk.open(
            means(database, mode, sent),
            home=home,
            permissions=permissions if permissions is not None else Levels(KNOWN),
            limits=limits if limits is not None else Most(),
            registry=SAMPLES,
            clock=wall,
        )
        return cls(desk, wall, sent, home, database)

    def buy(self, quantity: int = 2, who: Who = ADA, **more: Any) -> Card:
        """An open card of a sample order."""
        params = {"symbol": "KO", "quantity": quantity, **more}
        return self.desk.cards.propose(ActionProposal(action="buy", params=params), who)

    def told(self) -> list[str]:
        """The kinds of the audit's entries, in order."""
        return [row.kind for row in AuditRepository(self.database, self.wall).rows()]


def means(database: Database, mode: Mode = Mode.PRACTICE, sent: Sent | None = None) -> Means:
    clock = FrozenClock(MOMENT)
    sources = Sources(
        mode=mode,
        clock=clock,
        market=cast("MarketSource", None),
        account=cast("AccountSource", None),
    )
    return Means(
        mode=mode,
        clock=clock,
        database=database,
        data=DataIntegrationService(sources, registry=Registry(MappingProxyType({}))),
        broker=lambda: Failed(FailureKind.NOT_SUPPORTED, "There is no broker here."),
        services={Sent: sent if sent is not None else Sent()},
    )
