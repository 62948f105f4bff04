"""The process that gets killed: asks questions, orders and moves the practice clock, without end.

What the application acknowledged is printed, one line each, only after it was: `turn`, `event`,
`order` and `clock` lines are promises that the test checks after the kill. Run as a script.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

from connectors.practice.desk import PracticeDesk
from mfa.assistant import Assistant
from mfa.kernel.broker import Taken
from mfa.kernel.errors import MagnusError
from mfa.kernel.movements import Effect
from mfa.kernel.orders import Order, OrderLeg, Side, TimeInForce
from mfa.kernel.outcome import Found
from mfa.kernel.settings import load_settings

QUESTIONS = (
    "What's my portfolio status?",
    "How much theta am I collecting?",
    "Am I at risk of assignment?",
    "Show me my trade history from last month",
    "What positions do I have?",
)
SYMBOLS = ("KO", "PFE", "JPM")
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
        say("resetting")
        desk.reset(assistant.settings.practice_seed)
        say("reset")
        return
    for _ in range(chance.choice((0, 1, 3))):
        trade(desk, chance)
    desk.advance(days=chance.choice((1, 1, 2, 5)))
    say(f"clock {desk.clock.now().isoformat()}")


def trade(desk: PracticeDesk, chance: random.Random) -> None:
    """Some shares near the market, that fill at once, later, or never; now and then it is ended."""
    quote = desk.market.quote(chance.choice(SYMBOLS))
    assert isinstance(quote, Found)
    side = chance.choice(list(Side))
    near = quote.value.mid + Decimal(chance.randint(-150, 150)) / 100
    sent = desk.broker.submit(
        Order(
            client_id=f"fire-{uuid4().hex[:24]}",
            legs=(OrderLeg(symbol=quote.value.symbol, side=side, effect=Effect.OPEN),),
            quantity=Decimal(chance.choice((1, 10, 900))),
            limit=side.sign * near.quantize(Decimal("0.01")),
            time_in_force=chance.choice(list(TimeInForce)),
        )
    )
    if isinstance(sent, Taken):
        say(f"order {sent.order.client_id} {sent.order.filled}")
        if chance.random() < 0.2:
            desk.broker.cancel(sent.order.broker_id)


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
