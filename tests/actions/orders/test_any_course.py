"""Whatever happens in whatever order, both books agree in the end: orders, cancellations and
replacements, answers that are lost, requests that come late, deaths in the middle, fills, halts."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from mfa.kernel.account import AccountSource
from mfa.kernel.broker import Abilities, BrokerIdentity, Refused, Sent, Taken, Unanswered
from mfa.kernel.errors import InputError
from mfa.kernel.order_book import Link
from mfa.kernel.orders import AssetClass, BrokerOrder, Order, OrderState
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome, Provenance
from mfa.store.database import Database
from mfa.store.order_rows import order_document
from tests.actions.orders.desk import Desk, closing, opening, order
from tests.servers.broker import Book, Standing, told
from tests.servers.broker_client import broker_order

_accounts = itertools.count(1)
FAULTS = ("none", "lost before", "lost after", "late", "dies before", "dies after")


class DeathError(BaseException):
    """The process ends here; nothing of it may be caught on the way."""


class ModelBroker:
    """The loopback's book without its sockets; the next request meets `fault`."""

    name = "model"

    def __init__(self, *, replace: bool) -> None:
        self.book = Book()
        self.fault = "none"
        self.silent = False
        self.late: list[Callable[[], object]] = []
        self.account_id = f"M-{next(_accounts)}"
        self.abilities = Abilities(
            assets=frozenset({AssetClass.OPTION}), multi_leg=False, replace=replace,
            market_orders=True, finds_by_client_id=True,
        )  # fmt: skip

    @property
    def account(self) -> AccountSource:
        raise NotImplementedError

    def identity(self) -> Outcome[BrokerIdentity]:
        return self._found(
            BrokerIdentity(broker=self.name, account_id=self.account_id, is_real=False)
        )

    def submit(self, order: Order) -> Sent:
        return self._carry(lambda: self.book.submit(order_document(order)))

    def cancel(self, broker_id: str) -> Sent:
        return self._carry(lambda: self.book.cancel(broker_id))

    def replace(self, broker_id: str, order: Order) -> Sent:
        return self._carry(lambda: self.book.replace(broker_id, order_document(order)))

    def find(self, order: Order) -> Outcome[BrokerOrder]:
        if self.silent:
            return Failed(FailureKind.UNAVAILABLE, "no answer")
        for standing in self.book.orders.values():
            if standing.client_id == order.client_id:
                return self._found(broker_order(told(standing)))
        return Absent("unknown")

    def orders(self, since: datetime) -> Outcome[tuple[BrokerOrder, ...]]:
        if self.silent:
            return Failed(FailureKind.UNAVAILABLE, "no answer")
        return self._found(tuple(broker_order(told(each)) for each in self.book.look()))

    def _carry(self, act: Callable[[], Standing | str]) -> Sent:
        fault, self.fault = self.fault, "none"
        if fault == "dies before":
            raise DeathError
        if fault == "lost before":
            return Unanswered("lost")
        if fault == "late":
            self.late.append(act)
            return Unanswered("lost")
        done = act()
        if fault == "dies after":
            raise DeathError
        if fault == "lost after":
            return Unanswered("lost")
        if isinstance(done, str):
            return Refused(done)
        return Taken(broker_order(told(done)))

    def _found(self, value: Any) -> Found[Any]:
        return Found(value, Provenance(source=self.name, as_of=datetime.now(UTC)))


