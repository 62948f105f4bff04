"""An option table put together from a vendor's chains, one expiration after the other.

A chain that cannot be used is left out and named; that the vendor cannot be asked ends the whole.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from connectors.vendors.ground.answers import found
from connectors.vendors.ground.terms import Call
from connectors.vendors.ground.trouble import Trouble
from mfa.kernel.market import OptionChain
from mfa.kernel.option_table import OptionTable
from mfa.kernel.outcome import Absent, FailureKind, Found, Outcome, Provenance
from mfa.kernel.tabulate import tabulated


def option_table(
    call: Call,
    symbol: str,
    days: Outcome[tuple[date, ...]],
    chain: Callable[[date], Outcome[OptionChain]],
    *,
    first: date,
    last: date,
) -> Outcome[OptionTable]:
    """All options that expire on the days [first, last]; `days` is what is listed."""
    if not isinstance(days, Found):
        return days
    chains: list[OptionChain] = []
    sources: list[Provenance] = []
    lost: Trouble | None = None
    for day in days.value:
        if not first <= day <= last:
            continue
        try:
            outcome = chain(day)
        except Trouble as trouble:
            if trouble.failure.kind is not FailureKind.BAD_DATA:
                raise
            call.notes.say(f"The chain of {day} is unusable and left out.")
            lost = trouble
            continue
        if isinstance(outcome, Found):
            chains.append(outcome.value)
            sources.append(outcome.provenance)
    if lost is not None and not chains:
        raise lost
    if not chains:
        return Absent(f"No options of {symbol} expire from {first} to {last}.")
    table = tabulated(chains)
    return found(
        table,
        source=sources[0].source,
        call=call,
        as_of=table.as_of,
        delay=max(source.delay for source in sources),
    )
