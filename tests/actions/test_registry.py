"""Dropping a file in adds an action; a broken one is listed and takes nothing down."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pydantic import SecretStr

import actions.catalogue
from actions.action import (
    Action,
    ActionParams,
    ActionResult,
    ActionType,
    CompensatingOrder,
    NotReversible,
    PermissionLevel,
    ReversibleFor,
    RiskClass,
)
from actions.registry import ActionRegistry
from mfa.kernel.errors import InputError
from mfa.kernel.mode import Mode
from tests.actions.house import BUY, KEEP, Keep

GOOD = """
from actions.action import *
from actions.action import Action, ActionParams, ActionResult, ActionType
from actions.action import NotReversible, PermissionLevel, RiskClass

class P(ActionParams):
    text: str = ""

WAVE = Action(
    name="{name}", kind=ActionType.KEEP, permission=PermissionLevel.USER, params=P,
    risk=RiskClass.LOW, description="Wave.", hourly_limit=5, undoing=NotReversible(),
    run=lambda context, params: ActionResult(message=params.text),
)
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "sample_catalogue"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in [name for name in sys.modules if name.startswith("sample_catalogue")]:
        del sys.modules[name]


def _discovered(package: Path) -> ActionRegistry:
    importlib.invalidate_caches()
    module: ModuleType = importlib.import_module(package.name)
    return ActionRegistry.discover(package=module)


def test_adding_a_file_adds_an_action(package: Path) -> None:
    (package / "waving.py").write_text(GOOD.format(name="wave"))
    registry = _discovered(package)
    assert list(registry.actions) == ["wave"]
    assert registry.find("wave").description == "Wave."
    (tool,) = registry.tools()
    assert tool["function"]["name"] == "propose__wave"
    assert tool["function"]["parameters"]["additionalProperties"] is False


@pytest.mark.parametrize(
    "broken", ["import nothing_like_it", "1 / 0", "raise SystemExit", "def (", "x = "]
)
def test_a_broken_file_is_listed_and_takes_nothing_down(package: Path, broken: str) -> None:
    (package / "a_broken.py").write_text(broken)
    (package / "waving.py").write_text(GOOD.format(name="wave"))
    registry = _discovered(package)
    assert list(registry.actions) == ["wave"]
    assert [each.name for each in registry.failed] == ["sample_catalogue.a_broken"]


def test_a_name_that_is_taken_does_not_join(package: Path) -> None:
    (package / "a.py").write_text(GOOD.format(name="wave"))
    (package / "b.py").write_text(GOOD.format(name="wave"))
    registry = _discovered(package)
    assert len(registry.actions) == 1
    assert "already taken" in registry.failed[0].reason


def test_an_unknown_action_names_those_that_exist(package: Path) -> None:
    (package / "waving.py").write_text(GOOD.format(name="wave"))
    with pytest.raises(InputError, match="There is no action 'fly'"):
        _discovered(package).find("fly")


def test_every_action_of_the_house_loads() -> None:
    registry = ActionRegistry.discover()
    assert registry.failed == ()
    assert actions.catalogue.__doc__


class Secretive(ActionParams):
    password: SecretStr


def _run(*_: Any) -> ActionResult:
    return ActionResult(message="")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "Bad Name"}, "no name"),
        ({"description": ""}, "no description"),
        ({"hourly_limit": 0}, "at least 1"),
        ({"undoing": ReversibleFor(3)}, "has an undo"),
        ({"undo": _run}, "has an undo"),
        ({"undoing": CompensatingOrder()}, "compensate"),
        ({"kind": ActionType.ORDER, "needs_card": False}, "an order needs a card"),
        ({"risk": RiskClass.HIGH, "needs_card": False}, "risks something"),
        ({"params": Secretive}, "a secret cannot be a parameter"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(
    change: dict[str, Any], said: str
) -> None:
    sound: dict[str, Any] = {
        "name": "sound",
        "kind": ActionType.KEEP,
        "permission": PermissionLevel.USER,
        "params": Keep,
        "risk": RiskClass.LOW,
        "description": "Sound.",
        "hourly_limit": 1,
        "undoing": NotReversible(),
        "run": _run,
    }
    Action(**sound)
    with pytest.raises(TypeError, match=said):
        Action(**{**sound, **change})


def test_real_money_asks_for_a_second_factor_and_no_less() -> None:
    assert BUY.level_in(Mode.PRACTICE) is PermissionLevel.USER
    assert BUY.level_in(Mode.PAPER) is PermissionLevel.USER
    assert BUY.level_in(Mode.LIVE) is PermissionLevel.VERIFIED
    assert KEEP.level_in(Mode.LIVE) is PermissionLevel.USER
