"""What somebody signed in with, in words, from what their browser says of itself.

For a person to know their own sessions apart; nothing is decided by it, since anybody may say
anything there.
"""

from __future__ import annotations

from typing import Final

_BROWSERS: Final = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)  # fmt: skip
"""In this order: most call themselves what others are, too."""
_SYSTEMS: Final = (
    ("iPhone", "an iPhone"), ("iPad", "an iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"),
    ("Windows", "Windows"), ("Mac OS X", "a Mac"), ("Linux", "Linux"),
)  # fmt: skip


def device_of(said: str) -> str:
    """'Firefox on Linux', of the User-Agent header; 'an unknown device' where it names neither."""
    browser = next((name for mark, name in _BROWSERS if mark in said), "")
    system = next((name for mark, name in _SYSTEMS if mark in said), "")
    return " on ".join(filter(None, (browser, system))) or "an unknown device"
