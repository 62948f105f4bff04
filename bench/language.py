"""What understanding a message costs: load, memory, an ordinary message, the worst texts."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import date

from bench.conversation import QUESTIONS
from bench.measure import Measurement, percentile
from mfa.language import Language
from mfa.language.bulk import understand_many
from mfa.language.utterances import load_utterances

TODAY = date(2021, 6, 15)
ROUNDS = 200
BULK = 20_000
WORST = (
    "a" * 10_000,
    "sell 170/165 put " * 588,
    "my list 9 to " * 769,
    "$1," * 3_333,
    "₤" * 10_000,
)


def measure() -> list[Measurement]:
    loaded, memory = _alone()
    language = Language.load()
    for text in QUESTIONS:
        _seconds(language, text)
    ordinary = [_seconds(language, text) for _ in range(ROUNDS) for text in QUESTIONS]
    worst = max(min(_seconds(language, text) for _ in range(5)) for text in WORST)
    return [
        Measurement(name="language: import and load", value=loaded, unit="s", limit=0.4),
        Measurement(name="language: memory", value=memory, unit="MB", limit=60),
        Measurement(
            name="language: a message, p95", value=percentile(ordinary, 0.95) * 1e3, unit="ms",
            limit=10,
        ),
        Measurement(
            name="language: a message in bulk, two processes", value=_bulk() * 1e6, unit="us",
            limit=500,
        ),
        Measurement(
            name="language: the worst 10,000 characters", value=worst * 1e3, unit="ms", limit=50
        ),
    ]  # fmt: skip


def _bulk() -> float:
    """Seconds per message of a long file of different ones, the start of the crew included."""
    texts = [text for each in load_utterances().values() for text in each]
    lines = [json.dumps({"text": text}) for text in texts * -(-BULK // len(texts))][:BULK]
    began = time.perf_counter()
    for _ in understand_many(lines, TODAY, processes=2):
        pass
    return (time.perf_counter() - began) / BULK


def _alone() -> tuple[float, float]:
    """Seconds to import and load in a process of its own, and the MB that it grew by."""
    script = (
        "import time, psutil; p = psutil.Process(); r = p.memory_info().rss"
        "; t = time.perf_counter(); from mfa.language import Language; Language.load()"
        "; print(time.perf_counter() - t, (p.memory_info().rss - r) / 1e6)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    seconds, grown = map(float, done.stdout.split())
    return seconds, grown


def _seconds(language: Language, text: str) -> float:
    began = time.perf_counter()
    language.understand(text, today=TODAY)
    return time.perf_counter() - began
