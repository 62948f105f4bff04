"""A process that asks one slow question and follows it, to be killed or watched from outside.

Arguments: the server's directory, the database's name, seconds a source takes, the question.
Prints the turn's id once it is acknowledged, then each event's number and kind as it is shown.
"""

from __future__ import annotations

import sys
from pathlib import Path

from mfa.store.database import Database
from mfa.store.server import EmbeddedServer
from tests.turns.house import Switch, house


def main() -> None:
    root, name, slow, text = sys.argv[1:]
    with (
        Database.on(EmbeddedServer(Path(root)), name) as database,
        house(database, Switch(slow=float(slow)), deadline=30) as here,
    ):
        turn = here.engine.start(text, door="test")
        print(turn.id, flush=True)
        for event in here.engine.follow(turn.id):
            print(event.seq, event.kind.value, flush=True)


main()
