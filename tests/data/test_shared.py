"""Several processes share answers through a real Redis, and none of them ever depends on it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.vendors.ground.breaker import Breaker
from mfa.data.requests import Served
from mfa.data.shared import TOLERATED, SharedAnswers
from mfa.kernel.errors import ConfigurationError
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found
from mfa.store.database import Database
from mfa.store.generations import GenerationRepository
from tests.data.conftest import Probe
from tests.servers.redis import RedisServer, mad_server, redis_server

Start = Callable[..., Probe]


@pytest.fixture(scope="module")
def running() -> Iterator[RedisServer]:
    with redis_server() as server:
        yield server


@pytest.fixture
def redis_(running: RedisServer) -> RedisServer:
    running.client.flushall()
    return running


@pytest.fixture
def start_at(
    probes: Callable[..., Probe], new_database: Callable[[], Database]
) -> Iterator[Callable[[str], Start]]:
    """Processes of one house that share the Redis at an address. What they had to write is written
    when they end: a late write would lie in the next test's empty Redis."""
    opened: list[SharedAnswers] = []
    with new_database() as database:

        def at(url: str) -> Start:
            def process(house: str = "", **options: Any) -> Probe:
                house = house or GenerationRepository(database).house()
                shared = SharedAnswers.open(SecretStr(url), house)
                opened.append(shared)
                return probes(**{"database": database, "shared": shared, **options})

            return process

        yield at
        for shared in opened:
            shared.close(10.0)


@pytest.fixture
def start(redis_: RedisServer, start_at: Callable[[str], Start]) -> Start:
    return start_at(redis_.url)


def settle(probe: Probe) -> None:
    """Wait until what the process had to write is written."""
    shared = probe.service.shared
    assert shared is not None
    shared._writer.submit(lambda: None).result(10)


def test_what_one_process_found_another_need_not_fetch(start: Start) -> None:
    here, there = start(), start()
    first = here.ask("short", text="same")
    settle(here)
    second = there.ask("short", text="same")
    assert (first.served, second.served) == (Served.FETCHED, Served.SHARED)
    assert second.outcome == first.outcome
    assert there.connector.calls == 0
    assert there.ask("short", text="same").served is Served.CACHED


def test_an_absence_is_shared(start: Start) -> None:
    here, there = start(), start()
    here.connector.behaviour = lambda _: Absent("There is none.")
    here.ask("short")
    settle(here)
    assert there.ask("short").outcome == Absent("There is none.")
    assert there.connector.calls == 0


def test_a_failure_is_not_shared(start: Start) -> None:
    here, there = start(), start()
    here.fails()
    here.ask("short")
    settle(here)
    assert there.ask("short").served is Served.FETCHED


@pytest.mark.parametrize("query", ["never", "constant"])
def test_what_is_never_kept_or_depends_on_nothing_is_not_shared(start: Start, query: str) -> None:
    here, there = start(), start()
    here.ask(query)
    settle(here)
    there.ask(query)
    assert there.connector.calls == 1


def test_its_age_is_of_the_fetch_and_ends_when_the_policy_says(
    start: Start, redis_: RedisServer
) -> None:
    """Of 30 seconds 5 are left, so the answer is 25 old; five later both levels have none."""
    here, there = start(), start()
    here.ask("short")
    settle(here)
    (name,) = redis_.client.keys()
    redis_.client.pexpire(name, 5000)
    answer = there.ask("short")
    assert 24.9 < answer.age < 30
    there.now = 5.1
    redis_.client.delete(name)
    assert there.ask("short").served is Served.FETCHED


@pytest.mark.parametrize("event", ["order_filled", "watchlist_changed", "clock_moved", "all"])
def test_after_an_event_in_any_process_nothing_older_is_served(start: Start, event: str) -> None:
    here, there = start(), start()
    here.ask("short")
    settle(here)
    there.service.invalidate(event)
    assert there.ask("short").served is Served.FETCHED
    settle(there)
    assert here.ask("short").served is Served.SHARED


def test_a_fill_in_the_books_makes_what_redis_has_unfindable(start: Start) -> None:
    here, there = start(), start()
    here.ask("short")
    settle(here)
    there.account.read = lambda: "2"
    assert there.ask("short").served is Served.FETCHED


def test_houses_and_accounts_do_not_share(start: Start) -> None:
    here = start()
    here.ask("short")
    settle(here)
    assert start(house="another").ask("short").served is Served.FETCHED
    assert start(account_name="another").ask("short").served is Served.FETCHED


def test_an_entry_of_another_version_of_the_model_is_a_miss(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = start(), start()
    here.ask("short")
    settle(here)
    monkeypatch.setattr("mfa.data.shared.fingerprint", lambda _: "newer")
    assert there.ask("short").served is Served.FETCHED


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"rubbish",
        b"30000 {",
        b"30000 []",
        b'30000 {"kind": "absent"}',
        b'30000 {"kind": "absent", "reason": 7}',
        b'30000 {"kind": "failed", "failure": "timeout", "message": "x", "retry_after": null}',
        b'30000 {"kind": "found", "value": {"text": 1}, "provenance": {}}',
        b"9" * 5000 + b" {}",
        b"1 " + b"[" * 100_000,
        b"\xff\xfe\x00",
    ],
)
def test_rubbish_is_a_miss(start: Start, redis_: RedisServer, damage: bytes) -> None:
    here, there = start(), start()
    here.ask("short")
    settle(here)
    (name,) = redis_.client.keys()
    redis_.client.set(name, damage, px=30_000)
    assert there.ask("short").served is Served.FETCHED


