"""Magnus as a user starts it, and a real browser in front of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bench.browser import FLAGS, chromium
from tests.conftest import _home, _remove

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Site:
    home: Path
    url: str


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    executable = chromium()
    if executable is None:
        pytest.skip("Chromium is not installed; the page is not tested in a browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=executable, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """`magnus run` on an empty home, stopped by the signal that Ctrl-C sends."""
    home, port = _home(), free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "mfa", "run", "--port", str(port), "--headless"],
        env={**os.environ, "MAGNUS_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        assert process.stdout is not None
        said = next((line for line in process.stdout if "Magnus is at" in line), "")
        assert said, "magnus run printed no address"
        yield Site(home, said.split()[3])
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        _remove(home)


@pytest.fixture
def page(browser: Any, site: Site) -> Iterator[Any]:
    """A new tab at the chat page; anything asked of another host fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    strangers: list[str] = []

    def note(request: Any) -> None:
        if not request.url.startswith((site.url, "ws://127.0.0.1", "data:", "blob:")):
            strangers.append(request.url)

    tab.on("request", note)
    tab.goto(site.url)
    tab.get_by_test_id("stChatInputTextArea").wait_for(timeout=60_000)
    yield tab
    context.close()
    assert strangers == []
