"""Trains what messages need (see `needs`): `python -m mfa.language.train_needs`.

Deterministic. Utterances of one request say what a request alone does not need; a feature that the
words of a crossing name in one is left open there, since nobody has said whether it is needed.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from mfa.language.catalogue import load_catalogue, read_toml
from mfa.language.composed import FILE as PIECES
from mfa.language.composed import NEVER, Composer, Said, load_combined, load_single
from mfa.language.crossings import load_crossings
from mfa.language.gazetteer import load_gazetteer
from mfa.language.model import load_model
from mfa.language.needs import FILE, SEVERAL, Needs, names_of, save
from mfa.language.slots import read_spans
from mfa.language.text import read

TODAY: Final = date(2021, 6, 15)
_SEED: Final = 20210615
_COMPOSED: Final = 16_000
_PENALTY: Final = 1e-6
_STEPS: Final = 120
_SEEN_IN: Final = 8
"""Examples that a name must stand in to be learned."""
_OF_PEOPLE: Final = 3.0
"""Weight of a whole message that somebody wrote."""
_UNSURE: Final = 0.3
_WEAKEST: Final = 2
"""Names without a weight above it, of 127, are left out."""


def fingerprint() -> str:
    """Changes whenever the pieces or the messages do: the model file must carry this one."""
    digest = hashlib.sha256(repr(read_toml(PIECES)).encode())
    digest.update(repr(load_combined()).encode())
    return digest.hexdigest()[:16]


def outputs() -> tuple[str, ...]:
    intents = load_catalogue().intents.values()
    return (*sorted({intent.feature for intent in intents} - NEVER), SEVERAL)


class Examples:
    """What is learned from: names, which outputs are right, and how much each counts."""

    def __init__(self, outputs: Sequence[str]) -> None:
        self.column = {name: k for k, name in enumerate(outputs)}
        self.names: list[list[str]] = []
        self.right: list[NDArray[np.float32]] = []
        self.counts: list[NDArray[np.float32]] = []
        self._model = load_model()
        self._gazetteer = load_gazetteer()

    def add(
        self,
        messages: Iterable[Said],
        *,
        weight: float = 1.0,
        open_at: Callable[[str], set[str]] | None = None,
    ) -> None:
        """`open_at` gives the features that nobody has judged in a text."""
        known = self._model.known_words
        for text, features in messages:
            right = np.zeros(len(self.column), dtype=np.float32)
            counts = np.full(len(self.column), weight, dtype=np.float32)
            unsure = (open_at(text) if open_at is not None else set()) - set(features)
            for feature in unsure & set(self.column):
                counts[self.column[feature]] = 0.0
            for feature in set(features) & set(self.column):
                right[self.column[feature]] = 1.0
            right[self.column[SEVERAL]] = float(right.sum() > 1)
            counts[self.column[SEVERAL]] = _UNSURE if unsure else 1.0
            reading = read_spans(
                read(text), TODAY, self._gazetteer, held=frozenset(), known_words=known
            )
            self.names.append(names_of(reading, self._model.repair, known))
            self.right.append(right)
            self.counts.append(counts)


def _open_at() -> Callable[[str], set[str]]:
    says = [
        (c.step.feature, c.step.says)
        for c in load_crossings(load_catalogue())
        if c.step.says is not None and not c.step.needs
    ]
    return lambda text: {feature for feature, said in says if said.search(text.lower())}


def examples(combined: Sequence[Said], composed: int = _COMPOSED) -> Examples:
    """Everything there is to learn from, with these whole messages."""
    found = Examples(outputs())
    found.add(load_single(), open_at=_open_at())
    found.add(Composer(_SEED).messages(composed))
    found.add(combined, weight=_OF_PEOPLE)
    return found


def fit(found: Examples, *, steps: int = _STEPS) -> Needs:
    """The model that explains them best."""
    occurring = Counter(name for names in found.names for name in names)
    learned = sorted(name for name, count in occurring.items() if count >= _SEEN_IN)
    index = {name: k for k, name in enumerate(learned)}
    weights, bias = _minimise(_matrix(found.names, index), found, steps)
    scales = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127.0
    quantised = np.rint(weights / scales).astype(np.int8)
    used = np.flatnonzero(np.abs(quantised).max(axis=1) > _WEAKEST)
    return Needs(
        outputs=tuple(found.column),
        index={learned[old]: new for new, old in enumerate(used)},
        weights=quantised[used],
        scales=scales.astype(np.float32),
        bias=bias.astype(np.float32),
        fingerprint=fingerprint(),
    )


def _matrix(rows: Sequence[Sequence[str]], index: dict[str, int]) -> csr_matrix:
    data: list[float] = []
    columns: list[int] = []
    ends = [0]
    for names in rows:
        at = [index[name] for name in names if name in index]
        columns += at
        data += [1.0 / np.sqrt(max(len(names), 1))] * len(at)
        ends.append(len(columns))
    return csr_matrix((data, columns, ends), shape=(len(rows), len(index)), dtype=np.float32)


def _minimise(
    x: csr_matrix, found: Examples, steps: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights and biases of one logistic regression for each output, fitted together."""
    right = np.array(found.right)
    counts = np.array(found.counts) / np.float32(len(right))
    width, classes = x.shape[1], right.shape[1]
    transposed = x.T.tocsr()

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        w = flat[: width * classes].reshape(width, classes)
        logits = x @ w.astype(np.float32) + flat[width * classes :].astype(np.float32)
        value = float((counts * (np.logaddexp(0.0, logits) - right * logits)).sum())
        error = counts * (1.0 / (1.0 + np.exp(-logits)) - right)
        gradient = transposed @ error + _PENALTY * w
        return (
            value + 0.5 * _PENALTY * float((w * w).sum()),
            np.concatenate([gradient.ravel(), error.sum(axis=0)]).astype(np.float64),
        )

    start = np.zeros(width * classes + classes)
    options = {"maxiter": steps, "maxcor": 8}
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    return best.x[: width * classes].reshape(width, classes), best.x[width * classes :]


def main() -> None:
    needs = fit(examples(load_combined()))
    target = Path(str(files("mfa.language").joinpath(FILE)))
    target.write_bytes(save(needs))
    print(  # noqa: T201 - a command's output
        f"{len(needs.index)} names, {len(needs.outputs)} outputs, "
        f"{target.stat().st_size // 1024} KiB"
    )


if __name__ == "__main__":
    main()
