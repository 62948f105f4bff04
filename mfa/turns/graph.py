"""The way of a message as a LangGraph graph: understand, plan, gather, propose, compose.

State holds plain JSON values. On resume LangGraph runs a node again from its start; every node is
idempotent: it reads, and the events it tells have identities under which they are stored once.
Imported on first use only: langgraph costs more than a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Protocol, TypedDict

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Command, Send

from mfa.turns.waves import waves

Json = dict[str, Any]


def _merged(left: Json, right: Json) -> Json:
    return {**left, **right}


class TurnGraphState(TypedDict, total=False):
    """What is known so far. `wave` is the index of the wave of steps that runs."""

    today: str
    understanding: Json
    hearing: Json
    plan: Json
    wave: int
    outcomes: Annotated[Json, _merged]
    cards: list[Json]


class Work(Protocol):
    """What the nodes do for one turn; each method tells its own events."""

    def understand(self) -> Json: ...

    def plan(self, state: Mapping[str, Any]) -> Json: ...

    def gather(self, step: Json) -> Json: ...

    def propose(self, state: Mapping[str, Any]) -> list[Json]: ...

    def compose(self, state: Mapping[str, Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class Context:
    """What LangGraph hands to every node of one run; it is never stored."""

    work: Work


class Task(TypedDict):
    """One step to gather, and the node that comes after its wave."""

    step: Json
    then: str


def _understand(state: TurnGraphState, runtime: Runtime[Context]) -> Json:  # noqa: ARG001 - its name is the protocol
    return runtime.context.work.understand()


def _plan(state: TurnGraphState, runtime: Runtime[Context]) -> Json:
    plan = runtime.context.work.plan(state)
    return {"plan": plan, "wave": 0}


def _next_wave(state: TurnGraphState) -> Json:
    return {"wave": state["wave"] + 1}


def _send_wave(state: TurnGraphState) -> list[Send] | str:
    """One task for each step of the wave, or straight on when there is none."""
    steps = state["plan"]["steps"]
    order = waves(steps)
    number = state["wave"]
    last = "propose" if state["plan"].get("proposals") else "compose"
    if number >= len(order):
        return last
    then = last if number + 1 == len(order) else "next_wave"
    by_id = {step["id"]: step for step in steps}
    return [Send("gather", Task(step=by_id[name], then=then)) for name in order[number]]


def _gather(state: Task, runtime: Runtime[Context]) -> Command[str]:
    step = state["step"]
    outcome = runtime.context.work.gather(step)
    return Command(update={"outcomes": {step["id"]: outcome}}, goto=state["then"])


def _propose(state: TurnGraphState, runtime: Runtime[Context]) -> Json:
    return {"cards": runtime.context.work.propose(state)}


def _compose(state: TurnGraphState, runtime: Runtime[Context]) -> Json:
    runtime.context.work.compose(state)
    return {}


_AHEAD: Final = ["gather", "propose", "compose"]


def build_graph(
    checkpointer: BaseCheckpointSaver[Any],
) -> CompiledStateGraph[TurnGraphState, Context, TurnGraphState, TurnGraphState]:
    graph = StateGraph(TurnGraphState, context_schema=Context)
    graph.add_node("understand", _understand)
    graph.add_node("plan", _plan)
    graph.add_node(
        "gather", _gather, input_schema=Task, destinations=("propose", "compose", "next_wave")
    )
    graph.add_node("next_wave", _next_wave)
    graph.add_node("propose", _propose)
    graph.add_node("compose", _compose)
    graph.add_edge(START, "understand")
    graph.add_edge("understand", "plan")
    graph.add_conditional_edges("plan", _send_wave, _AHEAD)
    graph.add_conditional_edges("next_wave", _send_wave, _AHEAD)
    graph.add_edge("propose", "compose")
    graph.add_edge("compose", END)
    return graph.compile(checkpointer=checkpointer)
