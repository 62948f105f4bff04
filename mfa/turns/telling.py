"""An answer's blocks as events to store and show. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from mfa.answers.blocks import BLOCK, Block, TextBlock
from mfa.answers.format import sentences
from mfa.store.turn_records import EventKind, NewEvent


def block_events(blocks: Sequence[Block]) -> list[NewEvent]:
    """Each block as an event; before a text its sentences, so that it can be read as it comes."""
    events: list[NewEvent] = []
    for index, block in enumerate(blocks):
        if isinstance(block, TextBlock):
            events += [
                NewEvent(
                    kind=EventKind.TEXT,
                    key=f"text:{index}:{number}",
                    payload={"index": index, "text": sentence},
                )
                for number, sentence in enumerate(sentences(block))
            ]
        events.append(
            NewEvent(
                kind=EventKind.BLOCK,
                key=f"block:{index}",
                payload={"index": index, "block": BLOCK.dump_python(block, mode="json")},
            )
        )
    return events
