"""Carries out what a person confirmed: through the gates, written down before and after.

Nothing is done that was not written into the audit first. A card that was confirmed is used up,
whatever comes of it; when this process dies in between it has no receipt, and is never run again:
orders are found by their client ids instead.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import psycopg

from actions.accounts import account_now
from actions.action import (
    Action,
    ActionContext,
    ActionResult,
    ActionType,
    Means,
    ReversibleFor,
    Who,
)
from actions.audit import Audit, AuditKind, SecretRefused, plainly
from actions.cards import checked, is_bound
from actions.gating import Attempt, Gated, Gates
from actions.registry import ActionRegistry
from mfa.kernel.cards import Card, CardState, Receipt, ResultStatus
from mfa.kernel.clock import Clock
from mfa.kernel.errors import InputError, MagnusError
from mfa.kernel.logs import get_logger
from mfa.store.cards import CardRepository

log = get_logger(__name__)

CUT_OFF: Final = timedelta(minutes=10)
"""Nothing that is carried out takes so long."""
_CUT_OFF: Final = (
    "Magnus ended while this was being done, and it is not certain what came of it. "
    "Look before asking again."
)
_UNCERTAIN: Final = (
    "Something went wrong while this was being done, and it is not certain what came of it. "
    "Look at your orders before asking again."
)
_DEFECT: Final = "This could not be done because of a defect in Magnus. The log has the details."


class Executor:
    """The only one who runs actions. `clock` is the real time."""

    def __init__(
        self,
        *,
        registry: ActionRegistry,
        repository: CardRepository,
        means: Means,
        gates: Gates,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._registry, self._repository, self._means = registry, repository, means
        self._gates, self._audit, self._clock = gates, audit, clock

    def attempt(self, card: Card, who: Who) -> Attempt:
        """The card as something that can be held against the gates."""
        action = self._registry.find(card.action)
        context = ActionContext(
            who=replace(who, conversation=card.conversation), means=self._means, card=card.id,
            made_at=card.created_at, despite_halt=card.despite_halt,
        )  # fmt: skip
        params = checked(action, json.loads(card.params))
        return Attempt(action, params, context, action.name)

    def elsewhere(self, card: Card) -> str:
        """Why the card is not for the account that is connected now; empty when it is."""
        action = self._registry.find(card.action)
        now = account_now(action, checked(action, json.loads(card.params)), self._means)
        if now == card.facts.account:
            return ""
        return (
            f"This card was made for {card.facts.account or 'no account'}, and connected is "
            f"{now or 'none'}. Nothing was done; ask for it again here."
        )

    def permitted(self, card: Card, who: Who) -> Gated:
        """Whether this session may confirm the card at all; nothing is used up by asking."""
        return self._gates.permitted(self.attempt(card, who))

    def carry_out(self, card: Card, who: Who) -> Card:
        """Run a card that was confirmed a moment ago, by `who`; the card with its receipt."""
        if card.state is not CardState.CONFIRMED or card.receipt is not None:
            raise ValueError("only a card that was just confirmed is carried out")
        if not is_bound(card) or (card.user, card.session) != (who.user, who.session):
            raise ValueError("the card is bound to something else")
        if why := self.elsewhere(card):
            raise InputError(why)
        attempt = self.attempt(card, who)
        receipt = self._gated(
            attempt, card, AuditKind.EXECUTION, AuditKind.RESULT,
            lambda: self._claimed(card, attempt),
        )  # fmt: skip
        return self._kept(card, receipt)

    def not_done(self, card: Card, sentence: str) -> Card:
        """A receipt for a confirmed card that nothing was done about."""
        refused = Receipt(
            status=ResultStatus.REFUSED, message=sentence, refused_by="audit", at=self._clock.now()
        )
        return self._kept(card, refused)

    def settle_cut_off(self) -> tuple[Card, ...]:
        """Give cards that were confirmed long ago and have no receipt one that says so: whoever
        carried them out is gone. What became of orders, reconciliation tells."""
        settled = []
        for card in self._repository.unfinished():
            if card.decided_at is None or self._clock.now() - card.decided_at < CUT_OFF:
                continue
            receipt = Receipt(status=ResultStatus.UNKNOWN, message=_CUT_OFF, at=self._clock.now())
            self._audit.of_card(
                AuditKind.RESULT, card, door=card.door, status=receipt.status, result=_CUT_OFF
            )
            settled.append(self._repository.put_receipt(card.id, receipt))
        return tuple(settled)

    def undo(self, card: Card, who: Who) -> Receipt:
        """Take back what a card did, by the action's own undo, through the same gates."""
        attempt = self.attempt(card, who)
        attempt = replace(attempt, rate_name=f"undo {attempt.action.name}", once=False)
        undo, receipt = attempt.action.undo, card.receipt
        if undo is None or receipt is None:
            raise ValueError("there is nothing to undo it with")
        return self._gated(
            attempt, card, AuditKind.UNDO, AuditKind.UNDO_RESULT,
            lambda: undo(attempt.context, receipt),
        )  # fmt: skip

    def _kept(self, card: Card, receipt: Receipt) -> Card:
        """The card with its receipt, which is shown also when the database is lost by now."""
        try:
            if card.undoes is not None and receipt.status.has_effect:
                self._repository.put_undone(card.undoes, receipt)
            return self._repository.put_receipt(card.id, receipt)
        except (psycopg.Error, MagnusError):
            log.exception("action.receipt_not_kept", action=card.action, card=str(card.id))
            return card.model_copy(update={"receipt": receipt})

    def _claimed(self, card: Card, attempt: Attempt) -> ActionResult:
        """Run it; what compensates another card must be the only one that does."""
        if card.undoes is not None:
            claim = self._repository.claim_undo(card.user, card.undoes)
            if claim is None or not claim.mine:
                return ActionResult(message="That was undone before.", status=ResultStatus.REFUSED)
        result: ActionResult = attempt.action.run(attempt.context, attempt.params)
        if card.undoes is not None and not result.status.has_effect:
            self._repository.release_undo(card.undoes)
        return result

    def _gated(
        self,
        attempt: Attempt,
        card: Card,
        before: AuditKind,
        after: AuditKind,
        act: Callable[[], ActionResult],
    ) -> Receipt:
        door, began = attempt.context.who.door, time.monotonic()
        gated = self._gates.passed(attempt)
        if not gated.passed:
            receipt = Receipt(
                status=ResultStatus.REFUSED, message=gated.sentence, checks=gated.checks,
                refused_by=gated.refused_by, at=self._clock.now(),
                seconds=time.monotonic() - began,
            )  # fmt: skip
            self._audit.of_card(
                AuditKind.REFUSAL, card, door=door, of=before, gates=gated.told,
                checks=gated.checks, refused_by=gated.refused_by, result=gated.sentence,
                seconds=receipt.seconds,
            )  # fmt: skip
            return receipt
        self._audit.of_card(before, card, door=door, gates=gated.told, checks=gated.checks)
        result = _ran(attempt.action, act)
        at, seconds = self._clock.now(), time.monotonic() - began
        receipt = Receipt(
            status=result.status, message=result.message, figures=result.figures,
            details=dict(result.details), checks=gated.checks, at=at, seconds=seconds,
            undo_until=_undo_until(attempt.action, result, at),
        )  # fmt: skip
        try:
            self._audit.of_card(
                after, card, door=door, status=result.status, result=result.message,
                details=result.details, seconds=seconds,
            )  # fmt: skip
        except (psycopg.Error, MagnusError):  # it is done: the person must still be told so
            log.exception("action.result_not_recorded", action=card.action, card=str(card.id))
        return receipt


def _ran(action: Action[Any], act: Callable[[], ActionResult]) -> ActionResult:
    """What came of it, also when it raises. An order that raises may have been sent."""
    try:
        result = act()
        return replace(result, details=_kept(action, result.details))
    except InputError as error:
        return ActionResult(message=str(error), status=ResultStatus.FAILED)
    except Exception as error:
        log.exception("action.failed", action=action.name)
        if action.kind is ActionType.ORDER:
            return ActionResult(message=_UNCERTAIN, status=ResultStatus.UNKNOWN)
        said = str(error) if isinstance(error, MagnusError) else _DEFECT
        return ActionResult(message=said, status=ResultStatus.FAILED)


def _kept(action: Action[Any], details: Mapping[str, Any]) -> dict[str, Any]:
    """The details as JSON; those that may not be written down are left out, the result counts."""
    try:
        return {str(name): plainly(value) for name, value in details.items()}
    except SecretRefused:
        log.exception("action.details_refused", action=action.name)
        return {}


def _undo_until(action: Action[Any], result: ActionResult, at: datetime) -> datetime | None:
    if not isinstance(action.undoing, ReversibleFor) or not result.status.has_effect:
        return None
    return at + timedelta(minutes=action.undoing.minutes)
