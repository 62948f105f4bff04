"""A turn as one JSON document: what `magnus ask --json` prints and other programs read.

Blocks as they are stored; figures by themselves, each with its source; steps with their times.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from mfa.answers.blocks import BLOCK, Block, Figure
from mfa.answers.sources import figures, leaves
from mfa.store.turn_records import ENDINGS, EventKind, Turn, TurnEvent


@dataclass(slots=True)
class Transcript:
    """What a turn's events amount to. Hear them in order; those of a resumed turn included."""

    understood: Mapping[str, Any] = field(default_factory=dict)
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    blocks: dict[int, Block] = field(default_factory=dict)
    partial: dict[int, str] = field(default_factory=dict)
    ending: TurnEvent | None = None

    @classmethod
    def of(cls, events: Iterable[TurnEvent]) -> Transcript:
        transcript = cls()
        for event in events:
            transcript.hear(event)
        return transcript

    def hear(self, event: TurnEvent) -> None:
        payload = event.payload
        match event.kind:
            case EventKind.UNDERSTOOD:
                self.understood = payload
            case EventKind.PLANNED:
                self.steps = {step["id"]: _planned(step) for step in payload["steps"]}
            case EventKind.STEP_DONE:
                done = {key: payload[key] for key in ("outcome", "ms", "message") if key in payload}
                self.steps.setdefault(payload["id"], {"id": payload["id"]}).update(done)
            case EventKind.TEXT:
                index = payload["index"]
                self.partial[index] = self.partial.get(index, "") + payload["text"]
            case EventKind.BLOCK:
                self.blocks[payload["index"]] = BLOCK.validate_python(payload["block"])
                self.partial.pop(payload["index"], None)
            case EventKind.RESUMED:
                self.ending = None
            case kind if kind in ENDINGS:
                self.ending = event
            case _:
                pass

    @property
    def ordered(self) -> list[Block]:
        return [self.blocks[index] for index in sorted(self.blocks)]

    @property
    def state(self) -> str:
        return "running" if self.ending is None else self.ending.kind.value


def document(turn: Turn, events: Iterable[TurnEvent]) -> dict[str, Any]:
    """The turn and its events as JSON values. Amounts of money in `figures` are numbers."""
    heard = Transcript.of(events)
    said = {} if heard.ending is None else heard.ending.payload
    return {
        "turn": str(turn.id),
        "conversation": str(turn.conversation),
        "mode": turn.mode.value,
        "question": turn.text,
        "intent": heard.understood.get("intent"),
        "confidence": heard.understood.get("confidence"),
        "state": heard.state,
        "message": said.get("message"),
        "blocks": [BLOCK.dump_python(block, mode="json") for block in heard.ordered],
        "figures": [_figure(figure) for figure in figures(heard.ordered)],
        "steps": list(heard.steps.values()),
        "ms": said.get("ms"),
    }


def _planned(step: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: step[key] for key in ("id", "title", "feature", "query")}
    return {**kept, "outcome": None, "ms": None}


def _figure(figure: Figure) -> dict[str, Any]:
    provenance = figure.provenance
    return {
        "label": figure.label,
        "value": _json(figure.value),
        "unit": figure.unit.value,
        "source": provenance.source,
        "as_of": provenance.as_of.isoformat(),
        "delay": provenance.delay.total_seconds(),
        "stale": provenance.stale,
        "computed": provenance.computed,
        "inputs": sorted({leaf.source for leaf in leaves(provenance)}),
    }


def _json(value: Decimal | float | date | str) -> float | int | str:
    """A decimal as the float whose shortest text is the same number (exact for cents)."""
    if isinstance(value, Decimal):
        whole = value == value.to_integral_value()
        return int(value) if whole else float(value)
    return value.isoformat() if isinstance(value, date) else value
