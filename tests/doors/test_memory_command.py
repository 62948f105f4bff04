"""`magnus memory` and what it leaves in the database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mfa.cli import run

Said = Callable[..., tuple[int, str, str]]


@pytest.fixture
def magnus(
    magnus_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Said:
    monkeypatch.setenv("MAGNUS_HOME", str(magnus_home))

    def said(*arguments: str) -> tuple[int, str, str]:
        code = run(["memory", *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return said


def test_a_memory_is_added_listed_edited_and_forgotten(magnus: Said) -> None:
    assert magnus("list")[1].startswith("Nothing is remembered.")
    assert magnus("add", "I", "never", "sell", "puts on biotech")[:2] == (
        0, "Remembered as 1, a preference.\n",
    )  # fmt: skip
    assert magnus("add", "My IRA is at Fidelity")[1] == "Remembered as 2, a fact.\n"
    assert magnus("edit", "1", "I never sell puts on banks")[1] == (
        "1 is: I never sell puts on banks\n"
    )
    listed = magnus()[1].splitlines()
    assert [line.split()[0] for line in listed] == ["2", "1"]
    assert listed[1].endswith("preference  I never sell puts on banks")
    assert magnus("forget", "1")[1] == "1 is forgotten.\n"
    assert len(magnus("list")[1].splitlines()) == 1


def test_what_cannot_be_done_is_one_sentence(magnus: Said) -> None:
    for arguments, said in (
        (("forget", "9"), "There is no memory 9."),
        (("edit", "9", "anything"), "There is no memory 9."),
        (("add", " "), "A memory has 1 to 500 characters."),
        (("add", "x" * 501), "A memory has 1 to 500 characters."),
    ):
        code, out, err = magnus(*arguments)
        assert (code, out) == (1, "")
        assert said in err
