"""One turn's work: what each node of the graph does, and the events it tells.

Every event is committed before anybody sees it. A turn that was ended elsewhere (cancelled, taken
over) refuses its next event, and the work stops there. When a node runs again after a crash, its
events are found under their keys: the first telling stands.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from connectors.base import Result
from mfa.answers.compose import Answered, Question, compose
from mfa.data.outcomes import outcome_from_json, outcome_to_json
from mfa.data.service import DataIntegrationService
from mfa.kernel.clock import Clock
from mfa.kernel.errors import InputError
from mfa.kernel.logs import get_logger
from mfa.kernel.outcome import Failed, FailureKind, Found, Outcome
from mfa.language.language import Language
from mfa.language.plans import Plan, Step
from mfa.language.second_opinion import SecondOpinion
from mfa.language.understanding import Understanding
from mfa.store.turn_records import EventKind, NewEvent, Turn, TurnEvent, TurnState
from mfa.store.turns import TurnStore
from mfa.turns.asking import Asking
from mfa.turns.feed import Cancellation, Feed
from mfa.turns.patience import persist
from mfa.turns.telling import block_events

log = get_logger(__name__)

HEARD: Final = 20
"""How many earlier messages of a conversation its next one may lean on."""


class TurnOver(Exception):  # noqa: N818 - no error: the turn was ended by someone else
    """The turn no longer runs here: cancelled, interrupted, or taken over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What all turns of an engine work with. `patience`: seconds to wait for a lost database."""

    store: TurnStore
    data: DataIntegrationService
    language: Language
    clock: Clock
    owner: int
    deadline: float
    patience: float
    second_opinion: SecondOpinion | None = None


@dataclass(slots=True)
class TurnWork:
    """The nodes' work for `turn`. One instance per run; its methods may run in several threads."""

    turn: Turn
    means: Means
    feed: Feed = field(default_factory=Feed)
    cancelled: Cancellation = field(default_factory=Cancellation)
    began: float = field(default_factory=time.monotonic)
    telling: threading.Lock = field(default_factory=threading.Lock)

    # -- events ---------------------------------------------------------------------------------

    def tell(
        self, *events: NewEvent, state: TurnState | None = None, intent: str | None = None
    ) -> list[TurnEvent]:
        """Store `events`, then show them. `TurnOver` when the turn takes no more."""
        with self.telling:

            def store() -> list[TurnEvent]:
                if self.cancelled:
                    raise TurnOver
                stored = self.means.store.append(
                    self.turn.id, events, owner=self.means.owner, state=state, intent=intent
                )
                if stored is None:
                    raise TurnOver
                return stored

            stored = persist(store, patience=self.means.patience, wait=self.cancelled.wait)
            self.feed.add(stored)
            return stored

    def _milliseconds(self) -> float:
        return _ms(time.monotonic() - self.began)

    # -- nodes ----------------------------------------------------------------------------------

    def understand(self) -> dict[str, Any]:
        today = self.means.clock.today()
        held = self._held()
        earlier: list[str] = []
        if self.turn.seq > 1:
            earlier = self.means.store.earlier(self.turn.conversation, self.turn.seq, HEARD)
        dialogue = self.means.language.dialogue(earlier, today=today, held=held)
        understanding = dialogue.understand(self.turn.text, today)
        opinion = self.means.second_opinion
        if opinion is not None and opinion.is_wanted(understanding):
            understanding = self._asked(opinion, understanding, earlier, today, held)
        told = understanding.to_dict()
        self.tell(
            NewEvent(kind=EventKind.UNDERSTOOD, key="understood", payload=told),
            intent=understanding.intent,
        )
        stored = {**told, "runner_up_confidence": understanding.runner_up_confidence}
        return {"understanding": stored, "today": today.isoformat()}

    def plan(self, understanding: dict[str, Any], today: str) -> dict[str, Any]:
        understood = _understanding(understanding)
        planned = (
            self.means.language.plan(
                understood, today=date.fromisoformat(today), registry=_Available(self.means.data)
            )
            if self.means.language.is_clear(understood)
            else Plan(())
        )
        plan: dict[str, Any] = {"steps": [], "notes": [], **planned.to_dict()}
        shown = {**plan, "steps": [_shown(step) for step in plan["steps"]]}
        self.tell(NewEvent(kind=EventKind.PLANNED, key="planned", payload=shown))
        return plan

    def gather(self, step: dict[str, Any]) -> dict[str, Any]:
        name = step["id"]
        self.tell(
            NewEvent(
                kind=EventKind.STEP_STARTED,
                key=f"started:{name}",
                payload={"id": name, "title": step["title"]},
            )
        )
        began = time.monotonic()
        outcome = outcome_to_json(self._ask(step))
        done = {
            "id": name,
            "title": step["title"],
            "outcome": outcome["kind"],
            "ms": _ms(time.monotonic() - began),
        }
        if said := outcome.get("reason") or outcome.get("message"):
            done["message"] = said
        self.tell(NewEvent(kind=EventKind.STEP_DONE, key=f"done:{name}", payload=done))
        return outcome

    def compose(self, state: Mapping[str, Any]) -> None:
        """The answer in one commit, its end included: it stands whole or not at all."""
        understood = _understanding(state["understanding"])
        plan = state["plan"]
        question = Question(
            understanding=understood,
            answered=tuple(self._answered(step, state["outcomes"]) for step in plan["steps"]),
            unplanned=plan.get("unplanned"),
            notes=tuple(plan["notes"]),
            mode=self.turn.mode,
            today=date.fromisoformat(state["today"]),
            language=self.means.language,
            available=_Available(self.means.data).available,
        )
        blocks = compose(question)
        self.tell(
            *block_events(blocks),
            NewEvent(
                kind=EventKind.FINISHED,
                key="finished",
                payload={"blocks": len(blocks), "ms": self._milliseconds()},
            ),
            state=TurnState.FINISHED,
        )

    def _asked(
        self,
        opinion: SecondOpinion,
        unclear: Understanding,
        earlier: list[str],
        today: date,
        held: frozenset[str],
    ) -> Understanding:
        """What the language model makes of it, if it answers in time."""
        asking = Asking(lambda: opinion.on(unclear, earlier=earlier, today=today, held=held))
        self.cancelled.on_cancel(asking.stop_waiting)
        if asking.wait(opinion.deadline + 0.5):
            return asking.answer()
        if self.cancelled:
            raise TurnOver
        log.warning("understanding.model_late", model=opinion.model.name)
        return unclear

    # -- parts ----------------------------------------------------------------------------------

    def _answered(self, step: dict[str, Any], outcomes: Mapping[str, Any]) -> Answered:
        outcome: Outcome[Result]
        try:
            model = self.means.data.registry.find(step["feature"], step["query"]).query.result
        except InputError as error:  # the connector left between two runs of this turn
            outcome = Failed(FailureKind.NOT_SUPPORTED, str(error))
        else:
            outcome = outcome_from_json(outcomes[step["id"]], model)
        return Answered(step=Step(**{**step, "after": tuple(step["after"])}), outcome=outcome)

    def _ask(self, step: dict[str, Any]) -> Outcome[Result]:
        """Ask, and wait for the answer, the deadline or the cancellation, whichever is first."""
        asking = Asking(
            lambda: self.means.data.query(
                step["feature"],
                step["query"],
                step["params"],
                user=self.turn.user,
                deadline=self.means.deadline,
            )
        )
        self.cancelled.on_cancel(asking.stop_waiting)
        # The service keeps the deadline; half of it again is for a service that cannot.
        in_time = asking.wait(self.means.deadline * 1.5)
        if self.cancelled:
            raise TurnOver
        if not in_time:
            seconds = self.means.deadline
            return Failed(FailureKind.TIMEOUT, f"No answer within {seconds:g} seconds.")
        try:
            return asking.answer()
        except InputError as error:
            return Failed(FailureKind.NOT_SUPPORTED, str(error))

    def _held(self) -> frozenset[str]:
        """Tickers of the account, so that they are known as such; none when it cannot be asked."""
        try:
            outcome = self.means.data.get_active_positions(user=self.turn.user)
        except InputError:  # no such connector in this house
            return frozenset()
        if not isinstance(outcome, Found):
            return frozenset()
        return frozenset(row.symbol for row in outcome.value.rows)


class _Available:
    """The data service's registry as the planner asks it."""

    def __init__(self, data: DataIntegrationService) -> None:
        self._data = data

    def available(self, feature: str, query: str) -> bool:
        connector = self._data.registry.connectors.get(feature)
        return connector is not None and query in connector.queries


def _understanding(stored: Mapping[str, Any]) -> Understanding:
    return Understanding(**{**stored, "missing": tuple(stored["missing"])})


def _shown(step: Mapping[str, Any]) -> dict[str, Any]:
    return {key: step[key] for key in ("id", "title", "feature", "query", "params", "after")}


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 2)
