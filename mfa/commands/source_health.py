"""What `magnus doctor` tells of the outside world: each vendor, its credentials, the chains.

A vendor is asked one question, the one that costs least. In practice nobody is asked unless the
person wishes it: practice needs no network, and a look at the house must not make it one.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from connectors.sources.accounts import NoAccount
from mfa.commands.health import Check, Verdict
from mfa.kernel.errors import MagnusError
from mfa.kernel.mode import Mode
from mfa.kernel.outcome import Failed
from mfa.outside import open_shelf

if TYPE_CHECKING:
    from connectors.sources.shelf import Shelf
    from connectors.vendors.ground.door import Kind
    from connectors.vendors.ground.health import SourceHealth
    from mfa.assistant import Assistant

_CHAINS: Final[tuple[tuple[Kind, str], ...]] = (
    ("market", "prices and options"),
    ("research", "companies"),
    ("watchlists", "watchlists"),
)
_SKEW: Final = 5.0
"""Seconds between two clocks that are worth a word."""


def of_the_sources(assistant: Assistant, *, ask: bool = False) -> Iterator[Check]:
    """Every vendor of this house. `ask` asks connected ones in practice, too."""
    outside = assistant.outside
    if outside is not None:
        yield from _checks(outside.shelf, assistant, ask=True)
        return
    try:
        shelf = open_shelf(assistant.settings)
    except MagnusError as error:
        yield Check("vault", Verdict.BROKEN, str(error))
        return
    try:
        yield from _checks(shelf, assistant, ask=ask)
    finally:
        shelf.close()


def _checks(shelf: Shelf, assistant: Assistant, *, ask: bool) -> Iterator[Check]:
    for broken in shelf.doors.failed:
        yield Check(broken.vendor, Verdict.BROKEN, f"Did not load: {broken.reason}.")
    vendors = tuple(shelf.doors.doors)
    with ThreadPoolExecutor(max(1, len(vendors))) as threads:
        yield from threads.map(lambda vendor: _vendor(shelf, vendor, ask=ask), vendors)
    try:
        reminders = shelf.vault.reminders()
    except MagnusError as error:
        yield Check("vault", Verdict.BROKEN, str(error))
    else:
        yield from (Check("vault", Verdict.CAREFUL, sentence) for sentence in reminders)
    yield from _chains(shelf, assistant)


def _vendor(shelf: Shelf, vendor: str, *, ask: bool) -> Check:
    door = shelf.doors.doors[vendor]
    if vendor not in shelf.connected:
        return Check(
            vendor, Verdict.OK, f"{door.title} is not connected (`magnus connect {vendor}`)."
        )
    if not ask:
        return Check(
            vendor, Verdict.OK,
            f"{door.title} is configured; it is not asked in practice "
            "(`magnus doctor --sources` does).",
        )  # fmt: skip
    health = shelf.health(vendor, ask=True)
    if isinstance(health, Failed):
        return Check(vendor, Verdict.BROKEN, health.message)
    return Check(vendor, _verdict(health), health.sentence() + _skew(health))


def _verdict(health: SourceHealth) -> Verdict:
    if health.reachable is not True or health.authorised is False:
        return Verdict.BROKEN
    skewed = health.clock_skew is not None and abs(health.clock_skew) > _SKEW
    return Verdict.CAREFUL if skewed else Verdict.OK


def _skew(health: SourceHealth) -> str:
    seconds = health.clock_skew
    if seconds is None or abs(seconds) <= _SKEW:
        return ""
    way = "ahead of" if seconds > 0 else "behind"
    return f" Its clock is {abs(seconds):.0f} seconds {way} this machine's: check the time here."


def _chains(shelf: Shelf, assistant: Assistant) -> Iterator[Check]:
    """Who is asked for what, in order."""
    if assistant.settings.mode is Mode.PRACTICE:
        return
    for kind, what in _CHAINS:
        titles = [
            shelf.doors.doors[vendor].title if vendor in shelf.doors.doors else vendor
            for vendor in shelf.order(kind)
        ]
        if titles or kind != "watchlists":
            order = ", then ".join(titles) or "nobody; run `magnus connect`"
            verdict = Verdict.OK if titles else Verdict.BROKEN
            yield Check("sources", verdict, f"For {what}: {order}.")
    if assistant.outside is None:
        return
    account = assistant.outside.account.current
    if isinstance(account, NoAccount):
        yield Check("account", Verdict.BROKEN, account.why)
    else:
        yield Check("account", Verdict.OK, f"The account shown is: {account.name}.")