class AnyCourse(RuleBasedStateMachine):
    database: Database
    replaces = True
    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.broker = ModelBroker(replace=self.replaces)
        self.desk = Desk(
            self.database, {self.broker.name: self.broker}, account=self.broker.account_id
        )
        self.meant: dict[str, Decimal] = {}

    def _alive(self, act: Callable[[], object], fault: str) -> None:
        """Do it; a death ends it, and the next thing happens in another process."""
        self.broker.fault = fault
        try:
            act()
        except DeathError:
            pass
        except InputError:
            pass  # a person is told why not
        self.broker.fault = "none"

    @rule(target=ids, fault=st.sampled_from(FAULTS), quantity=st.integers(1, 4))
    def place(self, fault: str, quantity: int) -> str:
        new = order(quantity=quantity)
        self.meant[new.client_id] = new.quantity
        self._alive(lambda: self.desk.place(new), fault)
        return new.client_id

    @rule(target=ids, fault=st.sampled_from(FAULTS), quantity=st.integers(1, 3))
    def roll(self, fault: str, quantity: int) -> Any:
        first, second = closing(quantity), opening(quantity)
        self.meant |= {first.client_id: first.quantity, second.client_id: second.quantity}
        waiting = self.desk.new(second, linked=first.client_id, link=Link.AFTER_FILL)
        self._alive(lambda: self.desk.sender.place(self.desk.new(first), waiting), fault)
        return multiple(first.client_id, second.client_id)

    @rule(name=ids, fault=st.sampled_from(FAULTS))
    def cancel(self, name: str, fault: str) -> None:
        if self.desk.book.get(name) is not None:
            self._alive(lambda: self.desk.changer.cancel(name), fault)

    @rule(target=ids, name=ids, fault=st.sampled_from(FAULTS), quantity=st.integers(1, 5))
    def replace(self, name: str, fault: str, quantity: int) -> Any:
        old = self.desk.book.get(name)
        if old is None:
            return multiple()
        new = order(*old.order.legs, quantity=quantity, limit="-1.10")
        self.meant[new.client_id] = new.quantity
        self._alive(lambda: self.desk.changer.replace(name, self.desk.new(new)), fault)
        return new.client_id

    @rule(data=st.data(), units=st.integers(1, 3))
    def fill(self, data: st.DataObject, units: int) -> None:
        if self.broker.book.orders:
            self.broker.book.fill(
                data.draw(st.sampled_from(sorted(self.broker.book.orders))), units
            )

    @rule(fault=st.sampled_from(FAULTS), silent=st.booleans())
    def tick(self, fault: str, silent: bool) -> None:
        self.broker.silent = silent
        self._alive(self.desk.reconciler.tick, fault)
        self.broker.silent = False

    @rule()
    def arrive(self) -> None:
        late, self.broker.late = self.broker.late, []
        for act in late:
            act()

    @rule()
    def minutes_pass(self) -> None:
        """By then what was on its way is there: that is what the minutes are for."""
        self.arrive()
        self.desk.wall.ahead += timedelta(minutes=5)

    @rule(halted=st.booleans())
    def halt(self, halted: bool) -> None:
        self.desk.halted = "Halted." if halted else ""

    @invariant()
    def nothing_is_sent_twice_and_nothing_is_traded_beyond_what_was_meant(self) -> None:
        sent = Counter(each.body["client_id"] for each in self.broker.book.orders.values())
        assert set(sent.values()) <= {1}
        for standing in self.broker.book.orders.values():
            assert standing.filled <= self.meant[standing.body["client_id"]]

    def teardown(self) -> None:
        self.desk.halted = ""
        self.minutes_pass()
        for _ in range(3):
            self.desk.reconciler.tick()
        self._books_agree()
        for _ in range(3):  # the end of one order may set another free
            self.broker.book.expire()
            self.desk.reconciler.tick()
        self._books_agree()
        for name in self.meant:
            intent = self.desk.book.get(name)
            assert intent is None or intent.state.is_over

    def _books_agree(self) -> None:
        by_name = {each.client_id: each for each in self.broker.book.orders.values()}
        for name, standing in by_name.items():
            ours = self.desk.state(str(name))
            assert (ours.state, ours.filled) == (standing.state, standing.filled)
            assert ours.broker_id == standing.broker_id
        for name in self.meant:
            intent = self.desk.book.get(name)
            if intent is not None and name not in by_name:
                assert intent.filled == 0
                assert intent.state in {
                    OrderState.NEW,
                    OrderState.CANCELLED,
                    OrderState.REJECTED,
                }


_SETTINGS = settings(
    max_examples=12,
    stateful_step_count=14,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def test_any_course_ends_with_equal_books(module_database: Database) -> None:
    course = type("Course", (AnyCourse,), {"database": module_database})
    run_state_machine_as_test(course, settings=_SETTINGS)


def test_any_course_ends_with_equal_books_where_the_broker_cannot_replace(
    module_database: Database,
) -> None:
    course = type("Course", (AnyCourse,), {"database": module_database, "replaces": False})
    run_state_machine_as_test(course, settings=_SETTINGS)
