"""Documents damaged at random, far beyond the named faults: always an outcome, never a defect."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from mfa.kernel.outcome import Absent, Failed, FailureKind, Found
from tests.vendors.houses import HOUSES, PATIENCE

SEEDS = range(12)
STRANGE: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1e308,
    10**30,
    "",
    "null",
    "NaN",
    "\x00<b>",
    [],
    [[]],
    {},
    {"raw": None},
    float("nan"),
    float("inf"),
    "9999-99-99",
)


def places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to every part of the document."""
    if isinstance(document, dict):
        inner = [found for k, v in document.items() for found in places(v, (*path, k))]
    elif isinstance(document, list):
        inner = [found for i, v in enumerate(document) for found in places(v, (*path, i))]
    else:
        inner = []
    return [path, *inner] if path else inner


def damaged(document: Any, chance: random.Random) -> Any:
    """A copy in which one to three parts are something else or gone."""
    copied = copy.deepcopy(document)
    for _ in range(chance.randint(1, 3)):
        ways = places(copied)
        if not ways:
            return chance.choice(STRANGE)
        *way, last = chance.choice(ways)
        inner = copied
        for step in way:
            inner = inner[step]
        if chance.random() < 0.2:
            del inner[last]
        else:
            inner[last] = copy.deepcopy(chance.choice(STRANGE))
    return copied


@pytest.mark.parametrize("vendor", sorted(HOUSES))
@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_comes_is_an_outcome_that_the_adapter_meant(vendor: str, seed: int) -> None:
    chance = random.Random(seed)
    with HOUSES[vendor](PATIENCE) as house:
        house.server.mutate = lambda document: damaged(document, chance)
        for name, ask in house.questions().items():
            outcome = ask()
            assert isinstance(outcome, Found | Absent | Failed), name
            if isinstance(outcome, Failed):
                assert "see the log" not in outcome.message, (name, outcome)
                assert outcome.kind in {
                    FailureKind.BAD_DATA,
                    FailureKind.NOT_SUPPORTED,
                    FailureKind.RATE_LIMITED,
                    FailureKind.UNAVAILABLE,
                }, (name, outcome)
