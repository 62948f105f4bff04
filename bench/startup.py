"""From `magnus run` to the first answer, and what the whole keeps in memory."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil

from bench.browser import Browser, chromium
from bench.home import empty_home
from bench.machine import resident
from bench.measure import Measurement

START_LIMIT = 6.0
MEMORY_LIMIT = 700.0
QUESTIONS = ("What's my portfolio status?", "How much theta am I collecting?")


def measure(rounds: int = 3) -> list[Measurement]:
    """Start on a prepared home `rounds` times; the median start, and memory after questions."""
    starts: list[float] = []
    answers: list[float] = []
    memory: list[float] = []
    with empty_home() as home:
        for number in range(rounds + 1):
            start, answer, used = _round(home)
            if number == 0:
                first = start
                continue
            starts.append(start)
            memory.append(used)
            if answer is not None:
                answers.append(answer)
    result = [
        Measurement(name="run to ready, first start of a home", value=first, unit="s"),
        Measurement(
            name="run to ready (page, database, assistant)",
            value=sorted(starts)[len(starts) // 2],
            unit="s",
            limit=START_LIMIT,
        ),
        Measurement(
            name="application and database in memory", value=max(memory), unit="MB",
            limit=MEMORY_LIMIT,
        ),
    ]  # fmt: skip
    if answers:
        result.append(
            Measurement(
                name="run to first answer in a browser",
                value=sorted(answers)[len(answers) // 2],
                unit="s",
                limit=START_LIMIT,
            )
        )
    return result


def _round(home: Path) -> tuple[float, float | None, float]:
    port = _free_port()
    with Browser(chromium()) as browser:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "mfa", "run", "--port", str(port), "--headless"],
            env={**os.environ, "MAGNUS_HOME": str(home)},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            line = next((each for each in process.stdout if "Magnus is at" in each), None)
            if line is None:
                raise RuntimeError("Magnus did not start")
            ready = time.perf_counter() - began
            answer = None
            for question in QUESTIONS if browser.available else ():
                browser.ask(f"http://127.0.0.1:{port}", question)
                answer = answer or time.perf_counter() - began
            used = resident(psutil.Process(process.pid), _database(home))
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
    return ready, answer, used


def _database(home: Path) -> tuple[psutil.Process, ...]:
    """The keeper and the server of this home: whatever names it on its command line."""
    return tuple(
        process
        for process in psutil.process_iter(["cmdline"])
        if any(str(home) in part for part in process.info["cmdline"] or ())
    )


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
