"""The classifier: a multinomial linear model over named features, read from one small file.

Deterministic: the same words give the same probabilities on every run. Weights are eight-bit
integers with one scale per intent; probabilities are calibrated by a temperature found on
utterances that the weights had not seen.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from mfa.kernel.errors import ConfigurationError
from mfa.language.features import features_of, scope_flags
from mfa.language.gazetteer import PhraseTable, load_groups, terms_of

FILE: Final = "intents.npz"


@dataclass(frozen=True, slots=True)
class Model:
    """Named features with their weights (features x intents), biases, and two word lists.

    `known_words` stand in some utterance; `native_words` in several of those in scope; `terms` are
    what the library can explain.
    """

    intents: tuple[str, ...]
    index: Mapping[str, int]
    weights: NDArray[np.int8]
    scales: NDArray[np.float32]
    bias: NDArray[np.float32]
    temperature: float
    known_words: frozenset[str]
    native_words: frozenset[str]
    terms: PhraseTable
    fingerprint: str

    def classify(self, words: Sequence[str], flags: Sequence[str] = ()) -> NDArray[np.float64]:
        """Probability of each intent, in the order of `intents`."""
        repaired = [self.repair(word) for word in words]
        flags = [*flags, *scope_flags(repaired, self.native_words.__contains__)]
        names = dict.fromkeys(features_of(repaired, flags, load_groups()))
        rows = [row for name in names if (row := self.index.get(name)) is not None]
        if rows:
            norm = 1.0 / np.sqrt(len(names))
            logits = self.weights[rows].sum(axis=0, dtype=np.int64) * self.scales * norm + self.bias
        else:
            logits = self.bias.astype(np.float64)
        return _softmax(np.asarray(logits, dtype=np.float64) / self.temperature)

    def knows(self, word: str) -> bool:
        """Whether `word`, or one it is a typing error of, was ever learned."""
        return self.repair(word) in self.known_words

    def repair(self, word: str) -> str:
        """The known word that `word` is a typing error of; itself when known or too far off."""
        if len(word) < 4 or word.startswith("_") or word in self.known_words:
            return word
        return _nearest_word(word, self.known_words)


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    exponentials = np.exp(logits - logits.max())
    return np.asarray(exponentials / exponentials.sum(), dtype=np.float64)


@cache
def _by_length(words: frozenset[str]) -> Mapping[tuple[int, str], tuple[str, ...]]:
    table: dict[tuple[int, str], list[str]] = {}
    for word in sorted(words):
        if len(word) >= 4:
            table.setdefault((len(word), word[0]), []).append(word)
    return {key: tuple(group) for key, group in table.items()}


@lru_cache(maxsize=8192)
def _nearest_word(word: str, known: frozenset[str]) -> str:
    limit = 1 if len(word) < 8 else 2
    best, distance = word, limit + 1
    table = _by_length(known)
    for length in range(len(word) - limit, len(word) + limit + 1):
        for first in dict.fromkeys((word[0], word[1])):
            for candidate in table.get((length, first), ()):
                d = OSA.distance(word, candidate, score_cutoff=limit)
                if d < distance:
                    best, distance = candidate, d
    return best


def _packed(words: Sequence[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(words).encode(), dtype=np.uint8)


def _unpacked(data: NDArray[np.uint8]) -> list[str]:
    return bytes(data).decode().split("\n")


def save(model: Model) -> bytes:
    """The bytes of a model file; the same model gives the same bytes."""
    buffer = io.BytesIO()
    names = sorted(model.index, key=model.index.__getitem__)
    np.savez_compressed(
        buffer,
        intents=np.array("\n".join(model.intents)),
        features=_packed(names),
        weights=model.weights,
        scales=model.scales,
        bias=model.bias,
        temperature=np.array(model.temperature),
        known_words=_packed(sorted(model.known_words)),
        native_words=_packed(sorted(model.native_words)),
        terms=_packed(sorted(model.terms.phrases.values())),
        fingerprint=np.array(model.fingerprint),
    )
    return buffer.getvalue()


@cache
def load_model() -> Model:
    """The bundled model. `ConfigurationError` when it is missing or unreadable."""
    try:
        return parse(files("mfa.language").joinpath(FILE).read_bytes())
    except (OSError, ValueError, KeyError) as error:
        raise ConfigurationError(
            f"The language model file cannot be read: {error}.",
            "Build it with: python -m mfa.language.train",
        ) from error


def parse(content: bytes) -> Model:
    """The model of a file's bytes. `ValueError`, `KeyError` or `OSError` when it is none."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as data:
            names = _unpacked(data["features"])
            return Model(
                intents=tuple(str(data["intents"]).split("\n")),
                index={name: row for row, name in enumerate(names)},
                weights=data["weights"],
                scales=data["scales"],
                bias=data["bias"],
                temperature=float(data["temperature"]),
                known_words=frozenset(_unpacked(data["known_words"])),
                native_words=frozenset(_unpacked(data["native_words"])),
                terms=terms_of(_unpacked(data["terms"])),
                fingerprint=str(data["fingerprint"]),
            )
    except (EOFError, zipfile.BadZipFile) as error:
        raise ValueError(str(error)) from error