def test_an_entry_of_another_type_is_a_miss(start: Start, redis_: RedisServer) -> None:
    here, there = start(), start()
    here.ask("short")
    settle(here)
    (name,) = redis_.client.keys()
    redis_.client.delete(name)
    redis_.client.rpush(name, "x")
    assert there.ask("short").served is Served.FETCHED


def test_a_full_redis_is_read_and_not_written(start: Start, redis_: RedisServer) -> None:
    here, there = start(), start()
    here.ask("short", text="before")
    settle(here)
    redis_.client.config_set("maxmemory", "1")
    try:
        here.ask("short", text="after")
        settle(here)
        assert there.ask("short", text="before").served is Served.SHARED
        assert there.ask("short", text="after").served is Served.FETCHED
    finally:
        redis_.client.config_set("maxmemory", "0")
    stats = here.service.stats().redis
    assert stats is not None
    assert (stats.unstored, stats.failures, stats.passing) == (1, 0, True)


def test_a_redis_that_dies_and_returns_is_noticed_by_nobody(
    start: Start, redis_: RedisServer
) -> None:
    here, there = start(), start()
    redis_.stop()
    for number in range(5):
        assert isinstance(here.ask("short", number=number).outcome, Found)
    stats = here.service.stats().redis
    assert stats is not None
    assert not stats.passing
    assert TOLERATED <= stats.failures <= 10
    redis_.start()
    assert there.ask("short", number=1).served is Served.FETCHED
    settle(there)
    assert start().ask("short", number=1).served is Served.SHARED


@pytest.mark.parametrize(
    ("reply", "every"),
    [
        (b"", 60.0),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", 0.0),
        (b"\x00\xff" * 500, 0.0),
        (b"+OK\r\n" * 100, 0.03),
        (b"-LOADING Redis is loading\r\n" * 10, 0.0),
        (b"$99999999999\r\n", 0.0),
    ],
    ids=["silent", "another protocol", "noise", "a trickle", "loading", "endless"],
)
def test_a_mad_redis_breaks_nothing_and_is_left_alone(
    start_at: Callable[[str], Start], reply: bytes, every: float
) -> None:
    with mad_server(reply, every=every) as url:
        probe = start_at(url)()
        for number in range(TOLERATED + 2):
            answer = probe.ask("short", number=number)
            assert answer.served is Served.FETCHED
        stats = probe.service.stats().redis
        assert stats is not None
        assert (stats.hits, stats.passing) == (0, False)


def test_a_hundred_equal_questions_at_once_are_one_look_and_one_fetch(start: Start) -> None:
    probe = start()
    gate = threading.Event()
    reply = probe.service.query("probe", "never")
    probe.connector.calls = 0
    probe.connector.behaviour = lambda _: gate.wait(5) and reply
    threads = [threading.Thread(target=probe.ask) for _ in range(100)]
    for thread in threads:
        thread.start()
    while sum(t.waiting for t in probe.service._answering._flights._flights.values()) < 100:
        threading.Event().wait(0.005)
    gate.set()
    for thread in threads:
        thread.join()
    stats = probe.service.stats()
    assert (probe.connector.calls, stats.queries["probe.short"].joins) == (1, 99)
    assert stats.redis is not None
    assert stats.redis.misses + stats.redis.failures == 1  # a busy machine may look in vain


def test_a_breaker_that_opened_lets_one_look_through_after_its_rest(redis_: RedisServer) -> None:
    now = [0.0]
    breaker = Breaker(tolerated=1, clock=lambda: now[0])
    client = redis_.client
    shared = SharedAnswers(client, "house", breaker)
    breaker.failed()
    assert not shared.stats().passing
    now[0] = 10.0
    assert shared.stats().passing
    assert shared.ping() is None
    shared.close(1.0)


def test_what_is_no_address_is_refused_without_showing_it() -> None:
    with pytest.raises(ConfigurationError, match="not the address of a Redis") as refused:
        SharedAnswers.open(SecretStr("http://user:hunter2@host"), "house")
    assert "hunter2" not in str(refused.value)


def test_a_ping_says_what_is_wrong() -> None:
    shared = SharedAnswers.open(SecretStr("redis://127.0.0.1:1/0"), "house")
    assert "refused" in (shared.ping() or "")
    shared.close(0.0)


def test_a_failed_fetch_is_not_helped_by_redis(start: Start) -> None:
    probe = start()
    probe.fails(FailureKind.BAD_DATA, "Odd.")
    assert probe.ask("short").outcome == Failed(FailureKind.BAD_DATA, "Odd.")
