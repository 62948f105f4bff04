"""Acting, wired: the desk of actions, the desk of orders, and the maker of cards for turns.

The engine of turns is handed the maker alone, which can propose and nothing else. What confirms is
for doors at which a person acts.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID, uuid4, uuid5

from actions.action import (
    CompensatingOrder,
    Means,
    NotReversible,
    PermissionLevel,
    ReversibleFor,
    Who,
    no_exchange,
)
from actions.desk import ActionDesk
from actions.folders import Folders
from actions.gates import Permissions
from actions.halt import Halt
from actions.limits.held import OrderLimits
from actions.orders.desk import OrderDesk
from actions.proposal import ActionProposal
from actions.proposing import BESIDES, FLATTEN, UNDO, Asked, proposals
from actions.proposing.flatten import flatten
from actions.proposing.orders import despite_halt
from actions.registry import ActionRegistry
from actions.undo import Undoing
from mfa.answers.blocks import Block, CardBlock, NoticeBlock, Offer
from mfa.data.service import DataIntegrationService
from mfa.kernel.broker import Broker
from mfa.kernel.cards import Card, CardState
from mfa.kernel.clock import Clock, RealClock
from mfa.kernel.errors import InputError
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Found, Outcome
from mfa.security.guard import Guard
from mfa.store.database import Database
from mfa.turns.commands import COMMAND
from mfa.turns.proposing import Wish

_PROCESS: Final = uuid4().hex
_SHELL: Final = frozenset({"shell", "terminal"})


def own_session(door: str) -> str:
    """The session of a door that has none of its own: a terminal's login session, else this
    process, as long as it lives."""
    if door in _SHELL and hasattr(os, "getsid"):
        return f"terminal-{os.getsid(0)}"
    return f"{door}-{_PROCESS}"


@dataclass(frozen=True, slots=True)
class Doors:
    """Permissions by the guard: of sessions that signed in, and of the doors of this machine."""

    guard: Guard

    def level(self, who: Who) -> PermissionLevel:
        own = who.session == own_session(who.door) and not (
            who.door == "page" and self.guard.asks_to_sign_in()
        )
        return PermissionLevel(self.guard.level(who.user, who.session, own_machine=own))


@dataclass(frozen=True, slots=True)
class CardMaker:
    """The engine's way to cards. `real` is the real time."""

    desk: ActionDesk
    means: Means
    real: Clock

    def available(self, action: str) -> bool:
        return action in BESIDES or action in self.desk.registry.actions

    def propose(self, wish: Wish) -> Sequence[Block]:
        """Blocks of the cards that a wish makes, each made once. `InputError` says what is
        missing."""
        who = Who(
            user=wish.user, session=wish.session or own_session(wish.door), door=wish.door,
            conversation=wish.conversation,
        )  # fmt: skip
        if wish.action == UNDO:
            return [_undo_block(self.desk, who)]
        if wish.action == FLATTEN:
            return self._flattened(wish, who)
        asked = Asked(
            action=wish.action, params=wish.params, slots=wish.understanding.slots,
            text=wish.understanding.text, who=who, means=self.means, today=wish.today,
            spelled=wish.understanding.intent == COMMAND and bool(wish.params),
        )  # fmt: skip
        made = [
            self.desk.cards.propose(each, who, number=uuid5(wish.identity, str(place)))
            for place, each in enumerate(proposals(asked))
        ]
        return [block_of(card, self.desk.registry) for card in made]

    def _flattened(self, wish: Wish, who: Who) -> Sequence[Block]:
        """A card for each position, and a notice of each that cannot be closed now."""
        despite = despite_halt(wish.understanding.text)
        made, problems = flatten(self.means, who.user, despite_halt=despite)
        blocks: list[Block] = []
        for place, each in enumerate(made):
            try:
                card = self.desk.cards.propose(each, who, number=uuid5(wish.identity, str(place)))
            except InputError as error:
                problems.append(str(error))
            else:
                blocks.append(block_of(card, self.desk.registry))
        return blocks + [NoticeBlock(level="warning", text=text) for text in problems]


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """What a door at which a person acts needs. `orders.watch` is for the process that stands."""

    desk: ActionDesk
    orders: OrderDesk
    maker: CardMaker

    @classmethod
    def open(
        cls,
        *,
        mode: Mode,
        clock: Clock,
        database: Database,
        data: DataIntegrationService,
        broker: Callable[[], Outcome[Broker]],
        exchange: Callable[[], Outcome[Broker]] = no_exchange,
        permissions: Permissions,
        home: Folders,
        user: str,
        real: Clock | None = None,
    ) -> Acting:
        """`exchange` takes orders of crypto currencies, `broker` all others; `user` is whose
        accounts they hold; `real` the real time."""
        wall = real if real is not None else RealClock()
        halt = Halt(home.home)
        orders = OrderDesk.open(
            database=database, mode=mode, clock=clock,
            brokers=lambda: {**_connected(broker), **_connected(exchange)},
            halt=halt, tell=data.invalidate, user=user, wall=wall,
        )  # fmt: skip
        limits = OrderLimits(orders.reader, data.sources.settings.in_force, wall)
        means = Means(
            mode=mode, clock=clock, database=database, data=data, broker=broker, exchange=exchange,
            services={OrderDesk: orders, OrderLimits: limits, Folders: home},
        )  # fmt: skip
        desk = ActionDesk.open(
            means, home=home.home, permissions=permissions, limits=limits, clock=wall
        )
        return cls(desk=desk, orders=orders, maker=CardMaker(desk, means, wall))

    def who(
        self, user: str, door: str, *, conversation: UUID | None = None, session: str = ""
    ) -> Who:
        return Who(
            user=user, session=session or own_session(door), door=door, conversation=conversation
        )

    def settle(self, blocks: Iterable[Block], who: Who) -> Iterator[Card]:
        """Do what needs no card and was just asked for; each card as it stands afterwards."""
        for block in blocks:
            if isinstance(block, CardBlock):
                yield self.carry(block, who)

    def carry(self, block: CardBlock, who: Who) -> Card:
        """The block's card, run or undone where that needs no card and was asked for."""
        match block.offer:
            case Offer.RUN:
                card = self.desk.cards.card(block.card, who)
                if card.state is CardState.OPEN:
                    return self.desk.confirmations.confirm(block.card, who).card
                return card
            case Offer.UNDO_NOW:
                card = self.desk.cards.card(block.card, who)
                return (
                    card if card.undone is not None else self.desk.undoing.undo(who, card.id).card
                )
            case _:
                return self.desk.cards.card(block.card, who)

    def replacement(
        self, order_id: str, who: Who, *, limit: Decimal | None, quantity: Decimal | None
    ) -> ActionProposal:
        """The same order at another limit (as quoted, without a sign) or in another quantity.
        `InputError` where there is no such order, or either is no number."""
        if limit is None or quantity is None:
            raise InputError("A limit and a quantity are numbers.")
        old = self.orders.one(who.user, order_id).intent
        paid = old.order.limit is None or old.order.limit >= 0
        legs = [
            {
                "instrument": leg.instrument, "side": leg.side.value, "effect": leg.effect.value,
                "ratio": leg.ratio,
            }
            for leg in old.order.legs
        ]  # fmt: skip
        params = {
            "legs": legs, "quantity": str(quantity), "limit": str(limit if paid else -limit),
            "time_in_force": old.order.time_in_force.value, "strategy": old.order.strategy,
            "replaces": old.client_id,
        }  # fmt: skip
        return ActionProposal(action="replace_order", params=params)

    def can_undo(self, card: Card) -> bool:
        """Whether undoing may be asked for; the action itself may still say no."""
        receipt, action = card.receipt, self.desk.registry.actions.get(card.action)
        if action is None or receipt is None or not receipt.status.has_effect:
            return False
        if card.undone is not None:
            return False
        match action.undoing:
            case ReversibleFor():
                return receipt.undo_until is not None and receipt.undo_until > self.maker.real.now()
            case undoing:
                return isinstance(undoing, CompensatingOrder)


