"""TradingView's lists by cookie: every fault is an outcome, and no cookie ends in a text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from connectors.vendors.doors import Doors
from connectors.vendors.ground.door import Conditions, VendorSource
from connectors.vendors.tradingview.lists import NOTE
from mfa.kernel.clock import FrozenClock
from mfa.kernel.errors import InputError
from mfa.kernel.metrics import Metrics
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome
from mfa.kernel.watchlists import Watchlist, WatchlistSource
from tests.servers import faults
from tests.servers.faults import Fault
from tests.servers.tradingview import NOW, SESSION, SIGNATURE, TradingViewServer, item

DEADLINE = 0.7
PATIENCE = 5.0
"""A vendor that says nothing is waited for, one that answers may be slow on a busy machine."""
DOOR = Doors.discover().find("tradingview")
TRANSPORT = {
    faults.LIMITED: FailureKind.RATE_LIMITED,
    faults.LIMITED_UNTIL: FailureKind.RATE_LIMITED,
    faults.BROKEN: FailureKind.UNAVAILABLE,
    faults.WRONG_KEY: FailureKind.CREDENTIALS,
    faults.FORBIDDEN: FailureKind.CREDENTIALS,
    faults.SILENT: FailureKind.TIMEOUT,
    faults.TRICKLE: FailureKind.TIMEOUT,
    faults.CUT_OFF: FailureKind.BAD_DATA,
    faults.MALFORMED: FailureKind.BAD_DATA,
    faults.HALF_JSON: FailureKind.BAD_DATA,
    faults.NOT_AN_OBJECT: FailureKind.BAD_DATA,
}


@pytest.fixture
def server() -> Iterator[TradingViewServer]:
    with TradingViewServer() as made:
        yield made


def opened(
    server: TradingViewServer,
    session: str = SESSION,
    sign: str = "",
    *,
    deadline: float = PATIENCE,
) -> VendorSource:
    secrets = {"sessionid": SecretStr(session), "sessionid_sign": SecretStr(sign)}
    return DOOR.open(
        secrets,
        Conditions(clock=FrozenClock(NOW), deadline=deadline, metrics=Metrics(), origin=server.url),
    )


def ask(source: VendorSource) -> Outcome[tuple[Watchlist, ...]]:
    lists: WatchlistSource | None = source.watchlists
    assert lists is not None
    return lists.watchlists("anybody")


@pytest.fixture
def source(server: TradingViewServer, request: pytest.FixtureRequest) -> Iterator[VendorSource]:
    callspec = getattr(request.node, "callspec", None)
    fault = callspec.params.get("fault") if callspec is not None else None
    waits = isinstance(fault, Fault) and bool(fault.silent or fault.trickle)
    made = opened(server, deadline=DEADLINE if waits else PATIENCE)
    yield made
    made.close()


def test_the_door_offers_watchlists_and_says_that_it_may_break() -> None:
    assert DOOR.provides == {"watchlists"}
    assert "may stop working any day" in DOOR.note
    assert all(field.secret for field in DOOR.fields)


def test_lists_come_with_stocks_in_order_sections_left_aside_and_the_rest_named(
    source: VendorSource,
) -> None:
    outcome = ask(source)
    assert isinstance(outcome, Found)
    assert [(each.name, each.symbols, each.origin) for each in outcome.value] == [
        ("Tech", ("AMD", "NVDA", "AAPL"), "list 101"),
        ("Wheel", ("KO", "BRK.B"), "list 102"),
        ("Red list", ("PEP",), "colour red"),
    ]
    assert outcome.value[1].left_out == ("BINANCE:BTCUSDT",)
    assert outcome.value[0].updated_at == datetime(2026, 11, 19, 9, 30, tzinfo=UTC)
    assert outcome.provenance.note == NOTE
    assert source.check().authorised is True


def test_the_cookie_goes_out_with_its_signature(server: TradingViewServer) -> None:
    made = opened(server, f"sessionid={SESSION};", SIGNATURE)
    assert isinstance(ask(made), Found)
    sent = server.requests[0].headers
    assert sent["cookie"] == f"sessionid={SESSION}; sessionid_sign={SIGNATURE}"
    assert sent["x-requested-with"] == "XMLHttpRequest"
    made.close()


@pytest.mark.parametrize("wrong", ["two words", "a;b=c", '"quoted"', "ünicode", ""])
def test_what_is_no_cookie_is_refused_before_anything_is_asked(
    server: TradingViewServer, wrong: str
) -> None:
    with pytest.raises(InputError) as refused:
        opened(server, wrong)
    assert not wrong or wrong not in str(refused.value)
    assert server.requests == []


def test_a_session_that_ended_is_a_matter_of_credentials(server: TradingViewServer) -> None:
    made = opened(server, "an-old-session")
    outcome = ask(made)
    assert isinstance(outcome, Failed)
    assert outcome.kind is FailureKind.CREDENTIALS
    assert "magnus connect tradingview" in outcome.message
    assert "an-old-session" not in outcome.message
    assert made.check().authorised is False
    made.close()


@pytest.mark.parametrize("fault", TRANSPORT, ids=lambda fault: fault.name)
def test_a_fault_of_the_whole_answer_is_told_by_its_kind(
    server: TradingViewServer, source: VendorSource, fault: Fault
) -> None:
    server.inject(fault)
    outcome = ask(source)
    assert isinstance(outcome, Failed), outcome
    assert outcome.kind is TRANSPORT[fault]
    assert outcome.message.endswith(".")
    assert "<html" not in outcome.message
    assert source.health().last_error == outcome.message


def test_no_lists_at_all_are_absent_and_never_an_empty_value(
    server: TradingViewServer, source: VendorSource
) -> None:
    server.inject(faults.EMPTY)
    outcome = ask(source)
    assert isinstance(outcome, Absent)
    assert "the session has ended" in outcome.reason


def test_lists_that_come_twice_are_one(server: TradingViewServer, source: VendorSource) -> None:
    good = ask(source)
    server.inject(faults.REPEATED)
    assert ask(source) == good


def test_a_clock_that_is_ahead_is_noticed_and_ours_stands(
    server: TradingViewServer, source: VendorSource
) -> None:
    server.lists[0]["modified"] = "2026-11-20T21:00:00Z"
    outcome = ask(source)
    assert isinstance(outcome, Found)
    assert outcome.value[0].updated_at == NOW
    assert "ahead of ours" in outcome.provenance.note


@pytest.mark.parametrize(
    "bad", [{"id": 1, "name": "x"}, "text", {"symbols": [{"s": "NASDAQ:AMD"}], "id": 1}, None]
)
def test_one_unreadable_list_is_left_out_and_counted(
    server: TradingViewServer, source: VendorSource, bad: object
) -> None:
    server.lists = [bad, item(102, "Wheel", "NYSE:KO")]  # type: ignore[list-item]
    outcome = ask(source)
    assert isinstance(outcome, Found)
    assert [each.name for each in outcome.value] == ["Wheel"]
    assert "Rows left out: 1 unreadable." in outcome.provenance.note


def test_after_the_trouble_has_passed_answers_come_again(
    server: TradingViewServer, source: VendorSource
) -> None:
    server.inject(faults.BROKEN, times=1)
    assert isinstance(ask(source), Found)
