"""Vectors of passages, kept where they need not be made again: ChromaDB in the home directory.

An index and nothing more: what it holds can be made again from the passages at any time. Its
entries are named by the model's digest, the owner and the text, so that whatever changes is made
anew and the rest stays. One process owns it, by a lock that the system releases however the process
ends. One that is damaged is thrown away. `IndexUnusable` is all that this raises.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self
from uuid import uuid4

import numpy as np

from mfa.kernel.logs import get_logger
from mfa.meaning.minilm import Vectors
from mfa.meaning.weights import MODEL, MODEL_SHA256
from mfa.meaning.words import Passage

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

FOLDER: Final = "meaning"
_AT_ONCE: Final = 16
_NEAREST: Final = 80
Embed = Callable[[Sequence[str]], Vectors]

log = get_logger(__name__)


class IndexUnusable(Exception):  # noqa: N818 - vectors are then kept in memory
    """Another process has it, ChromaDB is not installed, or it cannot be begun anew."""


class Index:
    """Owned by this process until `close`. Not safe from several threads at once."""

    def __init__(self, folder: Path, lock: int, embed: Embed) -> None:
        self._folder, self._lock, self._embed = folder, lock, embed
        self._client = self._opened()

    @classmethod
    def take(cls, home: Path, embed: Embed) -> Self:
        """The index of this home, made when there is none. `IndexUnusable` says why not."""
        try:
            import fcntl  # noqa: PLC0415 - POSIX only
        except ImportError as error:
            raise IndexUnusable("ChromaDB is used on Linux and macOS only.") from error
        folder = home / FOLDER
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
            lock = os.open(folder / "owner.lock", flags, 0o600)
        except OSError as error:
            raise IndexUnusable(f"{folder} cannot be written: {error.strerror}.") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            raise IndexUnusable("Another process of Magnus has the index.") from error
        try:
            return cls(folder, lock, embed)
        except IndexUnusable:
            os.close(lock)
            raise

    def bring(self, name: str, passages: Sequence[Passage], go_on: Callable[[], bool]) -> None:
        """The collection holds exactly these passages' vectors; only what is new is embedded.

        Asked before each few of them, `go_on` may end it; what is there then is kept.
        """
        wanted = {_identity(each): each for each in passages}
        with _translated():
            collection = self._collection(name)
            kept = set(collection.get(include=[])["ids"])
            if gone := sorted(kept - wanted.keys()):
                collection.delete(ids=gone)
            new = sorted(wanted.keys() - kept)
            for start in range(0, len(new), _AT_ONCE):
                if not go_on():
                    raise IndexUnusable("Magnus is shutting down.")
                some = new[start : start + _AT_ONCE]
                collection.add(
                    ids=some,
                    documents=[wanted[each].text for each in some],
                    metadatas=[{"owner": wanted[each].owner} for each in some],
                )

    def nearest(self, name: str, vector: Vectors) -> dict[str, float]:
        """The likeness of each owner's nearest passage (cosine), of the nearest owners."""
        with _translated():
            found = self._collection(name).query(
                query_embeddings=[vector.tolist()],
                n_results=_NEAREST,
                include=["metadatas", "distances"],
            )
        metadatas, distances = found["metadatas"], found["distances"]
        if not metadatas or not distances:
            return {}
        best: dict[str, float] = {}
        for metadata, distance in zip(metadatas[0], distances[0], strict=True):
            best.setdefault(str(metadata["owner"]), 1.0 - float(distance))
        return best

    def begin_anew(self) -> None:
        """Throw away what is there."""
        for each in self._folder.iterdir():
            if each.is_dir():
                shutil.rmtree(each, ignore_errors=True)
        self._client = self._opened()

    def close(self) -> None:
        """Let another process have it."""
        with suppress(OSError):
            os.close(self._lock)

    def _opened(self) -> ClientAPI:
        """A client on the folder's one database, or on a new one where that cannot be opened.

        Each beginning has a folder of its own: ChromaDB remembers places for as long as a process
        lives, and would go on with a database that is no more.
        """
        kept = sorted(each for each in self._folder.iterdir() if each.is_dir())
        for place in kept[:1]:
            try:
                return self._client_at(place)
            except IndexUnusable as error:
                log.warning("meaning.index_thrown_away", reason=str(error))
        for place in kept:
            shutil.rmtree(place, ignore_errors=True)
        return self._client_at(self._folder / uuid4().hex)

    def _client_at(self, place: Path) -> ClientAPI:
        with _translated():
            import chromadb  # noqa: PLC0415 - more than a second; a part of an extra
            from chromadb.config import Settings  # noqa: PLC0415 - same

            client = chromadb.PersistentClient(
                path=str(place), settings=Settings(anonymized_telemetry=False)
            )
            client.list_collections()
            return client

    def _collection(self, name: str) -> Collection:
        return self._client.get_or_create_collection(
            name,
            embedding_function=_embedding_function(self._embed),
            configuration={"hnsw": {"space": "cosine"}},
        )


class Scan:
    """The same without a place to keep anything: every vector in memory, compared with each."""

    def __init__(self, embed: Embed) -> None:
        self._embed = embed
        self._owners: dict[str, list[str]] = {}
        self._vectors: dict[str, Vectors] = {}

    def bring(self, name: str, passages: Sequence[Passage], go_on: Callable[[], bool]) -> None:
        """As the index does it."""
        made: list[Vectors] = []
        for start in range(0, len(passages), _AT_ONCE):
            if not go_on():
                raise IndexUnusable("Magnus is shutting down.")
            made.append(self._embed([p.text for p in passages[start : start + _AT_ONCE]]))
        self._owners[name] = [each.owner for each in passages]
        self._vectors[name] = np.concatenate(made)

    def nearest(self, name: str, vector: Vectors) -> dict[str, float]:
        best: dict[str, float] = {}
        likeness = self._vectors[name] @ vector
        for place in np.argsort(-likeness, kind="stable")[:_NEAREST]:
            best.setdefault(self._owners[name][place], float(likeness[place]))
        return best

    def close(self) -> None:
        self._owners.clear()
        self._vectors.clear()


def _identity(passage: Passage) -> str:
    said = f"{MODEL_SHA256}\0{passage.owner}\0{passage.text}"
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def _embedding_function(embed: Embed) -> Any:
    """Ours in ChromaDB's shape: without one it would download a model."""
    from chromadb import Documents, EmbeddingFunction, Embeddings  # noqa: PLC0415 - as above

    class Local(EmbeddingFunction[Documents]):
        def __init__(self) -> None:
            """Takes nothing: the model is this process's."""

        def __call__(self, input: Documents) -> Embeddings:  # noqa: A002 - ChromaDB's name
            return list(embed(input))

        @staticmethod
        def name() -> str:
            return f"magnus-{MODEL.lower()}"

        def get_config(self) -> dict[str, Any]:
            return {"sha256": MODEL_SHA256}

        @staticmethod
        def build_from_config(config: dict[str, Any]) -> EmbeddingFunction[Documents]:
            del config
            return Local()

    return Local()


@contextmanager
def _translated() -> Iterator[None]:
    """Whatever goes wrong inside is `IndexUnusable`: ChromaDB's compiled half panics with errors
    that are no `Exception`."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, IndexUnusable):
        raise
    except BaseException as error:
        raise IndexUnusable(f"{type(error).__name__}: {error}") from error
