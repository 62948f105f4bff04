"""The sentences the classifier learns from: the catalogue's examples and the files beside them.

`utterances` has lines by intent; `authors` has messages of people who differ, labelled with slots
as well, which the tests read for those. A line may hold alternatives, '(show|list) my (open |)
positions'; it stands for every combination. Only training and tests read these; answering a message
does not.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from mfa.kernel.errors import ConfigurationError
from mfa.language.catalogue import load_catalogue, read_toml
from mfa.language.understanding import UNKNOWN

_CHOICE: Final = re.compile(r"\(([^()]*\|[^()]*)\)")
_MOST: Final = 10
"""Combinations of one line that are kept, spread evenly: a line is one idea, not a hundred."""


def expand(line: str) -> list[str]:
    """Every combination of the alternatives in a line, in order, at most 10 of them.

    >>> expand("(show|list) my (open |)positions")[1]
    'show my positions'
    """
    parts = _CHOICE.split(line)
    choices = [[p] if k % 2 == 0 else p.split("|") for k, p in enumerate(parts)]
    combinations = list(itertools.product(*choices))
    step = max(1, -(-len(combinations) // _MOST))
    offset = len(line) % step
    return [" ".join("".join(c).split()) for c in combinations[offset::step]]


@cache
def load_lines() -> Mapping[str, tuple[str, ...]]:
    """Lines by intent, not expanded. `ConfigurationError` names an unknown intent."""
    catalogue = load_catalogue()
    lines: dict[str, list[str]] = {name: list(i.examples) for name, i in catalogue.intents.items()}
    catalogue_folder = files("mfa.language").joinpath("catalogue")
    folder = catalogue_folder.joinpath("utterances")
    for resource in sorted(folder.iterdir(), key=lambda r: r.name):
        for intent, table in read_toml(f"utterances/{resource.name}").items():
            if intent not in lines:
                raise ConfigurationError(
                    f"Language catalogue, utterances/{resource.name}: no such intent {intent!r}.",
                    "Use a name of intents.toml.",
                )
            lines[intent] += [u for u in table["text"].split("\n") if u.strip()]
    for resource in sorted(catalogue_folder.joinpath("authors").iterdir(), key=lambda r: r.name):
        document = read_toml(f"authors/{resource.name}")
        for text, intent, _ in [*document["single"], *(d[0] for d in document["dialogues"])]:
            lines[intent].append(text)
        lines[UNKNOWN] += document["out_of_scope"]
    return MappingProxyType({name: tuple(dict.fromkeys(block)) for name, block in lines.items()})


@cache
def load_utterances() -> Mapping[str, tuple[str, ...]]:
    """Expanded utterances by intent."""
    return MappingProxyType(
        {
            name: tuple(dict.fromkeys(e for line in block for e in expand(line)))
            for name, block in load_lines().items()
        }
    )
