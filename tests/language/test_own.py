"""A person's own model counts only while it is whole and of the bundled utterances."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from mfa.language import Language
from mfa.language.model import FILE, load_model
from mfa.language.own import forget_own, keep_own, load_own, own_file
from mfa.language.train import train


def test_a_current_one_is_preferred(tmp_path: Path, today: date) -> None:
    file = own_file(tmp_path, "ada")
    bundled = load_model()
    assert load_own(file) is bundled
    keep_own(file, replace(bundled, temperature=1000.0))
    assert load_own(file).temperature == 1000.0
    understood = Language.load(file).understand("how would you put it", today=today)
    assert understood.confidence < 0.6  # it is the model that answers
    assert forget_own(file)
    assert load_own(file) is bundled
    assert not forget_own(file)


def test_one_of_other_utterances_is_not_used(tmp_path: Path) -> None:
    file = own_file(tmp_path, "ada")
    keep_own(file, replace(load_model(), fingerprint="of-yesterday"))
    assert load_own(file) is load_model()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut off", b"\x93NUMPY"])
def test_a_damaged_one_is_not_used(tmp_path: Path, content: bytes) -> None:
    file = own_file(tmp_path, "ada")
    file.parent.mkdir()
    file.write_bytes(content)
    assert load_own(file) is load_model()


def test_every_person_has_a_file_of_his_own_whatever_his_name(tmp_path: Path) -> None:
    names = ("ada", "Ada", "../bob", "a/b", "")
    places = {own_file(tmp_path, name) for name in names}
    assert len(places) == len(names)
    assert {place.parent for place in places} == {tmp_path / "language"}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_correction_is_learned_for_messages_like_it_and_for_that_person_alone(
    language: Language, tmp_path: Path, today: date
) -> None:
    said = "give me the skinny on my loot"
    assert language.understand(said, today=today).intent != "trade_history"
    bundled = files("mfa.language").joinpath(FILE).read_bytes()
    model, _ = train([(language.masked(said, today=today), "trade_history")])
    file = own_file(tmp_path, "ada")
    keep_own(file, model)
    taught = Language.load(file)
    for text in (said, "the skinny on my loot please", "gimme the skinny on all my loot"):
        assert taught.understand(text, today=today).intent == "trade_history"
    assert taught.understand("What's my balance?", today=today).intent == "portfolio_status"
    assert files("mfa.language").joinpath(FILE).read_bytes() == bundled
