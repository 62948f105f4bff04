"""The turns that run in this process: worker threads, their ends, and the care for orphans.

Whatever happens to a turn, its feed ends, and its record ends as soon as the database allows.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final
from uuid import UUID

from mfa.kernel.errors import MagnusError
from mfa.kernel.logs import get_logger
from mfa.kernel.metrics import Metrics
from mfa.kernel.scope import acting_as, as_house
from mfa.store.database import Database
from mfa.store.turn_owners import OwnerStore
from mfa.store.turn_records import EventKind, NewEvent, Owner, TurnEvent, TurnState
from mfa.turns.means import Means
from mfa.turns.owner import Ownership, may_be_dead
from mfa.turns.patience import LOST, StoreLost
from mfa.turns.work import TurnOver, TurnWork

if TYPE_CHECKING:
    from mfa.turns.runner import Runner

log = get_logger(__name__)

_GONE: Final = "The process that worked on this question ended before the answer was complete."
_LEFT: Final = "The database was away too long for the answer to be completed."
_CLOSED: Final = "Magnus was stopped before the answer was complete."
_DEFECT: Final = "Something went wrong inside Magnus; the log has the details. Ask again."
_BETWEEN_RECOVERIES: Final = 2.0


class Crew:
    """Works on turns with `workers` threads as `owner`. Safe from any thread."""

    def __init__(
        self, database: Database, means: Means, owner: Owner, *, workers: int, metrics: Metrics
    ) -> None:
        self.live: dict[UUID, TurnWork] = {}
        self._taken: dict[UUID, None] = {}
        self._database, self._means, self._owner = database, means, owner
        self._owners = OwnerStore(database)
        self._metrics = metrics
        self._size = workers
        self._workers = ThreadPoolExecutor(workers, "turn")
        self._runner: Runner | None = None
        self._preparing = threading.Lock()
        self._next_recovery = 0.0
        self._owners.register(owner)
        self._ownership = Ownership(database, owner, sweep=self._sweep)

    @contextmanager
    def taking(self, turn_id: UUID) -> Iterator[None]:
        """While a turn of ours is in the database but not yet live, recovery leaves it alone."""
        self._taken[turn_id] = None
        try:
            yield
        finally:
            self._taken.pop(turn_id, None)

    def begin(self, work: TurnWork, events: Sequence[TurnEvent]) -> None:
        """Queue a turn whose stored events so far are `events`."""
        work.feed.add(events)
        self.live[work.turn.id] = work
        self._metrics.turn_started()
        try:
            self._workers.submit(self._work, work)
        except RuntimeError:  # closed in this very moment: the next engine marks the turn
            self._leave(work)

    def end_elsewhere(self, turn_id: UUID) -> None:
        """Stop working on a turn whose record has been ended by someone else."""
        work = self.live.get(turn_id)
        if work is not None:
            work.cancelled.cancel()
            self._leave(work)

    def runner(self) -> Runner:
        """The graph, imported and built by whoever needs it first."""
        with self._preparing:
            if self._runner is None:
                from mfa.turns.runner import Runner  # noqa: PLC0415 - langgraph is slow to import

                self._runner = Runner(self._database, size=2 * self._size)
            return self._runner

    def recover_if_due(self) -> None:
        if time.monotonic() >= self._next_recovery:
            self.recover()

    def recover(self) -> list[UUID]:
        """Mark as interrupted the turns of processes that are gone, and turns of ours that nobody
        works on since the database was away when they ended; which those were.
        """
        self._next_recovery = time.monotonic() + _BETWEEN_RECOVERIES
        found = self._interrupt_left()
        for suspect in self._owners.suspects(but=self._owner.id):
            if may_be_dead(suspect, self._owner):
                found += self._owners.interrupt_if_dead(suspect.id, reason=_GONE) or []
        return found

    def _interrupt_left(self) -> list[UUID]:
        # The database is read before our own lists, and `_taken` before `live`: a turn is in
        # `_taken` before it is committed and moves from there to `live`, so none slips through.
        running = self._owners.running(self._owner.id)
        known = {*self._taken, *self.live}
        left = [turn for turn in running if turn not in known]
        return self._owners.interrupt(self._owner.id, only=left, reason=_LEFT) if left else []

    def close(self, wait: float) -> None:
        """Let turns end for `wait` seconds, then mark those that run; another engine may go on."""
        until = time.monotonic() + wait
        while self.live and time.monotonic() < until:
            time.sleep(0.01)
        left = list(self.live)
        try:
            if left:
                self._owners.interrupt(self._owner.id, reason=_CLOSED)
        except LOST as error:
            log.warning("turns.close_unmarked", turns=len(left), error=str(error))
        with as_house():
            for turn_id in left:
                self.end_elsewhere(turn_id)
        self._workers.shutdown(cancel_futures=True)
        self._ownership.close()
        if self._runner is not None:
            self._runner.close()
        try:
            self._owners.unregister(self._owner.id)
        except LOST as error:
            log.warning("turns.close_registered", error=str(error))

    def _work(self, work: TurnWork) -> None:
        """On a worker: the whole turn."""
        with acting_as(work.turn.user):
            self._work_as_its_user(work)

    def _work_as_its_user(self, work: TurnWork) -> None:
        error: MagnusError | None = None
        try:
            self.runner().run(work, patience=self._means.patience)
        except TurnOver:
            pass
        except MagnusError as problem:
            error = self._fail(work, str(problem))
        except LOST as problem:
            error = self._fail(work, f"The database was lost: {problem}")
        except Exception:
            error = self._fail(work, _DEFECT)
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
        """Take a turn off the live ones; its feed gets what others added, and ends."""
        left = self.live.pop(work.turn.id, None)
        if error is None:
            try:
                work.feed.add(self._means.store.events(work.turn.id, work.feed.last))
            except LOST as lost:
                error = StoreLost(f"The end of the answer could not be read: {lost}")
        work.feed.close(error)
        if left is not None:
            intent, state = work.feed.summary()
            seconds = time.monotonic() - work.began
            self._metrics.turn_done(work.turn.door, intent, state, seconds=seconds)

    def _sweep(self) -> None:
        """Twice a second: notice live turns that were ended elsewhere, and dead processes."""
        live = list(self.live)
        if live:
            with as_house():
                for turn_id in self._means.store.ended(live):
                    self.end_elsewhere(turn_id)
        self.recover_if_due()
