"""The process that gets killed: asks questions and moves the practice clock, without end.

What the application acknowledged is printed, one line each, only after it was: `turn`, `event` and
`clock` lines are promises that the test checks after the kill. Run as a script.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from mfa.assistant import Assistant
from mfa.kernel.errors import MagnusError
from mfa.kernel.settings import load_settings

QUESTIONS = (
    "What's my portfolio status?",
    "How much theta am I collecting?",
    "Am I at risk of assignment?",
    "Show me my trade history from last month",
    "What positions do I have?",
)
ASKERS = 2
LAST_CALL = "2022-12-01"


def say(line: str) -> None:
    """One write each, so that lines of several threads never mix and a kill never halves one."""
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


def ask(assistant: Assistant, chance: random.Random) -> None:
    turn = assistant.engine.start(chance.choice(QUESTIONS), user="local", door="chaos")
    say(f"turn {turn.id}")
    for event in assistant.engine.follow(turn.id):
        say(f"event {turn.id} {event.seq} {event.kind.value}")


def move(assistant: Assistant, chance: random.Random) -> None:
    desk = assistant.desk
    assert desk is not None
    if desk.clock.today().isoformat() >= LAST_CALL:
        desk.reset(assistant.settings.practice_seed)
        say("reset")
        return
    desk.advance(days=chance.choice((1, 1, 2, 5)))
    say(f"clock {desk.clock.now().isoformat()}")


def forever(
    act: Callable[[Assistant, random.Random], None], assistant: Assistant, seed: int
) -> None:
    chance = random.Random(seed)
    while True:
        try:
            act(assistant, chance)
        except MagnusError as error:
            say(f"refused {error}")
            time.sleep(0.05)
        time.sleep(chance.uniform(0, 0.05))


def main(home: Path, seed: int) -> None:
    began = time.perf_counter()
    assistant = Assistant.open(load_settings(home=home))
    assistant.prewarm()
    say(f"ready {time.perf_counter() - began:.3f}")
    for number in range(ASKERS):
        threading.Thread(target=forever, args=(ask, assistant, seed + number)).start()
    forever(move, assistant, seed + ASKERS)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
