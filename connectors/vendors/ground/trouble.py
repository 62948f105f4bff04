"""How a question to a vendor goes wrong, as the outcome that a person gets to read.

`Trouble` is raised between a vendor file and the gate, which turns it into its `Failed`; it never
leaves this floor. Every sentence says what to do. No sentence quotes the vendor's own text beyond
a short, printable piece, and none holds a credential.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from connectors.vendors.ground.terms import Terms
from mfa.kernel.outcome import Failed, FailureKind

_LONGEST_PAUSE = 3600.0


class Trouble(Exception):  # noqa: N818 - it carries an outcome, it is no defect
    """A failed attempt.

    `transient`: asking again at once may help. `hurts`: it counts towards opening the breaker.
    """

    def __init__(self, failure: Failed, *, transient: bool = False, hurts: bool = False) -> None:
        super().__init__(failure.message)
        self.failure = failure
        self.transient = transient
        self.hurts = hurts


class NotThere(Exception):  # noqa: N818 - an answer, not a fault
    """The vendor answered in the way that its adapter knows to mean 'there is no such thing'."""


def bad_data(terms: Terms, what: str) -> Trouble:
    """The answer came and cannot be read. `what` completes 'its answer ...'."""
    return Trouble(
        Failed(
            FailureKind.BAD_DATA,
            f"{terms.title} answered, but {what}. Ask again in a moment; if it stays so, use "
            "another source and report it.",
        )
    )


def too_late(terms: Terms, seconds: float) -> Trouble:
    return Trouble(
        Failed(
            FailureKind.TIMEOUT,
            f"{terms.title} did not answer within {seconds:.3g} seconds. Ask again in a moment.",
        ),
        transient=True,
        hurts=True,
    )


def unreachable(terms: Terms, why: str) -> Trouble:
    return Trouble(
        Failed(
            FailureKind.UNAVAILABLE,
            f"{terms.title} cannot be reached ({why}). Check the network; then ask again.",
        ),
        transient=True,
        hurts=True,
    )


def rate_limited(terms: Terms, seconds: float) -> Trouble:
    return Trouble(
        Failed(
            FailureKind.RATE_LIMITED,
            f"{terms.title} allows no more requests just now (its limit: {terms.per_minute} a "
            f"minute). Ask again in {max(1, math.ceil(seconds))} seconds.",
            timedelta(seconds=seconds),
        ),
        transient=True,
    )


def not_supported(terms: Terms, what: str) -> Failed:
    """The vendor has no such data, whoever asks. `what` is plural."""
    return Failed(
        FailureKind.NOT_SUPPORTED,
        f"{terms.title} does not offer {what}. Another source has to be asked.",
    )


def refusal(terms: Terms, status: int, headers: Mapping[str, str], said: str = "") -> Trouble:
    """The trouble that an HTTP status outside 2xx means. `headers` have lower-case names."""
    quoted = f" It said: {said}." if (said := plain(said)) else ""
    if status == 401:
        message = f"{terms.title} refused the credentials.{quoted} {terms.remedy}"
        return Trouble(Failed(FailureKind.CREDENTIALS, message))
    if status == 403:
        message = (
            f"{terms.title} does not permit this to your account.{quoted} "
            "Check what your subscription and your key allow."
        )
        return Trouble(Failed(FailureKind.PERMISSION, message))
    if status == 429:
        asked = retry_after(headers)
        return rate_limited(terms, terms.pause_when_limited if asked is None else asked)
    if status >= 500 or status in {408, 425}:
        message = f"{terms.title} has a problem of its own (HTTP {status}). Ask again in a minute."
        pause = retry_after(headers)
        after = timedelta(seconds=pause) if pause is not None else None
        return Trouble(Failed(FailureKind.UNAVAILABLE, message, after), transient=True, hurts=True)
    return bad_data(terms, f"with HTTP {status}, which was not expected here.{quoted}".rstrip("."))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a Retry-After header asks for, in either of its forms (RFC 9110, 10.2.3)."""
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        seconds = float(text)
    else:
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), _LONGEST_PAUSE)


def plain(said: str, *, longest: int = 120) -> str:
    """A vendor's own words, short, printable, on one line, and without markup."""
    if "<" in said:
        return ""
    line = " ".join(said.split())
    return "".join(c for c in line if c.isprintable())[:longest].rstrip(" .")
