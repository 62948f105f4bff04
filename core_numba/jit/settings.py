"""The one place that says how kernels are compiled and where their machine code is kept.

Imported before the first compile and only by compiled modules (it imports Numba). The LLVM option
is process-wide and not part of Numba's cache key, so it is part of the cache directory's name, as
is a hash of this package's sources: Numba notices an edit of the file that holds a kernel, not an
edit of a helper in another file.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from typing import Final

import llvmlite.binding as llvm
import numba
import platformdirs

FASTMATH: Final = frozenset({"contract", "nsz", "arcp"})
"""No `reassoc`, which would undo compensated sums; no `nnan` or `ninf`: NaN has a meaning here."""

_COMPLETE: Final = "complete"
_PACKAGE: Final = Path(__file__).parents[1]
_FEATURES: Final = llvm.get_host_cpu_features()
INSTRUCTIONS: Final = next(
    (
        label
        for feature, label in (("avx512f", "AVX-512"), ("avx2", "AVX2"), ("neon", "NEON"))
        if _FEATURES.get(feature)
    ),
    "SSE2" if "sse2" in _FEATURES else "scalar",
)
"""The widest vector instructions of this machine that LLVM knows of."""

INTERLEAVE: Final = int(os.environ.get("MAGNUS_INTERLEAVE", "4"))
"""Independent vectors in flight per loop: hides the latency of long dependent polynomials."""


def fingerprint(package: Path) -> str:
    """Of everything that machine code depends on: sources, Numba, options, processor."""
    digest = hashlib.sha256(
        f"{numba.__version__} {sorted(FASTMATH)} {INTERLEAVE} {llvm.get_host_cpu_name()}".encode()
    )
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def cache_root() -> Path:
    """Where caches of all versions lie: `MAGNUS_KERNEL_CACHE`, else the user's cache directory."""
    named = os.environ.get("MAGNUS_KERNEL_CACHE")
    return Path(named) if named else platformdirs.user_cache_path("magnus") / "kernels"


CACHE: Final = cache_root() / fingerprint(_PACKAGE)


def is_complete() -> bool:
    """Whether every kernel's machine code is in the cache."""
    return (CACHE / _COMPLETE).exists()


def complete() -> None:
    """Say that it is, and remove the caches of other sources, the last two used excepted."""
    if not CACHED:
        return
    (CACHE / _COMPLETE).touch()
    try:
        others = [path for path in cache_root().iterdir() if path.is_dir() and path != CACHE]
        others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    except OSError:
        return
    for path in others[2:]:
        shutil.rmtree(path, ignore_errors=True)


def _cache_usable() -> bool:
    try:
        CACHE.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(CACHE, os.W_OK)


CACHED: Final = _cache_usable()
"""Whether machine code is kept on disk; without it each process compiles for itself."""

llvm.set_option("magnus", f"-force-vector-interleave={INTERLEAVE}")
if CACHED:
    numba.config.CACHE_DIR = str(CACHE)  # type: ignore[attr-defined]  # set from the environment
