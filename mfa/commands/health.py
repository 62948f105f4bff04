"""What `magnus doctor` looks at, each as a check with a plain sentence.

A check never raises and never repairs: what is broken is told, with the remedy where the problem
brings one. What could not be looked at because something before it is broken is left out.
"""

from __future__ import annotations

import os
import platform
import shutil
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from mfa.data.requests import Served
from mfa.kernel.errors import MagnusError
from mfa.kernel.outcome import Absent, FailureKind, Found
from mfa.kernel.settings import Settings
from mfa.store import migrate
from mfa.store.database import Database

if TYPE_CHECKING:
    from connectors.base import DataConnector
    from mfa.assistant import Assistant
    from mfa.data.shared import SharedAnswers

_LITTLE: Final = 1_000_000_000
_TOO_LITTLE: Final = 200_000_000
_PASSING: Final = (FailureKind.NOT_SUPPORTED, FailureKind.RATE_LIMITED, FailureKind.TIMEOUT)
"""Failures of a vendor's nature or of the moment: nothing in this house is broken."""


class Verdict(StrEnum):
    OK = "ok"
    CAREFUL = "careful"
    """It works; somebody should look."""
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Check:
    subject: str
    verdict: Verdict
    sentence: str


def before_opening(settings: Settings) -> Iterator[Check]:
    """What can be seen without starting anything."""
    version = platform.python_version()
    yield Check("python", Verdict.OK, f"Python {version} on {platform.system()} at {sys.prefix}.")
    yield _home(settings.home)
    yield _disk(settings.home)
    yield _kernels()
    where = "DATABASE_URL" if settings.database_url is not None else "the embedded server"
    yield Check("settings", Verdict.OK, f"Mode {settings.mode.badge}; the database is {where}.")


def of_the_house(assistant: Assistant) -> Iterator[Check]:
    """What an opened assistant says of itself."""
    yield from _database(assistant.database)
    yield from _shared(assistant.data.shared)
    if assistant.desk is not None:
        try:
            status = assistant.desk.status()
            market = assistant.desk.market
            differences = assistant.desk.differences()
        except MagnusError as error:
            yield Check("practice", Verdict.BROKEN, str(error))
        else:
            left = "" if status.now.date() < market.last_day else " The data end here."
            yield Check(
                "practice",
                Verdict.OK if not left else Verdict.CAREFUL,
                f"The clock stands at {status.now:%Y-%m-%d %H:%M} UTC; the market's data reach "
                f"from {market.first_day} to {market.last_day}.{left}",
            )
            yield Check(
                "books",
                Verdict.BROKEN if differences else Verdict.OK,
                " ".join(differences) or "Cash, lots, trades and the ledger agree to the cent.",
            )
    registry = assistant.data.registry
    for failed in registry.failed:
        yield Check(failed.name, Verdict.BROKEN, f"Did not load: {failed.reason}.")
    for name, connector in sorted(registry.connectors.items()):
        yield _connector(assistant, name, connector)


def _home(home: Path) -> Check:
    try:
        mode = stat.S_IMODE(home.stat().st_mode)
    except FileNotFoundError:
        return Check("home", Verdict.OK, f"{home} does not exist yet; the first start makes it.")
    except OSError as error:
        return Check("home", Verdict.BROKEN, f"{home} cannot be looked at: {error.strerror}.")
    if not os.access(home, os.W_OK | os.X_OK):
        return Check("home", Verdict.BROKEN, f"{home} cannot be written. Set MAGNUS_HOME.")
    if mode & (stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH):
        return Check(
            "home", Verdict.CAREFUL, f"{home} can be read by others ({mode:o}): chmod go-rw {home}"
        )
    return Check("home", Verdict.OK, f"{home} is writable, and private.")


