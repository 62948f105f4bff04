"""Faults that a vendor's answer can have, as data, and how they are worked into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tests.servers.base import FakeServer

SKEW: Final = timedelta(hours=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """`status` replaces the answer; `rows` empties, doubles or contradicts lists of rows."""

    name: str
    status: int = 0
    retry_after: str = ""
    text: str = "Something went wrong"
    silent: bool = False
    trickle: float = 0.0
    cut: bool = False
    body: bytes | None = None
    price: Any = None
    rows: str = ""
    skew: timedelta = timedelta(0)


LIMITED: Final = Fault(name="429", status=429, text="Too Many Requests")
LIMITED_UNTIL: Final = Fault(
    name="429 with Retry-After", status=429, text="Too Many Requests", retry_after="7"
)
BROKEN: Final = Fault(name="500", status=500, text="<html>Internal Server Error</html>")
WRONG_KEY: Final = Fault(name="401", status=401, text="Invalid Access Token")
FORBIDDEN: Final = Fault(name="403", status=403, text="Forbidden")
SILENT: Final = Fault(name="timeout", silent=True)
TRICKLE: Final = Fault(name="slow trickle", trickle=0.05)
CUT_OFF: Final = Fault(name="truncated", cut=True)
MALFORMED: Final = Fault(name="malformed JSON", body=b'{"quotes": {"quote": [}}')
HALF_JSON: Final = Fault(name="half a JSON document", body=b'{"quotes": {"quote"')
NOT_AN_OBJECT: Final = Fault(name="a list instead of an object", body=b"[1, 2, 3]")
CHANGED_TYPES: Final = Fault(name="changed field types", price={"raw": 1.0, "fmt": "1.00"})
NOT_A_NUMBER: Final = Fault(name="NaN prices", price=float("nan"))
NEGATIVE: Final = Fault(name="negative prices", price=-1.0)
CROSSED: Final = Fault(name="crossed quote", rows="crossed")
REPEATED: Final = Fault(name="duplicate rows", rows="repeated")
EMPTY: Final = Fault(name="empty", rows="empty")
SKEWED: Final = Fault(name="clock skew", skew=SKEW)

EVERY: Final = (
    LIMITED,
    LIMITED_UNTIL,
    BROKEN,
    WRONG_KEY,
    FORBIDDEN,
    SILENT,
    TRICKLE,
    CUT_OFF,
    MALFORMED,
    HALF_JSON,
    NOT_AN_OBJECT,
    CHANGED_TYPES,
    NOT_A_NUMBER,
    NEGATIVE,
    CROSSED,
    REPEATED,
    EMPTY,
    SKEWED,
)


def damage_body(fault: Fault, body: bytes) -> bytes:
    if fault.body is not None:
        return fault.body
    return body[: len(body) // 2] if fault.cut else body


def damage_document(fake: FakeServer, fault: Fault, document: Any, name: str = "") -> Any:
    """A copy of the document with the fault worked in wherever its names say."""
    if fault.price is not None and name in fake.price_fields:
        return [fault.price] * len(document) if isinstance(document, list) else fault.price
    if fault.skew and name in fake.times:
        return _later(document, fault.skew)
    if fault.rows and name in fake.rows:
        document = _damaged_rows(fault.rows, document)
    if isinstance(document, dict):
        damaged = {k: damage_document(fake, fault, v, k) for k, v in document.items()}
        return _crossed(damaged) if fault.rows == "crossed" else damaged
    if isinstance(document, list):
        return [damage_document(fake, fault, part) for part in document]
    return document


def _damaged_rows(how: str, rows: Any) -> Any:
    if how == "empty":
        return type(rows)()
    if how == "repeated" and isinstance(rows, list):
        return [row for row in rows for _ in range(2)]
    return rows


def _crossed(row: dict[str, Any]) -> dict[str, Any]:
    """The row with its bid far above its ask, in whichever names it has them."""
    for bid, ask in (("bid", "ask"), ("bp", "ap"), ("bid_price", "ask_price")):
        if bid in row and ask in row:
            return {**row, bid: 9.0e5, ask: 1.0}
    return row


def _later(moment: Any, skew: timedelta) -> Any:
    if isinstance(moment, list):
        return [_later(each, skew) for each in moment]
    if isinstance(moment, str):
        moved = datetime.fromisoformat(moment) + skew
        return moved.isoformat()
    if isinstance(moment, int | float) and moment > 10**11:
        return moment + int(skew.total_seconds() * 1000)
    return moment + int(skew.total_seconds()) if isinstance(moment, int | float) else moment
