"""One turn's work: what each node of the graph does, and the events it tells.

Every event is committed before anybody sees it. A turn that was ended elsewhere (cancelled, taken
over) refuses its next event, and the work stops there. When a node runs again after a crash, its
events are found under their keys: the first telling stands.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final, TypeVar

from connectors.base import Result
from mfa.answers.compose import Question, compose
from mfa.data.outcomes import outcome_to_json
from mfa.kernel.errors import InputError
from mfa.kernel.logs import get_logger
from mfa.kernel.outcome import Found, Outcome
from mfa.language.understanding import Understanding
from mfa.store.turn_records import Earlier, EventKind, NewEvent, Turn, TurnEvent, TurnState
from mfa.turns.advice import opinion_on, said_of_it
from mfa.turns.asking import Asking, answered, asked
from mfa.turns.commands import COMMAND, command
from mfa.turns.feed import Cancellation, Feed
from mfa.turns.hearing import Ear, understanding_of
from mfa.turns.means import Available, Means
from mfa.turns.patience import persist
from mfa.turns.planning import planned
from mfa.turns.proposing import blocks_for, parted, shown, wish_of
from mfa.turns.remembering import keep_conclusion
from mfa.turns.telling import block_events

log = get_logger(__name__)

T = TypeVar("T")

HEARD: Final = 20
"""How many earlier messages of a conversation its next one may lean on."""
_GRACE: Final = 0.5
"""Seconds beyond a deadline that whoever keeps it himself may take."""


class TurnOver(Exception):  # noqa: N818 - no error: the turn was ended by someone else
    """The turn no longer runs here: cancelled, interrupted, or taken over."""


@dataclass(slots=True)
class TurnWork:
    """The nodes' work for `turn`. One instance per run; its methods may run in several threads."""

    turn: Turn
    means: Means
    feed: Feed = field(default_factory=Feed)
    cancelled: Cancellation = field(default_factory=Cancellation)
    began: float = field(default_factory=time.monotonic)
    telling: threading.Lock = field(default_factory=threading.Lock)
    session: str = ""

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
        typed = command(self.turn.text)
        if typed is not None:
            return self._commanded(*typed, today)
        held = self._held()
        earlier = self._earlier()
        ear = Ear(language=self.means.language, meaning=self._meaning, today=today, held=held)
        heard = ear.hear(self.turn.text, earlier)
        if heard.corrects is not None:
            self._keep(*heard.corrects)
        texts = [each.text for each in earlier]
        opinion = opinion_on(
            heard.understanding, self.means.second_opinion, self._waited,
            earlier=texts, today=today, held=held,
        )  # fmt: skip
        understanding = opinion.understanding
        told = {
            **understanding.to_dict(),
            "runner_up_confidence": understanding.runner_up_confidence,
        }
        if understanding is not heard.understanding and self.means.second_opinion is not None:
            told["model"] = self.means.second_opinion.model.name
        self.tell(
            NewEvent(kind=EventKind.UNDERSTOOD, key="understood", payload=told),
            intent=understanding.intent,
        )
        hearing = {
            "missed_before": heard.missed_before, "said": opinion.said, "asked": opinion.asked,
        }  # fmt: skip
        return {"understanding": told, "hearing": hearing, "today": today.isoformat()}

    def _commanded(self, action: str, params: Mapping[str, Any], today: date) -> dict[str, Any]:
        """A typed command means what it says."""
        told = Understanding(
            text=self.turn.text, intent=COMMAND, confidence=1.0,
            slots={"action": action, "params": dict(params)},
        ).to_dict()  # fmt: skip
        self.tell(
            NewEvent(kind=EventKind.UNDERSTOOD, key="understood", payload=told), intent=COMMAND
        )
        return {"understanding": told, "hearing": {"asked": False}, "today": today.isoformat()}

    def plan(self, state: Mapping[str, Any]) -> dict[str, Any]:
        plan = planned(
            state, self.means, user=self.turn.user, waited=self._waited,
            earlier=lambda: [each.text for each in self._earlier()],
        )  # fmt: skip
        told = {**plan, "steps": [_shown(step) for step in plan["steps"]]}
        self.tell(NewEvent(kind=EventKind.PLANNED, key="planned", payload=told))
        return {**plan, **parted(plan["steps"])}

    def gather(self, step: dict[str, Any]) -> dict[str, Any]:
        began = self._start(step)
        outcome = outcome_to_json(self._ask(step))
        said = outcome.get("reason") or outcome.get("message")
        self._end(step, began, outcome["kind"], said)
        return outcome

    def propose(self, state: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Cards for what was asked to be done; nothing is done."""
        proposer, today = self.means.proposer, date.fromisoformat(state["today"])
        made: list[dict[str, Any]] = []
        for step in state["plan"]["proposals"]:
            if proposer is None:
                break
            began = self._start(step)
            wish = wish_of(
                step, state["understanding"], self.turn, session=self.session, today=today
            )
            blocks = blocks_for(proposer, wish)
            carded = any(block["type"] == "card" for block in blocks)
            self._end(step, began, "found" if carded else "absent", None)
            made += blocks
        return made

    def _start(self, step: Mapping[str, Any]) -> float:
        name = step["id"]
        self.tell(
            NewEvent(
                kind=EventKind.STEP_STARTED,
                key=f"started:{name}",
                payload={"id": name, "title": step["title"]},
            )
        )
        return time.monotonic()

    def _end(self, step: Mapping[str, Any], began: float, kind: str, said: str | None) -> None:
        name = step["id"]
        done = {
            "id": name,
            "title": step["title"],
            "outcome": kind,
            "ms": _ms(time.monotonic() - began),
        }
        if said:
            done["message"] = said
        self.tell(NewEvent(kind=EventKind.STEP_DONE, key=f"done:{name}", payload=done))

    def compose(self, state: Mapping[str, Any]) -> None:
        """The answer in one commit, its end included: it stands whole or not at all."""
        understood = understanding_of(state["understanding"])
        plan = state["plan"]
        question = Question(
            understanding=understood,
            answered=tuple(
                answered(step, state["outcomes"], self.means.data) for step in plan["steps"]
            ),
            unplanned=plan.get("unplanned"),
            model_said=said_of_it(self.means.second_opinion, state),
            proposed_by=plan.get("proposed_by"),
            missed_before=state.get("hearing", {}).get("missed_before", False),
            notes=tuple(plan["notes"]),
            mode=self.turn.mode,
            today=date.fromisoformat(state["today"]),
            language=self.means.language,
            available=Available(self.means).available,
        )
        blocks = compose(replace(question, cards=shown(state)))
        keep_conclusion(blocks, understood, self.means.data, user=self.turn.user)
        self.tell(
            *block_events(blocks),
            NewEvent(
                kind=EventKind.FINISHED,
                key="finished",
                payload={"blocks": len(blocks), "ms": self._milliseconds()},
            ),
            state=TurnState.FINISHED,
        )

    def _waited(self, ask: Callable[[], T], deadline: float) -> T | None:
        """The answer; None when it does not come in time, of a client that cannot keep it too."""
        asking = Asking(ask)
        self.cancelled.on_cancel(asking.stop_waiting)
        in_time = asking.wait(deadline + _GRACE)
        if self.cancelled:
            raise TurnOver
        return asking.answer() if in_time else None

    def _earlier(self) -> list[Earlier]:
        if self.turn.seq == 1:
            return []
        return self.means.store.earlier(self.turn.conversation, self.turn.seq, HEARD)

    def _meaning(self, masked: str) -> str | None:
        return self._patiently(lambda: self.means.corrections.meaning(self.turn.user, masked))

    def _keep(self, masked: str, intent: str) -> None:
        self._patiently(lambda: self.means.corrections.add(self.turn.user, masked, intent))

    def _patiently(self, action: Callable[[], T]) -> T:
        return persist(action, patience=self.means.patience, wait=self.cancelled.wait)

    # -- parts ----------------------------------------------------------------------------------

    def _ask(self, step: Mapping[str, Any]) -> Outcome[Result]:
        outcome = asked(
            step, self.means.data, user=self.turn.user, deadline=self.means.deadline,
            cancelled=self.cancelled,
        )  # fmt: skip
        if outcome is None:
            raise TurnOver
        return outcome

    def _held(self) -> frozenset[str]:
        """Tickers of the account, so that they are known as such; none when it cannot be asked."""
        try:
            outcome = self.means.data.get_active_positions(user=self.turn.user)
        except InputError:  # no such connector in this house
            return frozenset()
        if not isinstance(outcome, Found):
            return frozenset()
        return frozenset(row.symbol for row in outcome.value.rows)


def _shown(step: Mapping[str, Any]) -> dict[str, Any]:
    return {key: step[key] for key in ("id", "title", "feature", "query", "params", "after")}


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 2)
