"""What the classifier sees of a message: words, neighbours and letters of the masked text.

Pure and deterministic; slot values have been replaced by their types, so that a new ticker or date
is nothing new to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from typing import Final

from mfa.language.catalogue import read_toml, word_list

_TOKEN: Final = re.compile(r"_[a-z]+_|[a-z]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*|[?%$#&]|[^\s\w]|\w")
_CONTRACTIONS: Final = {k: tuple(v.split()) for k, v in read_toml("words.toml")["opened"].items()}
_FILLER: Final = word_list("filler")
_PUNCTUATION: Final = frozenset(".,!;:\"'()[]{}<>*~^|\\/@=+-")


def words_of(masked: str) -> list[str]:
    """The words of a masked text, contractions opened, filler and most punctuation dropped."""
    masked = (
        masked.replace("p&l", "pnl")
        .replace("p/l", "pnl")
        .replace("p & l", "pnl")
        .replace("p and l", "pnl")
    )
    result: list[str] = []
    for token in _TOKEN.findall(masked):
        if token in _PUNCTUATION:
            continue
        opened = _CONTRACTIONS.get(token)
        if opened is not None:
            result.extend(opened)
        elif token.endswith("'s"):
            result.append(token[:-2])
        elif token[0].isdigit():
            result.append("_num_")
        else:
            result.append(token)
    content = [w for w in result if w not in _FILLER]
    return content or result


_FUNCTION_WORDS: Final = word_list("function")


def features_of(
    words: Sequence[str], flags: Sequence[str], groups: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    """Feature names of a message, some more than once.

    `flags` are features found elsewhere; `groups` maps a word to the groups of like meaning that
    it belongs to.
    """
    yield from _of_words(words)
    yield from _of_meaning(words, groups)
    padded = ["^", *words, "$"]
    for left, right in pairwise(padded):
        yield f"b:{left} {right}"
    for left, right in zip(padded, padded[2:], strict=False):
        yield f"s:{left} {right}"
    content = len(words)
    yield f"n:{content if content < 4 else 4 + (content - 4) // 4}"
    yield from flags


def _of_words(words: Sequence[str]) -> Iterator[str]:
    """Each word, its stem and its runs of four letters."""
    for word in words:
        yield f"w:{word}"
        if len(word) > 3 and not word.startswith("_"):
            yield f"m:{stem(word)}"
            marked = f"<{word}>"
            for at in range(len(marked) - 3):
                yield f"c:{marked[at : at + 4]}"


def _of_meaning(words: Sequence[str], groups: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Groups of like meaning, pairs of them, and each beside the question word."""
    present = sorted({group for word in words for group in groups.get(word, ())})
    question = next((w for w in words if w in _QUESTIONS), "-")
    for group in present:
        yield f"g:{group}"
        yield f"q:{question} {group}"
    for left, right in combinations(present, 2):
        yield f"p:{left} {right}"
    for word in words:
        if word.startswith("_"):
            yield f"q:{question} {word}"


_QUESTIONS: Final = word_list("questions")
_ENDINGS: Final = (
    "ations",
    "ation",
    "ings",
    "ing",
    "ments",
    "ment",
    "edly",
    "ed",
    "ies",
    "es",
    "s",
    "e",
)


def stem(word: str) -> str:
    """`word` without a common ending, at least three letters of it."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def scope_flags(words: Sequence[str], native: Callable[[str], bool]) -> list[str]:
    """How many content words belong to this desk's language, and how many do not."""
    content = [w for w in words if w not in _FUNCTION_WORDS and w not in {"?", "%", "$", "#", "&"}]
    strange = sum(1 for w in content if not w.startswith("_") and not native(w))
    known = len(content) - strange
    share = round(4 * strange / len(content)) if content else 0
    return [
        f"o:{min(strange, 4)}",
        f"d:{min(known, 4)}",
        f"r:{share}",
        f"od:{min(strange, 3)} {min(known, 3)}",
    ]
