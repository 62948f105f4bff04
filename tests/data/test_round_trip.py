"""Every answer of every feature comes back from JSON as it was: what other processes are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from connectors.base import Query, Result, Sources
from connectors.practice.desk import PracticeDesk
from mfa.data.outcomes import answer_from_text, answer_to_text, fingerprint
from mfa.data.service import DataIntegrationService
from mfa.kernel.metrics import Metrics
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Absent, Found, Provenance
from mfa.store.database import Database
from tests.data.conftest import Reply
from tests.data.samples import samples

PRACTICE: Final = 7
ASKED: Final[Mapping[str, Any]] = {
    "symbol": "KO",
    "symbols": ("KO", "AAPL"),
    "concept": "theta",
    "strategy": "wheel",
    "shock": {"market": True, "pct": -20.0},
}
"""What is asked where a query must be told something."""


@pytest.fixture(scope="module")
def service(new_database: Callable[[], Database]) -> Iterator[DataIntegrationService]:
    with new_database() as database:
        desk = PracticeDesk.open(database, PRACTICE)
        sources = Sources(
            mode=Mode.PRACTICE, clock=desk.clock, market=desk.market, account=desk.account
        )
        with DataIntegrationService(sources, deadline=30.0, metrics=Metrics()) as made:
            yield made


def asking(query: Query) -> Mapping[str, Any] | None:
    """Parameters that the query takes; none given where none are needed."""
    known = {name: ASKED[name] for name in query.params.model_fields if name in ASKED}
    for params in ({}, known, {k: v for k, v in known.items() if k in {"symbol", "symbols"}}):
        try:
            query.params.model_validate(params)
        except ValidationError:
            continue
        return params
    return None


def test_every_answer_of_the_practice_desk_comes_back_exactly(
    service: DataIntegrationService,
) -> None:
    found = 0
    for declared in service.registry.queries():
        params = asking(declared.query)
        if params is None or declared.query.changes:
            continue
        outcome = service.query(declared.feature, declared.query.name, params)
        if isinstance(outcome, Found):
            found += 1
            back = answer_from_text(answer_to_text(outcome), declared.query.result)
            assert back == outcome, declared.full_name
            assert exactly(back) == exactly(outcome), declared.full_name
    assert found > len(service.registry.queries()) / 2


def test_every_result_model_reads_what_it_wrote_whichever_arm_a_union_has(
    service: DataIntegrationService,
) -> None:
    """Written, read, written again: the same text. A union whose arms look alike in JSON (a date
    beside a text) would come back as another arm."""
    for declared in service.registry.queries():
        model = declared.query.result
        for sample in samples(model):
            back, complaints = read(model, sample.model_dump_json())
            assert complaints <= BOUNDS, declared.full_name
            assert back is None or exactly(back) == exactly(sample), declared.full_name


def read(model: type[Result], text: str) -> tuple[Result | None, set[str]]:
    """The value, or what the model has against it."""
    try:
        return model.model_validate_json(text), set()
    except ValidationError as error:
        return None, {each["type"] for each in error.errors()}


BOUNDS: Final = frozenset(
    {
        "greater_than", "greater_than_equal", "less_than", "less_than_equal", "too_long",
        "too_short", "string_pattern_mismatch", "string_too_short", "value_error",
    }
)  # fmt: skip
"""What a sample may offend; everything else would be a kind that does not come back."""


def exactly(value: Any) -> Any:
    """The value with the type and the text of everything in it: 1.0 is not 1, 1.10 not 1.1."""
    if isinstance(value, Found):
        return exactly(value.value), repr(value.provenance.as_of.timestamp()), value.provenance
    if isinstance(value, BaseModel):
        return type(value), [(name, exactly(item)) for name, item in value]
    if isinstance(value, tuple | list | frozenset):
        items = [exactly(item) for item in value]
        return type(value), sorted(items, key=str) if isinstance(value, frozenset) else items
    if isinstance(value, Mapping):
        return [(exactly(name), exactly(item)) for name, item in value.items()]
    if isinstance(value, datetime):
        return datetime, value.isoformat()
    return type(value), repr(value)


def test_provenance_comes_back_with_its_inputs() -> None:
    first = Provenance(
        source="a", as_of=datetime(2021, 6, 15, 14, 30, 0, 5, tzinfo=UTC),
        delay=timedelta(minutes=15, microseconds=3), stale=True, computed=True, note="ä",
    )  # fmt: skip
    outcome: Found[Result] = Found(
        Reply(text="x", user="u", count=1), first.derive("b", first, note="n")
    )
    assert answer_from_text(answer_to_text(outcome), Reply) == outcome
    assert TypeAdapter(Provenance).validate_python(outcome.provenance) == outcome.provenance


def test_an_absence_comes_back() -> None:
    assert answer_from_text(answer_to_text(Absent("None.")), Reply) == Absent("None.")


def test_another_version_of_a_model_has_another_fingerprint() -> None:
    class Grown(Reply):
        more: int

    assert fingerprint(Reply) == fingerprint(Reply) != fingerprint(Grown)
