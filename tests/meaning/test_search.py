"""The real weights and the real ChromaDB: kept, shared, damaged, gone."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from mfa.meaning.index import FOLDER, Index, IndexUnusable, Scan
from mfa.meaning.minilm import MiniLM, Vectors
from mfa.meaning.search import Meaning
from mfa.meaning.weights import NoWeights, installed, verified
from mfa.meaning.words import Passage

pytest.importorskip("chromadb", reason="the extra 'search' is not installed")

PASSAGES = (
    Passage("pizza", "dough with tomatoes and cheese from the oven"),
    Passage("rain", "water falling out of the clouds"),
    Passage("bank", "an institution that keeps people's money"),
)
QUESTION = "will I need an umbrella"


class Counting:
    """The model, and how many texts it was given."""

    def __init__(self, model: MiniLM) -> None:
        self.model, self.texts = model, 0

    def embed(self, texts: list[str]) -> Vectors:
        self.texts += len(texts)
        return self.model.embed(texts)


@pytest.fixture(scope="module")
def model() -> MiniLM:
    try:
        return MiniLM.load(verified(installed()))
    except NoWeights as missing:
        pytest.skip(str(missing))


@pytest.fixture
def meaning(model: MiniLM, tmp_path: Path) -> Iterator[Meaning]:
    del model  # skips where it is missing
    opened = Meaning(tmp_path)
    yield opened
    opened.close()


def test_a_question_finds_what_shares_no_word_with_it(meaning: Meaning) -> None:
    assert meaning.prepare("things", PASSAGES)
    ranking = meaning.search("things", PASSAGES, QUESTION, patience=60)
    assert (ranking.hits[0].owner, ranking.by) == ("rain", "meaning")


def test_the_first_search_opens_what_it_needs(meaning: Meaning) -> None:
    assert meaning.search("things", PASSAGES, QUESTION, patience=120).by == "meaning"


def test_who_cannot_wait_gets_what_the_words_say(meaning: Meaning) -> None:
    ranking = meaning.search("things", PASSAGES, "cheese", patience=0)
    assert (ranking.hits[0].owner, ranking.by) == ("pizza", "words")


def test_the_index_is_used_again_and_only_what_is_new_is_embedded(
    model: MiniLM, tmp_path: Path
) -> None:
    first = Counting(model)
    index = Index.take(tmp_path, first.embed)  # type: ignore[arg-type]  # lists are what it gets
    index.bring("things", PASSAGES, lambda: True)
    index.close()
    again = Counting(model)
    index = Index.take(tmp_path, again.embed)  # type: ignore[arg-type]  # as above
    changed = (*PASSAGES[:2], Passage("bank", "the edge of a river"))
    index.bring("things", changed, lambda: True)
    assert (first.texts, again.texts) == (3, 1)
    found = index.nearest("things", model.embed(["the side of a stream"])[0])
    assert max(found, key=lambda owner: found[owner]) == "bank"
    assert len(found) == 3
    index.close()


def test_index_and_scan_agree(model: MiniLM, tmp_path: Path) -> None:
    index, scan = Index.take(tmp_path, model.embed), Scan(model.embed)
    vector = model.embed([QUESTION])[0]
    for each in (index, scan):
        each.bring("things", PASSAGES, lambda: True)
    assert index.nearest("things", vector) == pytest.approx(
        scan.nearest("things", vector), abs=1e-4
    )
    index.close()


def test_one_owns_the_index_and_the_second_scans(meaning: Meaning, tmp_path: Path) -> None:
    assert meaning.prepare("things", PASSAGES)
    with pytest.raises(IndexUnusable, match="Another process"):
        Index.take(tmp_path, lambda texts: MiniLM.load(installed()).embed(texts))
    second = Meaning(tmp_path)
    assert second.prepare("things", PASSAGES)
    assert second.search("things", PASSAGES, QUESTION, patience=60).hits[0].owner == "rain"
    second.close()


@pytest.mark.parametrize("damage", ["database", "everything", "folder_gone"])
def test_a_damaged_index_is_made_anew(model: MiniLM, tmp_path: Path, damage: str) -> None:
    before = Meaning(tmp_path)
    assert before.prepare("things", PASSAGES)
    before.close()
    (place,) = [each for each in (tmp_path / FOLDER).iterdir() if each.is_dir()]
    for file in sorted(place.rglob("*")):
        if file.is_file() and (damage == "everything" or file.name == "chroma.sqlite3"):
            file.write_bytes(b"this is no database" * 400)
    if damage == "folder_gone":
        place.rename(tmp_path / "elsewhere")
    after = Meaning(tmp_path)
    assert after.prepare("things", PASSAGES)
    assert after.search("things", PASSAGES, QUESTION, patience=60).hits[0].owner == "rain"
    after.close()


def test_an_index_that_breaks_while_it_is_used_costs_no_answer(
    meaning: Meaning, tmp_path: Path
) -> None:
    assert meaning.prepare("things", PASSAGES)
    for file in (tmp_path / FOLDER).rglob("*"):
        if file.is_file() and file.name != "owner.lock":
            file.write_bytes(b"")
    assert meaning.search("things", PASSAGES, "cheese", patience=60).hits[0].owner == "pizza"
    assert meaning.search("things", PASSAGES, QUESTION, patience=60).hits
    assert meaning.prepare("things", PASSAGES)


def test_a_home_that_cannot_be_written_keeps_nothing(model: MiniLM, tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file where a folder should be")
    meaning = Meaning(tmp_path)
    assert meaning.prepare("things", PASSAGES)
    assert meaning.search("things", PASSAGES, QUESTION, patience=60).hits[0].owner == "rain"
    meaning.close()


def test_nobody_is_told(meaning: Meaning, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: asked.append(address))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *name, **_: asked.append(name))
    assert meaning.prepare("things", PASSAGES)
    assert meaning.search("things", PASSAGES, QUESTION, patience=60).hits
    assert asked == []


def test_after_closing_words_go_on(meaning: Meaning) -> None:
    assert meaning.prepare("things", PASSAGES)
    meaning.close()
    assert meaning.search("things", PASSAGES, "cheese").by == "words"
    assert not meaning.prepare("other", PASSAGES)
