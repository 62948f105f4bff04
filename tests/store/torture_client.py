"""An application that writes without pause and says what was acknowledged, one number a line.

Run by `test_torture` as its own process, so that it can be killed. Arguments: home, writer number.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import psycopg

from mfa.kernel.errors import StoreError
from mfa.store.database import Database

THREADS = 2


def write(database: Database, begin: int) -> None:
    number = begin
    while True:
        number += 1
        try:
            with database.connection() as connection:
                connection.execute("INSERT INTO ledger VALUES (%s)", [number])
        except (psycopg.OperationalError, StoreError) as error:
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
            time.sleep(0.02)
        else:
            os.write(1, f"{number}\n".encode())


def main() -> None:
    home, writer = Path(sys.argv[1]), int(sys.argv[2])
    database = Database.open(SimpleNamespace(home=home, database_url=None, user="local"))
    threads = [
        threading.Thread(target=write, args=(database, (writer * THREADS + one) * 10**9))
        for one in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
