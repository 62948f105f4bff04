"""Trains the classifier from the catalogue's utterances: `python -m mfa.language.train`.

Deterministic and under a minute. Every utterance goes through the same readers as a real message,
then appears a few times more with politeness, without punctuation and with a typing error, because
people write so. Nothing of a real user goes into the bundled file: `magnus train` adds what one
corrected, and writes to that person's home (see `own`).
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from connectors.lessons.shelf import open_shelf
from mfa.language.catalogue import DIALOGUE_ONLY, load_catalogue
from mfa.language.features import features_of, scope_flags, words_of
from mfa.language.gazetteer import (
    PhraseTable,
    load_gazetteer,
    load_groups,
    term_flags,
    terms_of,
)
from mfa.language.model import FILE, Model, save
from mfa.language.slots import read_spans
from mfa.language.text import read
from mfa.language.understanding import UNKNOWN
from mfa.language.utterances import expand, load_lines, load_utterances

TODAY: Final = date(2021, 6, 15)
_PREFIXES: Final = (
    "hey magnus ",
    "can you ",
    "could you please ",
    "please ",
    "i want to know ",
    "tell me ",
    "ok so ",
    "quick question ",
    "i'd like to ",
    "hi, ",
)
_SUFFIXES: Final = (" please", " thanks", " for me", " right now", " asap", " today")
_PENALTY: Final = 1e-6
_STEPS: Final = 60
_OUTSIDE: Final = 0.8
"""Added to the odds that a message is nobody's business here: it recognises a fifteenth more of
those, and refuses one more in sixty of the hardest others (left-out lines with typing errors)."""
_SEEN_IN: Final = 6
"""Examples that a feature must stand in to be learned."""
_HELD_OUT: Final = 5
"""One utterance in so many is left out of the weights that find the temperature."""


@cache
def library_terms() -> PhraseTable:
    shelf = open_shelf()
    return terms_of(sorted({*shelf.concept_phrases, *shelf.strategy_phrases}))


def fingerprint() -> str:
    """Changes whenever utterances, groups or terms do: the model file must carry this one."""
    digest = hashlib.sha256(repr((sorted(library_terms().phrases), load_groups())).encode())
    for intent, utterances in sorted(load_utterances().items()):
        digest.update("\n".join((intent, *utterances, "")).encode())
    return digest.hexdigest()[:16]


def known_words() -> frozenset[str]:
    """Words that several lines say: none of them is a misspelt company or a word to be repaired.

    A word of one line alone may be its author's typing error, or a name that somebody invented.
    """
    gazetteer = load_gazetteer()
    names = set(gazetteer.single_names)
    counts: Counter[str] = Counter()
    for lines in load_lines().values():
        for line in lines:
            said = {w for utterance in expand(line) for w in words_of(read(utterance).lower)}
            counts.update(said - names)
    return frozenset(
        w for w, n in counts.items() if n > 1 and w.isascii() and not w.startswith("_")
    )


def seen(utterance: str, known: frozenset[str]) -> tuple[list[str], list[str]]:
    """The masked words and the flags of an utterance, as the classifier would get them."""
    text = read(utterance)
    reading = read_spans(text, TODAY, load_gazetteer(), held=frozenset(), known_words=known)
    return words_of(reading.masked()), term_flags(text.lower, library_terms())


def _typo(word: str, rng: random.Random) -> str:
    if len(word) < 5 or word.startswith("_"):
        return word
    at = rng.randrange(1, len(word) - 1)
    kind = rng.randrange(3)
    if kind == 0:
        return word[:at] + word[at + 1 :]
    if kind == 1:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + word[at] + word[at:]


def _plainly(utterance: str) -> str:
    """As it is typed in haste or heard by a machine: no capitals, no stop at the end."""
    return utterance.rstrip("?.!").lower()


def _dressed(words: list[str], rng: random.Random) -> list[str]:
    """The same request in other clothes: politer or longer, without its question mark."""
    plain = [word for word in words if word != "?"]
    if rng.random() < 0.5:
        return [*plain, *words_of(rng.choice(_SUFFIXES))]
    return [*words_of(rng.choice(_PREFIXES)), *plain]


class Corpus:
    """Masked examples with labels and groups; a group is one line and its variants.

    `corrections` are masked messages with the intents that a person meant.
    """

    def __init__(self, corrections: Sequence[tuple[str, str]] = ()) -> None:
        rng = random.Random(20210615)  # noqa: S311 - augmentation, not security
        self.known = known_words()
        self.intents = tuple(name for name in load_catalogue().intents if name not in DIALOGUE_ONLY)
        self._rows: set[tuple[tuple[str, ...], tuple[str, ...], int]] = set()
        self.words: list[list[str]] = []
        self.flags: list[list[str]] = []
        self.labels: list[int] = []
        self.groups: list[int] = []
        group = 0
        for label, intent in enumerate(self.intents):
            for line in load_lines()[intent]:
                for utterance in expand(line):
                    self._add_utterance(utterance, label, group, rng)
                group += 1
        for masked, intent in corrections:
            if intent in self.intents:
                self._add_correction(masked.split(), self.intents.index(intent), group, rng)
                group += _SEEN_IN
        self._count()

    def _add_correction(self, words: list[str], label: int, group: int, rng: random.Random) -> None:
        """As often as it takes to be learned, whole and with a word less: one person's way to
        speak, where the utterances are many people's.
        """
        self.known |= {w for w in words if w.isascii() and not w.startswith("_")}
        flags = term_flags(" ".join(words), library_terms())
        for repeat in range(_SEEN_IN):
            said = list(words)
            if repeat % 2 and len(said) > 3:
                said.pop(rng.randrange(len(said)))
            self._add(said, flags, label, group + repeat)

    def _add_utterance(self, utterance: str, label: int, group: int, rng: random.Random) -> None:
        words, flags = seen(utterance, self.known)
        self._add(words, flags, label, group)
        if utterance != utterance.lower() and rng.random() < 0.5:
            self._add(*seen(_plainly(utterance), self.known), label, group)
        else:
            self._add(_dressed(words, rng), flags, label, group)
        damaged = [_typo(w, rng) if rng.random() < 0.15 else w for w in words]
        if len(damaged) > 4:
            damaged.pop(rng.randrange(len(damaged)))
        self._add(damaged, flags, label, group)

    def _add(self, words: list[str], flags: list[str], label: int, group: int) -> None:
        row = (tuple(words), tuple(flags), group)
        if row in self._rows:
            return
        self._rows.add(row)
        self.words.append(words)
        self.flags.append(flags)
        self.labels.append(label)
        self.groups.append(group)

    def _count(self) -> None:
        """In how many lines in scope each word stands."""
        unknown = self.intents.index(UNKNOWN)
        lines: dict[str, set[int]] = {}
        for words, group, label in zip(self.words, self.groups, self.labels, strict=True):
            for word in words if label != unknown else ():
                lines.setdefault(word, set()).add(group)
        self.lines_with = {word: frozenset(groups) for word, groups in lines.items()}
        self.native = frozenset(w for w, groups in lines.items() if len(groups) > 1)

    def features(self, row: int) -> list[str]:
        """A word that only this line has counts as strange, as it would to someone new."""
        words, group = self.words[row], self.groups[row]

        def native(word: str) -> bool:
            return len(self.lines_with.get(word, frozenset()) - {group}) > 1

        flags = [*self.flags[row], *scope_flags(words, native)]
        return list(dict.fromkeys(features_of(words, flags, load_groups())))


def _matrix(rows: list[list[str]], index: dict[str, int]) -> csr_matrix:
    data: list[float] = []
    columns: list[int] = []
    ends = [0]
    for names in rows:
        at = [index[n] for n in names if n in index]
        columns += at
        data += [1.0 / np.sqrt(max(len(names), 1))] * len(at)
        ends.append(len(columns))
    return csr_matrix((data, columns, ends), shape=(len(rows), len(index)))


def _fit(
    x: csr_matrix,
    y: NDArray[np.int64],
    classes: int,
    *,
    steps: int,
    start: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    count, width = x.shape
    sizes = np.bincount(y, minlength=classes)
    weight = (count / (classes * np.maximum(sizes, 1))) ** 0.5
    sample = weight[y] / weight[y].mean()
    x = x.astype(np.float32)
    halves = [slice(0, count // 2), slice(count // 2, count)]
    rows = [x[half] for half in halves]
    transposed = [half.T.tocsr() for half in rows]

    def part(
        k: int, w: NDArray[np.float32], b: NDArray[np.float32]
    ) -> tuple[float, NDArray[np.float32], NDArray[np.float64]]:
        """Summed loss of half the examples, and its gradients by weights and biases."""
        logits = rows[k] @ w + b
        logits -= logits.max(axis=1, keepdims=True)
        p = np.exp(logits)
        p /= p.sum(axis=1, keepdims=True)
        right, weights = y[halves[k]], sample[halves[k]]
        at = np.arange(len(right))
        value = -(weights * np.log(np.maximum(p[at, right], 1e-12))).sum()
        p[at, right] -= 1.0
        p *= weights[:, None].astype(np.float32)
        return float(value), transposed[k] @ p, p.sum(axis=0, dtype=np.float64)

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        whole = flat[: width * classes].reshape(width, classes)
        w, b = whole.astype(np.float32), flat[width * classes :].astype(np.float32)
        one, two = crew.map(lambda k: part(k, w, b), (0, 1))
        gradient = (one[1] + two[1]) / count + _PENALTY * whole
        return (
            (one[0] + two[0]) / count + 0.5 * _PENALTY * float(np.vdot(whole, whole)),
            np.concatenate([gradient.ravel(), (one[2] + two[2]) / count]),
        )

    if start is None:
        start = np.zeros(width * classes + classes)
    options = {"maxiter": steps, "maxcor": 4}
    with ThreadPoolExecutor(2) as crew:
        best = minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    return best.x[: width * classes].reshape(width, classes), best.x[width * classes :]


def _temperature(logits: NDArray[np.float64], y: NDArray[np.int64]) -> float:
    def loss(t: float) -> float:
        scaled = logits / t
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        return float(-(scaled[np.arange(len(y)), y] - np.log(np.exp(scaled).sum(axis=1))).mean())

    grid = np.geomspace(0.2, 3.0, 60)
    return float(grid[int(np.argmin([loss(t) for t in grid]))])


def train(corrections: Sequence[tuple[str, str]] = ()) -> tuple[Model, float]:
    """The model and its accuracy on a fifth of the utterances, left out of the weights."""
    corpus = Corpus(corrections)
    rows = [corpus.features(row) for row in range(len(corpus.words))]
    counts = Counter(name for names in rows for name in names)
    index = {
        name: k for k, name in enumerate(sorted(n for n, c in counts.items() if c >= _SEEN_IN))
    }
    x = _matrix(rows, index)
    y = np.array(corpus.labels)
    groups = np.array(corpus.groups)
    classes = len(corpus.intents)
    out = groups % _HELD_OUT == 0
    w, b = _fit(x[~out], y[~out], classes, steps=_STEPS)
    logits, labels = x[out] @ w + b, y[out]
    accuracy = float((logits.argmax(axis=1) == labels).mean())
    near = np.concatenate([w.ravel(), b])
    weights, bias = _fit(x, y, classes, steps=_STEPS // 3, start=near)
    bias[corpus.intents.index(UNKNOWN)] += _OUTSIDE
    scales = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127.0
    quantised = np.rint(weights / scales).astype(np.int8)
    used = np.flatnonzero(np.abs(quantised).max(axis=1) > 2)
    names = list(index)
    model = Model(
        intents=corpus.intents,
        index={names[old]: new for new, old in enumerate(used)},
        weights=quantised[used],
        scales=scales.astype(np.float32),
        bias=bias.astype(np.float32),
        temperature=_temperature(logits, labels),
        known_words=corpus.known,
        native_words=corpus.native,
        terms=library_terms(),
        fingerprint=fingerprint(),
    )
    return model, accuracy


def main() -> None:
    model, accuracy = train()
    target = Path(str(files("mfa.language").joinpath(FILE)))
    target.write_bytes(save(model))
    print(  # noqa: T201 - a command's output
        f"{len(model.index)} features, {len(model.intents)} intents, "
        f"{target.stat().st_size // 1024} KiB, "
        f"held-out accuracy {accuracy:.1%}, temperature {model.temperature:.2f}"
    )


if __name__ == "__main__":
    main()
