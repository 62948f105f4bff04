"""Killed at any moment, or moved by several at once: consistent books, nothing settled twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO

from connectors.practice.balance import books_balance, whole_books
from connectors.practice.desk import PracticeDesk
from connectors.practice.marks import value_lots
from mfa.kernel.account import EquityPoint, LedgerEntry
from mfa.kernel.errors import StoreError
from mfa.kernel.orders import OrderState
from mfa.kernel.outcome import Found
from mfa.store.books import Books
from mfa.store.database import Database
from mfa.store.server import EmbeddedServer
from tests.practice_broker.ordering import GTC, order, taken

TARGET = date(2022, 6, 15)

# A process that has everything imported, and forks one that advances at each line it reads.
NURSERY = """
import os, sys
from datetime import date
from connectors.practice.desk import PracticeDesk
from connectors.practice.closes import load_closes
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.settings import Settings
from mfa.store.database import Database
exchange_calendar(), load_closes()
settings = Settings(database_url=sys.argv[1])
print("ready", flush=True)
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        with Database.open(settings) as database:
            desk = PracticeDesk.open(database, 7)
            print(os.getpid(), flush=True)
            desk.advance(to=date.fromisoformat(line.strip()))
        os._exit(0)
    print("ended", os.waitpid(child, 0)[1], flush=True)
"""


@contextmanager
def nursery(database: Database) -> Iterator[tuple[IO[str], IO[str]]]:
    process = subprocess.Popen(
        [sys.executable, "-c", NURSERY, database.conninfo],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        yield process.stdin, process.stdout
    finally:
        process.kill()
        process.wait()


def assert_in_balance(database: Database, desk: PracticeDesk) -> datetime:
    with database.connection() as conn:
        state = Books("practice").state(conn)
        whole = whole_books(Books("practice"), conn)
    assert state is not None
    value = value_lots([x for x in whole.lots if x.quantity], desk.market, state.now).value
    assert books_balance(whole, value) == ()
    return state.now


def history(desk: PracticeDesk) -> tuple[tuple[LedgerEntry, ...], tuple[EquityPoint, ...]]:
    ledger, curve = desk.account.ledger(), desk.account.equity_curve()
    assert isinstance(ledger, Found)
    assert isinstance(curve, Found)
    return ledger.value, curve.value


def test_an_advance_killed_at_random_goes_on_where_it_stopped(
    new_database: Callable[[], Database],
) -> None:
    chance = random.Random(9)
    with new_database() as killed, new_database() as undisturbed:
        desk, reference = PracticeDesk.open(killed, 7), PracticeDesk.open(undisturbed, 7)
        for each in (desk, reference):
            leave_orders(each)
        moments = [desk.clock.now()]
        with nursery(killed) as (orders, answers):
            for number in range(12):
                before = desk.clock.now()
                if desk.clock.today() >= TARGET:
                    break
                orders.write(f"{TARGET}\n")
                orders.flush()
                pid = answers.readline()
                while number % 2 and desk.clock.now() == before:
                    time.sleep(0.01)  # every other one settles something
                time.sleep(chance.uniform(0.0, 0.25))
                with suppress(ProcessLookupError):  # it arrived before
                    os.kill(int(pid), signal.SIGKILL)
                answers.readline()
                moments.append(assert_in_balance(killed, desk))
        assert moments == sorted(moments)
        assert len(set(moments)) > 3, "no process lived long enough to settle anything"
        if desk.clock.today() < TARGET:
            desk.advance(to=TARGET)
        reference.advance(to=TARGET)
        assert history(desk) == history(reference)
        assert fates(desk) == fates(reference)
        assert {state for state, _ in fates(desk)} == {OrderState.FILLED, OrderState.EXPIRED}


def leave_orders(desk: PracticeDesk) -> None:
    """Standing until cancelled: some fill within weeks, one expires with its option."""
    texts = (
        ("+1 KO", "53.00"),
        ("-1 JPM close", "-155.00"),
        ("+1 KO 2021-07-16 55 call", "0.60"),
        ("+1 KO 2021-07-16 53 call", "0.05"),
    )
    for number, (leg, limit) in enumerate(texts):
        sent = order(3, leg, limit=limit, force=GTC, client_id=f"standing-{number}")
        taken(desk.broker.submit(sent))


def fates(desk: PracticeDesk) -> list[tuple[OrderState, list[tuple[Decimal, datetime]]]]:
    found = desk.broker.orders(desk.clock.now())
    assert isinstance(found, Found)
    return [(each.state, [(f.price, f.at) for f in each.fills]) for each in found.value]


def test_a_server_killed_under_an_advance_is_a_sentence_and_loses_nothing(
    magnus_home: Path, new_database: Callable[[], Database]
) -> None:
    chance = random.Random(4)
    server = EmbeddedServer(magnus_home / "database")
    lost: list[str] = []
    with Database.on(server) as database, new_database() as undisturbed:
        desk, reference = PracticeDesk.open(database, 7), PracticeDesk.open(undisturbed, 7)
        for _ in range(5):
            pid = server.status().pid
            assert pid is not None
            killer = threading.Timer(chance.uniform(0.02, 0.2), os.kill, (pid, signal.SIGKILL))
            killer.start()
            try:
                desk.advance(days=60)
            except StoreError as error:
                lost.append(str(error))
            killer.join()
            assert_in_balance(database, desk)
        desk.advance(to=date(2022, 12, 28))
        reference.advance(to=date(2022, 12, 28))
        assert history(desk) == history(reference)
    assert lost, "no kill met an advance"
    assert all("advance again" in sentence for sentence in lost)


def test_two_desks_that_advance_at_once_settle_every_session_once(
    database: Database, new_database: Callable[[], Database]
) -> None:
    desks = [PracticeDesk.open(database, 7) for _ in range(2)]
    threads = [threading.Thread(target=desk.advance, kwargs={"days": 10}) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Ten sessions and ten more: the second waited for the first.
    with new_database() as other:
        reference = PracticeDesk.open(other, 7)
        reference.advance(days=20)
        assert desks[0].clock.now() == reference.clock.now()
        assert history(desks[0]) == history(reference)


def test_four_that_open_at_once_write_one_history(database: Database) -> None:
    desks: list[PracticeDesk] = []
    threads = [
        threading.Thread(target=lambda: desks.append(PracticeDesk.open(database, 7)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(desks) == 4
    assert {desk.account.revision() for desk in desks} == {"PRACTICE-7:1"}
    assert_in_balance(database, desks[0])


def test_a_seeding_killed_half_way_leaves_nothing(database: Database) -> None:
    script = (
        "import os, sys\n"
        "from connectors.practice.desk import PracticeDesk\n"
        "from mfa.kernel.settings import Settings\n"
        "from mfa.store.book_writer import BookWriter\n"
        "from mfa.store.database import Database\n"
        "writes = BookWriter.append\n"
        "def die(self, conn, entries):\n"
        "    writes(self, conn, entries)\n"
        "    os.kill(os.getpid(), 9)\n"
        "BookWriter.append = die\n"
        "PracticeDesk.open(Database.open(Settings(database_url=sys.argv[1])), 7)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script, database.conninfo], check=False)
    assert ended.returncode == -signal.SIGKILL
    with database.connection() as conn:
        assert Books("practice").state(conn) is None
        assert Books("practice").ledger(conn) == ()
    assert PracticeDesk.open(database, 7).status().revision == 1
