"""An empty home for a measurement, which the server's own user can reach when root measures."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mfa.store.server import EmbeddedServer


@contextmanager
def empty_home() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="magnus-bench-"))
    home.chmod(0o711)
    try:
        yield home
    finally:
        EmbeddedServer(home / "database").stop()
        shutil.rmtree(home, ignore_errors=True)
