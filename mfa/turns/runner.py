"""Runs one turn through the graph, from its last checkpoint when there is one.

Durability is 'sync': a node's result is checkpointed before the next node starts, so what a later
node tells was computed from what a resumed turn will find. A lost database is waited for.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final
from uuid import UUID

import psycopg

from mfa.kernel.logs import get_logger
from mfa.store.database import Database
from mfa.turns.checkpoints import Checkpoints
from mfa.turns.patience import LOST, StoreLost, persist
from mfa.turns.work import TurnOver, TurnWork

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

log = get_logger(__name__)

_STEPS: Final = 200
"""LangGraph's own stop for a graph that runs in circles; ours cannot."""


class Runner:
    """The compiled graph over its checkpoints. Safe from any thread."""

    def __init__(self, database: Database, *, size: int) -> None:
        self._database = database
        self._checkpoints = Checkpoints(database, size=size)
        from mfa.turns.graph import Context, build_graph  # noqa: PLC0415 - after the environment is set

        self._context = Context
        self._graph = build_graph(self._checkpoints.saver)

    def run(self, work: TurnWork, *, patience: float) -> None:
        """Bring the turn to its end.

        `StoreLost` when it has not come any further for `patience` seconds of a lost database.
        """
        fresh = work.feed.last == 1
        lost_at, until = -1, 0.0
        while True:
            try:
                self._invoke(work, fresh=fresh)
                break
            except StoreLost:
                raise  # waited for long enough below
            except LOST as error:
                if work.feed.last != lost_at:
                    lost_at, until = work.feed.last, time.monotonic() + patience
                log.warning("turns.database_lost", turn=str(work.turn.id), error=str(error))
                if time.monotonic() > until:
                    raise StoreLost(f"The database was lost: {error}") from error
            fresh = False
            persist(self._reach, patience=until - time.monotonic())
            if work.cancelled:
                raise TurnOver
        self._forget(work.turn.id)

    def close(self) -> None:
        self._checkpoints.close()

    def _invoke(self, work: TurnWork, *, fresh: bool) -> None:
        config: RunnableConfig = {
            "configurable": {"thread_id": str(work.turn.id)},
            "recursion_limit": _STEPS,
        }
        known = not fresh and self._checkpoints.known(work.turn.id)
        self._graph.invoke(
            None if known else {"wave": 0}, config, context=self._context(work), durability="sync"
        )

    def _reach(self) -> None:
        """The store's connection restarts the server where it is ours; then ours are made anew."""
        self._database.reach()
        self._checkpoints.pool.check()

    def _forget(self, turn: UUID) -> None:
        try:
            self._checkpoints.forget(turn)
        except psycopg.Error as error:
            log.info("turns.checkpoints_left", turn=str(turn), error=str(error))
