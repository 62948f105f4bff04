"""Where practice time lands. Sessions and bells of 2021 and 2022 from the exchange's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from connectors.practice.clock import Landing, Step, landing
from mfa.kernel.calendar import exchange_calendar
from mfa.kernel.errors import InputError

LAST_DAY = date(2022, 12, 28)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def lands(step: Step, now: str, *expirations: date) -> Landing:
    return landing(
        step,
        now=utc(now),
        calendar=exchange_calendar(),
        last_day=LAST_DAY,
        expirations=expirations,
    )


@pytest.mark.parametrize(
    ("step", "now", "at"),
    [
        (Step(days=1), "2021-06-15T14:30", "2021-06-16T14:30"),
        (Step(days=1), "2021-06-18T14:30", "2021-06-21T14:30"),  # over a weekend
        (Step(days=1), "2021-07-02T14:30", "2021-07-06T14:30"),  # over Independence Day
        (Step(days=1), "2022-04-14T14:30", "2022-04-18T14:30"),  # over Good Friday
        (Step(days=5), "2021-06-15T14:30", "2021-06-22T14:30"),
        (Step(weeks=1), "2021-06-15T14:30", "2021-06-22T14:30"),
        (Step(weeks=3), "2021-06-14T14:30", "2021-07-06T14:30"),  # 5 July is a holiday
        (Step(days=1), "2021-11-05T14:30", "2021-11-08T15:30"),  # 10:30 in winter time
        (Step(days=1), "2021-11-24T20:00", "2021-11-26T15:30"),  # 15:00 is closed on a half day
        (Step(days=1), "2021-06-18T20:00", "2021-06-21T14:30"),  # from the close: 10:30
        (Step(hours=2), "2021-06-15T14:30", "2021-06-15T16:30"),
        (Step(hours=24), "2021-06-18T14:30", "2021-06-19T14:30"),  # a Saturday is a moment too
        (Step(to=date(2021, 6, 19)), "2021-06-15T14:30", "2021-06-21T14:30"),
    ],
)
def test_time_moves_to_the_same_time_of_a_session(step: Step, now: str, at: str) -> None:
    assert lands(step, now) == Landing(utc(at))


def test_to_expiration_is_the_close_of_the_next_held_expiration() -> None:
    june, july = date(2021, 6, 18), date(2021, 7, 16)
    step = Step(expiration=True)
    assert lands(step, "2021-06-15T14:30", july, june).at == utc("2021-06-18T20:00")
    assert lands(step, "2021-06-18T20:00", july).at == utc("2021-07-16T20:00")
    half_day = date(2021, 11, 26)
    assert lands(step, "2021-11-22T15:30", half_day).at == utc("2021-11-26T18:00")


def test_without_options_there_is_no_expiration_to_go_to() -> None:
    with pytest.raises(InputError, match="No option is held"):
        lands(Step(expiration=True), "2021-06-15T14:30")


@pytest.mark.parametrize("day", [date(2021, 6, 15), date(2021, 6, 14), date(2020, 1, 1)])
def test_time_never_goes_back(day: date) -> None:
    with pytest.raises(InputError, match="never goes back"):
        lands(Step(to=day), "2021-06-15T14:30")


@pytest.mark.parametrize(
    "step",
    [
        Step(days=3),
        Step(weeks=52),
        Step(days=5000),
        Step(to=date(2029, 1, 1)),
        Step(to=date(9999, 12, 31)),
        Step(expiration=True),
        Step(hours=48),
    ],
)
def test_time_stops_at_the_close_of_the_last_day_and_says_so(step: Step) -> None:
    at = lands(step, "2022-12-27T15:30", date(2023, 1, 20))
    assert at.at == utc("2022-12-28T21:00")
    assert "data end on 28 December 2022" in at.note


def test_at_the_end_there_is_nowhere_to_go() -> None:
    with pytest.raises(InputError, match="practice time is there"):
        lands(Step(days=1), "2022-12-28T21:00")


def test_the_last_day_itself_can_be_reached() -> None:
    assert lands(Step(days=1), "2022-12-27T15:30") == Landing(utc("2022-12-28T15:30"))


@pytest.mark.parametrize("values", [{}, {"days": 1, "weeks": 1}, {"days": 0}, {"hours": -1}])
def test_a_step_is_one_positive_thing(values: dict[str, int]) -> None:
    with pytest.raises(InputError):
        Step(**values)  # type: ignore[arg-type]
