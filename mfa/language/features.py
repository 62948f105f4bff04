"""What the classifier sees of a message: words, neighbours and letters of the masked text.

Pure and deterministic; slot values have been replaced by their types, so that a new ticker or date
is nothing new to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from typing import Final

_TOKEN: Final = re.compile(r"_[a-z]+_|[a-z]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*|[?%$#&]|[^\s\w]|\w")
_CONTRACTIONS: Final = {
    "what's": ("what", "is"), "whats": ("what", "is"), "how's": ("how", "is"), "hows": ("how", "is"),
    "who's": ("who", "is"), "whos": ("who", "is"), "when's": ("when", "is"), "whens": ("when", "is"),
    "where's": ("where", "is"), "wheres": ("where", "is"), "why's": ("why", "is"), "it's": ("it", "is"),
    "that's": ("that", "is"), "there's": ("there", "is"), "let's": ("let", "us"), "i'm": ("i", "am"),
    "im": ("i", "am"), "i've": ("i", "have"), "ive": ("i", "have"), "i'd": ("i", "would"),
    "i'll": ("i", "will"), "don't": ("do", "not"), "dont": ("do", "not"), "doesn't": ("does", "not"),
    "can't": ("can", "not"), "cant": ("can", "not"), "won't": ("will", "not"), "isn't": ("is", "not"),
    "aren't": ("are", "not"), "didn't": ("did", "not"), "u": ("you",), "ur": ("your",), "r": ("are",),
    "pls": ("please",), "plz": ("please",), "thx": ("thanks",), "ty": ("thanks",), "gimme": ("give", "me"),
    "lemme": ("let", "me"), "wanna": ("want", "to"), "gonna": ("going", "to"), "pos": ("positions",),
    "p&l": ("pnl",), "pl": ("pnl",), "pnl": ("pnl",), "acct": ("account",), "port": ("portfolio",),
    "bp": ("buying", "power"), "hist": ("history",), "exp": ("expiration",), "expiry": ("expiration",),
    "expo": ("exposure",), "favored": ("favoured",), "realised": ("realized",), "unrealised": ("unrealized",),
    "w": ("with",), "bc": ("because",), "opps": ("opportunities",), "pf": ("portfolio",),
}  # fmt: skip
_FILLER: Final = frozenset(
    [
        "please",
        "hey",
        "magnus",
        "ok",
        "okay",
        "so",
        "um",
        "uh",
        "well",
        "just",
        "kindly",
        "like",
        "actually",
        "basically",
        "really",
        "quickly",
        "quick",
        "bro",
        "dude",
        "man",
        "lol",
    ]
)
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


_FUNCTION_WORDS: Final = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "to",
        "in",
        "on",
        "at",
        "for",
        "from",
        "by",
        "with",
        "and",
        "or",
        "but",
        "if",
        "is",
        "are",
        "am",
        "was",
        "were",
        "be",
        "been",
        "being",
        "do",
        "does",
        "did",
        "done",
        "have",
        "has",
        "had",
        "i",
        "me",
        "my",
        "mine",
        "we",
        "us",
        "our",
        "you",
        "your",
        "it",
        "its",
        "this",
        "that",
        "these",
        "those",
        "there",
        "what",
        "which",
        "who",
        "whom",
        "when",
        "where",
        "why",
        "how",
        "can",
        "could",
        "will",
        "would",
        "shall",
        "should",
        "may",
        "might",
        "must",
        "not",
        "no",
        "yes",
        "any",
        "some",
        "all",
        "each",
        "every",
        "more",
        "most",
        "much",
        "many",
        "very",
        "too",
        "so",
        "as",
        "than",
        "then",
        "now",
        "just",
        "also",
        "up",
        "down",
        "out",
        "off",
        "over",
        "under",
        "again",
        "into",
        "about",
        "let",
        "get",
        "got",
        "give",
        "tell",
        "show",
        "want",
        "like",
        "need",
        "know",
        "one",
        "thing",
        "things",
        "please",
        "go",
        "going",
    ]
)


def features_of(
    words: Sequence[str], flags: Sequence[str], groups: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    """Feature names of a message, some more than once.

    `flags` are features found elsewhere; `groups` maps a word to the groups of like meaning that
    it belongs to.
    """
    padded = ["^", *words, "$"]
    for word in words:
        yield f"w:{word}"
        if len(word) > 3 and not word.startswith("_"):
            yield f"m:{stem(word)}"
        for group in groups.get(word, ()):
            yield f"g:{group}"
    for left, right in pairwise(padded):
        yield f"b:{left} {right}"
    for left, right in zip(padded, padded[2:], strict=False):
        yield f"s:{left} {right}"
    present = sorted({group for word in words for group in groups.get(word, ())})
    for left, right in combinations(present, 2):
        yield f"p:{left} {right}"
    question = next((w for w in words if w in _QUESTIONS), "-")
    for group in present:
        yield f"q:{question} {group}"
    for word in words:
        if word.startswith("_"):
            yield f"q:{question} {word}"
        elif len(word) > 3:
            marked = f"<{word}>"
            for at in range(len(marked) - 3):
                yield f"c:{marked[at : at + 4]}"
    content = len(words)
    yield f"n:{content if content < 4 else 4 + (content - 4) // 4}"
    yield from flags


_QUESTIONS: Final = frozenset(
    [
        "what",
        "which",
        "who",
        "when",
        "where",
        "why",
        "how",
        "is",
        "are",
        "am",
        "do",
        "does",
        "did",
        "can",
        "should",
        "will",
    ]
)
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
