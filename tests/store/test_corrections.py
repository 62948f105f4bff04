"""Corrections are kept per person; the latest word on a message counts."""

from __future__ import annotations

import pytest

from mfa.store.corrections import CorrectionRepository
from mfa.store.database import Database


@pytest.fixture
def corrections(database: Database) -> CorrectionRepository:
    return CorrectionRepository(database)


def standing(corrections: CorrectionRepository, user: str = "ada") -> list[tuple[str, str]]:
    return [(each.masked, each.intent) for each in corrections.standing(user)]


def test_the_latest_word_on_a_message_counts(corrections: CorrectionRepository) -> None:
    corrections.add("ada", "_sym_ thing", "price_quote")
    corrections.add("ada", "how rich", "portfolio_status")
    corrections.add("ada", "_sym_ thing", "check_earnings")
    assert corrections.meaning("ada", "_sym_ thing") == "check_earnings"
    assert standing(corrections) == [
        ("how rich", "portfolio_status"),
        ("_sym_ thing", "check_earnings"),
    ]


def test_the_same_word_twice_is_one(corrections: CorrectionRepository) -> None:
    corrections.add("ada", "how rich", "portfolio_status")
    first = corrections.standing("ada")
    corrections.add("ada", "how rich", "portfolio_status")
    assert corrections.standing("ada") == first


def test_corrections_are_their_persons_own(corrections: CorrectionRepository) -> None:
    corrections.add("ada", "how rich", "portfolio_status")
    assert corrections.meaning("bob", "how rich") is None
    assert standing(corrections, "bob") == []
