"""`compiled` and `inlined`: the decorators of Numba functions. For compiled modules only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

from core_numba.jit.cache import KernelCache
from core_numba.jit.settings import CACHED, FASTMATH

F = TypeVar("F", bound=Callable[..., Any])

DECLARED: dict[tuple[str, str], tuple[str, ...]] = {}
"""(module, name) -> the signatures that `prepare` compiles."""


def compiled(*signatures: str) -> Callable[[F], F]:
    """An entry point: array loops that release the GIL, cached on disk, compiled on demand.

    `signatures` are what the entry is called with, such as ``"void(f8[::1], f8[::1])"``; nothing
    is compiled before `core_numba.jit.kernel.prepare` asks for it. Kernels take C-contiguous
    arrays and write into arrays they are given.
    """

    def declare(function: F) -> F:
        return entry(function, signatures, fastmath=set(FASTMATH))

    return declare


def entry(function: F, signatures: tuple[str, ...], **options: Any) -> F:
    """What every decorator of entry points does: remember the signatures, see to the cache."""
    DECLARED[function.__module__, function.__name__] = signatures
    jitted: Any = njit(function, nogil=True, error_model="numpy", **options)
    if CACHED:
        cache = KernelCache(function)  # type: ignore[no-untyped-call]
        jitted._cache = cache  # noqa: SLF001 - as `enable_caching` does
    return jitted  # type: ignore[no-any-return]  # called like the function


def inlined(function: F) -> F:
    """A scalar function that the loops of entry points absorb; never called from Python.

    Absorbed by force: LLVM leaves a large one as a call, and a call ends vectors.
    """
    jitted: F = njit(function, forceinline=True, fastmath=set(FASTMATH), error_model="numpy")
    return jitted
