"""One question and its answer as a chat message, drawn from the turn's stored events.

The same function draws a turn that runs and one that ended: what is on the screen is what is
stored. Stopping the page's script stops nothing but the drawing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st
from pydantic import ValidationError

from actions.action import Who
from mfa.answers.blocks import BLOCK, Block, CardBlock, NoticeBlock, TextBlock
from mfa.answers.page import draw, draw_sources, escape
from mfa.answers.sources import provenances
from mfa.assistant import Assistant
from mfa.kernel.errors import MagnusError
from mfa.kernel.outcome import Provenance
from mfa.store.turn_records import EventKind, Turn, TurnEvent, TurnState
from pages.card import show_block
from pages.login import enter


@dataclass(slots=True)
class _Drawing:
    """What has been drawn of a turn so far."""

    steps: list[str] = field(default_factory=list)
    blocks: int = 0
    sources: list[Provenance] = field(default_factory=list)
    partial: str = ""


def show_turn(assistant: Assistant, turn: Turn, who: Who) -> None:
    """Draw the question, then the events of its answer, following them while the turn runs.

    `who` looks, and is the one who decides about cards.
    """
    with st.chat_message("user", avatar=":material/person:"):
        st.markdown(escape(turn.text))
    with st.chat_message("assistant", avatar=":material/candlestick_chart:"):
        steps = st.empty()
        body = st.container()
        partial = st.empty()
        foot = st.empty()
        drawing = _Drawing()
        live = turn.state is TurnState.RUNNING
        if live:
            foot.button(
                "Stop",
                key=f"stop-{turn.id}",
                icon=":material/stop_circle:",
                on_click=_cancel,
                args=(assistant, turn),
            )
        status = steps.status("Working ...") if live else None
        ending = None
        try:
            for event in _events(assistant, turn):
                if event.kind is EventKind.BLOCK and event.payload["block"]["type"] == "card":
                    _draw_card(assistant, turn, event, drawing, body, who=who, live=live)
                    continue
                ending = _draw_event(turn, event, drawing, body, partial)
                if status is not None and drawing.steps:
                    status.update(label=f"{drawing.steps[-1]} ...")
        except MagnusError as error:
            body.error(escape(str(error)), icon=":material/error:")
        if status is not None and not drawing.steps:
            steps.empty()
        elif status is not None:
            status.update(state="complete", label=_summary(drawing, ending))
            status.write("\n".join(f"- {line}" for line in drawing.steps))
        elif drawing.steps:
            with steps.expander(_summary(drawing, ending)):
                st.write("\n".join(f"- {line}" for line in drawing.steps))
        foot.empty()
        with foot.container():
            draw_sources(drawing.sources, turn.mode)
            _ending(assistant, turn, ending)


def _cancel(assistant: Assistant, turn: Turn) -> None:
    enter(assistant)  # a click comes before the page
    assistant.engine.cancel(turn.id)


def _resume(assistant: Assistant, turn: Turn) -> None:
    enter(assistant)
    try:
        assistant.engine.resume(turn.id)
    except MagnusError as error:
        st.toast(escape(str(error)))


def _events(assistant: Assistant, turn: Turn) -> Iterator[TurnEvent]:
    return iter(assistant.engine.follow(turn.id))


def _draw_event(
    turn: Turn, event: TurnEvent, drawing: _Drawing, body: Any, partial: Any
) -> TurnEvent | None:
    """Draw one event; the event itself where it ends the turn.

    Text comes sentence by sentence into `partial` until its block, with its figures, replaces it.
    """
    payload = event.payload
    match event.kind:
        case EventKind.STEP_DONE:
            drawing.steps.append(_step_line(payload))
        case EventKind.TEXT:
            drawing.partial += payload["text"]
            partial.markdown(escape(drawing.partial))
        case EventKind.BLOCK:
            block = _block(payload)
            drawing.blocks += 1
            drawing.sources += provenances(block)
            if isinstance(block, TextBlock):
                drawing.partial = ""
                partial.empty()
            with body:
                draw(block, key=f"{turn.id}-{drawing.blocks}")
                if isinstance(block, NoticeBlock):
                    _suggest(block.suggestions, key=f"{turn.id}-{drawing.blocks}")
        case EventKind.FINISHED | EventKind.FAILED | EventKind.CANCELLED | EventKind.INTERRUPTED:
            return event
        case _:
            pass
    return None


def _draw_card(
    assistant: Assistant, turn: Turn, event: TurnEvent, drawing: _Drawing, body: Any,
    *, who: Who, live: bool,
) -> None:  # fmt: skip
    block = _block(event.payload)
    drawing.blocks += 1
    drawing.sources += provenances(block)
    with body:
        if isinstance(block, CardBlock):
            show_block(assistant, block, who, key=f"{turn.id}-{drawing.blocks}", live=live)
        else:
            draw(block, key=f"{turn.id}-{drawing.blocks}")


def _suggest(suggestions: tuple[str, ...], *, key: str) -> None:
    """Questions that a click asks."""
    for number, text in enumerate(suggestions):
        st.button(
            escape(text),
            key=f"{key}-suggestion-{number}",
            icon=":material/subdirectory_arrow_right:",
            type="tertiary",
            on_click=_choose,
            args=(text,),
        )


def _choose(text: str) -> None:
    st.session_state["suggested"] = text


def _block(payload: Mapping[str, Any]) -> Block:
    try:
        return BLOCK.validate_python(payload["block"])
    except (ValidationError, KeyError):
        return NoticeBlock(
            level="warning", text="A part of this answer was written by another version."
        )


def _step_line(payload: Mapping[str, Any]) -> str:
    outcome = "" if payload.get("outcome") == "found" else f" ({payload.get('outcome')})"
    title = payload.get("title", payload.get("id", "Step"))
    return f"{title}{outcome} · {payload.get('ms', 0):.0f} ms"


def _summary(drawing: _Drawing, ending: TurnEvent | None) -> str:
    count = len(drawing.steps)
    steps = f"{count} step{'s' if count > 1 else ''}"
    ms = ending.payload.get("ms") if ending is not None else None
    return steps if ms is None else f"{steps} · {ms:.0f} ms"


def _ending(assistant: Assistant, turn: Turn, ending: TurnEvent | None) -> None:
    if ending is None:
        return
    if ending.kind is EventKind.FAILED:
        st.error(escape(str(ending.payload.get("message", "This question failed."))))
    elif ending.kind is EventKind.CANCELLED:
        st.caption("Stopped by you. What was already said is kept.")
    elif ending.kind is EventKind.INTERRUPTED:
        st.warning("This answer was cut off when Magnus stopped. What was said is kept.")
        st.button(
            "Go on",
            key=f"resume-{turn.id}",
            icon=":material/play_arrow:",
            on_click=_resume,
            args=(assistant, turn),
        )
