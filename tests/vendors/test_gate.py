"""The way to a vendor keeps its promises over real sockets."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime

import pytest
from pydantic import SecretStr

from connectors.vendors.ground.breaker import BreakerState
from connectors.vendors.ground.terms import Call
from connectors.vendors.ground.trouble import retry_after
from mfa.kernel.logs import configure_logs
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome, Provenance
from tests.servers import faults
from tests.servers.base import Answer, Request, route
from tests.vendors.ground import NOW, Acme, AcmeSource


@pytest.fixture
def acme() -> Iterator[Acme]:
    with Acme() as server:
        yield server


@pytest.fixture
def source(acme: Acme) -> AcmeSource:
    return AcmeSource(acme.url)


def failure(outcome: object) -> Failed:
    assert isinstance(outcome, Failed)
    return outcome


def test_a_good_answer_is_found_and_the_secret_goes_only_into_its_header(
    acme: Acme, source: AcmeSource
) -> None:
    outcome = source.price()
    assert isinstance(outcome, Found)
    assert outcome.value == Decimal("12.34")
    assert acme.requests[0].headers["authorization"] == "Bearer hush-hush"
    assert "hush" not in repr(source.client.__dict__)


@pytest.mark.parametrize("pasted", ["tok\nX-Evil: 1", "tökén", "a\x00b"])
def test_a_key_that_can_be_none_is_not_sent_and_not_shown(acme: Acme, pasted: str) -> None:
    source = AcmeSource(acme.url)
    source.client._secrets["Authorization"] = SecretStr(pasted)
    failed = failure(source.price())
    assert failed.kind is FailureKind.CREDENTIALS
    assert pasted not in failed.message
    assert acme.requests == []


def test_a_key_pasted_with_its_line_end_is_taken_without(acme: Acme) -> None:
    source = AcmeSource(acme.url)
    source.client._secrets["Authorization"] = SecretStr("Bearer abc\r\n")
    assert isinstance(source.price(), Found)
    assert acme.requests[0].headers["authorization"] == "Bearer abc"


def test_what_the_vendor_does_not_know_is_absent_and_counts_as_an_answer(
    source: AcmeSource,
) -> None:
    assert source.price("NONE") == Absent("Acme does not know NONE.")
    assert source.gate.health().reachable is True


def test_a_passing_fault_is_retried_within_the_deadline(acme: Acme, source: AcmeSource) -> None:
    acme.inject(faults.BROKEN, times=2)
    assert isinstance(source.price(), Found)
    assert len(acme.requests) == 3


def test_a_fault_that_stays_is_told_after_three_attempts(acme: Acme, source: AcmeSource) -> None:
    acme.inject(faults.BROKEN)
    assert failure(source.price()).kind is FailureKind.UNAVAILABLE
    assert len(acme.requests) == 3


def test_refused_credentials_are_asked_once_and_told_with_the_remedy(
    acme: Acme, source: AcmeSource
) -> None:
    acme.inject(faults.WRONG_KEY)
    failed = failure(source.price())
    assert failed.kind is FailureKind.CREDENTIALS
    assert failed.message == (
        "Acme refused the credentials. It said: Invalid Access Token. Run `magnus connect acme`."
    )
    assert len(acme.requests) == 1
    assert source.gate.health().authorised is False


@pytest.mark.parametrize("fault", [faults.SILENT, faults.TRICKLE], ids=lambda f: f.name)
def test_one_deadline_bounds_silence_and_a_slow_trickle(
    acme: Acme, source: AcmeSource, fault: faults.Fault
) -> None:
    acme.inject(fault)
    began = time.monotonic()
    failed = failure(source.price())
    assert failed.kind is FailureKind.TIMEOUT
    assert time.monotonic() - began < 5.0  # the vendor would take far longer


def test_headers_that_trickle_are_bounded_too() -> None:
    import socket

    door = socket.create_server(("127.0.0.1", 0))
    door.settimeout(5)

    def trickle() -> None:
        connection, _ = door.accept()
        with connection:
            for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 100:
                try:
                    connection.sendall(bytes([byte]))
                except OSError:
                    return
                time.sleep(0.05)

    thread = threading.Thread(target=trickle, daemon=True)
    thread.start()
    source = AcmeSource(f"http://127.0.0.1:{door.getsockname()[1]}")
    began = time.monotonic()
    assert failure(source.price()).kind is FailureKind.TIMEOUT
    assert time.monotonic() - began < 5.0  # the vendor would take far longer
    source.client.close()
    thread.join(8)
    door.close()


def test_an_answer_cut_off_is_asked_again(acme: Acme, source: AcmeSource) -> None:
    acme.inject(faults.CUT_OFF, times=1)
    assert isinstance(source.price(), Found)


def test_a_body_beyond_the_bound_is_not_read(acme: Acme, source: AcmeSource) -> None:
    acme.padding = "x" * 10_000
    failed = failure(source.price())
    assert failed.kind is FailureKind.BAD_DATA
    assert "MiB" in failed.message


def test_nobody_listening_is_unavailable(acme: Acme) -> None:
    source = AcmeSource(acme.url)
    acme.close()
    failed = failure(source.price())
    assert failed.kind is FailureKind.UNAVAILABLE
    assert failed.message.startswith("Acme cannot be reached (ConnectError).")


def test_retry_after_closes_the_door_for_everybody(acme: Acme, source: AcmeSource) -> None:
    acme.inject(faults.LIMITED_UNTIL, times=1)
    first, second = failure(source.price()), failure(source.price())
    assert first.kind is second.kind is FailureKind.RATE_LIMITED
    assert first.retry_after == timedelta(seconds=7)
    assert second.retry_after is not None
    assert second.retry_after > timedelta(seconds=6)
    assert len(acme.requests) == 1


def test_a_short_retry_after_is_waited_out(acme: Acme, source: AcmeSource) -> None:
    brief = faults.Fault(name="brief", status=429, retry_after="0")
    acme.inject(brief, times=1)
    assert isinstance(source.price(), Found)


def test_retry_after_is_read_in_both_of_its_forms() -> None:
    assert retry_after({"retry-after": "7"}) == 7.0
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert retry_after({"retry-after": moment}) == pytest.approx(30, abs=2)
    assert retry_after({"retry-after": "soon"}) is None
    assert retry_after({"retry-after": "-5"}) is None
    assert retry_after({"retry-after": "99999999999999"}) == 3600.0
    assert retry_after({}) is None


def test_the_limit_is_kept_before_the_vendor_has_to_say_so(acme: Acme) -> None:
    source = AcmeSource(acme.url, per_minute=6, burst=2)
    kinds = [source.price() for _ in range(4)]
    assert [isinstance(kind, Found) for kind in kinds] == [True, True, False, False]
    assert failure(kinds[3]).kind is FailureKind.RATE_LIMITED
    assert len(acme.requests) == 2


def test_headers_about_the_limit_are_believed(acme: Acme, source: AcmeSource) -> None:
    acme.headers = {"X-Left": "0", "X-Reset": str(time.time() + 20)}
    assert isinstance(source.price(), Found)
    assert source.gate.health().limits_left == 0
    assert failure(source.price()).kind is FailureKind.RATE_LIMITED


def test_the_breaker_opens_and_then_nothing_is_sent(acme: Acme, source: AcmeSource) -> None:
    acme.inject(faults.BROKEN)
    for _ in range(3):
        source.price()
    asked = len(acme.requests)
    failed = failure(source.price())
    assert "left alone" in failed.message
    assert failed.retry_after is not None
    assert len(acme.requests) == asked == 5
    assert source.gate.health().breaker is BreakerState.OPEN
    value = source.metrics.registry.get_sample_value
    assert value("magnus_vendor_passing", {"vendor": "acme"}) == 0
    labels = {"vendor": "acme", "operation": "price", "outcome": "unavailable"}
    assert value("magnus_vendor_seconds_count", labels) == 4


def test_no_more_requests_run_at_once_than_agreed() -> None:
    class Slow(Acme):
        def __init__(self) -> None:
            super().__init__()
            self.lock, self.now, self.most = threading.Lock(), 0, 0

        @route("GET", "/price/(.+)")
        def price(self, _request: Request, symbol: str) -> Answer:
            with self.lock:
                self.now += 1
                self.most = max(self.most, self.now)
            time.sleep(0.03)
            with self.lock:
                self.now -= 1
            return Answer({"price": 1})

    with Slow() as server, ThreadPoolExecutor(12) as pool:
        source = AcmeSource(server.url, concurrency=3, deadline=5.0)
        outcomes = list(pool.map(lambda _: source.price(), range(12)))
        assert all(isinstance(outcome, Found) for outcome in outcomes)
        assert server.most <= 3
        source.client.close()


def test_health_speaks_plain_words(acme: Acme, source: AcmeSource) -> None:
    assert source.gate.health(configured=False).sentence() == "Acme is not configured."
    assert "has not been asked yet" in source.gate.health().sentence()
    source.price()
    health = source.gate.health()
    assert health.sentence().startswith("Acme answers;")
    assert (health.reachable, health.authorised, health.last_success) == (True, True, NOW)
    acme.inject(faults.BROKEN)
    source.price()
    assert source.gate.health().sentence() == (
        "Acme does not answer. Acme has a problem of its own (HTTP 500). Ask again in a minute."
    )


def test_a_defect_in_an_adapter_is_an_outcome_too(source: AcmeSource) -> None:
    def work(_call: Call) -> Outcome[float]:
        return Found(1 / 0, Provenance(source="Acme", as_of=NOW))

    outcome = source.gate.ask("price", work)
    assert failure(outcome).kind is FailureKind.BAD_DATA


@pytest.fixture
def every_line(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Logs at the lowest level into what `capsys` reads, whatever an earlier test has set."""
    del capsys  # it must have taken standard error before the handler does
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logs("debug")
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.usefixtures("every_line")
def test_no_log_line_holds_the_secret(
    acme: Acme, source: AcmeSource, capsys: pytest.CaptureFixture[str]
) -> None:
    acme.inject(faults.FORBIDDEN)
    source.price()
    said = capsys.readouterr()
    assert "vendor.asked" in said.out + said.err
    assert "hush" not in said.out + said.err
