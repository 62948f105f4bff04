"""The process that is killed while it confirms a card: a parent that forks a child for each card.

A child counts the lines of ours that it reaches and, told a number, kills itself there with
SIGKILL. Tasks and how they ended are lines of JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any, Final
from uuid import UUID

from mfa.kernel.logs import configure_logs
from mfa.store.database import Database
from tests.actions.house import ADA, House

ROOT: Final = Path(__file__).parents[2]
WATCHED: Final = (
    str(ROOT / "actions"),
    str(ROOT / "tests" / "actions" / "house.py"),
    *(str(ROOT / "mfa" / "store" / f"{name}.py") for name in ("cards", "audit", "rates")),
)


class Steps:
    """Every line of ours that this process reaches, and its end at one of them."""

    def __init__(self, last: int | None) -> None:
        self.seen: list[str] = []
        self._last = last

    def trace(self, frame: FrameType, event: str, argument: Any) -> Any:
        return self._line if frame.f_code.co_filename.startswith(WATCHED) else None

    def _line(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            if len(self.seen) == self._last:
                os.kill(os.getpid(), signal.SIGKILL)
            self.seen.append(f"{frame.f_code.co_filename}:{frame.f_lineno}")
        return self._line


def send_into(path: str) -> None:
    """The effect, as lasting as an order at a broker: a line in a file."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(descriptor, b"sent\n")
    os.close(descriptor)


def confirm(task: Mapping[str, Any]) -> None:
    database = Database(task["conninfo"])
    database.pool.open()
    house = House.build(database, Path(task["home"]))
    house.sent.trouble = lambda: send_into(task["sent"])
    steps = Steps(task["last"])
    sys.settrace(steps.trace)
    house.desk.confirmations.confirm(UUID(task["card"]), ADA)
    sys.settrace(None)
    Path(task["report"]).write_text(json.dumps(steps.seen), encoding="utf-8")


def main() -> None:
    configure_logs("error", json=True)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                confirm(json.loads(line))
            except BaseException as error:  # noqa: BLE001 - a child never goes on as a parent
                os.write(2, f"{type(error).__name__}: {error}\n".encode())
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(json.dumps(os.waitstatus_to_exitcode(status)), flush=True)


if __name__ == "__main__":
    main()
