"""Plans that ask what a message needs beside its intent, and nothing that nobody named."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from mfa.kernel.errors import ConfigurationError
from mfa.language import Language, Plan, Unplanned, composed
from mfa.language.composed import Composer, load_combined
from mfa.language.crossings import load_covers, load_crossings, step_for
from mfa.language.needs import SEVERAL, load_needs
from mfa.language.train_needs import Examples, fingerprint, fit, outputs
from tests.language.test_labelled import composed as planned_share
from tests.language.test_labelled import day, document


@pytest.mark.parametrize(
    ("name", "least"),
    [
        ("labelled", 0.95), ("authors_dev", 0.95), ("authors_b", 0.90), ("authors_c", 0.90),
        ("authors_d", 0.90), ("authors_e", 0.87), ("authors_held", 0.90),
        ("authors_held_two", 0.82),
    ],
)  # fmt: skip
def test_plans_ask_the_features_needed(language: Language, name: str, least: float) -> None:
    """The last two files have authors who were never read."""
    share, _ = planned_share(language, name)
    print(name, f"{share:.1%}")
    assert share >= least


@pytest.mark.parametrize("name", ["authors_held", "authors_held_two", "authors_c", "authors_d"])
def test_few_of_the_features_asked_are_not_needed(language: Language, name: str) -> None:
    asked, idle = 0, 0
    for text, needed in document(name)["compositional"]:
        plan = language.plan(language.understand(text, today=day(name)), today=day(name))
        features = set(plan.features) if isinstance(plan, Plan) else set()
        asked += len(features)
        idle += len(features - set(needed))
    print(name, f"{idle / asked:.1%}")
    assert idle <= 0.16 * asked


def _plan(language: Language, today: date, text: str) -> Plan:
    plan = language.plan(language.understand(text, today=today), today=today)
    assert isinstance(plan, Plan)
    return plan


@pytest.mark.parametrize(
    ("text", "features"),
    [
        ("csps on whatever the folks I follow have been buying", {"opportunities", "xtrades"}),
        ("anything I own that prints before Friday", {"positions", "earnings"}),
        ("names in the database with puffed up options", {"database_scan", "options_agent"}),
        ("richest premium where your ai is bullish", {"premium_scanner", "ai_research"}),
        ("my win rate set beside my value at risk", {"performance", "risk"}),
    ],
)
def test_a_feature_is_drawn_in_by_words_of_anybody(
    language: Language, today: date, text: str, features: set[str]
) -> None:
    plan = _plan(language, today, text)
    assert features <= set(plan.features)
    assert len(plan.features) <= len(features) + 1


@pytest.mark.parametrize(
    ("text", "features"),
    [
        ("alert me when the IV rank of KO is over 70", {"monitors"}),
        ("show every csp I closed in May", {"dashboard"}),
        ("How does the wheel work?", {"education"}),
        ("price of KO", {"ai_research"}),
    ],
)
def test_one_request_asks_its_own_feature_alone(
    language: Language, today: date, text: str, features: set[str]
) -> None:
    assert set(_plan(language, today, text).features) == features


def test_symbols_that_are_missing_are_those_of_the_universe_named(
    language: Language, today: date
) -> None:
    plan = _plan(language, today, "which of my holdings are near support")
    assert {"positions", "supply_demand_zones"} <= set(plan.features)
    asked = language.plan(language.understand("find the zones", today=today), today=today)
    assert asked == Unplanned(
        "For which symbol should I find the zones?", "supply_demand_zones", "symbols"
    )


@pytest.mark.parametrize(
    ("feature", "text", "slots", "query"),
    [
        ("ai_research", "is it a buy", {}, "get_rating"),
        ("ai_research", "its price", {"symbols": ["KO"]}, "get_quote"),
        ("ai_research", "any good", {"symbols": ["KO"]}, "get_rating"),
        ("actions", "what is working", {}, "get_orders"),
        ("education", "what is theta", {"concept": "theta"}, "explain"),
    ],
)
def test_a_feature_is_asked_by_the_step_that_has_its_values(
    language: Language, feature: str, text: str, slots: dict[str, Any], query: str
) -> None:
    step = step_for(feature, load_crossings(language.catalogue), text, slots)
    assert step is not None
    assert step.query == query


def test_a_lesson_without_a_term_is_no_step(language: Language) -> None:
    assert step_for("education", load_crossings(language.catalogue), "explain", {}) is None


def test_the_model_of_needs_was_trained_from_these_pieces() -> None:
    needs = load_needs()
    assert needs.fingerprint == fingerprint(), "run: python -m mfa.language.train_needs"
    assert needs.outputs == outputs()
    assert needs.outputs[-1] == SEVERAL


def test_training_twice_gives_the_same_model() -> None:
    def trained() -> bytes:
        found = Examples(outputs())
        found.add(Composer(1).messages(300))
        needs = fit(found, steps=3)
        return needs.weights.tobytes() + np.asarray(needs.bias).tobytes()

    assert trained() == trained()


def test_composed_messages_name_their_features(language: Language) -> None:
    for text, features in [*Composer(2).messages(200), *load_combined()]:
        assert text
        assert set(features) <= set(language.catalogue.features)


def test_a_strange_name_in_a_file_is_said(
    language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = {"messages": [["a", ["attic"]]], "covers": {"attic": []}, "compositional": []}
    monkeypatch.setattr(composed, "read_toml", lambda _: odd)
    monkeypatch.setattr("mfa.language.crossings.read_toml", lambda _: odd)
    with pytest.raises(ConfigurationError, match="attic"):
        load_combined()
    with pytest.raises(ConfigurationError, match="attic"):
        load_covers(language.catalogue)
