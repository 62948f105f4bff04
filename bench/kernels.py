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
_PUBLIC = """
import importlib, time, numpy
from core_numba.jit.kernel import subjects
began = time.perf_counter()
for subject in subjects():
    importlib.import_module(subject)
print((time.perf_counter() - began) * 1e3)
"""
_SUBJECT = """
import time, numpy
began = time.perf_counter()
import core_numba.{subject}
print((time.perf_counter() - began) * 1e3)
"""
_READY = """
import sys, time
sys.modules["coverage"] = None  # Numba looks for it, and only developers have it
from core_numba.jit.kernel import prepare
count = prepare()
print(count, time.time() - float(sys.argv[1]))
"""


def measure() -> list[Measurement]:
    _run(_READY)  # fills the cache where it is cold
    imports = median(float(_run(_IMPORTS)[0]) for _ in range(ROUNDS))
    runs = [_run(_READY) for _ in range(ROUNDS)]
    return [
        Measurement(name="kernels: how many", value=float(runs[0][0]), unit=""),
        Measurement(
            name="kernels: importing a subject", value=_import("european"), unit="ms", limit=50
        ),
        Measurement(name="kernels: importing all public modules", value=_import("*"), unit="ms"),
        Measurement(name="kernels: all modules, beyond numba's import", value=imports, unit="ms"),
        Measurement(
            name="kernels: process start, warm cache, all ready",
            value=median(float(seconds) for _, seconds in runs),
            unit="s",
            limit=0.6,
        ),
    ]


def _import(subject: str) -> float:
    """Milliseconds that public modules take once NumPy is there: no compiler among them."""
    script = _PUBLIC if subject == "*" else _SUBJECT.format(subject=subject)
    return median(float(_run(script)[0]) for _ in range(ROUNDS))


def _run(script: str) -> list[str]:
    """What the script prints; it is told the moment at which its process was started."""
    done = subprocess.run(
        [sys.executable, "-c", script, repr(time.time())],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()
