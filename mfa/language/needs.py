"""Which features a message needs beside its intent's: learned, where `crossings` are written down.

People draw a second feature in by countless words ('the ones your ai likes', 'nothing that prints
before then'). One small linear model has seen many of them put together (`composed.toml`) and
gives each feature a probability of its own. It only adds look-ups to a plan; it decides no intent,
fills no slot and proposes nothing.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from mfa.kernel.errors import ConfigurationError
from mfa.language.catalogue import read_toml
from mfa.language.features import features_of, words_of
from mfa.language.gazetteer import load_groups
from mfa.language.spans import Reading

FILE: Final = "needs.npz"
SEVERAL: Final = "several"
"""The last output: whether the message asks more than one feature at all."""
_LIKELY: Final = 0.1
_SEVERAL: Final = 0.12
_PLAIN: Final = 0.7
"""A feature as likely as this is needed even where the message looks like one request."""
_CERTAIN: Final = 0.97
_EAGER: Final = 0.1
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z'’]*")
_BEGUN: Final = re.compile(r"(?:^|[.!?:;])\s*$")
_SHORT: Final = 3
"""Words of a message; a shorter one is one request."""
ODD: Final = "_odd_"
CAPITAL: Final = "_cap_"
_OPENED: Final = frozenset(read_toml("words.toml")["opened"])


@dataclass(frozen=True, slots=True)
class Needs:
    """Weights (names x outputs, eight bits) of `outputs`: features of the house, then `SEVERAL`."""

    outputs: tuple[str, ...]
    index: Mapping[str, int]
    weights: NDArray[np.int8]
    scales: NDArray[np.float32]
    bias: NDArray[np.float32]
    fingerprint: str

    def probabilities(self, names: Sequence[str]) -> dict[str, float]:
        """Of each output, for a message with these `names` (see `names_of`)."""
        rows = [row for name in names if (row := self.index.get(name)) is not None]
        norm = 1.0 / np.sqrt(max(len(names), 1))
        summed = self.weights[rows].sum(axis=0, dtype=np.int64)
        logits = summed * self.scales.astype(np.float64) * norm + self.bias
        found = 1.0 / (1.0 + np.exp(-logits))
        return dict(zip(self.outputs, map(float, found), strict=True))


def needs_of(
    reading: Reading, repair: Callable[[str], str], known: frozenset[str]
) -> dict[str, float]:
    """The probability of each output for a message."""
    return load_needs().probabilities(names_of(reading, repair, known))


def needed(
    reading: Reading,
    repair: Callable[[str], str],
    known: frozenset[str],
    *,
    covered: frozenset[str] = frozenset(),
    eager: frozenset[str] = frozenset(),
) -> list[str]:
    """The features that a message needs, the likeliest first; none of a very short one.

    One that its request has `covered` must be all but certain; of those in `eager` one is wanted,
    and the likeliest is taken on less.
    """
    if len(reading.text.plain.split()) < _SHORT:
        return []
    found = needs_of(reading, repair, known)
    least = _LIKELY if found.pop(SEVERAL) > _SEVERAL else _PLAIN
    likely = [f for f, p in found.items() if p > (_CERTAIN if f in covered else least)]
    if eager and eager.isdisjoint(likely):
        best = max(eager & set(found), key=lambda f: (found[f], f))
        likely += [best] if found[best] > _EAGER else []
    return sorted(likely, key=found.__getitem__, reverse=True)


def names_of(reading: Reading, repair: Callable[[str], str], known: frozenset[str]) -> list[str]:
    """What the model sees of a message.

    The classifier's words, a strange or capital word marked as what may be somebody's name for a
    list or a trader ('anything on Wheelies'), and the slots that were read.
    """
    words: list[str] = []
    for word in map(repair, words_of(_marked(reading, repair, known))):
        if word not in {ODD, CAPITAL} or words[-1:] != [word]:
            words.append(word)
    flags = [f"z:{span.slot}" for span in reading.spans]
    names = features_of(words, flags, load_groups())
    return list(dict.fromkeys(name for name in names if not name.startswith("n:")))


def _marked(reading: Reading, repair: Callable[[str], str], known: frozenset[str]) -> str:
    """The masked text with names marked."""
    plain, lower = reading.text.plain, reading.text.lower
    loud = plain.isupper()

    def free(start: int, end: int) -> list[str]:
        pieces: list[str] = []
        at = start
        for match in _WORD.finditer(plain, start, end):
            word = match.group()
            small = word.lower().strip("'’")
            if _is_odd(small, repair, known):
                pieces += [lower[at : match.start()], f" {ODD} "]
                at = match.end()
            elif not loud and _is_capital(word, plain, match.start()):
                pieces += [lower[at : match.start()], f" {CAPITAL} "]
                at = match.start()
        return [*pieces, lower[at:end]]

    pieces: list[str] = []
    at = 0
    for span in sorted((s for s in reading.spans if s.mask), key=lambda s: s.start):
        if span.start >= at:
            pieces += [*free(at, span.start), f" {span.mask} "]
            at = span.end
    pieces += free(at, len(plain))
    return " ".join("".join(pieces).split())


def _is_odd(small: str, repair: Callable[[str], str], known: frozenset[str]) -> bool:
    if len(small) <= 2 or small in _OPENED or small in known or small.rstrip("s") in known:
        return False
    return repair(small) not in known


def _is_capital(word: str, plain: str, start: int) -> bool:
    """Whether a word has a capital that its place does not give it."""
    if not word[0].isupper() or word.isupper() or word.startswith(("I'", "I’")):
        return False
    return _BEGUN.search(plain, max(0, start - 4), start) is None if start > 0 else False


def save(needs: Needs) -> bytes:
    """The bytes of a model file; the same model gives the same bytes."""
    buffer = io.BytesIO()
    names = sorted(needs.index, key=needs.index.__getitem__)
    np.savez_compressed(
        buffer,
        outputs=np.array("\n".join(needs.outputs)),
        names=np.frombuffer("\n".join(names).encode(), dtype=np.uint8),
        weights=needs.weights,
        scales=needs.scales,
        bias=needs.bias,
        fingerprint=np.array(needs.fingerprint),
    )
    return buffer.getvalue()


@cache
def load_needs() -> Needs:
    """The bundled model. `ConfigurationError` when it is missing or unreadable."""
    try:
        content = files("mfa.language").joinpath(FILE).read_bytes()
        with np.load(io.BytesIO(content), allow_pickle=False) as data:
            names = bytes(data["names"]).decode().split("\n")
            return Needs(
                outputs=tuple(str(data["outputs"]).split("\n")),
                index={name: row for row, name in enumerate(names)},
                weights=data["weights"],
                scales=data["scales"],
                bias=data["bias"],
                fingerprint=str(data["fingerprint"]),
            )
    except (OSError, ValueError, KeyError) as error:
        raise ConfigurationError(
            f"The file of the needs of messages cannot be read: {error}.",
            "Build it with: python -m mfa.language.train_needs",
        ) from error
