"""Quiet logs: the failures these tests provoke are told as one line each."""

from __future__ import annotations

import pytest

from mfa.kernel.logs import configure_logs


@pytest.fixture(scope="session", autouse=True)
def quiet() -> None:
    configure_logs("error", json=True)
