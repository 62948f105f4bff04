"""What `magnus doctor` tells of the search by meaning: there, or by words and why."""

from __future__ import annotations

from importlib.util import find_spec

from mfa.commands.health import Check, Verdict
from mfa.meaning.weights import INSTALL, MODEL, NoWeights, installed, verified


def of_meaning() -> Check:
    """Whether the library and the memories are searched by meaning. Nothing is broken without."""
    try:
        verified(installed())
    except NoWeights as missing:
        return Check("search", Verdict.OK, f"By words. {missing}")
    if find_spec("chromadb") is None:
        said = f"By meaning ({MODEL}), its vectors made anew at each start. Run: {INSTALL}"
        return Check("search", Verdict.CAREFUL, said)
    return Check("search", Verdict.OK, f"By meaning and words: {MODEL}, indexed by ChromaDB.")
