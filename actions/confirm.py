"""A person's confirmation of one card: the only way from a proposal to an effect.

It takes the card's number and who confirms, from a door at which a person acts: a click on the
card's form, or a typed yes while exactly one card is open in that conversation. Voice never
confirms, and neither does a program. A card is bound to its session and used once; fifty who
confirm it together carry it out once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from uuid import UUID

import psycopg

from actions.action import Who
from actions.audit import Audit, AuditKind
from actions.cards import Cards, is_bound
from actions.executor import Executor
from actions.proposal import ActionProposal
from actions.registry import ActionRegistry
from mfa.kernel.cards import Card, CardState, ResultStatus
from mfa.kernel.errors import InputError, MagnusError
from mfa.kernel.logs import get_logger
from mfa.store.cards import CardRepository

log = get_logger(__name__)

DOORS: Final = frozenset({"page", "shell", "terminal"})
"""Where a person acts by hand."""
_UNWRITTEN: Final = "It could not be written down, so nothing was done. Ask for it again."
_YES: Final = frozenset({"yes", "y", "yes please", "confirm", "yes confirm", "confirm it"})
_STATES: Final = {
    CardState.CONFIRMED: "This card was confirmed before; nothing was done a second time.",
    CardState.CANCELLED: "This card was cancelled; nothing was done.",
    CardState.EXPIRED: "This card has expired; nothing was done. I can make it anew.",
    CardState.REPLACED: "This card was edited; confirm the one that stands in its place.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """What came of a confirmation. `carried_out` only for the one whose word counted; `renewable`
    when a fresh card can be made (`Cards.again`)."""

    card: Card
    sentence: str
    carried_out: bool = False
    renewable: bool = False


def is_yes(text: str) -> bool:
    """Whether a message is a plain yes and nothing else."""
    return " ".join(text.lower().replace(",", " ").strip(" .!").split()) in _YES


class Confirmations:
    """Confirms cards of one mode. Safe from any thread and process."""

    def __init__(
        self,
        *,
        registry: ActionRegistry,
        cards: Cards,
        repository: CardRepository,
        executor: Executor,
        audit: Audit,
    ) -> None:
        self._registry, self._cards, self._repository = registry, cards, repository
        self._executor, self._audit = executor, audit

    def confirm(self, number: UUID, who: Who) -> Confirmed:
        """Confirm a card and carry it out. `InputError` when this user has no such card."""
        card = self._cards.card(number, who)
        refused = _unfit(card, who)
        if refused:
            return self._refused(card, who, "binding", refused)
        if card.state is CardState.OPEN:
            gated = self._executor.permitted(card, who)
            if not gated.passed:  # the card is not used up: sign in, then confirm again
                return self._refused(card, who, gated.refused_by, gated.sentence, gated.told)
            if elsewhere := self._executor.elsewhere(card):
                return self._refused(card, who, "binding", elsewhere)
        return self._decided(card, who)

    def yes(self, who: Who) -> Confirmed | None:
        """A typed yes: the one open card of the conversation. None when there is none; `InputError`
        when it is not clear which is meant."""
        if who.conversation is None:
            return None
        cards = self._cards.open_in(who)
        if not cards:
            return None
        if len(cards) > 1:
            raise InputError(
                f"{len(cards)} cards are open here, and a yes does not say which is meant.",
                "Confirm it on the card itself.",
            )
        return self.confirm(cards[0].id, who)

    def perform(self, proposal: ActionProposal, who: Who) -> Confirmed:
        """Do at once what needs no card, because the person asked for it and it risks nothing."""
        if self._registry.find(proposal.action).needs_card:
            raise InputError(f"{proposal.action} needs a card.", "Confirm it there.")
        return self._decided(self._cards.propose(proposal, who), who)

    def run(self, number: UUID, who: Who) -> Confirmed:
        """Do what is on a card that needs no confirmation, at any door of its session; `InputError`
        for one that does."""
        card = self._cards.card(number, who)
        if self._registry.find(card.action).needs_card:
            raise InputError(f"{card.facts.title} needs your confirmation.", "Confirm its card.")
        refused = _foreign(card, who)
        if refused:
            return self._refused(card, who, "binding", refused)
        return self._decided(card, who)

    def _decided(self, card: Card, who: Who) -> Confirmed:
        decision = self._repository.decide(who.user, card.id, CardState.CONFIRMED)
        if decision is None:
            raise InputError("There is no such card.")
        if not decision.mine:
            now = decision.card
            expired = now.state is CardState.EXPIRED
            self._refused(now, who, now.state.value, _STATES[now.state])
            return Confirmed(card=now, sentence=_STATES[now.state], renewable=expired)
        try:
            self._audit.of_card(AuditKind.CONFIRMATION, decision.card, door=who.door)
            done = self._executor.carry_out(decision.card, who)
        except (psycopg.Error, MagnusError) as error:  # raised only before anything was done
            log.exception("action.not_carried_out", action=card.action, card=str(card.id))
            said = str(error) if isinstance(error, InputError) else _UNWRITTEN
            done = self._executor.not_done(decision.card, said)
        receipt = done.receipt
        effect = receipt is not None and receipt.status is not ResultStatus.REFUSED
        sentence = receipt.message if receipt is not None else ""
        return Confirmed(card=done, sentence=sentence, carried_out=effect, renewable=not effect)

    def _refused(
        self,
        card: Card,
        who: Who,
        by: str,
        sentence: str,
        gates: Mapping[str, str] = MappingProxyType({}),
    ) -> Confirmed:
        self._audit.of_card(
            AuditKind.REFUSAL, card, door=who.door, of=AuditKind.CONFIRMATION, refused_by=by,
            result=sentence, by_session=who.session, gates=gates,
        )  # fmt: skip
        return Confirmed(card=card, sentence=sentence)


def _unfit(card: Card, who: Who) -> str:
    """Why this person, here, cannot confirm this card; empty when nothing is in the way."""
    if who.door not in DOORS:
        return "A card is confirmed by hand, on the page or at the terminal."
    return _foreign(card, who)


def _foreign(card: Card, who: Who) -> str:
    """Why this session has nothing to do with this card; empty when it has."""
    if card.session != who.session:
        return "This card belongs to another session. Confirm it there, or ask again here."
    if not is_bound(card):
        return "This card is not what it was when it was made; it cannot be confirmed."
    return ""
