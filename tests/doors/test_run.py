"""`magnus run` as a process: announces once it answers, is found by a second, stops cleanly."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mfa.store.server import EmbeddedServer

READY = re.compile(r"Magnus is at (http://127\.0\.0\.1:(\d+)) \(PRACTICE\)\. Ctrl-C stops it\.")
PATIENCE = 140


@contextmanager
def magnus_run(home: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAGNUS", "STREAMLIT"))}
    process = subprocess.Popen(
        [sys.executable, "-m", "mfa", "run", *options],
        env={**environment, "MAGNUS_HOME": str(home), "HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def address(process: subprocess.Popen[str]) -> tuple[str, int]:
    """Wait for the announcement; the page's address and port."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if match := READY.match(line):
            return match[1], int(match[2])
    raise AssertionError(f"not announced: {said}")


def stop(process: subprocess.Popen[str], number: signal.Signals) -> tuple[str, float]:
    """Send the signal; what was said after it, and the seconds until the end."""
    began = time.monotonic()
    process.send_signal(number)
    said, _ = process.communicate(timeout=PATIENCE)
    return said, time.monotonic() - began


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_page_and_database_without_a_trace(
    magnus_home: Path, number: signal.Signals
) -> None:
    port = free_port()
    with magnus_run(magnus_home, "--port", str(port)) as process:
        url, announced = address(process)
        assert url.endswith(f":{port}")
        assert announced == port
        health = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        health.request("GET", "/_stcore/health")
        assert health.getresponse().read() == b"ok"
        health.close()
        said, seconds = stop(process, number)
    assert (process.returncode, said) == (0, "Magnus has stopped.\n")
    assert seconds < 3
    server = EmbeddedServer(magnus_home / "database")
    assert server.stop()
    assert not server.status().running


def test_a_second_finds_the_first_even_while_it_starts_and_a_killed_one_is_no_obstacle(
    magnus_home: Path,
) -> None:
    port = str(free_port())
    with magnus_run(magnus_home, "--port", port) as first:
        while not (magnus_home / "page.lock").exists():
            time.sleep(0.01)
        with magnus_run(magnus_home, "--port", port) as second:
            said, _ = second.communicate(timeout=PATIENCE)
        url, _ = address(first)
        assert second.returncode == 0
        assert said == f"Magnus is already at {url} (PRACTICE), process {first.pid}.\n"
        first.kill()
        first.wait()
        with magnus_run(magnus_home, "--port", port) as third:
            assert address(third)[0] == url
            stop(third, signal.SIGINT)


def test_a_port_in_use_is_said_when_it_was_asked_for(magnus_home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with magnus_run(magnus_home, "--port", str(port)) as process:
            said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    expected = f"magnus: Port {port} is in use by another program. Choose another one with --port."
    assert said.strip() == expected


@pytest.mark.parametrize("seconds", [0.5, 1.5])
def test_a_stop_while_it_starts_is_as_clean(magnus_home: Path, seconds: float) -> None:
    with magnus_run(magnus_home, "--port", str(free_port())) as process:
        time.sleep(seconds)
        said, _ = stop(process, signal.SIGINT)
    assert "Traceback" not in said
    assert EmbeddedServer(magnus_home / "database").stop()
