"""What a message means and which queries answer it. See `language.Language`."""

from mfa.language.dialogue import Dialogue
from mfa.language.language import THRESHOLD, Language
from mfa.language.lines import understand_lines
from mfa.language.plans import Plan, Registry, Step, Unplanned
from mfa.language.understanding import UNKNOWN, Understanding

__all__ = [
    "THRESHOLD",
    "UNKNOWN",
    "Dialogue",
    "Language",
    "Plan",
    "Registry",
    "Step",
    "Understanding",
    "Unplanned",
    "understand_lines",
]
