"""The language under test, loaded once."""

from __future__ import annotations

from datetime import date

import pytest

from mfa.language import Language


@pytest.fixture(scope="session")
def language() -> Language:
    return Language.load()


@pytest.fixture(scope="session")
def today() -> date:
    """A Tuesday: the practice clock's first day."""
    return date(2021, 6, 15)
