"""Making cards of proposals: parameters checked, facts gathered, everything bound and stored.

A card can be made, edited and thrown away here, by anyone who may propose. Nothing here confirms
or does anything.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from pydantic import ValidationError

from actions.accounts import account_now
from actions.action import Action, ActionContext, ActionParams, Means, Who
from actions.audit import Audit, AuditKind
from actions.proposal import ActionProposal
from actions.registry import ActionRegistry
from mfa.kernel.canonical import canonical_json
from mfa.kernel.cards import Card, CardFacts, CardState
from mfa.kernel.clock import Clock
from mfa.kernel.errors import InputError
from mfa.kernel.mode import Mode
from mfa.store.cards import CardRepository

_BINDING: Final = "magnus card 2"
DESPITE_HALT: Final = "Sent even though Magnus is halted, because it only closes and you asked."


def canonical(params: ActionParams) -> str:
    """The parameters as the one JSON text that they have."""
    return canonical_json(params.model_dump(mode="json"))


def binding(
    *,
    user: str,
    session: str,
    mode: Mode,
    account: str,
    action: str,
    params: str,
    despite_halt: bool = False,
) -> str:
    """SHA-256 over what a card is for. A JSON array, so that no two cards run together."""
    parts = [_BINDING, user, session, mode.value, account, action, params, despite_halt]
    return hashlib.sha256(canonical_json(parts).encode()).hexdigest()


def is_bound(card: Card) -> bool:
    """Whether the card still is what it was made for."""
    made = binding(
        user=card.user, session=card.session, mode=card.mode, account=card.facts.account,
        action=card.action, params=card.params, despite_halt=card.despite_halt,
    )  # fmt: skip
    return made == card.binding


def checked(action: Action[Any], given: Mapping[str, Any]) -> ActionParams:
    """The parameters as the action's model; `InputError` names what is wrong with them."""
    try:
        params: ActionParams = action.params.model_validate(dict(given))
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        said = problem["msg"].removeprefix("Value error, ")
        place = ".".join(str(part) for part in problem["loc"])
        raise InputError(
            f"{action.name}: {place + ': ' if place else ''}{said[0].lower() + said[1:]}."
        ) from None
    return params


class Cards:
    """The cards of one mode. `clock` is the real time: practice time has nothing to do with how
    long a person may think."""

    def __init__(
        self,
        *,
        registry: ActionRegistry,
        repository: CardRepository,
        means: Means,
        audit: Audit,
        clock: Clock,
    ) -> None:
        self._registry, self._repository = registry, repository
        self._means, self._audit, self._clock = means, audit, clock

    def propose(self, proposal: ActionProposal, who: Who, *, number: UUID | None = None) -> Card:
        """A stored, open card. `InputError` for a proposal that cannot be carried out.

        With `number` the card gets that one, and whoever comes with it again (a step that runs a
        second time after a crash) gets the card that was made then, whatever became of it.
        """
        made = None if number is None else self._repository.card(who.user, number)
        if made is not None:
            return made
        card = self._made(proposal, who, number or uuid4())
        self._audit.of_card(
            AuditKind.PROPOSAL,
            card,
            door=who.door,
            checks=card.facts.checks,
            reason=proposal.reason,
        )
        return self._repository.add(card)

    def edit(self, number: UUID, params: Mapping[str, Any], who: Who) -> Card:
        """Another card with these parameters; the edited one can no longer be confirmed."""
        old = self.card(number, who)
        proposal = ActionProposal(
            action=old.action,
            params=params,
            reason=old.facts.reason,
            despite_halt=old.despite_halt,
            undoes=old.undoes,
        )
        made = self._made(proposal, who, uuid4()).model_copy(update={"replaces": old.id})
        decision = self._repository.replace(made)
        if decision is None or not decision.mine:
            state = old.state if decision is None else decision.card.state
            raise InputError(f"This card is {state.value} and can no longer be edited.")
        self._audit.of_card(
            AuditKind.EDIT, made, door=who.door, checks=made.facts.checks, replaces=old.id
        )
        return made

    def again(self, number: UUID, who: Who) -> Card:
        """The same proposal as a fresh card, with today's figures: for one that expired."""
        old = self.card(number, who)
        if old.state is CardState.OPEN:
            return old
        return self.propose(
            ActionProposal(
                action=old.action, params=json.loads(old.params), reason=old.facts.reason,
                despite_halt=old.despite_halt, undoes=old.undoes,
            ),
            who,
        )  # fmt: skip

    def cancel(self, number: UUID, who: Who) -> Card:
        """Throw a card away. One that was decided before stays as it is and is returned."""
        decision = self._repository.decide(who.user, number, CardState.CANCELLED)
        if decision is None:
            raise _unknown()
        if decision.mine:
            self._audit.of_card(AuditKind.CANCELLATION, decision.card, door=who.door)
        return decision.card

    def card(self, number: UUID, who: Who) -> Card:
        """`InputError` when this user has no such card."""
        found = self._repository.card(who.user, number)
        if found is None:
            raise _unknown()
        return found

    def open_in(self, who: Who) -> tuple[Card, ...]:
        """Cards of the conversation that can still be confirmed, oldest first."""
        return self._repository.open_in(who.user, who.conversation)

    def recent(self, who: Who, limit: int = 50) -> tuple[Card, ...]:
        return self._repository.recent(who.user, limit)

    def _made(self, proposal: ActionProposal, who: Who, number: UUID) -> Card:
        action = self._registry.find(proposal.action)
        params = checked(action, proposal.params)
        context = ActionContext(who=who, means=self._means, despite_halt=proposal.despite_halt)
        if proposal.despite_halt and not (action.closes and action.closes(context, params)):
            raise InputError("Only what closes a position can be asked for under a halt.")
        account = account_now(action, params, self._means)
        facts = _facts(action, params, context, proposal).model_copy(update={"account": account})
        text, now = canonical(params), self._clock.now()
        if "\\u0000" in text:
            raise InputError("What you gave holds a character that nobody can read.")
        return Card(
            id=number, user=who.user, session=who.session, door=who.door,
            conversation=who.conversation, mode=self._means.mode, action=action.name, params=text,
            binding=binding(
                user=who.user, session=who.session, mode=self._means.mode, account=account,
                action=action.name, params=text, despite_halt=proposal.despite_halt,
            ),
            facts=facts, created_at=now, expires_at=now + action.lifetime,
            despite_halt=proposal.despite_halt, undoes=proposal.undoes,
        )  # fmt: skip


def _facts(
    action: Action[Any], params: ActionParams, context: ActionContext, proposal: ActionProposal
) -> CardFacts:
    """The action's own, with how it is undone and why it was proposed."""
    if action.facts is not None:
        facts = action.facts(context, params)
    else:
        facts = CardFacts(title=action.name.replace("_", " ").capitalize())
    warnings = (DESPITE_HALT, *facts.warnings) if proposal.despite_halt else facts.warnings
    return facts.model_copy(
        update={
            "undo": facts.undo or action.undoing.statement,
            "warnings": warnings,
            "reason": proposal.reason,
        }
    )


def _unknown() -> InputError:
    return InputError("There is no such card.", "Ask again for what you want to do.")
