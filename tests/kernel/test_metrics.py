"""Metrics: counted once, in a registry of one's own."""

from __future__ import annotations

from mfa.kernel.metrics import Metrics, process_metrics


def test_queries_are_counted_by_outcome_and_answerer() -> None:
    metrics = Metrics()
    metrics.query_done("dashboard", "get_balance", "found", seconds=0.002, cached=False)
    metrics.query_done("dashboard", "get_balance", "found", seconds=0.0001, cached=True)
    labels = {"feature": "dashboard", "query": "get_balance", "outcome": "found"}
    value = metrics.registry.get_sample_value
    assert value("magnus_queries_total", {**labels, "answered_by": "source"}) == 1
    assert value("magnus_queries_total", {**labels, "answered_by": "cache"}) == 1
    timed = {"feature": "dashboard", "query": "get_balance"}
    assert value("magnus_query_seconds_count", timed) == 2
    assert value("magnus_query_seconds_bucket", {**timed, "le": "0.001"}) == 1


def test_a_turn_runs_and_then_does_not() -> None:
    metrics = Metrics()
    value = metrics.registry.get_sample_value
    metrics.turn_started()
    assert value("magnus_turns_running") == 1
    metrics.turn_done("page", "portfolio_status", "done", seconds=0.1)
    assert value("magnus_turns_running") == 0
    labels = {"door": "page", "intent": "portfolio_status", "state": "done"}
    assert value("magnus_turns_total", labels) == 1


def test_two_instances_do_not_add_up_and_the_process_has_one() -> None:
    one, two = Metrics(), Metrics()
    one.turn_started()
    assert two.registry.get_sample_value("magnus_turns_running") == 0
    assert process_metrics() is process_metrics()


def test_the_exposition_is_prometheus_text() -> None:
    assert b"# TYPE magnus_turns_running gauge" in Metrics().exposition()
