"""Every adapter, every fault: the right outcome each time, and nothing raises."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from mfa.kernel.account import AccountSource
from mfa.kernel.market import MarketSource
from mfa.kernel.outcome import Absent, Failed, FailureKind, Found, Outcome
from mfa.kernel.symbols import OptionSymbol
from tests.servers import faults
from tests.servers.faults import Fault
from tests.vendors.houses import DEADLINE, HOUSES, PATIENCE, House

TRANSPORT = {
    faults.LIMITED: FailureKind.RATE_LIMITED,
    faults.LIMITED_UNTIL: FailureKind.RATE_LIMITED,
    faults.BROKEN: FailureKind.UNAVAILABLE,
    faults.WRONG_KEY: FailureKind.CREDENTIALS,
    faults.FORBIDDEN: FailureKind.PERMISSION,
    faults.SILENT: FailureKind.TIMEOUT,
    faults.TRICKLE: FailureKind.TIMEOUT,
    faults.CUT_OFF: FailureKind.BAD_DATA,
    faults.MALFORMED: FailureKind.BAD_DATA,
    faults.HALF_JSON: FailureKind.BAD_DATA,
    faults.NOT_AN_OBJECT: FailureKind.BAD_DATA,
}
"""Faults of the whole answer, and what they are."""
BAD_PRICES = (faults.CHANGED_TYPES, faults.NOT_A_NUMBER, faults.NEGATIVE)
KEYLESS = {"yahoo"}
"""Vendors without credentials: what they refuse is no matter of a key."""


def named(fault: Fault) -> str:
    return fault.name


@pytest.fixture(params=sorted(HOUSES))
def vendor(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def house(vendor: str, request: pytest.FixtureRequest) -> Iterator[House]:
    callspec = getattr(request.node, "callspec", None)
    fault = callspec.params.get("fault") if callspec is not None else None
    waits = isinstance(fault, Fault) and bool(fault.silent or fault.trickle)
    with HOUSES[vendor](DEADLINE if waits else PATIENCE) as made:
        yield made


def found(outcome: Outcome[Any]) -> Found[Any]:
    assert isinstance(outcome, Found), outcome
    return outcome


def failed(outcome: Outcome[Any]) -> Failed:
    assert isinstance(outcome, Failed), outcome
    return outcome


def test_each_adapter_is_what_the_protocols_ask_for(house: House) -> None:
    market: MarketSource = house.market
    account: AccountSource | None = house.account
    assert market.name
    assert account is None or account.name


def test_a_good_answer_is_found_or_the_vendor_has_no_such_data(house: House) -> None:
    for name, ask in house.questions().items():
        outcome = ask()
        if isinstance(outcome, Failed):
            assert outcome.kind is FailureKind.NOT_SUPPORTED, (name, outcome)
            assert name not in house.priced()
        else:
            assert found(outcome).source, name
            assert found(outcome).as_of.tzinfo is not None, name
    assert house.health().reachable is True
    assert house.health().authorised is True


def test_an_unknown_symbol_is_absent(house: House) -> None:
    option = OptionSymbol.parse("ZZZZ261218C00070000")
    day = date(2026, 11, 19)
    for outcome in (
        house.market.quote("ZZZZ"),
        house.market.option_quote(option),
        house.market.expirations("ZZZZ"),
        house.market.chain("ZZZZ", option.expiration),
        house.market.daily_closes("ZZZZ", day, day),
        house.market.quote("no ticker at all"),
    ):
        assert isinstance(outcome, Absent), outcome
        assert outcome.reason.endswith((".", "BRK.B."))


def test_a_range_that_ends_before_it_begins_is_absent_and_not_asked(house: House) -> None:
    outcome = house.market.daily_closes("KO", date(2026, 11, 19), date(2026, 11, 1))
    assert isinstance(outcome, Absent)
    assert house.server.requests == []


@pytest.mark.parametrize("fault", TRANSPORT, ids=named)
def test_a_fault_of_the_whole_answer_is_told_by_its_kind(
    house: House, vendor: str, fault: Fault
) -> None:
    expected = TRANSPORT[fault]
    if vendor in KEYLESS and expected is FailureKind.CREDENTIALS:
        expected = FailureKind.UNAVAILABLE
    house.server.inject(fault)
    outcome = failed(house.market.quote("KO"))
    assert outcome.kind is expected
    assert outcome.message.endswith((".", "?"))
    assert "Traceback" not in outcome.message
    assert "<html" not in outcome.message
    if fault is faults.LIMITED_UNTIL:
        assert outcome.retry_after == timedelta(seconds=7)
    assert house.health().last_error == outcome.message


@pytest.mark.parametrize("fault", [f for f in TRANSPORT if not (f.silent or f.trickle)], ids=named)
def test_no_question_raises_or_takes_a_fault_for_data(house: House, fault: Fault) -> None:
    house.server.inject(fault)
    for name, ask in house.questions().items():
        assert isinstance(ask(), Failed), name


@pytest.mark.parametrize("fault", BAD_PRICES, ids=named)
def test_a_price_that_is_none_is_bad_data_wherever_it_stands(house: House, fault: Fault) -> None:
    house.server.inject(fault)
    for name, ask in house.priced().items():
        outcome = failed(ask())
        assert outcome.kind is FailureKind.BAD_DATA, name
        assert "report it" in outcome.message
    assert house.health().breaker == "closed", "a vendor that answers is not left alone"


def test_a_crossed_quote_is_bad_data(house: House) -> None:
    house.server.inject(faults.CROSSED)
    for name in ("quote", "option_quote", "chain"):
        outcome = failed(house.priced()[name]())
        assert outcome.kind is FailureKind.BAD_DATA
        assert "crossed" in outcome.message


def test_rows_that_come_twice_are_one(house: House) -> None:
    good = {name: ask() for name, ask in house.priced().items()}
    house.server.inject(faults.REPEATED)
    for name, ask in house.priced().items():
        if name == "option_table":
            assert len(found(ask()).value) == len(found(good[name]).value) == 6
        else:
            assert ask() == good[name], name


def test_an_empty_answer_is_absent_and_never_an_empty_value(house: House) -> None:
    house.server.inject(faults.EMPTY)
    for name, ask in house.priced().items():
        assert isinstance(ask(), Absent), name


def test_a_clock_that_is_ahead_is_noticed_and_ours_stands(house: House) -> None:
    house.server.inject(faults.SKEWED)
    outcome = found(house.market.quote("KO"))
    assert outcome.as_of <= found(house.market.quote("KO")).as_of
    assert "clock is" in outcome.provenance.note
    assert "ahead of ours" in outcome.provenance.note


def test_one_bad_row_of_a_chain_is_left_out_and_counted(house: House, vendor: str) -> None:
    """The other five contracts of six are as they were."""
    prices = {
        "tradier": "option_rows",
        "alpaca": "option",
        "yahoo": "contract",
        "robinhood": "market_row",
    }[vendor]
    real = getattr(house.server, prices)
    spoiled = {"bid": 9.0e5, "ask": 1.0}

    def spoil(row: dict[str, object]) -> dict[str, object]:
        if "latestQuote" in row:
            return {**row, "latestQuote": {"t": "2026-11-20T17:00:00Z", "bp": 9.0e5, "ap": 1.0}}
        if "bid_price" in row:
            return {**row, "bid_price": 9.0e5, "ask_price": 1.0}
        return {**row, **spoiled}

    def one_bad(*arguments: object) -> object:
        answer = real(*arguments)
        if isinstance(answer, list):
            return [spoil(answer[0]), *answer[1:]]
        first = arguments in {("KO261218C00065000",), (65.0, "C"), (65.0, "call")}
        return spoil(answer) if first else answer

    setattr(house.server, prices, one_bad)
    chain = house.market.chain("KO", date(2026, 12, 18))
    assert isinstance(chain, Found)
    assert [q.option.strike for q in chain.value.calls] == [Decimal(70), Decimal(75)]
    assert len(chain.value.puts) == 3
    assert "Rows left out: 1 crossed (bid above ask)." in chain.provenance.note


def test_after_the_trouble_has_passed_answers_come_again(house: House) -> None:
    house.server.inject(faults.BROKEN, times=1)
    assert isinstance(house.market.quote("KO"), Found)


def test_threads_share_an_adapter(house: House) -> None:
    asks = [house.priced()["quote"], house.priced()["daily_closes"]] * 5
    with ThreadPoolExecutor(10) as pool:
        outcomes = list(pool.map(lambda ask: ask(), asks))
    kinds = {outcome.kind for outcome in outcomes if isinstance(outcome, Failed)}
    assert kinds <= {FailureKind.TIMEOUT}, "only a busy machine's deadline may pass"
    assert sum(isinstance(outcome, Found) for outcome in outcomes) >= 5
