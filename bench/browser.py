"""A real browser that asks on the page, where one is installed."""

from __future__ import annotations

import shutil
from types import TracebackType
from typing import Any, Self

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str | None:
    """The system's Chromium, or None."""
    return next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )


class Browser:
    """One page that stays open. Without Chromium it is not `available`."""

    def __init__(self, executable: str | None) -> None:
        self._executable = executable
        self._stack: list[Any] = []
        self._page: Any = None

    @property
    def available(self) -> bool:
        return self._executable is not None

    def __enter__(self) -> Self:
        if self._executable is not None:
            from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where it is used

            driver = sync_playwright().start()
            browser = driver.chromium.launch(executable_path=self._executable, args=list(FLAGS))
            self._stack = [browser.close, driver.stop]
            self._page = browser.new_page(viewport={"width": 1280, "height": 900})
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for close in self._stack:
            close()

    def ask(self, url: str, question: str) -> None:
        """Open the page where it is not open, ask, and wait for the sources under the answer."""
        if not self._page.url.startswith(url):
            self._page.goto(url)
        box = self._page.get_by_test_id("stChatInputTextArea")
        box.wait_for(timeout=30_000)
        before = self._page.get_by_text("PRACTICE · ").count()
        box.fill(question)
        box.press("Enter")
        self._page.get_by_text("PRACTICE · ").nth(before).wait_for(timeout=30_000)