def block_of(card: Card, registry: ActionRegistry) -> CardBlock:
    """A card as a block; what needs none is to be run by the door that asked."""
    offer = Offer.CONFIRM if registry.find(card.action).needs_card else Offer.RUN
    return CardBlock(
        card=card.id, action=card.action, mode=card.mode, facts=card.facts,
        expires_at=card.expires_at, offer=offer,
    )  # fmt: skip


def _undo_block(desk: ActionDesk, who: Who) -> Block:
    """What was done last, with the offer to take it back; or why it cannot be."""
    undoing: Undoing = desk.undoing
    card = undoing.last(who)
    if card is None:
        raise InputError("Nothing was done that could be undone.")
    action = desk.registry.find(card.action)
    if isinstance(action.undoing, NotReversible):
        text = f"{card.facts.title}: {action.undoing.statement}"
        return NoticeBlock(level="info", text=text)
    at_once = not action.needs_card and isinstance(action.undoing, ReversibleFor)
    shown = block_of(card, desk.registry)
    return shown.model_copy(update={"offer": Offer.UNDO_NOW if at_once else Offer.UNDO})


def _connected(broker: Callable[[], Outcome[Broker]]) -> Mapping[str, Broker]:
    match broker():
        case Found(value=found):
            return {found.name: found}
        case _:
            return {}
