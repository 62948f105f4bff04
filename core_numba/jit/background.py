"""Kernels made ready beside a running application, which answers in NumPy meanwhile."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from typing import Final

from core_numba.jit import kernel

log = logging.getLogger(__name__)

_lock: Final = threading.Lock()
_thread: threading.Thread | None = None


def prepare_in_background() -> threading.Thread:
    """Start once per process: compile in a child where the disk cache is not complete, then load.

    The thread ends when all kernels are ready or cannot be; then the log says why.
    """
    global _thread  # noqa: PLW0603 - one per process
    with _lock:
        if _thread is None:
            _thread = threading.Thread(target=_prepare, name="kernels", daemon=True)
            _thread.start()
        return _thread


def _prepare() -> None:
    if kernel.policy() == "plain" or not kernel.numba_exists():
        return
    try:
        from core_numba.jit.settings import CACHED, is_complete  # noqa: PLC0415 - imports Numba

        if CACHED and not is_complete():
            _compile_in_a_child()
        kernel.prepare()
    except Exception:
        log.exception("Kernels could not be compiled; NumPy goes on answering.")


def _compile_in_a_child() -> None:
    """The child ends with this process, however that ends: it watches its standard input."""
    with subprocess.Popen(
        [sys.executable, "-m", "core_numba.jit", "--until-input-ends"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as child:
        code = child.wait()
    if code != 0:
        log.warning("Compiling beside the application failed with exit status %d.", code)
