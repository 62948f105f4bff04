"""The process-wide engine of turns: accepts questions, works on them, lets anyone follow them.

A page holds no work: it starts a turn and shows its stored events, so a reload, a click or a second
door finds the turn again. Nothing is acknowledged before it is committed; nothing hangs: a turn
whose process died is marked interrupted, one whose database is lost ends with a sentence.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Final, Self
from uuid import UUID, uuid4

from mfa.data.service import DataIntegrationService
from mfa.kernel import scope
from mfa.kernel.errors import InputError, MagnusError, StoreError
from mfa.kernel.metrics import Metrics, process_metrics
from mfa.language.language import Language
from mfa.language.model_plans import ModelPlanner
from mfa.language.second_opinion import SecondOpinion
from mfa.store.corrections import CorrectionRepository
from mfa.store.database import Database
from mfa.store.turn_records import (
    Conversation,
    EventKind,
    NewEvent,
    Turn,
    TurnEvent,
    TurnState,
)
from mfa.store.turns import TurnStore
from mfa.turns.crew import Crew
from mfa.turns.means import Means
from mfa.turns.owner import new_owner
from mfa.turns.patience import persist
from mfa.turns.proposing import Proposer
from mfa.turns.work import TurnWork

_LONGEST_TEXT: Final = 4000
_POLL: Final = 0.1


class TurnEngine:
    """Runs turns on `workers` threads. Safe from any thread.

    `patience` is how many seconds a turn waits for a lost database; `deadline` how long one data
    query may take; `second_opinion` is asked about messages that the language is not sure of, and
    `model_planner` about questions that no template of a plan covers.
    """

    def __init__(
        self,
        database: Database,
        data: DataIntegrationService,
        language: Language,
        *,
        deadline: float = 2.0,
        patience: float = 30.0,
        workers: int = 8,
        metrics: Metrics | None = None,
        second_opinion: SecondOpinion | None = None,
        proposer: Proposer | None = None,
        model_planner: ModelPlanner | None = None,
    ) -> None:
        owner = new_owner()
        self._store = TurnStore(database)
        self._mode = data.sources.mode
        self._patience = patience
        self._closed = threading.Event()
        self._means = Means(
            store=self._store,
            data=data,
            language=language,
            clock=data.sources.clock,
            owner=owner.id,
            deadline=deadline,
            patience=patience,
            corrections=CorrectionRepository(database),
            second_opinion=second_opinion,
            proposer=proposer,
            model_planner=model_planner,
        )
        counted = metrics if metrics is not None else process_metrics()
        self._crew = Crew(database, self._means, owner, workers=workers, metrics=counted)
        self.recover()

    # -- asking ---------------------------------------------------------------------------------

    def start(
        self,
        text: str,
        *,
        conversation: UUID | None = None,
        user: str = "local",
        door: str = "shell",
        session: str = "",
    ) -> Turn:
        """Accept a question; when this returns, the turn and its first event are committed.

        `session` is whose cards they are that come of it.

        `InputError` for an empty or overlong text, for a conversation that is not the user's and
        for another user than this thread's; `StoreLost` when the database stays away.
        """
        scope.own(user)
        asked = text.strip()
        if not asked:
            raise InputError("There is no question.", "Type one.")
        if len(asked) > _LONGEST_TEXT or "\0" in asked:
            raise InputError(f"A question has at most {_LONGEST_TEXT} readable characters.")
        if self._closed.is_set():
            raise MagnusError("Magnus is shutting down and takes no more questions.")
        began = time.monotonic()
        turn_id, target = uuid4(), conversation or uuid4()
        with self._crew.taking(turn_id):
            turn, accepted = persist(
                lambda: self._store.start(
                    turn=turn_id,
                    conversation=target,
                    opens=conversation is None,
                    user=user,
                    door=door,
                    mode=self._mode,
                    text=asked,
                    owner=self._means.owner,
                ),
                patience=self._patience,
            )
            work = TurnWork(turn=turn, means=self._means, began=began, session=session)
            self._crew.begin(work, [accepted])
        return turn

    def resume(self, turn_id: UUID) -> Turn:
        """Go on with an interrupted turn in this process, from its last checkpoint."""
        with self._crew.taking(turn_id):
            event = persist(
                lambda: self._store.resume(turn_id, owner=self._means.owner),
                patience=self._patience,
            )
            turn = self.turn(turn_id)
            if event is None:
                raise InputError(
                    f"This question is {turn.state}; only an interrupted one can go on."
                )
            self._crew.begin(TurnWork(turn=turn, means=self._means), self.events(turn_id))
        return turn

    def cancel(self, turn_id: UUID) -> bool:
        """End a turn now, wherever it runs; what it has said is kept. False when it was over."""
        self.turn(turn_id)
        event = NewEvent(
            kind=EventKind.CANCELLED,
            key=f"cancelled:{uuid4()}",  # this call's own, so that a second one is not taken for it
            payload={"message": "Stopped as you asked."},
        )
        stored = persist(
            lambda: self._store.append(turn_id, [event], owner=None, state=TurnState.CANCELLED),
            patience=self._patience,
        )
        if stored is not None:
            self._crew.end_elsewhere(turn_id)
        return stored is not None

    # -- following ------------------------------------------------------------------------------

    def follow(self, turn_id: UUID, after: int = 0) -> Iterator[TurnEvent]:
        """The turn's events later than number `after`, as they are stored, until the turn ends.

        `InputError` when there is no such turn; `StoreError` when its events can no longer be had.
        """
        while True:
            work = self._crew.live.get(turn_id)
            if work is not None and not scope.may_see(work.turn.user):
                raise InputError(f"There is no turn {turn_id}.")
            if work is not None:
                events, over = work.feed.after(after, 0.5)
            else:
                events, over = self._stored(turn_id, after)
            for event in events:
                after = event.seq
                yield event
            if over:
                return
            if work is None and not events and self._closed.wait(_POLL):
                raise StoreError("Magnus is shutting down; the answer goes on where it is made.")

    def _stored(self, turn_id: UUID, after: int) -> tuple[list[TurnEvent], bool]:
        """Events of a turn that does not run here, and whether there can be no more."""
        turn = self.turn(turn_id)
        if turn.state is TurnState.RUNNING:
            persist(self._crew.recover_if_due, patience=self._patience)
        events = self.events(turn_id, after)
        last = events[-1].seq if events else after
        return events, turn.state is not TurnState.RUNNING and last >= turn.last_event

    def events(self, turn_id: UUID, after: int = 0) -> list[TurnEvent]:
        """The stored events of a turn later than number `after`."""
        return persist(lambda: self._store.events(turn_id, after), patience=self._patience)

    def turn(self, turn_id: UUID) -> Turn:
        """`InputError` when there is no such turn."""
        turn = persist(lambda: self._store.turn(turn_id), patience=self._patience)
        if turn is None:
            raise InputError(f"There is no turn {turn_id}.")
        return turn

    def turns(self, conversation: UUID) -> list[Turn]:
        """The turns of a conversation in order."""
        return persist(lambda: self._store.turns(conversation), patience=self._patience)

    def conversations(self, user: str = "local") -> list[Conversation]:
        """The user's conversations, the last touched first."""
        return persist(lambda: self._store.conversations(user), patience=self._patience)

    # -- life -----------------------------------------------------------------------------------

    def recover(self) -> list[UUID]:
        """Mark the turns of processes that are gone as interrupted; which those were.

        Called by the engine itself at its start and every two seconds.
        """
        return persist(self._crew.recover, patience=self._patience)

    def prewarm(self) -> None:
        """Import and build what the first question would otherwise wait for."""
        self._crew.runner()

    def close(self, wait: float = 2.0) -> None:
        """Stop: turns under way get `wait` seconds, then are marked interrupted."""
        if not self._closed.is_set():
            self._closed.set()
            self._crew.close(wait)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
