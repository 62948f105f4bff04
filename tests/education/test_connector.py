"""The education connector answers from the library or says what is nearest."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.base import NoParams, QueryContext, Sources
from connectors.education import Education
from connectors.lessons.models import ConceptParams, StrategyParams
from mfa.kernel.clock import FrozenClock
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Absent, Found

AT = datetime(2021, 6, 15, 14, 30, tzinfo=UTC)
CONTEXT = QueryContext(user="local", mode=Mode.PRACTICE)


@pytest.fixture
def education() -> Education:
    """Neither market nor account is read by education."""
    none: object = None
    return Education(
        Sources(mode=Mode.PRACTICE, clock=FrozenClock(AT), market=none, account=none)  # type: ignore[arg-type]
    )


def test_three_queries_are_declared() -> None:
    assert set(Education.queries) == {"explain", "learn", "list"}


def test_a_concept_is_explained_with_its_source_and_time(education: Education) -> None:
    outcome = education.explain(ConceptParams(concept="theta"), CONTEXT)
    assert isinstance(outcome, Found)
    entry = outcome.value.entries[0]
    assert entry.name == "theta"
    assert entry.formula is not None
    assert entry.references
    assert entry.risks
    assert (outcome.source, outcome.as_of) == ("Magnus library", AT)


def test_a_difference_is_explained_by_both_terms(education: Education) -> None:
    outcome = education.explain(ConceptParams(concept="a put and a call"), CONTEXT)
    assert isinstance(outcome, Found)
    assert [e.name for e in outcome.value.entries] == ["put_option", "call_option"]


def test_a_strategy_can_be_asked_about_as_a_term(education: Education) -> None:
    outcome = education.explain(ConceptParams(concept="iron condor"), CONTEXT)
    assert isinstance(outcome, Found)
    assert outcome.value.entries[0].name == "iron_condor"


@pytest.mark.parametrize("asked", ["wheel", "the wheel strategy", "put_calendar", "credit spreads"])
def test_a_strategy_is_taught_step_by_step(education: Education, asked: str) -> None:
    outcome = education.learn(StrategyParams(strategy=asked), CONTEXT)
    assert isinstance(outcome, Found)
    assert len(outcome.value.steps) >= 4


def test_an_unknown_term_is_absent_and_names_the_nearest(education: Education) -> None:
    outcome = education.explain(ConceptParams(concept="impled volatilty swap desk"), CONTEXT)
    assert isinstance(outcome, Absent)
    assert "Implied volatility" in outcome.reason


def test_the_contents_list_every_entry(education: Education) -> None:
    outcome = education.list(NoParams(), CONTEXT)
    assert isinstance(outcome, Found)
    assert len(outcome.value.concepts) + len(outcome.value.strategies) >= 59
