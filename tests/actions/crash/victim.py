"""The process that gets killed: a parent that forks one child for each task, so that a death costs
milliseconds and not the import of the house.

A child carries out one scenario against the real database and the loopback broker. It counts the
lines of our code that it reaches and, told a number, kills itself there with SIGKILL: no `finally`
runs, no connection is closed, whatever was on its way is on its way. Run as a script; tasks and
their results are lines of JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import Any, Final

from mfa.store.database import Database
from tests.actions.orders.desk import Desk, closing, opening, order
from tests.servers.broker_client import LoopbackBroker

HOME: Final = Path(__file__).parents[3]
WATCHED: Final = (str(HOME / "actions" / "orders"), str(HOME / "mfa" / "store" / "orders.py"))
Task = Mapping[str, Any]


class Steps:
    """Every line of ours that this process reaches, and its end at one of them."""

    def __init__(self, last: int | None) -> None:
        self.seen: list[str] = []
        self._last = last

    def trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        if not frame.f_code.co_filename.startswith(WATCHED):
            return None
        return self._line

    def _line(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            code = frame.f_code
            if len(self.seen) == self._last:
                os.kill(os.getpid(), signal.SIGKILL)
            place = Path(code.co_filename).relative_to(HOME)
            self.seen.append(f"{place}:{code.co_name}:{frame.f_lineno}")
        return self._line


def submit(desk: Desk, ids: list[str]) -> None:
    desk.place(order(client_id=ids[0]))


def cancel(desk: Desk, ids: list[str]) -> None:
    desk.place(order(client_id=ids[0]))
    desk.changer.cancel(ids[0])


def replace(desk: Desk, ids: list[str]) -> None:
    desk.place(order(client_id=ids[0]))
    if desk.state(ids[0]).broker_id and not desk.state(ids[0]).state.is_over:
        new = order(client_id=ids[1], quantity=4, limit="-1.10")
        desk.changer.replace(ids[0], desk.new(new))


def roll(desk: Desk, ids: list[str]) -> None:
    first, second = closing(client_id=ids[0]), opening(client_id=ids[1])
    desk.sender.place(desk.new(first), desk.new(second, linked=ids[0], link="after_fill"))
    desk.reconciler.tick()


def fills(desk: Desk, ids: list[str]) -> None:
    desk.place(order(client_id=ids[0]))
    for _ in range(3):
        desk.reconciler.tick()


SCENARIOS: Final[Mapping[str, Callable[[Desk, list[str]], None]]] = {
    each.__name__: each for each in (submit, cancel, replace, roll, fills)
}


def carry_out(task: Task) -> None:
    database = Database(task["conninfo"])
    database.pool.open()
    broker = LoopbackBroker(
        task["url"], replace=task["replaces"], client_ids=task["client_ids"], multi_leg=False
    )
    desk = Desk(database, {broker.name: broker}, account=task["account"])
    steps = Steps(task["last"])
    sys.settrace(steps.trace)
    SCENARIOS[task["scenario"]](desk, task["ids"])
    sys.settrace(None)
    Path(task["report"]).write_text(json.dumps(steps.seen), encoding="utf-8")


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                carry_out(json.loads(line))
            except BaseException as error:  # noqa: BLE001 - a child never goes on as a parent
                os.write(2, f"{type(error).__name__}: {error}\n".encode())
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(json.dumps(os.waitstatus_to_exitcode(status)), flush=True)


if __name__ == "__main__":
    main()