def _disk(home: Path) -> Check:
    place = next(p for p in (home, *home.parents) if p.exists())
    free = shutil.disk_usage(place).free
    sentence = f"{free / 1e9:.1f} GB free at {place}."
    if free < _TOO_LITTLE:
        return Check("disk", Verdict.BROKEN, f"Only {sentence} The database needs room.")
    if free < _LITTLE:
        return Check("disk", Verdict.CAREFUL, f"Only {sentence}")
    return Check("disk", Verdict.OK, sentence)


def _kernels() -> Check:
    """Whether the mathematics is compiled here."""
    from core_numba.jit import kernel  # noqa: PLC0415 - Numba takes a moment

    try:
        policy = kernel.policy()
    except ValueError as error:
        return Check("kernels", Verdict.BROKEN, str(error))
    if policy == "plain" or not kernel.numba_exists():
        why = "MAGNUS_KERNELS=plain" if policy == "plain" else "Numba is not installed"
        return Check("kernels", Verdict.CAREFUL, f"NumPy computes, slower: {why}.")
    from core_numba.jit import settings  # noqa: PLC0415 - same

    sentence = f"Compiled for {settings.INSTRUCTIONS}"
    if not settings.CACHED:
        return Check(
            "kernels",
            Verdict.CAREFUL,
            f"{sentence} anew by each start: {settings.CACHE} cannot be written. "
            "Set MAGNUS_KERNEL_CACHE to a directory that can.",
        )
    if not settings.is_complete():
        return Check("kernels", Verdict.OK, f"{sentence} at the first start, or by magnus warmup.")
    return Check("kernels", Verdict.OK, f"{sentence}; kept in {settings.CACHE}.")


def _database(database: Database) -> Iterator[Check]:
    with database.connection() as connection:
        row = connection.execute(
            "SELECT current_setting('server_version'), pg_database_size(current_database()), "
            "pg_is_in_recovery(), current_setting('data_checksums')"
        ).fetchone()
        done = migrate.applied(connection)
    if row is None:
        yield Check("database", Verdict.BROKEN, "The server gives no answer about itself.")
        return
    version, size, recovering, checksums = row
    sentence = f"PostgreSQL {version}, {size / 1e6:.0f} MB, checksums {checksums}."
    if recovering:
        yield Check("database", Verdict.BROKEN, f"{sentence} It is in recovery: read-only.")
    else:
        yield Check("database", Verdict.OK, sentence)
    try:
        left = migrate.pending(migrate.packaged(), done)
    except MagnusError as error:
        yield Check("migrations", Verdict.BROKEN, str(error))
        return
    verdict = Verdict.BROKEN if left else Verdict.OK
    yield Check("migrations", verdict, f"{len(done)} applied, {len(left)} to come.")


def _shared(shared: SharedAnswers | None) -> Iterator[Check]:
    if shared is None:
        return
    trouble = shared.ping()
    if trouble is None:
        yield Check("redis", Verdict.OK, "Several processes share answers through it.")
    else:
        sentence = f"No answer: {trouble}. Each process keeps its own answers meanwhile."
        yield Check("redis", Verdict.CAREFUL, sentence)


def _connector(assistant: Assistant, name: str, connector: DataConnector) -> Check:
    """Whether the connector answers; asked by its first query that needs nothing."""
    for query in connector.queries.values():
        if query.changes:
            continue
        try:
            params = query.params()
        except ValidationError:
            continue
        answer = assistant.data.ask(name, query.name, params, user=assistant.settings.user)
        outcome = answer.outcome
        if answer.served is Served.LAST_KNOWN and isinstance(outcome, Found):
            return Check(name, Verdict.CAREFUL, f"{query.name}: {outcome.provenance.note}")
        if isinstance(outcome, Found | Absent):
            return Check(name, Verdict.OK, f"{query.name} answers.")
        verdict = Verdict.CAREFUL if outcome.kind in _PASSING else Verdict.BROKEN
        return Check(name, verdict, f"{query.name}: {outcome.message}")
    count = len(connector.queries)
    return Check(name, Verdict.OK, f"Loaded, with {count} {'query' if count == 1 else 'queries'}.")
