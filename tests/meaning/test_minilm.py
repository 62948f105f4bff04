"""The embedder gives the numbers that its authors published, however it is asked."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mfa.meaning.minilm import DIMENSIONS, LONGEST, MiniLM
from mfa.meaning.weights import NoWeights, Weights, installed, verified


@pytest.fixture(scope="module")
def weights() -> Weights:
    try:
        return installed()
    except NoWeights as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def model(weights: Weights) -> MiniLM:
    return MiniLM.load(verified(weights))


def test_the_likeness_of_three_sentences_is_the_published_one(model: MiniLM) -> None:
    """The example on the model's own page: 0.695 and 0.257."""
    happy, dog, sunny = model.embed(
        ["That is a happy person", "That is a happy dog", "Today is a sunny day"]
    )
    assert happy @ dog == pytest.approx(0.695, abs=0.001)
    assert happy @ sunny == pytest.approx(0.257, abs=0.001)


def test_vectors_have_length_one(model: MiniLM) -> None:
    vectors = model.embed(["put", "a much longer sentence about selling puts", ""])
    assert vectors.shape == (3, DIMENSIONS)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_a_text_has_the_same_vector_alone_and_among_longer_ones(model: MiniLM) -> None:
    text = "what is theta"
    alone = model.embed([text])[0]
    among = model.embed(["a long sentence " * 20, text, "x"])[1]
    assert among == pytest.approx(alone, abs=1e-5)


def test_what_comes_after_the_longest_text_is_not_read(model: MiniLM) -> None:
    long = "put " * (2 * LONGEST)
    assert model.embed([long])[0] == pytest.approx(model.embed([long + "call"])[0], abs=1e-6)


def test_nothing_asked_is_nothing_answered(model: MiniLM) -> None:
    assert model.embed([]).shape == (0, DIMENSIONS)


def test_weights_that_are_not_the_known_ones_are_refused(weights: Weights, tmp_path: Path) -> None:
    changed = tmp_path / "tokenizer.json"
    shutil.copy(weights.tokenizer, changed)
    changed.write_bytes(changed.read_bytes() + b" ")
    with pytest.raises(NoWeights, match=r"tokenizer\.json .* is not the known one"):
        verified(replace(weights, tokenizer=changed))


def test_weights_that_are_gone_are_said_to_be_gone(weights: Weights, tmp_path: Path) -> None:
    with pytest.raises(NoWeights, match="cannot be read"):
        verified(replace(weights, model=tmp_path / "model.safetensors"))
