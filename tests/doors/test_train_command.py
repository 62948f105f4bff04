"""`magnus train`: what was corrected is learned; nothing corrected is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from mfa.cli import run
from mfa.kernel.settings import load_settings
from mfa.language.model import load_model
from mfa.language.own import keep_own, load_own, own_file
from mfa.store.corrections import CorrectionRepository
from mfa.store.database import Database


def test_with_nothing_corrected_it_goes_back_to_the_bundled_language(
    magnus_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MAGNUS_HOME", str(magnus_home))
    file = own_file(magnus_home, load_settings().user)
    keep_own(file, load_model())
    assert run(["train"]) == 0
    out = capsys.readouterr().out
    assert "You have corrected nothing" in out
    assert "What was trained before is gone." in out
    assert not file.exists()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_what_was_corrected_is_learned_into_the_home(
    magnus_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MAGNUS_HOME", str(magnus_home))
    settings = load_settings()
    with Database.open(settings) as database:
        CorrectionRepository(database).add(settings.user, "skinny on my loot", "trade_history")
    assert run(["train"]) == 0
    assert "Learned 1 correction;" in capsys.readouterr().out
    assert load_own(own_file(magnus_home, settings.user)) is not load_model()
