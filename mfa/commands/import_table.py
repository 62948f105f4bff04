"""The preview of an import in the terminal: what is new, what was known, what is a problem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mfa.kernel.money import units

if TYPE_CHECKING:
    from connectors.imported.importing import HistoryPreview
    from connectors.vendors.files.movements import HistoryRow

SHOWN: Final = 40
COLUMNS: Final = ("Line", "Date", "Kind", "Instrument", "Quantity", "Price", "Fees", "Amount")
LEFT: Final = frozenset({"Date", "Kind", "Instrument"})


def table_of(shown: HistoryPreview) -> str:
    """The rows that would be added, the first `SHOWN` of them; figures are never cut short."""
    if not shown.new:
        return ""
    rows = [COLUMNS, *(cells_of(row) for row in shown.new[:SHOWN])]
    widths = [max(len(row[i]) for row in rows) for i in range(len(COLUMNS))]
    lines = [
        "  ".join(
            cell.ljust(width) if label in LEFT else cell.rjust(width)
            for label, cell, width in zip(COLUMNS, row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
    if len(shown.new) > SHOWN:
        lines.append(f"... and {len(shown.new) - SHOWN:,} more rows.")
    return "\n".join(lines)


def cells_of(row: HistoryRow) -> tuple[str, ...]:
    """A row as text, as both doors show it."""
    found = row.movement
    quantity = f"{units(found.quantity):,f}" if found.quantity else ""
    if found.ratio is not None:
        quantity = f"{found.ratio.numerator}:{found.ratio.denominator}"
    kind = found.kind.value.replace("_", " ")
    return (
        str(row.line),
        f"{found.at:%Y-%m-%d}",
        f"{kind} ({found.effect.value})" if found.effect else kind,
        str(found.option) if found.option is not None else found.symbol or "",
        quantity,
        "" if found.price is None else f"{units(found.price):,f}",
        f"{found.fees:,.2f}" if found.fees else "",
        f"{found.amount:,.2f}" if found.amount else "",
    )


def said_of(shown: HistoryPreview) -> str:
    """The counts, every problem with its line, and what would not fit."""
    history = shown.history
    known = len(shown.rows) - len(shown.new)
    counts = f"{history.broker}: {len(shown.new):,} new, {known:,} known before, "
    counts += f"{len(history.problems):,} problems, {history.skipped:,} lines without movements."
    lines = [counts]
    lines += [f"! line {each.line}: {each.reason}" for each in history.problems]
    lines += [f"! {each}" for each in shown.misfits]
    if shown.new:
        lines.append(
            f"With it the account has {shown.after.cash:,.2f} USD in cash, "
            f"{len({(lot.symbol, lot.option) for lot in shown.after.lots})} positions and "
            f"{len(shown.after.trades):,} closed trades."
        )
    return "\n".join(lines)
