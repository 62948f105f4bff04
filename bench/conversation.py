"""From question to answer: 200 questions through the real engine and database, warm."""

from __future__ import annotations

import time

from bench.home import empty_home
from bench.measure import Measurement, percentile
from mfa.assistant import Assistant
from mfa.kernel.settings import load_settings
from mfa.store.turn_records import EventKind

QUESTIONS = (
    "What's my portfolio status?",
    "How much theta am I collecting?",
    "Am I at risk of assignment?",
    "Show me my trade history from last month",
    "When does my KO put expire?",
    "Which positions should I close?",
    "How much did I make this year?",
    "What is AAPL trading at?",
    "What is a cash-secured put?",
    "What positions do I have?",
)
COUNT = 200
WARM = 20


def measure() -> list[Measurement]:
    """Latency of `COUNT` questions, each a turn of its own in one conversation a topic."""
    with empty_home() as home:
        assistant = Assistant.open(load_settings(home=home))
        try:
            for number in range(WARM):
                _ask(assistant, QUESTIONS[number % len(QUESTIONS)])
            times = [_ask(assistant, QUESTIONS[n % len(QUESTIONS)]) for n in range(COUNT)]
        finally:
            assistant.close()
    return [
        Measurement(name="question to answer, median", value=percentile(times, 0.5), unit="ms"),
        Measurement(
            name=f"question to answer, p95 of {COUNT}",
            value=percentile(times, 0.95),
            unit="ms",
            limit=150.0,
        ),
        Measurement(name="question to answer, slowest", value=max(times), unit="ms"),
    ]


def _ask(assistant: Assistant, text: str) -> float:
    """Milliseconds until the last event of the answer was stored and seen."""
    began = time.perf_counter()
    turn = assistant.engine.start(text, user=assistant.settings.user, door="bench")
    events = list(assistant.engine.follow(turn.id))
    elapsed = (time.perf_counter() - began) * 1000
    if events[-1].kind is not EventKind.FINISHED:
        raise RuntimeError(f"{text!r} was not answered: {events[-1]}")
    return elapsed
