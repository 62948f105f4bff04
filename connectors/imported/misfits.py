"""What of an imported history does not fit together, as it stands today."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from connectors.imported.books import ImportedBooks, Misfit
from mfa.kernel.clock import exchange_date

_NAMED: Final = 5


def misfits(books: ImportedBooks, now: datetime) -> tuple[Misfit, ...]:
    """Rows that those before do not explain, and options held beyond their expiration."""
    over = {
        lot.option: Misfit(
            at=now,
            text=f"{lot.option} is past its expiration, and no row says how it ended: "
            "import a later export.",
        )
        for lot in books.lots
        if lot.option is not None and lot.option.expiration < exchange_date(now)
    }
    return (*books.problems, *over.values())


def told(found: tuple[Misfit, ...]) -> tuple[str, ...]:
    """The first few as sentences, and how many more there are."""
    shown = tuple(str(each) for each in found[:_NAMED])
    more = len(found) - len(shown)
    return (*shown, f"And {more} more rows do not fit.") if more else shown
