"""Killed at every step of submitting, cancelling, replacing, rolling and filling: no order is sent
twice, none is forgotten, and our book is the broker's after the next start.

Every line of ours that a scenario reaches is a place to die at, and so is every moment of a request
at the broker. The usual run takes some of them, once; `make test-all` takes forty of them twenty
times, each time with other faults on the way (connections that end before and after the broker took
the order, orders that arrive late, half answers, everything told twice, fills in parts).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from mfa.store.database import Database
from tests.actions.crash.scene import Case, Stage, Tally, Victims
from tests.servers.broker import Drop, Kill

WAYS = (
    Case(scenario="submit"),
    Case(scenario="cancel"),
    Case(scenario="replace"),
    Case(scenario="replace", replaces=False),
    Case(scenario="roll", market=(3,)),
    Case(scenario="fills", market=(1, 1, 1)),
)
AT_THE_BROKER = tuple(
    replace(way, kill=Kill(path, moment))
    for way, path in zip(
        WAYS, ("/orders", "/cancel", "/replace", "/cancel", "/orders", "/orders"), strict=True
    )
    for moment in ("read", "done")
)
EACH_WAY = 5
"""Places to die at in each way, in the usual run."""
EACH_WAY_OF_ALL = 6
TIMES = 20
MOST = 400
"""Runs for twenty deaths at one place."""


@pytest.fixture(scope="module")
def stage(module_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Victims() as victims:
        yield Stage(module_database, victims, tmp_path_factory.mktemp("steps"))


@pytest.fixture
def tally() -> Iterator[Tally]:
    counted = Tally()
    yield counted
    print(f"\n{counted}")


def _deaths(stage: Stage, way: Case, count: int | None) -> list[Case]:
    """Evenly over the lines that this way reaches, each line once; all of them without a count."""
    reached = stage.steps(way)
    firsts = [reached.index(line) for line in dict.fromkeys(reached)]
    if count is not None:
        firsts = [firsts[(2 * at + 1) * len(firsts) // (2 * count)] for at in range(count)]
    return [replace(way, last=last) for last in firsts]


def _die(stage: Stage, tally: Tally, case: Case) -> None:
    """Twenty deaths at one place, each with other faults. Some faults keep a process from coming
    there at all (what was refused is not cancelled); those runs count as runs and not as deaths."""
    before = tally.killed
    for seed in range(MOST):
        stage.play(case.drawn(seed), tally)
        if tally.killed - before == TIMES:
            return


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_killed_at_a_line_nothing_is_sent_twice_or_forgotten(
    stage: Stage, tally: Tally, way: Case
) -> None:
    for case in _deaths(stage, way, EACH_WAY):
        stage.play(case, tally)
    assert tally.killed == EACH_WAY


@pytest.mark.parametrize("case", AT_THE_BROKER, ids=lambda case: f"{case}-{case.kill.moment}")
def test_killed_while_the_broker_has_the_request(stage: Stage, tally: Tally, case: Case) -> None:
    stage.play(case, tally)
    assert tally.killed == 1


@pytest.mark.parametrize("drop", Drop)
@pytest.mark.parametrize("scenario", ["submit", "roll", "replace"])
def test_a_connection_that_ends_costs_no_order_and_makes_none(
    stage: Stage, tally: Tally, scenario: str, drop: Drop
) -> None:
    case = Case(scenario=scenario, drops=(drop,))
    stage.play(replace(case, market=(3,)), tally)
    stage.play(replace(case, client_ids=False), tally)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_killed_twenty_times_at_each_step_with_faults(
    stage: Stage, tally: Tally, way: Case
) -> None:
    deaths = _deaths(stage, way, EACH_WAY_OF_ALL)
    for case in deaths:
        _die(stage, tally, case)
    assert tally.killed == TIMES * len(deaths)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("case", AT_THE_BROKER, ids=lambda case: f"{case}-{case.kill.moment}")
def test_killed_twenty_times_while_the_broker_has_the_request(
    stage: Stage, tally: Tally, case: Case
) -> None:
    _die(stage, tally, case)
    assert tally.killed == TIMES


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_killed_once_at_every_line(stage: Stage, tally: Tally, way: Case) -> None:
    for case in _deaths(stage, way, None):
        stage.play(case, tally)
