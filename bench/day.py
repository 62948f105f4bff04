"""A recorded day of use (`day.toml`), replayed against a data service whose clock it moves.

Nothing is timed: what is counted are the questions and those that went to a source. A replay gives
the same counts each time, because refreshes behind the answers are waited for.
"""

from __future__ import annotations

import time
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mfa.data.requests import QueryRequest, Served
from mfa.data.service import DataIntegrationService

_FILE: Final = Path(__file__).with_name("day.toml")
_HELD: Final = "positions.fetch_active"
_PATIENCE: Final = 30.0


@dataclass(frozen=True, slots=True)
class Moment:
    """At so many seconds of the day: questions asked together, or an event."""

    at: float
    questions: tuple[QueryRequest, ...] = ()
    event: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """`fetches` went to a connector, refreshes behind an answer included."""

    questions: int
    fetches: int

    @property
    def hit_rate_pct(self) -> float:
        return 100.0 * (1.0 - self.fetches / self.questions)


def recorded() -> tuple[Moment, ...]:
    """The day in the order of its moments."""
    day = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    moments = [*_looks(day), *_chats(day)]
    moments += [Moment(_seconds(each["at"]), event=each["event"]) for each in day["happened"]]
    return tuple(sorted(moments, key=lambda moment: moment.at))


def replay(
    day: tuple[Moment, ...], service: DataIntegrationService, set_clock: Callable[[float], None]
) -> Tally:
    """Live the day. `set_clock` moves the clock that the service's caches go by."""
    before, questions = _fetched(service), 0
    for moment in day:
        set_clock(moment.at)
        if moment.event:
            service.invalidate(moment.event)
            continue
        served = [answer.served for answer in service.ask_many(moment.questions, deadline=30.0)]
        questions += len(served)
        if Served.STALE in served:
            until = time.monotonic() + _PATIENCE
            while service.stats().under_way and time.monotonic() < until:
                time.sleep(0.001)
    return Tally(questions, _fetched(service) - before)


def _fetched(service: DataIntegrationService) -> int:
    return sum(each.fetches for each in service.stats().queries.values())


def _looks(day: Mapping[str, Any]) -> Iterator[Moment]:
    for look in day["looked"]:
        questions = tuple(map(_question, day["screens"][look["screen"]]))
        at, end = _seconds(look["from"]), _seconds(look["to"])
        while at < end:
            yield Moment(at, questions)
            at += look["every"]


def _chats(day: Mapping[str, Any]) -> Iterator[Moment]:
    for asked in day["asked"]:
        for number, name in enumerate(asked["chat"]):
            steps = (_HELD, *day["chat"][name])
            at = _seconds(asked["from"]) + number * asked["every"]
            yield Moment(at, tuple(map(_question, steps)))


def _question(line: str) -> QueryRequest:
    """'feature.query name=value ...'; what takes several values is given one."""
    name, *words = line.split()
    feature, query = name.split(".")
    given: dict[str, Any] = dict(word.split("=", 1) for word in words)
    if "symbols" in given:
        given["symbols"] = (given["symbols"],)
    return QueryRequest(feature, query, given)


def _seconds(clock: str) -> float:
    hours, minutes, seconds = map(int, clock.split(":"))
    return 3600.0 * hours + 60.0 * minutes + seconds
