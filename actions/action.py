"""What an action is: everything that a door, a card, the gate and the audit need, declared once.

A file in `actions/catalogue` defines `Action` values at module level; that is all that joining
takes. An action's function is called by the executor alone, after a person confirmed and every
gate let it pass. It answers with a result and does not raise for what the outside world does;
`InputError` is for what the person gave.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any, Final, Generic, TypeAlias, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from actions.proposal import ActionProposal
from mfa.data.service import DataIntegrationService
from mfa.kernel.broker import Broker
from mfa.kernel.cards import CardFacts, Receipt, ResultStatus
from mfa.kernel.clock import Clock
from mfa.kernel.errors import InputError
from mfa.kernel.figures import Figure
from mfa.kernel.mode import Mode
from mfa.kernel.orders import AssetClass
from mfa.kernel.outcome import Failed, FailureKind, Outcome
from mfa.store.database import Database

ORDER_LIFE: Final = timedelta(minutes=2)
"""How long the card of an order may be confirmed: its quote grows old."""
CARD_LIFE: Final = timedelta(minutes=30)
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{2,39}")

S = TypeVar("S")
P = TypeVar("P", bound="ActionParams")


class ActionType(StrEnum):
    """What kind of effect it has. A halt stops orders; limits are held against them."""

    ORDER = "order"
    """Puts an order into a market: new, closing, rolling or in place of another."""
    CANCEL = "cancel"
    """Takes an order back; possible under a halt."""
    KEEP = "keep"
    """Changes what Magnus keeps for the person: lists, trades, preferences, memory."""
    SYNC = "sync"
    """Takes something over from outside, or gives something to it."""
    SCAN = "scan"
    """Computes and shows."""
    EXPORT = "export"
    """Makes a file."""


class PermissionLevel(IntEnum):
    """Who somebody is, from least to most."""

    PUBLIC = 0
    USER = 1
    VERIFIED = 2
    """A second factor within the last 15 minutes."""
    ADMIN = 3


class RiskClass(StrEnum):
    READ = "read"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


def _spell(minutes: int) -> str:
    """'10 minutes', '24 hours', '7 days'."""
    for length, noun in ((1440, "day"), (60, "hour")):
        if minutes % length == 0 and minutes >= 2 * length:
            return f"{minutes // length} {noun}s"
    return f"{minutes} minutes" if minutes != 1440 else "a day"


@dataclass(frozen=True, slots=True)
class ReversibleFor:
    """The action's own `undo` takes it back within so many minutes."""

    minutes: int

    @property
    def statement(self) -> str:
        return f"It can be undone for {_spell(self.minutes)}."


@dataclass(frozen=True, slots=True)
class CompensatingOrder:
    """What was traded stays traded; `compensate` proposes the opposite, with a card of its own."""

    how: str = "an opposite order at the price of that moment"

    @property
    def statement(self) -> str:
        return f"It cannot be taken back once it is filled; undoing proposes {self.how}."


@dataclass(frozen=True, slots=True)
class NotReversible:
    why: str = ""

    @property
    def statement(self) -> str:
        return f"It cannot be undone{f': {self.why}' if self.why else ''}."


Undoing: TypeAlias = ReversibleFor | CompensatingOrder | NotReversible


