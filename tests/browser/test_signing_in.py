"""Signing in, in a real browser, at a page that can be reached from elsewhere: it survives a reload
and a restart of the tab, and ends where it was ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import ROOT, Site, free_port
from tests.conftest import _home, _remove
from tests.security.people import RIGHT

pytestmark = pytest.mark.browser


def magnus(site: Site, *arguments: str, entered: str = "") -> str:
    done = subprocess.run(
        [sys.executable, "-m", "mfa", *arguments],
        env={**os.environ, "MAGNUS_HOME": str(site.home)}, input=entered, text=True,
        capture_output=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return done.stdout


@pytest.fixture(scope="module")
def closed() -> Iterator[Site]:
    """`magnus run` where everybody signs in, before there is an account."""
    home, port = _home(), free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "mfa", "run", "--port", str(port), "--headless"],
        env={**os.environ, "MAGNUS_HOME": str(home), "MAGNUS_LOGIN": "required"},
        stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        said = next((line for line in process.stdout if "Magnus is at" in line), "")
        assert said, "magnus run printed no address"
        yield Site(home, said.split()[3])
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        _remove(home)


def test_a_sign_in_survives_a_reload_and_ends_when_it_is_ended(browser: Any, closed: Site) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(f"{closed.url}/orders")
    assert "magnus user add NAME" in page.inner_text("body")
    assert page.locator("form").count() == 0

    magnus(closed, "user", "add", "olga", entered=f"{RIGHT}\n{RIGHT}\n")
    page.goto(f"{closed.url}/orders")
    assert page.url == f"{closed.url}/sign-in"
    page.fill("#name", "olga")
    page.fill("#password", RIGHT)
    page.get_by_role("button", name="Sign in").click()
    box = page.get_by_test_id("stChatInputTextArea")
    box.wait_for(timeout=60_000)
    page.reload()
    box.wait_for(timeout=60_000)
    [cookie] = [each for each in context.cookies() if each["name"].startswith("magnus_")]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["expires"]) == (True, "Strict", -1)
    assert "magnus_" not in page.evaluate("document.cookie")
    other = context.new_page()
    other.goto(closed.url)
    other.get_by_test_id("stChatInputTextArea").wait_for(timeout=60_000)

    assert "Ended: 1." in magnus(closed, "user", "sessions", "--end-all")
    page.get_by_text("What's my portfolio status?").click()
    # Not `wait_for_url`: the page may set out twice, and the first way is then given up.
    page.locator("#password").wait_for(timeout=60_000)
    assert page.url == f"{closed.url}/sign-in"
    context.close()
