"""Adding a feature is adding a file; a broken file is listed and harms nothing."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

import connectors
from connectors.base import Sources
from connectors.registry import Registry, params_schema, result_schema
from mfa.data.service import DataIntegrationService
from mfa.kernel.account import AccountSource
from mfa.kernel.clock import RealClock
from mfa.kernel.errors import InputError
from mfa.kernel.market import MarketSource
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Found

if TYPE_CHECKING:
    from tests.connectors.conftest import Desk

MOON = '''
"""The phase of the moon."""

from connectors.base import (
    LONG_TTL, DataConnector, DataSourceType, Params, QueryContext, Result, query,
)
from mfa.kernel.outcome import Found, Outcome, Provenance


class PhaseParams(Params):
    month: int = 1


class Phase(Result):
    name: str


class Moon(DataConnector):
    name = "moon"
    description = "The moon."
    source_type = DataSourceType.COMPUTED

    @query(description="Its phase.", examples=("Is it full moon?",), cache=LONG_TTL)
    def phase(self, params: PhaseParams, context: QueryContext) -> Outcome[Phase]:
        now = self.sources.clock.now()
        return Found(Phase(name="full"), Provenance(source="almanac", as_of=now))
'''


@pytest.fixture
def dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose files are found as if they lay in `connectors`."""
    monkeypatch.setattr(connectors, "__path__", [*connectors.__path__, str(tmp_path)])
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if name.startswith("connectors."):
            del sys.modules[name]
            monkeypatch.delattr(connectors, name.partition(".")[2], raising=False)


@pytest.fixture
def sources(desk: Desk) -> Sources:
    return Sources(
        mode=Mode.PRACTICE,
        clock=RealClock(),
        market=cast("MarketSource", desk.market),
        account=cast("AccountSource", desk.account),
    )


def test_the_features_of_the_package_are_found_and_none_fails(sources: Sources) -> None:
    registry = Registry.discover(sources)
    assert registry.failed == ()
    assert {"ai_research", "dashboard", "positions"} <= set(registry.connectors)


def test_a_dropped_file_is_a_feature_behind_every_door(dropped: Path, sources: Sources) -> None:
    (dropped / "moon.py").write_text(MOON)
    with DataIntegrationService(sources) as service:
        assert service.registry.available("moon", "phase")
        outcome = service.query("moon", "phase", {"month": 2})
        assert isinstance(outcome, Found)
        assert outcome.value.model_dump() == {"name": "full"}
        names = [tool["function"]["name"] for tool in service.registry.tools()]
        assert "moon__phase" in names


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def broken(:", "SyntaxError"),
        ("import a_package_that_nobody_has", "ModuleNotFoundError"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        (MOON.replace('name = "moon"', 'name = ""'), "does not set 'name'"),
        (MOON.replace('name = "moon"', 'name = "positions"'), "already taken by connectors"),
        (MOON.replace("params: PhaseParams", "params: int"), "must be annotated with a Params"),
        (MOON.replace("Outcome[Phase]", "Phase"), "must be Outcome[a Result model]"),
        (MOON + "\n    def __init__(self, sources):\n        raise OSError('no key')", "no key"),
    ],
)
def test_a_broken_file_is_listed_with_its_reason_and_harms_nothing(
    dropped: Path, sources: Sources, text: str, reason: str
) -> None:
    (dropped / "zz_broken.py").write_text(text)
    registry = Registry.discover(sources)
    assert [reason in failed.reason for failed in registry.failed] == [True], registry.failed
    assert {"ai_research", "dashboard", "positions"} <= set(registry.connectors)


def test_asking_a_feature_that_failed_says_why(dropped: Path, sources: Sources) -> None:
    (dropped / "moon.py").write_text("import a_package_that_nobody_has")
    with pytest.raises(InputError, match="could not be loaded: ModuleNotFoundError"):
        Registry.discover(sources).find("moon", "phase")


def test_every_query_declares_what_models_and_doors_need(sources: Sources) -> None:
    registry = Registry.discover(sources)
    for declared in registry.queries():
        schema = params_schema(declared.query)
        assert schema["type"] == "object"
        assert schema["additionalProperties"] is False
        assert result_schema(declared.query)["type"] == "object"
        assert declared.query.description.endswith(".")
        if declared.feature in {"dashboard", "positions", "ai_research"}:
            assert declared.query.examples
    assert len(registry.tools()) == len(registry.queries())
