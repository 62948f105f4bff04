"""Where figures come from, as a line for a person: source, time, delay, freshness."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mfa.answers.blocks import Block, CardBlock, Figure, NoticeBlock, TextBlock
from mfa.answers.format import format_delay, format_when
from mfa.kernel.outcome import Provenance


def source_line(provenance: Provenance) -> str:
    """'practice account · 15 Jun 2021 10:30 New York · computed'."""
    parts = [provenance.source, format_when(provenance.as_of)]
    if delay := format_delay(provenance.delay):
        parts.append(f"delayed {delay}")
    if provenance.stale:
        parts.append("STALE")
    inputs = sorted({leaf.source for leaf in leaves(provenance)} - {provenance.source})
    if inputs:
        parts.append("from " + " and ".join(inputs))
    if provenance.computed:
        parts.append("computed")
    return " · ".join(parts)


def leaves(provenance: Provenance) -> Iterator[Provenance]:
    """The sources a derived value rests on at last; the value's own where it is not derived."""
    if not provenance.inputs:
        yield provenance
    for part in provenance.inputs:
        yield from leaves(part)


def provenances(block: Block) -> tuple[Provenance, ...]:
    """Those of the block's figures, each once."""
    match block:
        case TextBlock():
            return tuple(dict.fromkeys(figure.provenance for figure in block.figures.values()))
        case CardBlock():
            return tuple(dict.fromkeys(figure.provenance for figure in block.facts.rows))
        case NoticeBlock():
            return ()
        case _:
            return (block.provenance,)


def figures(blocks: Iterable[Block]) -> Iterator[Figure]:
    """Every figure of running text and of cards, in order, each once."""
    seen: set[str] = set()
    for block in blocks:
        for figure in _figures(block):
            identity = figure.model_dump_json()
            if identity not in seen:
                seen.add(identity)
                yield figure


def _figures(block: Block) -> Iterable[Figure]:
    match block:
        case TextBlock():
            return block.figures.values()
        case CardBlock():
            return block.facts.rows
        case _:
            return ()
