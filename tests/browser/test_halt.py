"""The halt in a real browser: its button on every page, and what is offered once it stands."""

from __future__ import annotations

from typing import Any

import pytest

from actions.halt import Halt
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

PATIENCE = 120_000
"""Milliseconds that a busy machine may take."""
PAGES = ("Dashboard", "Positions", "Risk", "Premium scanner", "Watchlists", "Settings", "Audit")


def test_halted_on_any_page_the_orders_page_offers_what_is_left_to_do(
    page: Any, site: Site
) -> None:
    page.set_default_timeout(PATIENCE)
    for name in PAGES:
        page.get_by_role("link", name=name, exact=True).click()
        page.get_by_role("heading", name=name).first.wait_for()
        page.get_by_role("button", name="Halt", exact=True).wait_for()

    page.get_by_role("button", name="Halt", exact=True).click()
    page.get_by_text("Magnus is halted since").first.wait_for()
    standing = Halt(site.home).standing()
    assert standing is not None
    assert standing.reason == "The button on the page."

    page.get_by_role("link", name="Cancel orders, close positions").click()
    page.get_by_role("button", name="Cancel all working orders").wait_for()
    page.get_by_role("button", name="Close everything that is held").click()
    last = 10 - 1  # one card for each position
    page.get_by_role("button", name="Confirm", exact=True).nth(last).wait_for()
    page.get_by_text("Sent even though Magnus is halted, because it only closes").nth(
        last
    ).wait_for()
    page.get_by_text("It would leave 1 short call that neither").first.wait_for()
    Halt(site.home).lift()
