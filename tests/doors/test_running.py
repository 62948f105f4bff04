"""One page per home: the lock lives as long as its holder and tells where the page is."""

from __future__ import annotations

import http.server
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mfa.kernel.errors import ConfigurationError, MagnusError
from mfa.running import HEALTH, PageLock, Running, claim, page_url

HOLDER = """
import os, sys, time
from pathlib import Path
from mfa.running import PageLock, Running
lock = PageLock.take(Path(sys.argv[1]))
if len(sys.argv) > 2:
    lock.announce(Running(os.getpid(), "127.0.0.1", int(sys.argv[2]), "PRACTICE"))
print("held", flush=True)
time.sleep(60)
"""


class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == HEALTH else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        pass


@pytest.fixture
def page() -> Iterator[int]:
    """The port of something that answers the health check as a page does."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Health)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def hold(home: Path, *port: int) -> subprocess.Popen[str]:
    """Another process that holds the home's lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home), *map(str, port)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_free_home_gives_its_lock(tmp_path: Path) -> None:
    lock = claim(tmp_path)
    assert isinstance(lock, PageLock)
    lock.release()


def test_the_second_finds_the_first(tmp_path: Path, page: int) -> None:
    with hold(tmp_path, page) as first:
        found = claim(tmp_path, patience=5)
        assert isinstance(found, Running)
        assert (found.pid, found.url) == (first.pid, f"http://127.0.0.1:{page}")
        first.kill()


def test_what_a_killed_process_left_behind_is_no_obstacle(tmp_path: Path, page: int) -> None:
    with hold(tmp_path, page) as first:
        os.kill(first.pid, signal.SIGKILL)
        first.wait()
        lock = claim(tmp_path, patience=5)
    assert isinstance(lock, PageLock)
    assert (tmp_path / "page.lock").read_text() == ""
    lock.release()


def test_a_holder_that_never_answers_is_named(tmp_path: Path) -> None:
    with hold(tmp_path, 1) as first:
        with pytest.raises(MagnusError, match=f"process {first.pid}.*does not answer"):
            claim(tmp_path, patience=0.3)
        first.kill()


def test_a_home_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"page\.lock cannot be written"):
        claim(tmp_path / "absent")


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8501"),
        ("0.0.0.0", "http://127.0.0.1:8501"),  # noqa: S104 - the point of the test
        ("::1", "http://[::1]:8501"),
        ("::", "http://[::1]:8501"),
        ("desk.local", "http://desk.local:8501"),
    ],
)
def test_the_address_is_one_that_a_browser_here_can_open(address: str, url: str) -> None:
    assert page_url(address, 8501) == url
