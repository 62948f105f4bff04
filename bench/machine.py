"""The machine that a figure was measured on: a ratio without it means nothing."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import psutil

from core_numba.jit.kernel import instructions


def describe() -> str:
    """One line: processor, cores, memory, load."""
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{_processor()} ({instructions()}), {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"Python {platform.python_version()}, load {load}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def resident(root: psutil.Process, others: tuple[psutil.Process, ...] = ()) -> float:
    """Memory of `root`, its descendants and `others` in MB, shared pages counted once.

    Proportional set size where the system tells it (Linux), else resident set size.
    """
    processes = {process.pid: process for process in (root, *root.children(recursive=True))}
    for other in others:
        for process in (other, *other.children(recursive=True)):
            processes[process.pid] = process
    return sum(_size(process) for process in processes.values()) / 1e6


def _size(process: psutil.Process) -> int:
    try:
        info = process.memory_full_info()
    except psutil.Error:
        return 0
    return int(getattr(info, "pss", info.rss))