class ActionParams(BaseModel):
    """Base of parameter models: immutable; unknown names, NaN and infinity are refused.

    JSON in both directions, because a card is stored and bound: no secret types.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class NoParams(ActionParams):
    """An action that takes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Who asks, through which door. `session` is a session's id, never its token; a door without
    sessions gives an id that lives as long as its process."""

    user: str
    session: str
    door: str
    conversation: UUID | None = None


def no_exchange() -> Outcome[Broker]:
    return Failed(FailureKind.NOT_SUPPORTED, "No exchange of crypto currencies is set up here.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What the composition root hands to actions, built once.

    `clock` is this mode's (practice replays); `broker` gives this mode's broker or says why there
    is none, `exchange` the one of crypto currencies. `services` holds by its type whatever a family
    of actions brings for itself.
    """

    mode: Mode
    clock: Clock
    database: Database
    data: DataIntegrationService
    broker: Callable[[], Outcome[Broker]]
    exchange: Callable[[], Outcome[Broker]] = no_exchange
    services: Mapping[type[Any], object] = field(default_factory=lambda: MappingProxyType({}))

    def broker_of(self, asset: AssetClass) -> Outcome[Broker]:
        """Who takes orders of this class: there is one for each, and none stands in for another."""
        return self.exchange() if asset is AssetClass.CRYPTO else self.broker()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionContext:
    """Handed to an action's functions. `card` is the card that is being carried out, made at
    `made_at` of the real time (both None while one is only being made): ids of orders follow from
    it, so that nothing happens twice."""

    who: Who
    means: Means
    card: UUID | None = None
    made_at: datetime | None = None
    despite_halt: bool = False

    @property
    def user(self) -> str:
        return self.who.user

    @property
    def mode(self) -> Mode:
        return self.means.mode

    @property
    def database(self) -> Database:
        return self.means.database

    def service(self, kind: type[S]) -> S:
        """What the composition root built of that type; `InputError` where it built none."""
        found = self.means.services.get(kind)
        if not isinstance(found, kind):
            raise InputError(f"This cannot be done in {self.mode.badge}.")
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionResult:
    """What came of it. `details` are JSON values kept on the receipt: what undoing needs, ids."""

    message: str
    status: ResultStatus = ResultStatus.DONE
    figures: tuple[Figure, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Action(Generic[P]):
    """One thing that Magnus can do.

    `hourly_limit` is per user and mode. `facts` makes what the card shows (a title from the
    parameters without one); `closes` says whether it only closes, which is what may be asked for
    under a halt; `undo` and `compensate` belong to their kinds of undoing.
    """

    name: str
    kind: ActionType
    permission: PermissionLevel
    params: type[P]
    risk: RiskClass
    description: str
    hourly_limit: int
    undoing: Undoing
    run: Callable[[ActionContext, P], ActionResult]
    needs_card: bool = True
    examples: tuple[str, ...] = ()
    facts: Callable[[ActionContext, P], CardFacts] | None = None
    closes: Callable[[ActionContext, P], bool] | None = None
    undo: Callable[[ActionContext, Receipt], ActionResult] | None = None
    compensate: Callable[[ActionContext, Receipt], ActionProposal] | None = None
    life: timedelta | None = None
    """How long its card may be confirmed; None: two minutes for orders, half an hour for others."""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise TypeError(f"{self.name!r} is no name of an action")
        if not self.description:
            raise TypeError(f"{self.name} has no description")
        if self.hourly_limit < 1:
            raise TypeError(f"{self.name}: an hourly limit is at least 1")
        if (self.undo is not None) != isinstance(self.undoing, ReversibleFor):
            raise TypeError(f"{self.name}: what can be reversed has an undo, and nothing else has")
        if (self.compensate is not None) != isinstance(self.undoing, CompensatingOrder):
            raise TypeError(f"{self.name}: a compensating order comes from 'compensate'")
        if self.kind is ActionType.ORDER and not self.needs_card:
            raise TypeError(f"{self.name}: an order needs a card")
        if self.risk in {RiskClass.MEDIUM, RiskClass.HIGH} and not self.needs_card:
            raise TypeError(f"{self.name}: what risks something needs a card")
        if "writeOnly" in str(self.params.model_json_schema()):  # how a schema marks a SecretStr
            raise TypeError(f"{self.name}: a secret cannot be a parameter; it would be stored")

    @property
    def lifetime(self) -> timedelta:
        if self.life is not None:
            return self.life
        return ORDER_LIFE if self.kind is ActionType.ORDER else CARD_LIFE

    def level_in(self, mode: Mode) -> PermissionLevel:
        """Real money asks for a second factor, whatever else the action asks for."""
        if mode is Mode.LIVE and self.risk is RiskClass.HIGH:
            return max(self.permission, PermissionLevel.VERIFIED)
        return self.permission
