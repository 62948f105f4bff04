"""What compiled kernels cost a process: imports, loading them from a warm cache, and how many."""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median

from bench.measure import Measurement

ROUNDS = 7
_IMPORTS = """
import time
began = time.perf_counter()
import numpy, numba
numba_ready = time.perf_counter()
import importlib, pkgutil, core_numba.compiled
from core_numba.jit.kernel import subjects
for subject in subjects():
    importlib.import_module(subject)
for found in pkgutil.walk_packages(core_numba.compiled.__path__, "core_numba.compiled."):
    importlib.import_module(found.name)
print((time.perf_counter() - numba_ready) * 1e3)
"""
_READY = """
from core_numba.jit.kernel import prepare
print(prepare())
"""


def measure() -> list[Measurement]:
    _run(_READY)  # fills the cache where it is cold
    imports = median(float(_run(_IMPORTS)[0]) for _ in range(ROUNDS))
    runs = [_run(_READY) for _ in range(ROUNDS)]
    count = float(runs[0][0])
    return [
        Measurement(name="kernels: how many", value=count, unit=""),
        Measurement(
            name="kernels: imports beyond numba's own", value=imports, unit="ms", limit=50
        ),
        Measurement(
            name="kernels: process start, warm cache, all ready",
            value=median(seconds for _, seconds in runs),
            unit="s",
            limit=0.6,
        ),
    ]


def _run(script: str) -> tuple[str, float]:
    """What the script prints, and the seconds from the start of its process to its end."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return done.stdout.strip(), time.perf_counter() - began
