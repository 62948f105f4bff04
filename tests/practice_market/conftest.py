"""One practice market for all these tests; it keeps no state that a question could change."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.practice.market import PracticeMarket
from mfa.kernel.clock import FrozenClock

NOW = datetime(2021, 6, 15, 14, 30, tzinfo=UTC)
"""Tuesday, 10:30 in New York."""


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def market() -> PracticeMarket:
    return PracticeMarket(seed=7, clock=FrozenClock(NOW))
