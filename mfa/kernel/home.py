"""Where the data lives, known without reading a setting: whatever must work when nothing else does
asks here. Imports nothing heavy."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_ROOT_HOME: Final = Path("/var/lib/magnus")


def default_home() -> Path:
    """Where the data lives when nothing says otherwise.

    Root gets a system directory: the database server runs as another user then, and must not have
    to walk through root's private home.
    """
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return _ROOT_HOME
    import platformdirs  # noqa: PLC0415 - root needs none

    return Path(platformdirs.user_data_dir("magnus", appauthor=False))


def home_of_environment() -> Path:
    """The home of MAGNUS_HOME, or the default one; as the settings would have it."""
    named = os.environ.get("MAGNUS_HOME")
    return (Path(named) if named else default_home()).expanduser().absolute()
