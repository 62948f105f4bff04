"""Every query of every feature over a real adapter whose vendor misbehaves: none raises.

Tradier's fake serves the prices and the account; nobody else can be reached. A connector that met a
price it did not expect and raised would be told as one 'that could not be read'.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pytest
from pydantic import ValidationError

from connectors.base import Query
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Absent, Failed, Found
from tests.servers.faults import (
    CHANGED_TYPES,
    CROSSED,
    EMPTY,
    EVERY,
    MALFORMED,
    NEGATIVE,
    NOT_A_NUMBER,
    Fault,
)
from tests.servers.tradier import TradierServer
from tests.sources.conftest import NOWHERE, House

ASKED: Final[Mapping[str, Any]] = {
    "symbol": "KO",
    "symbols": ("KO",),
    "concept": "theta",
    "pair": "BTC",
    "strategy": "wheel",
    "watchlist": "Mine",
    "name": "Mine",
    "shock": {"market": True, "pct": -20.0},
    "side": "sell",
    "option_type": "put",
    "strike": 70.0,
    "quantity": 1,
    "memory": "I never sell puts on biotech",
    "about": "puts on biotech",
    "limit": 50.0,
    "legs": [{"instrument": "KO", "side": "buy", "effect": "open"}],
}
_WRONG_DATA: Final = (MALFORMED, CHANGED_TYPES, NOT_A_NUMBER, NEGATIVE, CROSSED, EMPTY)
_IN_TEST_ALL: Final = [
    pytest.param(fault, id=fault.name, marks=() if fault in _WRONG_DATA else pytest.mark.slow)
    for fault in EVERY
]


def asking(query: Query) -> Mapping[str, Any]:
    """Parameters that the query takes: one company where it may be one, else what it needs."""
    fields = query.params.model_fields
    known = {name: ASKED[name] for name in fields if name in ASKED}
    one = {name: value for name, value in known.items() if name in {"symbol", "symbols"}}
    needed = {name: known[name] for name in fields if name in known and fields[name].is_required()}
    for params in ({**needed, **one}, needed, known):
        try:
            query.params.model_validate(params)
        except ValidationError:
            continue
        return params
    raise AssertionError(f"{query.name} needs more than {sorted(ASKED)}")


def answers(house: House, server: TradierServer, deadline: float) -> dict[str, Any]:
    house.connect_tradier()
    outside = house.open(
        Mode.PAPER,
        {"tradier": server, "yahoo": NOWHERE},
        account="tradier",
        query_deadline=deadline,
    )
    data = house.data(outside, deadline=deadline)
    assert data.registry.failed == ()
    return {
        f"{feature}.{query.name}": data.query(feature, query.name, asking(query))
        for feature, connector in data.registry.connectors.items()
        for query in connector.queries.values()
    }


@pytest.mark.parametrize("fault", _IN_TEST_ALL)
def test_no_fault_of_a_vendor_makes_a_query_raise(
    house: House, tradier_server: TradierServer, fault: Fault
) -> None:
    tradier_server.inject(fault)
    found = answers(house, tradier_server, deadline=0.5)
    assert len(found) >= 50
    for name, outcome in found.items():
        assert isinstance(outcome, Found | Absent | Failed), name
        if isinstance(outcome, Failed):
            assert "could not be read" not in outcome.message, f"{name}: {outcome.message}"
            assert "instead of" not in outcome.message, f"{name}: {outcome.message}"


@pytest.mark.slow
def test_with_a_vendor_that_is_well_most_of_them_answer(
    house: House, tradier_server: TradierServer
) -> None:
    """The rest ask for what this house has not: settings, scans and stocks that are kept, lists,
    past values of the account."""
    found = answers(house, tradier_server, deadline=20.0)
    wrong = {n: o.message for n, o in found.items() if isinstance(o, Failed)}
    assert sum(isinstance(o, Found) for o in found.values()) >= 30, wrong
