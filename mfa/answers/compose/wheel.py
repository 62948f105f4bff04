"""How a wheel is doing: where it stands, what the shares really cost, what it has returned."""

from __future__ import annotations

from connectors.portfolio.wheel_results import WheelCycle, WheelRow, WheelState, WheelStatus
from mfa.answers.blocks import Block, Column, TableBlock, Unit
from mfa.answers.compose.question import Question, Writer, iso
from mfa.answers.format import counted
from mfa.kernel.outcome import Found

_WHEELS = (
    Column(key="symbol", label="Symbol"),
    Column(key="state", label="State"),
    Column(key="shares", label="Shares", unit=Unit.SHARES),
    Column(key="assigned_basis", label="Assigned at", unit=Unit.USD),
    Column(key="adjusted_basis", label="Adjusted basis", unit=Unit.USD),
    Column(key="price", label="Price", unit=Unit.USD),
    Column(key="puts", label="Puts sold (assigned)"),
    Column(key="calls", label="Calls sold (called away)"),
    Column(key="premium", label="Premium received", unit=Unit.USD),
    Column(key="total", label="Total return", unit=Unit.USD),
    Column(key="annual_pct", label="A year", unit=Unit.PERCENT),
)
_CYCLES = (
    Column(key="cycle", label="Cycle"),
    Column(key="started", label="Started", unit=Unit.DATE),
    Column(key="ended", label="Ended", unit=Unit.DATE),
    Column(key="puts", label="Puts sold (assigned)"),
    Column(key="calls", label="Calls sold (called away)"),
    Column(key="premium", label="Premium received", unit=Unit.USD),
    Column(key="kept", label="Of it kept", unit=Unit.USD),
    Column(key="shares_result", label="From the shares", unit=Unit.USD),
    Column(key="dividends", label="Dividends", unit=Unit.USD),
    Column(key="total", label="Total", unit=Unit.USD),
    Column(key="capital", label="Capital at most", unit=Unit.USD),
    Column(key="return_pct", label="Return", unit=Unit.PERCENT),
    Column(key="annual_pct", label="A year", unit=Unit.PERCENT),
)


def wheel(question: Question) -> list[Block]:
    blocks: list[Block] = []
    for found in question.found(WheelStatus):
        blocks.append(_text(found).text())
        if len(found.value.rows) > 1:
            blocks.append(_wheels(found))
        blocks.append(_cycles(found))
    return blocks


def _text(found: Found[WheelStatus]) -> Writer:
    writer = Writer(found.provenance)
    if len(found.value.rows) == 1:
        _one(writer, found.value.rows[0])
        return writer
    standing = sum(row.state is not WheelState.IDLE for row in found.value.rows)
    writer.say(
        "You have run {wheels} wheels, {standing} of them open now, with {premium} of premium"
        " received.",
        wheels=("Wheels", found.value.symbols, Unit.COUNT),
        standing=("Open wheels", standing, Unit.COUNT),
        premium=("Premium received", found.value.premium, Unit.USD),
    )
    writer.say(
        "Together they have returned {total}, open positions at their mark.",
        total=("Total return", found.value.total, Unit.USD),
    )
    return writer


def _one(writer: Writer, row: WheelRow) -> None:
    writer.say(f"Your wheel on {row.symbol} is {_standing(row)}.")
    writer.say(
        "It has returned {total} in all ({percent} of the capital it tied up at most):"
        " {premium} of premium received, {kept} of it kept.",
        total=("Total return", row.total, Unit.USD),
        percent=("Return on capital", row.return_pct, Unit.PERCENT),
        premium=("Premium received", row.premium, Unit.USD),
        kept=("Premium kept", row.kept, Unit.USD),
    )
    writer.say(
        "That is {annual} a year on the capital and the days it was tied up.",
        annual=("Annual return", row.annual_pct, Unit.PERCENT),
    )
    writer.say(
        f"The shares came at {{assigned}}; premium and dividends of this cycle bring that down to"
        f" {{adjusted}}, with {row.symbol} at {{price}}.",
        assigned=("Assigned at", row.assigned_basis, Unit.USD),
        adjusted=("Adjusted basis", row.adjusted_basis, Unit.USD),
        price=(f"{row.symbol} price", row.price, Unit.USD),
    )
    writer.say(
        "The next expiration is on {date}.",
        date=("Next expiration", row.next_expiration, Unit.DATE),
    )


def _standing(row: WheelRow) -> str:
    puts = f"short {counted(row.short_puts, 'put')}" if row.short_puts else ""
    held = f"holding {counted(row.shares, 'share')}"
    match row.state:
        case WheelState.IDLE:
            return "idle: nothing of it is open now"
        case WheelState.SELLING_PUTS:
            return f"selling puts, {puts}"
        case WheelState.HOLDING:
            said = f"{held} without a call sold against them"
        case WheelState.PARTLY_COVERED:
            said = f"{held}, only part of them under {counted(row.short_calls, 'call')}"
        case WheelState.COVERED:
            said = f"{held}, covered by {counted(row.short_calls, 'short call')}"
    return f"{said}, and {puts}" if puts else said


def _wheels(found: Found[WheelStatus]) -> TableBlock:
    return TableBlock(
        title="Wheels",
        columns=_WHEELS,
        rows=tuple(
            (
                row.symbol, row.state.value, row.shares, row.assigned_basis, row.adjusted_basis,
                row.price, *_counts(row), row.premium, row.total, row.annual_pct,
            )
            for row in found.value.rows
        ),
        provenance=found.provenance,
        numbered=True,
    )  # fmt: skip


def _cycles(found: Found[WheelStatus]) -> TableBlock:
    return TableBlock(
        title="Cycles",
        columns=_CYCLES,
        rows=tuple(
            (
                f"{row.symbol} {row.cycle}", iso(row.started), iso(row.ended), *_counts(row),
                row.premium, row.kept, row.shares_result, row.dividends, row.total, row.capital,
                row.return_pct, row.annual_pct,
            )
            for row in found.value.cycles
        ),
        provenance=found.provenance,
    )  # fmt: skip


def _counts(row: WheelRow | WheelCycle) -> tuple[str, str]:
    return (
        f"{row.puts_sold} ({row.puts_assigned})",
        f"{row.calls_sold} ({row.calls_assigned})",
    )
