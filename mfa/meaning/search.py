"""Search of passages by meaning and words together; by words alone while or where there is no more.

The model and the index are opened by the first search that needs them, on a thread of their own.
Who asks waits a moment at most, and gets what the words say until the rest is there. Nothing
raises.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from mfa.kernel.logs import get_logger
from mfa.meaning.index import Index, IndexUnusable, Scan
from mfa.meaning.minilm import MiniLM
from mfa.meaning.weights import installed, verified
from mfa.meaning.words import Passage, Words

By = Literal["meaning", "words"]

WORDS_WEIGHT: Final = 0.8
"""What the share of words counts beside the cosine; measured in tests/education."""
PATIENCE: Final = 0.7
"""Seconds that a search waits for what is not open yet."""

_LAST: Final = 3.0
"""Seconds that closing waits for what is under way."""

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Hit:
    owner: str
    score: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """Owners, the best first. Scores of both ways are not comparable: `by` says which it was."""

    hits: tuple[Hit, ...]
    by: By

    @property
    def margin(self) -> float:
        """By how much the best is better than the next; its own score where it is alone."""
        scores = [hit.score for hit in self.hits]
        return scores[0] - (scores[1] if len(scores) > 1 else 0.0) if scores else 0.0


class Meaning:
    """Safe from any thread. `home` None keeps no index; `local` False searches words alone."""

    def __init__(self, home: Path | None = None, *, local: bool = True) -> None:
        self._home, self._local = home, local
        self._lock = threading.Lock()
        self._model: MiniLM | None = None
        self._vectors: Index | Scan | None = None
        self._words: dict[str, tuple[tuple[Passage, ...], Words]] = {}
        self._ready: dict[str, tuple[Passage, ...]] = {}
        self._under_way: dict[str, threading.Event] = {}
        self._why_not: str | None = None if local else "Search by meaning is switched off here."

    @property
    def why_not(self) -> str | None:
        """Why there is no search by meaning, once that is known."""
        return self._why_not

    def search(
        self, name: str, passages: Sequence[Passage], question: str, *, patience: float = PATIENCE
    ) -> Ranking:
        """Owners of `passages` by how well they fit. `name` is the collection's in the index."""
        wanted = tuple(passages)
        shares = self._counted(name, wanted).shares(question)
        likeness = self._likeness(name, wanted, question, patience)
        if likeness is None:
            return _ranked(shares, "words")
        least = min(likeness.values(), default=0.0)
        owners = dict.fromkeys((*likeness, *shares))
        return _ranked(
            {
                owner: likeness.get(owner, least) + WORDS_WEIGHT * shares.get(owner, 0.0)
                for owner in owners
            },
            "meaning",
        )

    def prepare(self, name: str, passages: Sequence[Passage]) -> bool:
        """Open everything and bring the collection up to date now; whether meaning is searched."""
        wanted = tuple(passages)
        with self._lock:
            if self._why_not is None and self._ready.get(name) != wanted:
                self._bring(name, wanted)
            return self._why_not is None

    def close(self) -> None:
        """Give the index back; what is under way ends with the few passages that it is at."""
        self._why_not = "Magnus is shutting down."
        if self._lock.acquire(timeout=_LAST):
            try:
                if self._vectors is not None:
                    self._vectors.close()
                    self._vectors = None
            finally:
                self._lock.release()

    def _counted(self, name: str, passages: tuple[Passage, ...]) -> Words:
        kept = self._words.get(name)
        if kept is None or kept[0] != passages:
            kept = (passages, Words(passages))
            self._words[name] = kept
        return kept[1]

    def _likeness(
        self, name: str, passages: tuple[Passage, ...], question: str, patience: float
    ) -> dict[str, float] | None:
        if self._why_not is not None or not passages:
            return None
        if self._ready.get(name) != passages:
            self._beside(name, passages).wait(patience)
            if self._ready.get(name) != passages or self._why_not is not None:
                return None
        if not self._lock.acquire(timeout=patience):
            return None  # another collection is being brought up to date
        try:
            if self._model is None or self._vectors is None:
                return None
            return self._vectors.nearest(name, self._model.embed([question])[0])
        except IndexUnusable as error:
            self._begin_anew(error)
            return None
        finally:
            self._lock.release()

    def _beside(self, name: str, passages: tuple[Passage, ...]) -> threading.Event:
        """`prepare` on a thread of its own, at most one for each collection."""
        under_way = self._under_way.get(name)
        if under_way is not None and not under_way.is_set():
            return under_way
        done = self._under_way[name] = threading.Event()

        def work() -> None:
            try:
                self.prepare(name, passages)
            finally:
                done.set()

        threading.Thread(target=work, name="meaning", daemon=True).start()
        return done

    def _bring(self, name: str, passages: tuple[Passage, ...]) -> None:
        """With the lock held."""
        try:
            if self._model is None:
                self._model = MiniLM.load(verified(installed()))
            if self._vectors is None:
                self._vectors = self._opened(self._model)
            self._vectors.bring(name, passages, self._goes_on)
        except IndexUnusable as error:
            if self._why_not is not None or not self._again(error, name, passages):
                return
        except Exception as error:  # noqa: BLE001 - tokenizers raises nothing narrower
            self._why_not = str(error) or type(error).__name__
            log.warning("meaning.not_here", reason=self._why_not)
            return
        self._ready[name] = passages

    def _again(self, error: IndexUnusable, name: str, passages: tuple[Passage, ...]) -> bool:
        """Once more, on an index begun anew; whether that went well."""
        self._begin_anew(error)
        if self._vectors is None:
            return False
        try:
            self._vectors.bring(name, passages, self._goes_on)
        except IndexUnusable as again:
            self._why_not = str(again)
            return False
        return True

    def _goes_on(self) -> bool:
        return self._why_not is None

    def _opened(self, model: MiniLM) -> Index | Scan:
        if self._home is None:
            return Scan(model.embed)
        try:
            return Index.take(self._home, model.embed)
        except IndexUnusable as error:
            log.info("meaning.no_index", reason=str(error))
            return Scan(model.embed)

    def _begin_anew(self, error: IndexUnusable) -> None:
        """The index is damaged: an empty one, or none at all. With the lock held."""
        log.warning("meaning.index_lost", reason=str(error))
        self._ready.clear()
        if isinstance(self._vectors, Index):
            try:
                self._vectors.begin_anew()
            except IndexUnusable:
                self._vectors.close()
                self._vectors = None
        if self._vectors is None and self._model is not None:
            self._vectors = Scan(self._model.embed)


def _ranked(scores: dict[str, float], by: By) -> Ranking:
    ordered = sorted(scores.items(), key=lambda each: (-each[1], each[0]))
    return Ranking(tuple(Hit(owner, score) for owner, score in ordered), by)
