"""What the classifier sees of a message: words, neighbours and letters of the masked text.

Pure and deterministic; slot values have been replaced by their types, so that a new ticker or date
is nothing new to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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


def features_of(words: Sequence[str], unknown_words: int) -> Iterator[str]:
    """Feature names of a message; each counts once however often it appears."""
    padded = ["^", *words, "$"]
    for word in words:
        yield f"w:{word}"
    for left, right in zip(padded, padded[1:], strict=False):
        yield f"b:{left} {right}"
    for left, right in zip(padded, padded[2:], strict=False):
        yield f"s:{left} {right}"
    for a, b, c in zip(padded, padded[1:], padded[2:], strict=False):
        yield f"t:{a} {b} {c}"
    for word in words:
        if not word.startswith("_") and len(word) > 3:
            marked = f"<{word}>"
            for at in range(len(marked) - 3):
                yield f"c:{marked[at : at + 4]}"
    content = len(words)
    yield f"n:{min(content, 12) if content < 6 else 6 + (content - 6) // 4}"
    yield f"u:{min(unknown_words, 4)}"
    if content:
        yield f"r:{round(4 * unknown_words / content)}"
