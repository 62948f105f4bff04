"""all-MiniLM-L6-v2 in NumPy: text in, a unit vector of 384 numbers out.

The forward pass of BERT (J. Devlin and others, 2018) with the mean of its last layer over a text's
own tokens (N. Reimers, I. Gurevych, Sentence-BERT, 2019). Texts are grouped by length, so that
next to nothing is padded: a question costs what its own words cost. No network, no PyTorch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, Self

import numpy as np
import numpy.typing as npt

from mfa.meaning.weights import Weights

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Vectors = npt.NDArray[np.float32]

DIMENSIONS: Final = 384
LONGEST: Final = 256
"""Tokens; what comes after them is not read."""
_LAYERS: Final = 6
_HEADS: Final = 12
_EPSILON: Final = 1e-12
_BATCH: Final = 32


class MiniLM:
    """The loaded model. Immutable; safe to share between threads."""

    def __init__(self, tensors: Mapping[str, Vectors], tokenizer: Tokenizer) -> None:
        self._tensors = tensors
        self._tokenizer = tokenizer
        self._transposed = {
            name: np.ascontiguousarray(value.T)
            for name, value in tensors.items()
            if value.ndim == 2 and "embeddings" not in name
        }

    @classmethod
    def load(cls, weights: Weights) -> Self:
        """Read the files (`weights.verified` says whether they are the right ones)."""
        from safetensors.numpy import load_file  # noqa: PLC0415 - parts of an extra
        from tokenizers import Tokenizer  # noqa: PLC0415 - same

        tokenizer = Tokenizer.from_file(str(weights.tokenizer))
        tokenizer.enable_truncation(LONGEST)
        tokenizer.no_padding()
        return cls(load_file(weights.model), tokenizer)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text, in their order: shape (n, 384)."""
        ids = [encoded.ids for encoded in self._tokenizer.encode_batch(list(texts))]
        found = np.zeros((len(texts), DIMENSIONS), np.float32)
        order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
        for start in range(0, len(order), _BATCH):
            places = order[start : start + _BATCH]
            found[places] = self._batch([ids[place] for place in places])
        return found

    def _batch(self, ids: Sequence[Sequence[int]]) -> Vectors:
        longest = max(map(len, ids))
        tokens = np.zeros((len(ids), longest), np.int64)
        present = np.zeros((len(ids), longest), np.float32)
        for row, own in enumerate(ids):
            tokens[row, : len(own)] = own
            present[row, : len(own)] = 1.0
        hidden = self._embedded(tokens)
        bias = (1.0 - present)[:, None, None, :] * np.float32(-1e9)
        for layer in range(_LAYERS):
            hidden = self._layer(hidden, bias, f"encoder.layer.{layer}.")
        pooled = (hidden * present[..., None]).sum(1) / present.sum(1, keepdims=True)
        return np.asarray(pooled / np.linalg.norm(pooled, axis=1, keepdims=True), np.float32)

    def _embedded(self, tokens: npt.NDArray[np.int64]) -> Vectors:
        place = "embeddings."
        summed = (
            self._tensors[f"{place}word_embeddings.weight"][tokens]
            + self._tensors[f"{place}position_embeddings.weight"][: tokens.shape[1]]
            + self._tensors[f"{place}token_type_embeddings.weight"][0]
        )
        return self._normalised(summed, f"{place}LayerNorm")

    def _layer(self, hidden: Vectors, bias: Vectors, name: str) -> Vectors:
        query, key, value = (
            self._heads(self._linear(hidden, f"{name}attention.self.{part}"))
            for part in ("query", "key", "value")
        )
        width = DIMENSIONS // _HEADS
        weight = query @ key.transpose(0, 1, 3, 2) / np.float32(math.sqrt(width)) + bias
        weight -= weight.max(-1, keepdims=True)
        np.exp(weight, out=weight)
        weight /= weight.sum(-1, keepdims=True)
        mixed = np.asarray(weight @ value, np.float32)
        context = mixed.transpose(0, 2, 1, 3).reshape(hidden.shape)
        attended = self._normalised(
            self._linear(context, f"{name}attention.output.dense") + hidden,
            f"{name}attention.output.LayerNorm",
        )
        inner = _gelu(self._linear(attended, f"{name}intermediate.dense"))
        return self._normalised(
            self._linear(inner, f"{name}output.dense") + attended, f"{name}output.LayerNorm"
        )

    def _linear(self, hidden: Vectors, name: str) -> Vectors:
        return hidden @ self._transposed[f"{name}.weight"] + self._tensors[f"{name}.bias"]

    def _normalised(self, hidden: Vectors, name: str) -> Vectors:
        centred = hidden - hidden.mean(-1, keepdims=True)
        spread = np.sqrt(np.square(centred).mean(-1, keepdims=True) + np.float32(_EPSILON))
        scale, shift = self._tensors[f"{name}.weight"], self._tensors[f"{name}.bias"]
        return np.asarray(centred / spread * scale + shift, np.float32)

    @staticmethod
    def _heads(hidden: Vectors) -> Vectors:
        rows, length, _ = hidden.shape
        return hidden.reshape(rows, length, _HEADS, -1).transpose(0, 2, 1, 3)


def _gelu(hidden: Vectors) -> Vectors:
    """The exact one, as the model was trained with."""
    from scipy.special import erf  # noqa: PLC0415 - a fifth of a second; when something is embedded

    return np.asarray(
        hidden * np.float32(0.5) * (1 + erf(hidden * np.float32(math.sqrt(0.5)))), np.float32
    )
