"""Taking back what was done, as the action declares it: within its minutes, by an opposite order
on a card of its own, or not at all, which is said.

What was done last is meant unless a card is named; something earlier is never taken in its place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from actions.action import ActionContext, CompensatingOrder, Means, ReversibleFor, Who
from actions.audit import Audit, AuditKind
from actions.cards import Cards
from actions.confirm import DOORS
from actions.executor import Executor
from actions.registry import ActionRegistry
from mfa.kernel.cards import Card, Receipt
from mfa.kernel.clock import Clock
from mfa.kernel.errors import InputError
from mfa.store.cards import CardRepository

_LOOKED_AT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """`card` is what was to be undone, with what came of it; `proposed` the card of an order that
    compensates it, for the person to confirm."""

    card: Card
    sentence: str
    proposed: Card | None = None


class Undoing:
    """Undoes cards of one mode. Safe from any thread and process; `clock` is the real time."""

    def __init__(
        self,
        *,
        registry: ActionRegistry,
        cards: Cards,
        repository: CardRepository,
        executor: Executor,
        audit: Audit,
        means: Means,
        clock: Clock,
    ) -> None:
        self._registry, self._cards, self._repository = registry, cards, repository
        self._executor, self._audit = executor, audit
        self._means, self._clock = means, clock

    def last(self, who: Who) -> Card | None:
        """What this user did last that is not undone; None when nothing was done."""
        done = (
            card
            for card in self._cards.recent(who, _LOOKED_AT)
            if card.receipt is not None and card.receipt.status.has_effect and card.undone is None
        )
        return max(done, key=_done_at, default=None)

    def undo(self, who: Who, number: UUID | None = None) -> Undone:
        """Undo one card, or what was done last. `InputError` says why it cannot be."""
        if who.door not in DOORS:
            raise InputError("Undoing is done by hand, on the page or at the terminal.")
        card = self.last(who) if number is None else self._cards.card(number, who)
        if card is None:
            raise InputError("Nothing was done that could be undone.")
        receipt = card.receipt
        if receipt is None or not receipt.status.has_effect:
            raise InputError(f"{card.facts.title}: nothing was done, so there is nothing to undo.")
        if card.undone is not None:
            raise InputError(f"{card.facts.title} was undone before.")
        undoing = self._registry.find(card.action).undoing
        match undoing:
            case ReversibleFor():
                return self._reversed(card, receipt, undoing, who)
            case CompensatingOrder():
                return self._compensated(card, receipt, who)
            case _:
                raise InputError(f"{card.facts.title}: {undoing.statement}")

    def _reversed(self, card: Card, receipt: Receipt, undoing: ReversibleFor, who: Who) -> Undone:
        if receipt.undo_until is None or self._clock.now() > receipt.undo_until:
            raise InputError(
                f"{card.facts.title} could be undone for {undoing.minutes} minutes, "
                "and they are over."
            )
        claim = self._repository.claim_undo(who.user, card.id)
        if claim is None or not claim.mine:
            raise InputError(f"{card.facts.title} is being undone, or was undone before.")
        answer = self._executor.undo(card, who)
        if not answer.status.has_effect:
            self._repository.release_undo(card.id)
            return Undone(card=card, sentence=answer.message)
        return Undone(card=self._repository.put_undone(card.id, answer), sentence=answer.message)

    def _compensated(self, card: Card, receipt: Receipt, who: Who) -> Undone:
        action = self._registry.find(card.action)
        if action.compensate is None:
            raise InputError(f"{card.facts.title}: {action.undoing.statement}")
        context = ActionContext(who=who, means=self._means)
        proposal = replace(action.compensate(context, receipt), undoes=card.id)
        proposed = self._cards.propose(proposal, who)
        self._audit.of_card(AuditKind.UNDO, card, door=who.door, proposed=proposed.id)
        return Undone(
            card=card,
            sentence=f"{card.facts.title}: {action.undoing.statement} Confirm its card to do so.",
            proposed=proposed,
        )


def _done_at(card: Card) -> float:
    return 0.0 if card.receipt is None else card.receipt.at.timestamp()
