"""Messages that ask several features at once, put together from the catalogue's pieces.

Which features a message needs is learned from them (see `needs`). `composed.toml` holds what may
be asked about (scope), what is asked of it (test) and what stands for itself (ask), each by its
feature; `combined.toml` and the `authors` whole messages of people. Only training reads these.
"""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from mfa.kernel.errors import ConfigurationError
from mfa.language.catalogue import load_catalogue, read_toml
from mfa.language.utterances import expand, load_lines

FILE: Final = "composed.toml"
NEVER: Final = frozenset({"general", "memory"})
"""Features that no message draws in beside another."""
_KINDS: Final = ("scope", "test", "ask")
_CHOICE: Final = re.compile(r"\(([^()]*)\)")
_EACH: Final = 3
"""Combinations of one line of the utterances that are taken."""
_LONGEST: Final = 12
"""Words of an utterance that is put together with another."""

Said = tuple[str, tuple[str, ...]]
"""A message and the features it needs."""


@cache
def load_pieces() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Lines by kind and feature. `ConfigurationError` names an unknown feature."""
    document = read_toml(FILE)
    known = load_catalogue().features
    pieces: dict[str, Mapping[str, tuple[str, ...]]] = {}
    for kind in _KINDS:
        for feature in document[kind]:
            if feature not in known:
                raise ConfigurationError(
                    f"Language catalogue, {FILE} [{kind}]: no such feature {feature!r}.",
                    "Use a name of features.toml.",
                )
        pieces[kind] = MappingProxyType(
            {
                feature: tuple(line for line in block.split("\n") if line.strip())
                for feature, block in document[kind].items()
            }
        )
    return MappingProxyType(pieces)


def load_combined() -> list[Said]:
    """Whole messages with the features they need. `ConfigurationError` names an unknown feature."""
    known = load_catalogue().features
    rows = [*read_toml("combined.toml")["messages"]]
    folder = files("mfa.language").joinpath("catalogue", "authors")
    for resource in sorted(folder.iterdir(), key=lambda r: r.name):
        rows += read_toml(f"authors/{resource.name}")["compositional"]
    for text, features in rows:
        if strange := sorted(set(features) - set(known)):
            raise ConfigurationError(
                f"Language catalogue, {text!r}: no such feature {strange[0]!r}.",
                "Use a name of features.toml.",
            )
    return [(text, tuple(features)) for text, features in rows]


def load_single() -> list[Said]:
    """Utterances of one request each, with the feature of their intent."""
    intents = load_catalogue().intents
    return [
        (text, (intents[name].feature,))
        for name, block in load_lines().items()
        for line in block
        for text in expand(line)[:_EACH]
        if intents[name].feature != "memory"
    ]


class Composer:
    """Makes messages; the same `seed` makes the same ones."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)  # noqa: S311 - examples, not security
        document = read_toml(FILE)
        self._names: Mapping[str, Sequence[str]] = {
            f"{{{name}}}": block.split("|") for name, block in document["names"].items()
        }
        self._glue: Mapping[str, Sequence[str]] = {
            name: block.split("|") for name, block in document["glue"].items()
        }
        intents = load_catalogue().intents
        self._requests: list[tuple[str, str]] = []
        self._searches: list[tuple[str, str]] = []
        for name, block in load_lines().items():
            feature = intents[name].feature
            if feature in NEVER:
                continue
            short = [e for line in block for e in expand(line)[:_EACH] if _words(e) <= _LONGEST]
            said = [(text.rstrip("?.! "), feature) for text in short]
            self._requests += said
            if name in document["searches"]:
                self._searches += said

    def messages(self, count: int) -> list[Said]:
        """`count` messages, some damaged as people type."""
        made: list[Said] = []
        for _ in range(count):
            text, features = self._message()
            text = " ".join(text.split())
            if self._rng.random() < 0.15:
                text = self._damaged(text)
            made.append((text.lower() if self._rng.random() < 0.25 else text, tuple(features)))
        return made

    def _message(self) -> tuple[str, list[str]]:
        kind = self._rng.random()
        if kind < 0.3:
            return self._about_a_scope()
        if kind < 0.5:
            return self._search()
        if kind < 0.75:
            return self._list()
        if kind < 0.95:
            return self._two_requests()
        text, feature = self._piece("ask" if self._rng.random() < 0.6 else "scope")
        return text, [feature]

    def _about_a_scope(self) -> tuple[str, list[str]]:
        """'which of my holdings are near support and report next week'"""
        scope, first = self._piece("scope")
        test, second = self._piece("test", {first})
        text, features = self._any("open") + scope + self._any("then") + test, [first, second]
        if self._rng.random() < 0.25:
            test, third = self._piece("test", {first, second})
            text, features = text + self._any("more") + test, [*features, third]
        return text, features

    def _search(self) -> tuple[str, list[str]]:
        """'find me puts to sell on Semis, but only those rated a buy'"""
        text, feature = self._rng.choice(self._searches)
        features = [feature]
        if self._rng.random() < 0.5:
            scope, feature = self._piece("scope", {feature, "opportunities", "monitors"})
            text, features = text + self._any("on") + scope, [*features, feature]
        if len(features) == 1 or self._rng.random() < 0.3:
            test, feature = self._piece("test", set(features))
            text, features = text + self._any("then") + test, [*features, feature]
        return text, features

    def _list(self) -> tuple[str, list[str]]:
        """'AMD: price, flow and zones'"""
        features: list[str] = []
        asked: list[str] = []
        for _ in range(self._rng.choice((2, 2, 2, 3, 3, 4))):
            text, feature = self._piece("ask", set(features))
            asked.append(text)
            features.append(feature)
        joint = self._any("joints")
        text = asked[0]
        for each in asked[1:]:
            text += (joint if self._rng.random() < 0.6 else self._any("joints")) + each
        if len(asked) == 2 and self._rng.random() < 0.15:
            text = self._any("verbs") + text
        elif self._rng.random() < 0.15:
            text = f"{self._rng.choice(self._names['{symbol}'])}: {text}"
        return text, features

    def _two_requests(self) -> tuple[str, list[str]]:
        text, feature = self._rng.choice(self._requests)
        if self._rng.random() < 0.4:
            other, second = self._rng.choice(self._requests)
        else:
            other, second = self._piece("ask", {feature})
        if self._rng.random() < 0.3:
            text, other = other, text
        return text + self._any("joints") + other, list(dict.fromkeys((feature, second)))

    def _piece(self, kind: str, without: Collection[str] = ()) -> tuple[str, str]:
        table = load_pieces()[kind]
        feature = self._rng.choice([name for name in table if name not in without])
        line = self._rng.choice(table[feature])
        while (found := _CHOICE.search(line)) is not None:
            chosen = self._rng.choice(found.group(1).split("|"))
            line = line[: found.start()] + chosen + line[found.end() :]
        for place, names in self._names.items():
            line = line.replace(place, self._rng.choice(names))
        return line, feature

    def _any(self, name: str) -> str:
        return self._rng.choice(self._glue[name])

    def _damaged(self, text: str) -> str:
        words = text.split()
        for _ in range(1 + len(words) // 8):
            at = self._rng.randrange(len(words))
            word = words[at]
            if len(word) > 4 and word.isalpha():
                k = self._rng.randrange(1, len(word) - 1)
                kinds = (
                    word[:k] + word[k + 1 :],
                    word[:k] + word[k + 1] + word[k] + word[k + 2 :],
                    word[:k] + word[k] + word[k:],
                )
                words[at] = self._rng.choice(kinds)
        return " ".join(words)


def _words(text: str) -> int:
    return len(text.split())
