"""The bucket and the breaker, by a clock that stands until it is moved."""

from __future__ import annotations

import pytest

from connectors.vendors.alpaca.access import TERMS as ALPACA
from connectors.vendors.ground.breaker import Breaker, BreakerState
from connectors.vendors.ground.bucket import TokenBucket
from connectors.vendors.ground.terms import Terms
from connectors.vendors.robinhood.access import TERMS as ROBINHOOD
from connectors.vendors.tradier.access import terms as tradier
from connectors.vendors.yahoo.access import TERMS as YAHOO


class Watch:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_passes_at_once_and_the_next_waits_for_its_token() -> None:
    watch = Watch()
    bucket = TokenBucket(per_minute=60, burst=3, clock=watch)
    assert [bucket.reserve(watch.now + 2) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert bucket.reserve(watch.now + 2) == 1.0
    assert bucket.reserve(watch.now + 2) == 2.0
    assert bucket.reserve(watch.now + 2) is None


def test_a_refused_reservation_costs_nothing() -> None:
    watch = Watch()
    bucket = TokenBucket(per_minute=60, burst=1, clock=watch)
    bucket.reserve(watch.now)
    for _ in range(50):
        assert bucket.reserve(watch.now + 0.5) is None
    watch.now += 1
    assert bucket.reserve(watch.now) == 0.0


def test_rest_does_not_save_up_more_than_the_burst() -> None:
    watch = Watch()
    bucket = TokenBucket(per_minute=60, burst=2, clock=watch)
    watch.now += 3600
    assert bucket.left() == 2


@pytest.mark.parametrize(
    "terms", [tradier(sandbox=True), tradier(sandbox=False), ALPACA, YAHOO, ROBINHOOD]
)
def test_no_minute_sees_more_than_the_documented_limit(terms: Terms) -> None:
    watch = Watch()
    bucket = TokenBucket(per_minute=terms.refill, burst=terms.burst, clock=watch)
    passed = 0
    for _ in range(6000):
        passed += bucket.reserve(watch.now) == 0.0
        watch.now += 0.01
    assert terms.per_minute - 2 <= passed <= terms.per_minute


def test_a_closed_bucket_gives_nothing_out_until_it_opens() -> None:
    watch = Watch()
    bucket = TokenBucket(per_minute=60, burst=5, clock=watch)
    bucket.close_for(7)
    assert bucket.left() == 0
    assert bucket.reserve(watch.now + 2) is None
    assert bucket.next_in() == 7
    watch.now += 7
    assert bucket.reserve(watch.now) == 0.0


def test_what_the_vendor_says_is_left_counts_more_than_our_own_count() -> None:
    watch = Watch()
    bucket = TokenBucket(per_minute=60, burst=10, clock=watch)
    bucket.observe(3, 30)
    assert bucket.left() == 3
    bucket.observe(0, 30)
    assert bucket.next_in() == 30


def test_a_reset_far_away_is_not_believed() -> None:
    watch = Watch()
    bucket = TokenBucket(per_minute=60, burst=10, clock=watch)
    bucket.observe(0, 1e9)
    assert bucket.next_in() == 1.0


def test_five_failures_in_a_row_open_the_breaker_and_four_do_not() -> None:
    breaker = Breaker(clock=Watch())
    for _ in range(4):
        breaker.failed()
    assert breaker.enter(2)
    breaker.succeeded()
    for _ in range(5):
        breaker.failed()
    assert breaker.state is BreakerState.OPEN
    assert not breaker.enter(2)
    assert breaker.pause() == 10


def test_one_probe_passes_a_half_open_breaker_and_its_success_closes_it() -> None:
    watch = Watch()
    breaker = Breaker(tolerated=1, clock=watch)
    breaker.failed()
    watch.now += 10
    assert breaker.pause() == 0
    assert [breaker.enter(2), breaker.enter(2)] == [True, False]
    breaker.succeeded()
    assert breaker.state is BreakerState.CLOSED


def test_each_failed_probe_doubles_the_rest_up_to_a_bound() -> None:
    watch = Watch()
    breaker = Breaker(tolerated=1, rest=10, longest=40, clock=watch)
    breaker.failed()
    rests = []
    for _ in range(4):
        watch.now += breaker.pause()
        assert breaker.enter(2)
        breaker.failed()
        rests.append(breaker.pause())
    assert rests == [20, 40, 40, 40]


def test_a_probe_that_never_ends_lets_another_pass_after_its_lease() -> None:
    watch = Watch()
    breaker = Breaker(tolerated=1, clock=watch)
    breaker.failed()
    watch.now += 10
    assert breaker.enter(2)
    watch.now += 1.9
    assert not breaker.enter(2)
    watch.now += 0.2
    assert breaker.enter(2)
