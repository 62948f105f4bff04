"""These tests run the compiled kernels; the plain ones are called by name where they are meant."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def compiled_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each public function compiles what it needs and waits for it."""
    if os.environ.get("MAGNUS_KERNELS") != "plain":
        monkeypatch.setenv("MAGNUS_KERNELS", "compiled")
