"""The process-wide engine of turns: accepts questions, works on them, lets anyone follow them.

A page holds no work: it starts a turn and shows its stored events, so a reload, a click or a second
door finds the turn again. Nothing is acknowledged before it is committed; nothing hangs: a turn
whose process died is marked interrupted, one whose database is lost ends with a sentence.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, Self
from uuid import UUID, uuid4

from mfa.data.service import DataIntegrationService
from mfa.kernel.errors import InputError, MagnusError, StoreError
from mfa.kernel.logs import get_logger
from mfa.kernel.metrics import Metrics, process_metrics
from mfa.language.language import Language
from mfa.store.database import Database
from mfa.store.turn_owners import OwnerStore
from mfa.store.turn_records import (
    Conversation,
    EventKind,
    NewEvent,
    Turn,
    TurnEvent,
    TurnState,
)
from mfa.store.turns import TurnStore
from mfa.turns.owner import Ownership, may_be_dead, new_owner
from mfa.turns.patience import LOST, StoreLost, persist
from mfa.turns.work import Means, TurnOver, TurnWork

if TYPE_CHECKING:
    from mfa.turns.runner import Runner

log = get_logger(__name__)

_LONGEST_TEXT: Final = 4000
_POLL: Final = 0.1
_GONE: Final = "The process that worked on this question ended before the answer was complete."
_CLOSED: Final = "Magnus was stopped before the answer was complete."
_DEFECT: Final = "Something went wrong inside Magnus; the log has the details. Ask again."


class TurnEngine:
    """Runs turns on `workers` threads. Safe from any thread.

    `patience` is how many seconds a turn waits for a lost database; `deadline` how long one data
    query may take.
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
    ) -> None:
        self._database = database
        self._store = TurnStore(database)
        self._owners = OwnerStore(database)
        self._metrics = metrics if metrics is not None else process_metrics()
        self._mode = data.sources.mode
        self._size = workers
        self._owner = new_owner()
        self._live: dict[UUID, TurnWork] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._runner: Runner | None = None
        self._next_recovery = 0.0
        self._workers = ThreadPoolExecutor(workers, "turn")
        self._means = Means(
            store=self._store,
            data=data,
            language=language,
            clock=data.sources.clock,
            owner=self._owner.id,
            deadline=deadline,
            patience=patience,
        )
        self._owners.register(self._owner)
        self._ownership = Ownership(database, self._owner, sweep=self._sweep)
        self.recover()

    # -- asking ---------------------------------------------------------------------------------

    def start(
        self,
        text: str,
        *,
        conversation: UUID | None = None,
        user: str = "local",
        door: str = "shell",
    ) -> Turn:
        """Accept a question; when this returns, the turn and its first event are committed.

        `InputError` for an empty or overlong text and for a conversation that is not the user's;
        `StoreLost` when the database stays away.
        """
        asked = text.strip()
        if not asked:
            raise InputError("There is no question.", "Type one.")
        if len(asked) > _LONGEST_TEXT or "\0" in asked:
            raise InputError(f"A question has at most {_LONGEST_TEXT} readable characters.")
        if self._closed.is_set():
            raise MagnusError("Magnus is shutting down and takes no more questions.")
        began = time.monotonic()
        turn_id, opens = uuid4(), conversation is None
        target = conversation or uuid4()
        turn, accepted = persist(
            lambda: self._store.start(
                turn=turn_id, conversation=target, opens=opens, user=user, door=door,
                mode=self._mode, text=asked, owner=self._owner.id,
            ),
            patience=self._means.patience,
        )  # fmt: skip
        self._begin(TurnWork(turn=turn, means=self._means, began=began), [accepted])
        return turn

    def resume(self, turn_id: UUID) -> Turn:
        """Go on with an interrupted turn in this process, from its last checkpoint."""
        event = persist(
            lambda: self._store.resume(turn_id, owner=self._owner.id), patience=self._means.patience
        )
        turn = self.turn(turn_id)
        if event is None:
            raise InputError(f"This question is {turn.state}; only an interrupted one can go on.")
        self._begin(TurnWork(turn=turn, means=self._means), self.events(turn_id))
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
            patience=self._means.patience,
        )
        work = self._live.get(turn_id)
        if work is not None:
            self._ended_elsewhere(work)
        return stored is not None

    # -- following ------------------------------------------------------------------------------

    def follow(self, turn_id: UUID, after: int = 0) -> Iterator[TurnEvent]:
        """The turn's events later than number `after`, as they are stored, until the turn ends.

        `InputError` when there is no such turn; `StoreError` when its events can no longer be had.
        """
        while True:
            work = self._live.get(turn_id)
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
        if time.monotonic() >= self._next_recovery:
            self.recover()
        turn = self.turn(turn_id)
        events = self.events(turn_id, after)
        last = events[-1].seq if events else after
        return events, turn.state is not TurnState.RUNNING and last >= turn.last_event

    def events(self, turn_id: UUID, after: int = 0) -> list[TurnEvent]:
        """The stored events of a turn later than number `after`."""
        return persist(lambda: self._store.events(turn_id, after), patience=self._means.patience)

    def turn(self, turn_id: UUID) -> Turn:
        """`InputError` when there is no such turn."""
        turn = persist(lambda: self._store.turn(turn_id), patience=self._means.patience)
        if turn is None:
            raise InputError(f"There is no turn {turn_id}.")
        return turn

    def turns(self, conversation: UUID) -> list[Turn]:
        """The turns of a conversation in order."""
        return persist(lambda: self._store.turns(conversation), patience=self._means.patience)

    def conversations(self, user: str = "local") -> list[Conversation]:
        """The user's conversations, the last touched first."""
        return persist(lambda: self._store.conversations(user), patience=self._means.patience)

    # -- life -----------------------------------------------------------------------------------

    def recover(self) -> list[UUID]:
        """Mark the turns of processes that are gone as interrupted; which those were."""
        self._next_recovery = time.monotonic() + 2.0
        found: list[UUID] = []
        for suspect in self._owners.suspects(but=self._owner.id):
            if may_be_dead(suspect, self._owner):
                found += self._owners.interrupt_if_dead(suspect.id, reason=_GONE) or []
        return found

    def prewarm(self) -> None:
        """Import and build what the first question would otherwise wait for."""
        self._running_graph()

    def close(self, wait: float = 2.0) -> None:
        """Stop: turns under way are marked interrupted and can be resumed by the next engine."""
        if self._closed.is_set():
            return
        self._closed.set()
        until = time.monotonic() + wait
        while self._live and time.monotonic() < until:
            time.sleep(0.01)
        left = list(self._live.values())
        if left:
            try:
                self._owners.interrupt(self._owner.id, reason=_CLOSED)
            except LOST as error:
                log.warning("turns.close_unmarked", turns=len(left), error=str(error))
        for work in left:
            self._ended_elsewhere(work)
        self._workers.shutdown(cancel_futures=True)
        self._ownership.close()
        if self._runner is not None:
            self._runner.close()
        try:
            self._owners.unregister(self._owner.id)
        except LOST as error:
            log.warning("turns.close_registered", error=str(error))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- working --------------------------------------------------------------------------------

    def _begin(self, work: TurnWork, events: list[TurnEvent]) -> None:
        work.feed.add(events)
        self._live[work.turn.id] = work
        self._metrics.turn_started()
        try:
            self._workers.submit(self._work, work)
        except RuntimeError:  # closed in this very moment; close() or the next engine marks it
            self._leave(work)

    def _work(self, work: TurnWork) -> None:
        """On a worker: the whole turn. Whatever happens, its feed ends."""
        error: MagnusError | None = None
        try:
            self._running_graph().run(work, patience=self._means.patience)
        except TurnOver:
            pass
        except MagnusError as problem:
            error = self._fail(work, str(problem))
        except Exception as problem:
            error = self._fail(work, _DEFECT if not isinstance(problem, LOST) else str(problem))
            log.exception("turns.defect", turn=str(work.turn.id))
        finally:
            self._leave(work, error)

    def _fail(self, work: TurnWork, message: str) -> MagnusError | None:
        """End the turn with a sentence; an error for its followers when even that fails."""
        event = NewEvent(kind=EventKind.FAILED, key="failed", payload={"message": message})
        try:
            work.tell(event, state=TurnState.FAILED)
        except TurnOver:
            return None
        except StoreLost as lost:
            return lost
        return None

    def _leave(self, work: TurnWork, error: MagnusError | None = None) -> None:
        """Take a turn off the live ones; its followers read the rest from the database."""
        left = self._live.pop(work.turn.id, None)
        if error is None:
            try:
                work.feed.add(self._store.events(work.turn.id, work.feed.last))
            except LOST as lost:
                error = StoreLost(f"The end of the answer could not be read: {lost}")
        work.feed.close(error)
        if left is not None:
            self._count(work)

    def _count(self, work: TurnWork) -> None:
        intent, state = work.feed.summary()
        self._metrics.turn_done(
            work.turn.door, intent, state, seconds=time.monotonic() - work.began
        )

    def _ended_elsewhere(self, work: TurnWork) -> None:
        work.cancelled.cancel()
        self._leave(work)

    def _running_graph(self) -> Runner:
        with self._lock:
            if self._runner is None:
                from mfa.turns.runner import Runner  # noqa: PLC0415 - langgraph is slow to import

                self._runner = Runner(self._database, size=2 * self._size)
            return self._runner

    def _sweep(self) -> None:
        """Twice a second: notice live turns that were ended elsewhere, and dead processes."""
        live = dict(self._live)
        if live:
            for turn_id in self._store.ended(list(live)):
                if turn_id in self._live:
                    self._ended_elsewhere(live[turn_id])
        if time.monotonic() >= self._next_recovery:
            self._owners.interrupt(self._owner.id, but=list(self._live), reason=_GONE)
            self.recover()
