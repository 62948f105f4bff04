"""Language models, agents, connectors, monitors and voice can propose; nothing leads them further.

The walk is over every import in the code, deferred ones and those for types included.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROPOSERS = (
    "mfa.llm", "mfa.language", "mfa.agents", "mfa.turns", "connectors", "monitors", "mfa.voice",
)  # fmt: skip
BEYOND = ("actions.confirm", "actions.executor", "actions.limits", "mfa.security.vault")
SENDING = frozenset({"submit", "cancel", "replace", "execute"})
POOLS = frozenset({"readers", "writer", "watchers", "workers", "ahead", "threads", "pool"})
"""What else has a `submit`: executors of threads."""


Graph = Mapping[str, frozenset[str]]
"""Of each module of the project, those that it imports; a package stands for its `__init__`."""


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(path: Path, modules: Mapping[str, Path]) -> Iterator[str]:
    """Modules that the file imports, wherever in it, with the packages that are run on the way."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            parts = name.split(".")
            for length in range(1, len(parts) + 1):
                if (part := ".".join(parts[:length])) in modules:
                    yield part


@pytest.fixture(scope="module")
def graph() -> Graph:
    modules = {_module(path): path for path in _files("mfa", "connectors", "actions", "monitors")}
    return {name: frozenset(_imported(path, modules)) for name, path in modules.items()}


def _within(graph: Graph, package: str) -> set[str]:
    return {name for name in graph if name == package or name.startswith(f"{package}.")}


def _path(graph: Graph, source: str, target: str) -> list[str]:
    """A shortest chain of imports from anything in `source` to anything in `target`."""
    ends = _within(graph, target)
    chains = deque([name] for name in sorted(_within(graph, source)))
    seen = _within(graph, source)
    while chains:
        chain = chains.popleft()
        if chain[-1] in ends:
            return chain
        for name in sorted(graph[chain[-1]] - seen):
            seen.add(name)
            chains.append([*chain, name])
    return []


@pytest.mark.parametrize("target", BEYOND)
@pytest.mark.parametrize("source", PROPOSERS)
def test_no_path_leads_from_what_proposes_to_what_acts(
    graph: Graph, source: str, target: str
) -> None:
    """Agents, monitors and voice join later, and are held to it from their first file on."""
    assert _within(graph, target), "it was moved: name it here by its new name"
    assert _path(graph, source, target) == []


def test_the_walk_sees_every_module_and_finds_a_path_where_there_is_one(graph: Graph) -> None:
    assert len(graph) > 500
    assert _path(graph, "actions.undo", "actions.executor") == ["actions.undo", "actions.executor"]
    assert _path(graph, "connectors.sources.shelf", "mfa.security.credential") != []
    assert _path(graph, "mfa.outside", "mfa.security.vault") != []
    assert _path(graph, "actions.desk", "actions.confirm") != []


def _calls(path: Path) -> Iterator[tuple[str, str, int]]:
    """(receiver, method, line) of every call of one of the methods by which brokers are moved."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and node.attr in SENDING:
            yield ast.unparse(node.value), node.attr, node.lineno


def _sends(receiver: str, method: str) -> bool:
    name = receiver.rsplit(".", 1)[-1].lower().strip("_")
    if method == "submit":
        return name not in POOLS
    return name.endswith("broker")


def _files(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [*found, ROOT / "app.py"]


def test_nobody_but_actions_moves_a_broker() -> None:
    """A broker that is made of another one passes on what it was told: `super()`."""
    found = {
        f"{path.relative_to(ROOT)}:{line} {receiver}.{method}"
        for path in _files("mfa", "connectors", "pages", "monitors")
        for receiver, method, line in _calls(path)
        if _sends(receiver, method) and receiver != "super()"
    }
    assert found == set()


@pytest.mark.parametrize(
    ("code", "sends"),
    [
        ("broker.submit(order)", True),
        ("self._broker.cancel(key)", True),
        ("desk.broker.execute(order)", True),
        ("means.broker().submit(order)", True),
        ("send = broker.submit", True),
        ("found.submit(order)", True),
        ("self._workers.submit(work)", False),
        ("text.replace('a', 'b')", False),
        ("engine.cancel(turn)", False),
        ("conn.execute(query)", False),
    ],
)
def test_what_counts_as_moving_a_broker(code: str, sends: bool, tmp_path: Path) -> None:
    path = tmp_path / "code.py"
    path.write_text(code)
    assert [_sends(r, m) for r, m, _ in _calls(path)] == [sends]


def test_no_text_in_what_proposes_names_what_acts() -> None:
    """An import by name at run time is in no graph."""
    folders = [name.replace(".", "/") for name in PROPOSERS]
    wrong = {
        str(path.relative_to(ROOT)): target
        for path in _files(*folders)
        for target in BEYOND
        if path.name != "app.py" and target in path.read_text(encoding="utf-8")
    }
    assert wrong == {}
