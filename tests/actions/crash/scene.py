"""One death and what is found afterwards: the broker's book, ours, and how they compare."""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from uuid import UUID

from mfa.kernel.order_book import OrderIntent
from mfa.kernel.orders import OrderState
from mfa.kernel.outcome import Found
from mfa.store.database import Database
from mfa.store.order_reading import OrderReader
from tests.actions.orders.desk import USER, Desk
from tests.servers.broker import BrokerServer, Drop, Kill
from tests.servers.broker_client import LoopbackBroker

ROOT: Final = Path(__file__).parents[3]
QUANTITY: Final = {"submit": 3, "cancel": 3, "replace": 4, "roll": 6, "fills": 3}
MARKETS: Final[tuple[tuple[int, ...], ...]] = (
    (), (3,), (1, 0, 1, 1), (0, 1, 2), (2, 1), (0, 0, 3)
)  # fmt: skip
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What happens, to which broker, and what goes wrong; all of it follows from the seed."""

    scenario: str
    last: int | None = None
    kill: Kill | None = None
    seed: int = 0
    replaces: bool = True
    client_ids: bool = True
    drops: tuple[Drop | None, ...] = ()
    market: tuple[int, ...] = ()
    twice: bool = False

    def drawn(self, seed: int) -> Case:
        """This, with faults and a market of the seed. Seed 0 has no fault but the death."""
        if not seed:
            return self
        chance = random.Random(f"{self.scenario} {self.replaces} {seed}")
        return replace(
            self,
            seed=seed,
            drops=tuple(chance.choice((None, None, *Drop)) for _ in range(4)),
            client_ids=chance.random() < 0.75,
            market=chance.choice(MARKETS),
            twice=chance.random() < 0.5,
        )

    def __str__(self) -> str:
        return self.scenario if self.replaces else f"{self.scenario} in two steps"


@dataclass
class Tally:
    """What a row of deaths came to."""

    runs: int = 0
    killed: int = 0
    duplicates: int = 0
    forgotten: int = 0
    states: Counter[str] = field(default_factory=Counter)


class Victims:
    """The process whose children are killed."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.actions.crash.victim"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, task: dict[str, Any]) -> int:
        """How the child ended: 0, or minus the signal."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(task) + "\n")
        self._process.stdin.flush()
        return int(json.loads(self._process.stdout.readline()))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


@dataclass
class Stage:
    """Where scenarios are played: one database, one row of victims."""

    database: Database
    victims: Victims
    folder: Path

    def steps(self, case: Case) -> list[str]:
        """The lines that a scenario reaches when nothing kills it."""
        with BrokerServer(account=f"A-{next(_numbers)}", client_ids=case.client_ids) as server:
            _prepare(server, case)
            task = self._task(server, case)
            assert self.victims.run(task) == 0
            found: list[str] = json.loads(Path(task["report"]).read_text(encoding="utf-8"))
            self._recover(server, case)
            return found

    def play(self, case: Case, tally: Tally) -> None:
        """Kill, start again, and hold both books against each other."""
        with BrokerServer(account=f"A-{next(_numbers)}", client_ids=case.client_ids) as server:
            _prepare(server, case)
            ended = self.victims.run(task := self._task(server, case))
            assert ended in {0, -9}, f"the victim failed: {case!r}"
            tally.runs += 1
            tally.killed += ended == -9
            desk = self._recover(server, case)
            _judge(server, desk, case, task["ids"], tally)

    def _task(self, server: BrokerServer, case: Case) -> dict[str, Any]:
        number = next(_numbers)
        return {
            "conninfo": self.database.conninfo,
            "url": server.url,
            "account": server.account,
            "scenario": case.scenario,
            "ids": [str(UUID(int=number << 8 | place)) for place in range(2)],
            "last": case.last,
            "replaces": case.replaces,
            "client_ids": case.client_ids,
            "report": str(self.folder / "steps.json"),
        }

    def _recover(self, server: BrokerServer, case: Case) -> Desk:
        """The next start: ticks, first at once, then when all that was on its way has arrived,
        then after the close."""
        server.kill, server.drops = None, type(server.drops)()
        broker = LoopbackBroker(
            server.url, replace=case.replaces, client_ids=case.client_ids, multi_leg=False
        )
        desk = Desk(self.database, {broker.name: broker}, account=server.account)
        desk.reconciler.tick()
        server.settle()
        desk.wall.ahead = timedelta(minutes=10)
        for _ in range(4):
            desk.reconciler.tick()
            server.settle()
        _same(server, desk, case)
        for _ in range(3):  # the end of one order may set another free
            server.book.expire()
            desk.reconciler.tick()
        broker.close()
        return desk


def _prepare(server: BrokerServer, case: Case) -> None:
    server.drops.extend(case.drops)
    server.book.market = list(case.market)
    server.twice = case.twice
    server.kill = case.kill


def _judge(server: BrokerServer, desk: Desk, case: Case, ids: list[str], tally: Tally) -> None:
    _same(server, desk, case)
    intents = [each for each in map(desk.book.get, ids) if each is not None]
    alive = [each for each in intents if not each.state.is_over]
    assert not alive, f"not brought to an end: {alive} in {case!r}"
    bound = Counter(each.broker_id for each in intents if each.broker_id)
    sent = Counter(each.body["client_id"] for each in server.book.orders.values())
    twice = [name for name, count in sent.items() if count > 1]
    lost = [each for each in server.book.orders if bound[each] != 1]
    tally.duplicates += len(twice)
    tally.forgotten += len(lost)
    assert not twice, f"sent twice: {case!r}"
    assert not lost, f"forgotten: {case!r}"
    tally.states.update(f"{case.scenario} {each.state.value}" for each in intents)
    filled = sum(each.filled for each in server.book.orders.values())
    assert filled <= QUANTITY[case.scenario], f"more was traded than was meant: {case!r}"
    if case.scenario == "roll":
        _no_more_opened_than_closed(server, case)


def _same(server: BrokerServer, desk: Desk, case: Case) -> None:
    """Every order of the broker's stands in our book as it stands there, fill by fill."""
    reader = OrderReader(desk.database, "paper")
    listed = reader.orders(USER, working=False, limit=1000)
    assert isinstance(listed, Found)
    ours: dict[str | None, OrderIntent] = {
        each.broker_id: each for each in listed.value if each.account == server.account
    }
    for standing in server.book.orders.values():
        intent = ours.get(standing.broker_id)
        assert intent is not None, f"{standing.broker_id} is not in our book: {case!r}"
        assert intent.client_id == standing.body["client_id"], f"taken for another: {case!r}"
        assert (intent.state, intent.filled) == (standing.state, standing.filled), case
        history = reader.order_history(USER, intent.client_id)
        assert isinstance(history, Found)
        assert {(fill.id, fill.quantity, fill.price) for fill in history.value.fills} == {
            (fill["id"], Decimal(fill["quantity"]), Decimal(fill["price"]))
            for fill in standing.fills
        }, case
    for broker_id, intent in ours.items():
        if broker_id is None:
            assert intent.state in {
                OrderState.NEW,
                OrderState.CANCELLED,
                OrderState.REJECTED,
            }, f"{intent} in {case!r}"


def _no_more_opened_than_closed(server: BrokerServer, case: Case) -> None:
    effects = Counter[str]()
    for standing in server.book.orders.values():
        what = standing.body["legs"][0]["effect"]
        effects[what] += int(standing.filled if what == "close" else standing.quantity)
    assert effects["open"] <= effects["close"], f"opened more than was closed: {case!r}"
