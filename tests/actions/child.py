"""A process of its own that confirms a card from ten threads; says how many orders it sent."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

from mfa.kernel.logs import configure_logs
from mfa.store.database import Database
from tests.actions.house import ADA, House


def main() -> None:
    configure_logs("error", json=True)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    conninfo, home, card = json.loads(sys.stdin.readline())
    database = Database(conninfo)
    database.pool.open()
    house = House.build(database, Path(home))
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: house.desk.confirmations.confirm(UUID(card), ADA), range(10)))
    sys.stdout.write(f"{len(house.sent.orders)}\n")
    database.close()


if __name__ == "__main__":
    main()
